// The numbers beside IVOIDs: stored for look-ups, seen by nobody, and absent from generations of earlier versions.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { compileAdql } from '../../src/adql/compile.js'
import { ivoidNumber } from '../../src/core/ivoid.js'
import { type Row, sql } from '../../src/core/sql.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import type { Schema, Table } from '../../src/tables/metadata.js'
import { rowsOf, temporaryFolder } from './support.js'

function table(name: string, numberColumn: string, textColumn: string): Table {
  const usual = { nullable: true, indexed: false, principal: false, std: false } as const
  const text = { ...usual, datatype: 'unicodeChar', arraysize: '*' } as const
  return {
    schema: 'sky',
    name,
    type: 'table',
    foreignKeys: [],
    sortedBy: ['ivoid', numberColumn],
    columns: [
      { ...text, name: 'ivoid' },
      { ...usual, name: numberColumn, datatype: 'int' },
      { ...text, name: textColumn },
    ],
  }
}

const services = table('service', 'service_number', 'title')
const columns = table('column', 'column_number', 'ucd')
const sky: Schema = { name: 'sky', tables: [services, columns] }

const ivoids = Array.from({ length: 2000 }, (_, index) => `ivo://site${index % 7}.example/service/${index}`)
const perService = 20

function serviceRows(names: readonly string[]): readonly Row[] {
  return names.map((ivoid, index) => [ivoid, index, `Service ${index}`])
}

function columnRows(names: readonly string[]): readonly Row[] {
  return names.flatMap((ivoid) => Array.from({ length: perService }, (_, index): Row => [ivoid, index, `ucd ${index}`]))
}

async function openFilled(folder = temporaryFolder()): Promise<DuckdbEngine> {
  const engine = await DuckdbEngine.open({ folder, worthSortingRows: 0 })
  await engine.renew(async (next) => {
    await next.createTables([sky])
    await next.append(services, serviceRows(ivoids))
    await next.append(columns, columnRows(ivoids))
  })
  return engine
}

async function addService(engine: DuckdbEngine, ivoid: string): Promise<void> {
  await engine.renew(async (next) => {
    await next.createTables([sky])
    await next.append(services, serviceRows([ivoid]))
    await next.append(columns, columnRows([ivoid]))
  })
}

/** Names of the result's columns, and its rows. */
async function answer(engine: DuckdbEngine, adql: string): Promise<{ names: readonly string[]; rows: readonly Row[] }> {
  const compiled = compileAdql(adql, { schemas: [sky], dialect: engine.dialect })
  return { names: compiled.columns.map(({ name }) => name), rows: await rowsOf(engine, compiled.sql) }
}

function sqlOf(engine: DuckdbEngine, adql: string): string {
  return compileAdql(adql, { schemas: [sky], dialect: engine.dialect }).sql.text
}

/** A generation as versions without the numbers made it. */
async function writeEarlierGeneration(folder: string): Promise<void> {
  const instance = await DuckDBInstance.create(join(folder, '1.duckdb'))
  const connection = await instance.connect()
  await connection.run('CREATE SCHEMA sky')
  for (const [name, number, text] of [
    ['service', 'service_number', 'title'],
    ['column', 'column_number', 'ucd'],
  ] as const) {
    await connection.run(`CREATE TABLE sky."${name}" (ivoid VARCHAR, ${number} INTEGER, ${text} VARCHAR)`)
    await connection.run(`INSERT INTO sky."${name}" VALUES ('ivo://old.example/one', 1, 'old'), (NULL, 2, 'none')`)
    await connection.run(
      `COMMENT ON TABLE sky."${name}" IS '${JSON.stringify({ sortedBy: ['ivoid', number], appended: 0 })}'`,
    )
  }
  connection.closeSync()
  instance.closeSync()
  writeFileSync(join(folder, 'current'), '{"generation":1}\n')
}

