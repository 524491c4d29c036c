// Numbers of resources: the same in every table, kept from generation to generation, given to those of earlier versions.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { compileAdql } from '../../src/adql/compile.js'
import { type Row, sql } from '../../src/core/sql.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { declaredSchemas, findTable, privateSchema } from '../../src/tables/declared.js'
import { rowsOf, temporaryFolder } from './support.js'

const schemas = declaredSchemas()
const all = [...schemas, privateSchema()]
const [resources, subjects, words] = [
  findTable(all, 'rr.resource'),
  findTable(all, 'rr.res_subject'),
  findTable(all, 'x.word'),
]

/** A row with two cells, all others NULL. */
function row(table: typeof resources, cells: Readonly<Record<string, string>>): Row {
  return table.columns.map(({ name }) => cells[name] ?? null)
}

async function add(engine: DuckdbEngine, ivoids: readonly string[], removed: readonly string[] = []): Promise<void> {
  await engine.renew(async (next) => {
    await next.createTables(all)
    for (const ivoid of removed)
      for (const name of [sql`rr.resource`, sql`rr.res_subject`, sql`x.word`])
        await next.run(sql`DELETE FROM ${name} WHERE ivoid = ${ivoid}`)
    await next.append(
      resources,
      ivoids.map((ivoid) => row(resources, { ivoid, res_title: `Title of ${ivoid}` })),
    )
    await next.append(
      subjects,
      ivoids.flatMap((ivoid) => ['a', 'b'].map((subject) => row(subjects, { ivoid, res_subject: subject }))),
    )
    await next.append(
      words,
      ivoids.map((ivoid) => row(words, { word: 'title', field: 'res_title', ivoid })),
    )
  })
}

const numbers = (engine: DuckdbEngine) =>
  rowsOf(engine, sql`SELECT ivoid, resource_number FROM rr.resource ORDER BY resource_number`)

/** Resources whose number is not the same everywhere, or not the one that was given. */
async function strayRows(engine: DuckdbEngine): Promise<readonly Row[]> {
  return rowsOf(
    engine,
    sql`SELECT DISTINCT ivoid, resource_number FROM (
        SELECT ivoid, resource_number FROM rr.resource UNION ALL SELECT ivoid, resource_number FROM rr.res_subject
        UNION ALL SELECT ivoid, resource_number FROM x.word) AS everywhere
      WHERE NOT EXISTS (SELECT 1 FROM x.resource_number AS given
        WHERE given.ivoid = everywhere.ivoid AND given.number = everywhere.resource_number)`,
  )
}

describe('numbers of resources', () => {
  it.each([
    ['appended', 1_000_000],
    ['sorted anew', 0],
  ])('are the same in every table, and stay when others come and go (%s)', async (_, worthSortingRows) => {
    await using engine = await DuckdbEngine.open({ folder: temporaryFolder(), worthSortingRows })
    await add(engine, ['ivo://a/one', 'ivo://a/two'])
    expect(await numbers(engine)).toEqual([
      ['ivo://a/one', 1],
      ['ivo://a/two', 2],
    ])
    await add(engine, ['ivo://a/three'], ['ivo://a/one'])
    await add(engine, ['ivo://a/one'])
    expect(await numbers(engine)).toEqual([
      ['ivo://a/one', 1],
      ['ivo://a/two', 2],
      ['ivo://a/three', 3],
    ])
    expect(await strayRows(engine)).toEqual([])
    const adql = "SELECT res_title FROM rr.resource NATURAL JOIN rr.res_subject WHERE res_subject = 'b' ORDER BY ivoid"
    const { text } = compileAdql(adql, { schemas, dialect: engine.dialect }).sql
    expect(text).toContain('"resource"."resource_number" = "res_subject"."resource_number"')
    expect((await rowsOf(engine, compileAdql(adql, { schemas, dialect: engine.dialect }).sql)).flat()).toEqual([
      'Title of ivo://a/one',
      'Title of ivo://a/three',
      'Title of ivo://a/two',
    ])
  })

  it('are left out where a generation of an earlier version has none, until it is next written', async () => {
    const folder = temporaryFolder()
    {
      await using first = await DuckdbEngine.open({ folder, worthSortingRows: 0 })
      await add(first, ['ivo://a/one', 'ivo://a/two'])
    }
    const instance = await DuckDBInstance.create(join(folder, '1.duckdb'))
    const connection = await instance.connect()
    const stored = await connection.runAndReadAll(
      "SELECT schema_name, table_name FROM duckdb_columns() WHERE column_name = 'resource_number'",
    )
    expect(stored.currentRowCount).toBeGreaterThan(15)
    for (const [schema, table] of stored.getRowsJS())
      await connection.run(`ALTER TABLE "${schema}"."${table}" DROP COLUMN resource_number`)
    await connection.run('DROP TABLE x.resource_number')
    connection.closeSync()
    instance.closeSync()
    writeFileSync(join(folder, 'current'), '{"generation":1}\n')
    await using engine = await DuckdbEngine.open({ folder, worthSortingRows: 1_000_000 })
    const adql = 'SELECT COUNT(*) FROM rr.resource NATURAL JOIN rr.res_subject'
    const compiled = () => compileAdql(adql, { schemas, dialect: engine.dialect }).sql
    expect(compiled().text).not.toContain('resource_number')
    expect(await rowsOf(engine, compiled())).toEqual([[4]])
    await add(engine, ['ivo://a/three'])
    expect(compiled().text).toContain('resource_number')
    expect(await rowsOf(engine, compiled())).toEqual([[6]])
    expect(await strayRows(engine)).toEqual([])
    expect(await rowsOf(engine, sql`SELECT count(*), count(DISTINCT number) FROM x.resource_number`)).toEqual([[3, 3]])
  })
})
