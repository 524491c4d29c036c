// `waymark dump`: what it writes is read again, by ingest and by others.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.js'
import { sql } from '../../src/core/sql.js'
import { declaredSchemas, findTable } from '../../src/tables/declared.js'
import { selectRows } from '../../src/tables/select-rows.js'
import { openRegistry } from '../../src/wire.js'
import { waymark } from '../support/command-line.js'
import { readOai } from '../support/oai-door.js'
import { sampleXml } from '../support/sample-records.js'

let folder: string
const state = () => join(folder, 'state')
const run = (...args: readonly string[]) => waymark([...args, '--log', 'silent'])
const dump = (target: string, ...args: readonly string[]) =>
  run('dump', join(folder, target), ...args, '--state', state())

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-dump-'))
  const sample = (name: string) => sampleXml({ ivoid: `ivo://${name}`, title: 'Zoë &amp; co' })
  const tombstone =
    '<record><header status="deleted"><identifier>ivo://one.example/gone</identifier><datestamp>2026-02-01T00:00:00Z</datestamp></header></record>'
  writeFileSync(
    join(folder, 'one.xml'),
    `<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>${tombstone}</ListRecords></OAI-PMH>`,
  )
  writeFileSync(join(folder, 'two.xml'), `<all>${sample('one.example/a')}${sample('two.example/b')}</all>`)
  const settings = ['--state', state()]
  expect(await run('publish', ...settings)).toMatchObject({ code: 0 })
  for (const name of ['one', 'two'])
    expect(
      await run('ingest', join(folder, `${name}.xml`), '--origin', `ivo://${name}.example/registry`, ...settings),
    ).toMatchObject({ code: 0 })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Everything that a registry holds: records, and rows of some tables. */
async function contents(of: string): Promise<Readonly<Record<string, readonly string[]>>> {
  await using open = await openRegistry(readConfig({ state: of }, {}))
  const queries = {
    records: sql`SELECT ivoid, COALESCE(source_datestamp, datestamp), origin, status FROM x.record`,
    resources: selectRows(findTable(declaredSchemas(), 'rr.resource')),
    interfaces: selectRows(findTable(declaredSchemas(), 'rr.interface')),
    details: selectRows(findTable(declaredSchemas(), 'rr.res_detail')),
  }
  const found: Record<string, readonly string[]> = {}
  for (const [name, query] of Object.entries(queries)) {
    const rows: string[] = []
    for await (const batch of open.registry.engine.query(query, { trusted: true }))
      rows.push(...batch.map((row) => row.map(String).join('|')))
    found[name] = rows.sort()
  }
  return found
}

describe('dump', () => {
  it('as XML writes valid ListRecords documents, from which ingest makes the same registry', async () => {
    const { code, out } = await dump('xml')
    expect(out).toMatch(/: 20 records in 3 files, \d/)
    expect(code).toBe(0)
    const { files } = JSON.parse(readFileSync(join(folder, 'xml/dump.json'), 'utf8')) as {
      files: { name: string; origin: string; count: number }[]
    }
    expect(files.map(({ name, count }) => `${name} ${count}`)).toEqual([
      'mast.example_registry-00001.xml 17',
      'one.example_registry-00001.xml 1',
      'two.example_registry-00001.xml 2',
    ])
    const again = join(folder, 'again')
    for (const { name, origin } of files) {
      const file = join(folder, 'xml', name)
      readOai(readFileSync(file, 'utf8'))
      expect((await run('ingest', file, '--origin', origin, '--state', again)).out).toContain(', 0 set aside')
    }
    expect(await contents(again)).toEqual(await contents(state()))
  })

  it('as one XML file holds all records', async () => {
    expect((await dump('all.xml')).code).toBe(0)
    expect(readOai(readFileSync(join(folder, 'all.xml'), 'utf8')).identifiers).toHaveLength(20)
  })

  it('as NDJSON keeps origins, and documents byte by byte', async () => {
    expect((await dump('records.ndjson')).out).toContain('20 records in 1 file')
    const again = join(folder, 'from-lines')
    expect((await run('ingest', join(folder, 'records.ndjson'), '--state', again)).out).toContain(', 0 set aside')
    expect(await contents(again)).toEqual(await contents(state()))
    await run('dump', join(folder, 'second.ndjson'), '--state', again)
    // When records of others came here is all that differs.
    const lines = (name: string) =>
      readFileSync(join(folder, name), 'utf8')
        .replace(/"datestamp":"[^"]*",(?="sourceDatestamp")/g, '')
        .split('\n')
        .sort()
    expect(lines('second.ndjson')).toEqual(lines('records.ndjson'))
  })

  it('as Parquet writes each table of rr and waymark with all its rows', async () => {
    expect((await dump('tables', '--format', 'parquet')).code).toBe(0)
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const tables = declaredSchemas()
      .filter(({ name }) => name !== 'tap_schema')
      .flatMap((schema) => schema.tables)
    expect(readdirSync(join(folder, 'tables'))).toEqual(
      ['dump.json', ...tables.map(({ schema, name }) => `${schema}.${name}.parquet`)].sort(),
    )
    const read = async (table: string, what: string) => {
      const file = join(folder, 'tables', `${table}.parquet`)
      return (await connection.runAndReadAll(`SELECT ${what} FROM '${file}'`)).getRows()
    }
    for (const table of tables) {
      const [columns] = await read(`${table.schema}.${table.name}`, 'count(COLUMNS(*))')
      expect(columns).toHaveLength(table.columns.length)
    }
    const { resources = [], interfaces = [] } = await contents(state())
    expect(await read('rr.resource', 'count(*)')).toEqual([[BigInt(resources.length)]])
    expect(await read('rr.interface', 'count(*)')).toEqual([[BigInt(interfaces.length)]])
    expect(await read('rr.resource', "max(res_title) FILTER (ivoid = 'ivo://one.example/a')")).toEqual([['Zoë & co']])
    connection.closeSync()
    instance.closeSync()
  })

  it.each([
    [
      ['--authority', 'one.example'],
      ['ivo://one.example/a', 'ivo://one.example/gone'],
    ],
    [['--authority', 'ivo://Two.Example/'], ['ivo://two.example/b']],
    [
      ['--origin', 'ivo://two.example/registry'],
      ['ivo://one.example/a', 'ivo://two.example/b'],
    ],
    [['--origin', 'ivo://two.example/registry', '--authority', 'one.example'], ['ivo://one.example/a']],
  ])('with %j takes those only', async (filter, expected) => {
    expect((await dump('some.ndjson', ...filter)).code).toBe(0)
    const lines = readFileSync(join(folder, 'some.ndjson'), 'utf8').trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { ivoid: string }).ivoid).sort()).toEqual(expected)
    expect((await dump('some', '--format', 'parquet', ...filter)).code).toBe(0)
  })

  it.each([
    [['x.ndjson', '--authority', 'nobody.example'], 3, 'no such record'],
    [['x.xml', '--format', 'parquet'], 2, 'for parquet name a folder'],
    [['x', '--format', 'fits'], 2, 'expected xml, ndjson, parquet'],
  ])('refuses %j with exit code %i', async ([target = '', ...args], code, reason) => {
    expect(await dump(target, ...args)).toMatchObject({ code, err: expect.stringContaining(reason) })
    expect(readdirSync(folder).filter((name) => name.startsWith('x'))).toEqual(expect.not.arrayContaining([target]))
  })
})