describe('numbers beside IVOIDs', () => {
  it('order the rows, so that each group of rows has few resources in it', async () => {
    await using engine = await openFilled()
    const groups = await rowsOf(
      engine,
      sql`SELECT min(ivoid_key), max(ivoid_key), count(DISTINCT ivoid) FROM sky."column" GROUP BY rowid // 16384 ORDER BY 1`,
    )
    expect(groups.length).toBe(3)
    for (const [index, [smallest]] of groups.entries())
      if (index > 0) expect(Number(smallest)).toBeGreaterThanOrEqual(Number(groups[index - 1]?.[1]))
    expect(await rowsOf(engine, sql`SELECT count(DISTINCT ivoid_key) FROM sky."column"`)).toEqual([[ivoids.length]])
  })

  it('are in the conditions of each table that a query pins to an IVOID', async () => {
    await using engine = await openFilled()
    const ivoid = ivoids[1234] ?? ''
    const pinned = sqlOf(
      engine,
      `SELECT title, ucd FROM sky.service NATURAL JOIN sky."column" WHERE ivoid = '${ivoid}'`,
    )
    expect(pinned.split(`"ivoid_key" = ${ivoidNumber(ivoid)}`).length - 1).toBe(2)
    const either = sqlOf(engine, "SELECT title FROM sky.service WHERE ivoid = 'ivo://a/b' OR ivoid IN ('ivo://c/d')")
    expect(either).toContain(`"ivoid_key" IN (${ivoidNumber('ivo://a/b')}, ${ivoidNumber('ivo://c/d')})`)
    expect(sqlOf(engine, "SELECT title FROM sky.service WHERE ivoid LIKE 'ivo://a/%'")).not.toContain('ivoid_key')
    expect(sqlOf(engine, "SELECT title FROM sky.service WHERE ivoid <> 'ivo://a/b'")).not.toContain('ivoid_key')
  })

  it('change no answer', async () => {
    await using engine = await openFilled()
    const [one = '', other = ''] = [ivoids[17], ivoids[1999]]
    const count = async (adql: string) => Number((await answer(engine, adql)).rows[0]?.[0])
    const joined = 'SELECT COUNT(*) FROM sky.service NATURAL JOIN sky."column"'
    expect(await count(`${joined} WHERE ivoid = '${one}'`)).toBe(perService)
    expect(await count(`${joined} WHERE ivoid IN ('${one}', '${other}', 'ivo://no/body')`)).toBe(2 * perService)
    expect(await count(`${joined} WHERE ivoid = '${one.toUpperCase()}'`)).toBe(0)
    expect(await count(`${joined} WHERE ivoid = '${one}' OR title = 'Service 1999'`)).toBe(2 * perService)
    const left = `SELECT COUNT(*) FROM sky.service AS s LEFT JOIN sky."column" AS c ON s.ivoid = c.ivoid AND c.ivoid = '${one}'`
    expect(await count(left)).toBe(ivoids.length + perService - 1)
    expect(await count(`${left} WHERE s.ivoid = '${other}'`)).toBe(1)
    // Inside the subquery the outer table is grouped, and has no column but ivoid.
    const grouped = `SELECT ivoid, COUNT(*) FROM sky."column" AS c GROUP BY ivoid HAVING EXISTS (SELECT 1 FROM sky.service AS s WHERE c.ivoid = '${one}' AND s.ivoid = '${other}')`
    expect((await answer(engine, grouped)).rows).toEqual([[one, perService]])
    expect((await answer(engine, `SELECT ivoid FROM sky.service GROUP BY ivoid HAVING ivoid = '${one}'`)).rows).toEqual(
      [[one]],
    )
  })

  it('are seen neither by SELECT * nor by NATURAL JOIN', async () => {
    await using engine = await openFilled()
    const all = await answer(engine, `SELECT * FROM sky.service WHERE ivoid = '${ivoids[3]}'`)
    expect(all).toEqual({ names: ['ivoid', 'service_number', 'title'], rows: [[ivoids[3], 3, 'Service 3']] })
    const { names, rows } = await answer(
      engine,
      `SELECT * FROM sky.service NATURAL JOIN sky."column" WHERE ivoid = '${ivoids[3]}'`,
    )
    expect(names).toEqual(['ivoid', 'service_number', 'title', 'column_number', 'ucd'])
    expect(rows.map((row) => row.length)).toEqual(Array.from({ length: perService }, () => 5))
    expect(() => sqlOf(engine, 'SELECT ivoid_key FROM sky.service')).toThrow('no column ivoid_key')
  })

  it('come with rows that are added later', async () => {
    await using engine = await openFilled()
    await addService(engine, 'ivo://new.example/one')
    const { rows } = await answer(engine, "SELECT title FROM sky.service WHERE ivoid = 'ivo://new.example/one'")
    expect(rows).toEqual([['Service 0']])
  })

  it('are the same whether the writer or DuckDB makes them', async () => {
    const folder = temporaryFolder()
    await writeEarlierGeneration(folder)
    await using engine = await DuckdbEngine.open({ folder, worthSortingRows: 0 })
    const names = ['ivo://a.b/c', 'ivo://', '', 'x', 'ivo://ü.example/ß\u{1F30C}', "ivo://o'hara/x//y", 'IVO://A.B/C']
    await engine.renew(async (next) => {
      await next.createTables([sky])
      await next.append(services, serviceRows(names))
    })
    const rows = await rowsOf(engine, sql`SELECT ivoid, ivoid_key FROM sky.service WHERE title LIKE 'S%'`)
    expect(rows.toSorted()).toEqual(names.map((name) => [name, ivoidNumber(name)]).toSorted())
  })
})

describe('a generation of an earlier version', () => {
  it('is served without the numbers, and gets them when it is next written', async () => {
    const folder = temporaryFolder()
    await writeEarlierGeneration(folder)
    await using engine = await DuckdbEngine.open({ folder, worthSortingRows: 0 })
    const lookUp =
      'SELECT title, ucd FROM sky.service NATURAL JOIN sky."column" WHERE ivoid = \'ivo://old.example/one\''
    expect(sqlOf(engine, lookUp)).not.toContain('ivoid_key')
    expect((await answer(engine, lookUp)).rows).toEqual([['old', 'old']])
    await addService(engine, 'ivo://new.example/one')
    expect(sqlOf(engine, lookUp)).toContain('ivoid_key')
    expect((await answer(engine, lookUp)).rows).toEqual([['old', 'old']])
    expect((await answer(engine, 'SELECT COUNT(*) FROM sky.service WHERE ivoid IS NULL')).rows).toEqual([[1]])
    const stored = sql`SELECT string_agg(column_name, ' ' ORDER BY column_index) FROM duckdb_columns() WHERE table_name = 'service'`
    expect(await rowsOf(engine, stored)).toEqual([['ivoid service_number title ivoid_key resource_number']])
    await DuckdbEngine.repoint({ folder }, 1)
    await using earlier = await DuckdbEngine.open({ folder })
    expect((await answer(earlier, lookUp)).rows).toEqual([['old', 'old']])
  })
})
