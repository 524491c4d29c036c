// Commands about kept data with PostgreSQL: those that read it answer alike, those that need generations say so.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waymark } from '../support/command-line.js'
import { PostgresqlServer, postgresqlPrograms } from '../support/postgresql.js'

const programs = postgresqlPrograms()
if (programs === undefined) console.log('skipped: no PostgreSQL 15 or later is installed')

describe.runIf(programs !== undefined)('with PostgreSQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-kept-'))
  let server: PostgresqlServer
  let settings: readonly string[]
  const run = (...args: readonly string[]) => waymark([...args, ...settings, '--log', 'silent'])

  beforeAll(async () => {
    server = await PostgresqlServer.start(programs ?? '')
    const database = await server.createDatabase()
    settings = ['--state', join(folder, 'state'), '--engine', 'postgresql', '--database-url', database]
    expect(await run('publish')).toMatchObject({ code: 0 })
    expect(await waymark(['publish', '--state', join(folder, 'duckdb'), '--log', 'silent'])).toMatchObject({ code: 0 })
  }, 120_000)
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true })
  }, 60_000)

  it.each([
    [['generations'], 'holds the present data only'],
    [['rollback'], 'holds the present data only'],
    [['rollback', 'yesterday'], "the database's own backups"],
    [['snapshot', join(folder, 'x.duckdb')], 'use "waymark dump"'],
    [['serve', '--snapshot', join(folder, 'x.duckdb'), '--port', '0'], 'with the engine duckdb'],
  ])('%j is refused with exit code 2', async (args, reason) => {
    expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining(reason) })
  })

  it('dumps hold the same records as with DuckDB', async () => {
    const file = (name: string) => join(folder, `${name}.ndjson`)
    expect(await run('dump', file('postgresql'))).toMatchObject({ code: 0 })
    expect(await waymark(['dump', file('duckdb'), '--state', join(folder, 'duckdb')])).toMatchObject({ code: 0 })
    // They were published at different times.
    const lines = (name: string) =>
      readFileSync(file(name), 'utf8')
        .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '')
        .split('\n')
        .sort()
    expect(lines('postgresql')).toEqual(lines('duckdb'))
    expect(await run('dump', join(folder, 'tables'), '--format', 'parquet')).toMatchObject({ code: 0 })
    expect(await run('dump', join(folder, 'own'), '--authority', 'archive.stsci.edu')).toMatchObject({ code: 0 })
  })

  it('anomalies are the same as with DuckDB', async () => {
    const found = await run('compare', '--anomalies', '--json')
    const other = await waymark(['compare', '--anomalies', '--json', '--state', join(folder, 'duckdb')])
    expect(found.out.split('\n').length).toBeGreaterThan(1)
    expect(found.out).toBe(other.out)
    expect(found.code).toBe(other.code)
  })
})
