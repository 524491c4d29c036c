// The words of column descriptions: kept with each generation, used by searches, and never what decides.
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { compileAdql } from '../../src/adql/compile.js'
import { type Row, sql } from '../../src/core/sql.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { declaredSchemas, findTable, privateSchema } from '../../src/tables/declared.js'
import { rowsOf, temporaryFolder } from './support.js'

const schemas = declaredSchemas()
const columns = findTable(schemas, 'rr.table_column')

function columnRow(ivoid: string, description: string | null): Row {
  const cells: Readonly<Record<string, string | null>> = { ivoid, column_description: description }
  return columns.columns.map(({ name }) => cells[name] ?? null)
}

async function open(worthSortingRows: number, folder = temporaryFolder()): Promise<DuckdbEngine> {
  const engine = await DuckdbEngine.open({ folder, worthSortingRows })
  await add(engine, [columnRow('ivo://a/one', 'Redshift of the host'), columnRow('ivo://a/two', null)])
  return engine
}

async function add(engine: DuckdbEngine, rows: readonly Row[]): Promise<void> {
  await engine.renew(async (next) => {
    await next.createTables([...schemas, privateSchema()])
    await next.append(columns, rows)
  })
}

function compiled(engine: DuckdbEngine, word: string) {
  const query = `SELECT ivoid FROM rr.table_column WHERE 1 = ivo_hasword(column_description, '${word}') ORDER BY ivoid`
  return compileAdql(query, { schemas, dialect: engine.dialect }).sql
}

async function found(engine: DuckdbEngine, word: string): Promise<readonly unknown[]> {
  return (await rowsOf(engine, compiled(engine, word))).map(([ivoid]) => ivoid)
}

describe.each([
  ['sorted at every write', 0],
  ['never sorted', 1_000_000],
])('in generations that are %s', (_, worthSortingRows) => {
  it('searches go by the words, and find what later writes add', async () => {
    await using engine = await open(worthSortingRows)
    expect(compiled(engine, 'redshift').text).toContain('"x"."column_word"')
    expect(await found(engine, 'redshift')).toEqual(['ivo://a/one'])
    await add(engine, [columnRow('ivo://b/three', 'Mean REDSHIFT'), columnRow('ivo://b/four', 'Äquinoktium')])
    expect(await found(engine, 'redshift')).toEqual(['ivo://a/one', 'ivo://b/three'])
    expect(await found(engine, 'Äquinoktium')).toEqual(['ivo://b/four'])
    expect(await found(engine, 'red')).toEqual([])
  })

  it('words of descriptions that are gone find nothing', async () => {
    await using engine = await open(worthSortingRows)
    await engine.renew(async (next) => {
      await next.run(sql`DELETE FROM rr.table_column WHERE ivoid = 'ivo://a/one'`)
      await next.append(columns, [columnRow('ivo://a/one', 'Luminosity')])
    })
    expect(await found(engine, 'redshift')).toEqual([])
    expect(await found(engine, 'luminosity')).toEqual(['ivo://a/one'])
  })

  it('a generation of an earlier version is searched without, and has all words after the next write', async () => {
    const folder = temporaryFolder()
    let file = ''
    {
      await using engine = await open(worthSortingRows, folder)
      file = (await engine.kept.list())[0]?.file ?? ''
    }
    const instance = await DuckDBInstance.create(file)
    const connection = await instance.connect()
    await connection.run('DROP TABLE x.column_word')
    connection.closeSync()
    instance.closeSync()
    await using engine = await DuckdbEngine.open({ folder, worthSortingRows })
    expect(compiled(engine, 'redshift').text).not.toContain('column_word')
    expect(await found(engine, 'redshift')).toEqual(['ivo://a/one'])
    await add(engine, [columnRow('ivo://b/three', 'a redshift')])
    expect(compiled(engine, 'redshift').text).toContain('column_word')
    expect(await found(engine, 'redshift')).toEqual(['ivo://a/one', 'ivo://b/three'])
  })

  it('words of other alphabets, and parts without letters, are searched for in the texts', async () => {
    await using engine = await open(worthSortingRows)
    await add(engine, [columnRow('ivo://c/five', '天体 2')])
    for (const word of ['天体', '2']) {
      expect(compiled(engine, word).text).not.toContain('column_word')
      expect(await found(engine, word)).toEqual(['ivo://c/five'])
    }
  })
})
