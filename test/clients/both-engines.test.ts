// One registry in DuckDB and in PostgreSQL, each behind a server: the same answers, and pyvo content with both.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { queryRole } from '../../src/engines/postgresql-roles.js'
import { PostgresqlServer, postgresqlPrograms } from '../support/postgresql.js'
import { sharedFolder } from '../support/schemas.js'
import { type Answer, ask, cellsOf, rowsInOrderOf } from './answers.js'
import { platform } from './catalogs.js'
import { type RunningServer, runWaymark, startServer } from './program.js'
import { clientFile, clientsRequired, isInstalled, python, run } from './support.js'

interface ClientQuery {
  readonly client: string
  readonly purpose: string
  readonly adql: string
  readonly maxrec?: number | null
  readonly upload?: string
}

const programs = postgresqlPrograms()
if (programs === undefined) {
  if (clientsRequired) throw new Error('PostgreSQL 15 or later is not installed')
  console.log('skipped: PostgreSQL 15 or later is not installed')
}
const queryFile = join(sharedFolder, 'queries/clients.json')
const recordFolder = join(sharedFolder, 'records')
const queries: readonly ClientQuery[] = existsSync(queryFile) ? JSON.parse(readFileSync(queryFile, 'utf8')) : []

const gaia = 'ivo://archive.stsci.edu/tap/gaiadr3'
/** More rows than any of the queries has. */
const everything = 1_000_000

describe.runIf(programs !== undefined)('a registry in both engines', () => {
  let folder: string
  let postgresql: PostgresqlServer
  let databaseUrl: string
  const servers: { duckdb?: RunningServer; postgresql?: RunningServer } = {}

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waymark-both-'))
    postgresql = await PostgresqlServer.start(programs ?? '')
    databaseUrl = await postgresql.createDatabase()
    // One public address, because records of our own name it.
    const settings = (name: string): string[] => ['--state', join(folder, name), '--base-url', 'http://vo.example.org']
    const inPostgresql = ['--engine', 'postgresql', '--database-url', databaseUrl]
    await runWaymark('publish', ...settings('duckdb'))
    // With the ledger, a registry moves to another engine and no harvester notices: the datestamps stay.
    mkdirSync(join(folder, 'postgresql'))
    copyFileSync(join(folder, 'duckdb/ledger.json'), join(folder, 'postgresql/ledger.json'))
    await runWaymark('publish', ...settings('postgresql'), ...inPostgresql)
    if (existsSync(recordFolder)) {
      const ingested = [
        await runWaymark('ingest', recordFolder, ...settings('duckdb')),
        await runWaymark('ingest', recordFolder, ...settings('postgresql'), ...inPostgresql),
      ].map((report) => report.replace(/ \([^)]*\)/g, ''))
      expect(ingested[1]).toBe(ingested[0])
    }
    servers.duckdb = await startServer(...settings('duckdb'))
    servers.postgresql = await startServer(...settings('postgresql'), ...inPostgresql)
  }, 240_000)
  afterAll(async () => {
    await servers.duckdb?.stop()
    await servers.postgresql?.stop()
    await postgresql.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const tap = (engine: 'duckdb' | 'postgresql'): string => `${servers[engine]?.address ?? ''}/tap`
  const askBoth = (adql: string, maxRows?: number | null, upload?: string): Promise<[Answer, Answer]> =>
    Promise.all([ask(tap('duckdb'), adql, maxRows, upload), ask(tap('postgresql'), adql, maxRows, upload)])

  describe.runIf(queries.length > 0)('gives equal answers to the queries of clients', () => {
    let withRows = 0
    it.each(queries.map((query, index) => ({ ...query, index })))('$index $client: $purpose', async (query) => {
      const { adql, maxrec, upload } = query
      const [duckdb, postgres] = await askBoth(adql, maxrec, upload)
      expect(postgres.fields).toEqual(duckdb.fields)
      expect(postgres.status).toBe(duckdb.status)
      expect(postgres.rows.length).toBe(duckdb.rows.length)
      expect(duckdb.status).toMatch(/^(OK|OVERFLOW)$/)
      if (duckdb.rows.length > 0) withRows += 1
      const sortedBy = /\border\s+by\s+(\w+)[^()]*$/i.exec(adql)?.[1]
      // Rows that are equal in what they are sorted by may come in any order (ADQL 2.1 §2.2.2).
      if (sortedBy !== undefined) expect(cellsOf(postgres, sortedBy)).toEqual(cellsOf(duckdb, sortedBy))
      const [one, other] = [rowsInOrderOf(duckdb), rowsInOrderOf(postgres)]
      const isChoice = /^\s*select\s+top\b/i.test(adql) || duckdb.status === 'OVERFLOW'
      if (!isChoice) {
        expect(other).toEqual(one)
        return
      }
      // Without ORDER BY any rows will do (ADQL 2.1 §2.2.2): both choose from the same ones.
      const whole = adql.replace(/^(\s*select)\s+top\s+\d+/i, '$1')
      const [all, allOther] = await askBoth(whole, everything, upload)
      expect(rowsInOrderOf(allOther)).toEqual(rowsInOrderOf(all))
      for (const row of [...one, ...other]) expect(all.rows).toContain(row)
    })

    it('most of which find something', () => {
      expect(queries).toHaveLength(163)
      expect(withRows).toBeGreaterThan(100)
    })
  })

  it.each([
    ['division of integers by zero', 'SELECT ivoid, cap_index / (cap_index - 1) AS q FROM rr.capability'],
    ['division of doubles by zero', 'SELECT ivoid, 1.5 / (cap_index - 1) AS q FROM rr.capability'],
    ['remainder of a division by zero', 'SELECT ivoid, MOD(cap_index, cap_index - 1) AS q FROM rr.capability'],
    ['division by zero as condition', 'SELECT ivoid FROM rr.capability WHERE 1 / (cap_index - 1) > 0'],
    ['division of integers', 'SELECT ivoid, (3 - 2 * cap_index) / 2 AS q, -7 / 2 AS r FROM rr.capability'],
    ['the logarithm of zero', 'SELECT ivoid, LOG10(cap_index - 1) AS q FROM rr.capability'],
    ['the square root of a negative number', 'SELECT ivoid, SQRT(0 - cap_index) AS q FROM rr.capability'],
    ['the arc cosine of two', 'SELECT ivoid, ACOS(1 + cap_index) AS q FROM rr.capability'],
    ['an integer too big', 'SELECT ivoid, cap_index * 1000000000 * 1000000000 * 1000000000 AS q FROM rr.capability'],
    ['a text that is no number', 'SELECT ivoid, CAST(ivoid AS INTEGER) AS q FROM rr.capability'],
    ['averages and sums', 'SELECT AVG(cap_index) AS a, SUM(cap_index) AS s, MIN(ivoid) AS m FROM rr.capability'],
    ['sums of nothing', "SELECT SUM(cap_index) AS s, COUNT(*) AS n FROM rr.capability WHERE ivoid = 'no'"],
    ['order of texts', 'SELECT DISTINCT res_title FROM rr.resource ORDER BY res_title'],
    ['order of missing values', 'SELECT ivoid, short_name FROM rr.resource ORDER BY short_name DESC, ivoid'],
    ['rounding', 'SELECT ROUND(2.5, 0) AS a, ROUND(-2.5) AS b, TRUNCATE(2.567, 1) AS c FROM rr.resource'],
    [
      'case',
      "SELECT ivoid, UPPER(res_title) AS u FROM rr.resource WHERE res_title ILIKE '%é%' OR res_title LIKE '%a_'",
    ],
  ])('agrees about %s', async (_, adql) => {
    const [duckdb, postgres] = await askBoth(adql)
    expect(postgres.fields).toEqual(duckdb.fields)
    expect(postgres.status).toBe(duckdb.status)
    expect(/order by/i.test(adql) ? postgres.rows : rowsInOrderOf(postgres)).toEqual(
      /order by/i.test(adql) ? duckdb.rows : rowsInOrderOf(duckdb),
    )
  })

  it('differs in what doubles cannot hold, as docs/tap.md says', async () => {
    const [duckdb, postgres] = await askBoth('SELECT TOP 1 POWER(1e300, 2) AS q, EXP(1000) AS r FROM rr.capability')
    expect(duckdb.rows).toEqual(['<TR><TD>+Inf</TD><TD>+Inf</TD></TR>'])
    expect(postgres.status).toBe('400 ERROR')
  })

  it.runIf(isInstalled('pyvo', python, ['-c', 'import pyvo']))('lets pyvo resolve Gaia DR3 in both', async () => {
    for (const engine of ['duckdb', 'postgresql'] as const) {
      const resolve = async (...args: string[]): Promise<unknown> =>
        JSON.parse(await run(python, [clientFile('resolve.py'), ...args], { IVOA_REGISTRY: tap(engine) }))
      expect(await resolve('ivoid', gaia), engine).toEqual({ [gaia]: [`${platform}gaiadr3`] })
      expect(await resolve('keywords', 'Gaia DR3'), engine).toMatchObject({
        'Gaia DR3': expect.arrayContaining([expect.objectContaining({ ivoid: gaia, accessUrl: `${platform}gaiadr3` })]),
      })
    }
  })

  it.each(['oai?verb=ListRecords&metadataPrefix=ivo_vor', 'oai?verb=Identify', 'tap/tables', 'tap/capabilities', ''])(
    'shows the same at /%s',
    async (path) => {
      const documents = await Promise.all(
        [servers.duckdb, servers.postgresql].map(async (server) => {
          const response = await fetch(`${server?.address ?? ''}/${path}`)
          expect(response.status).toBe(200)
          return (await response.text()).replace(/<responseDate>[^<]*/, '')
        }),
      )
      expect(documents[0]).toContain(path.includes('ListRecords') ? gaia : '</')
      expect(documents[1]).toBe(documents[0])
    },
  )

  it('makes the tables again in both, under a server that goes on', async () => {
    const adql = 'SELECT ivoid, res_title, created FROM rr.resource'
    const [before] = await askBoth(adql)
    const settings = (name: string): string[] => ['--state', join(folder, name)]
    const counts = [
      await runWaymark('rebuild', ...settings('duckdb')),
      await runWaymark('rebuild', ...settings('postgresql'), '--engine', 'postgresql', '--database-url', databaseUrl),
    ]
    expect(counts[1]).toBe(counts[0])
    const after = await askBoth(adql)
    for (const answer of after) expect(rowsInOrderOf(answer)).toEqual(rowsInOrderOf(before))
  })

  describe('in PostgreSQL', () => {
    let client: pg.Client
    beforeAll(async () => {
      client = new pg.Client(databaseUrl)
      await client.connect()
      await client.query(`SET ROLE ${queryRole}`)
    })
    afterAll(() => client.end())

    it.each(['rr.resource', 'rr.tap_table', 'tap_schema.columns', 'waymark.moved_access_url'])(
      'the role of strangers reads %s',
      async (table) => {
        const { rows } = await client.query(`SELECT count(*) > 0 AS "hasRows" FROM ${table}`)
        expect(rows).toEqual([{ hasRows: true }])
      },
    )

    it.each([
      'SELECT * FROM x.record',
      'SELECT * FROM x.meta',
      'INSERT INTO rr.resource (ivoid) VALUES (NULL)',
      'UPDATE rr.resource SET ivoid = NULL',
      'DELETE FROM rr.resource',
      'TRUNCATE rr.resource',
      'DROP TABLE tap_schema.columns',
      'CREATE TABLE rr.mine (n INTEGER)',
      'CREATE SCHEMA mine',
      'CREATE TABLE public.mine (n INTEGER)',
      "SELECT pg_read_file('PG_VERSION')",
    ])('the role of strangers may not: %s', async (statement) => {
      // 42501 insufficient_privilege.
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' })
    })
  })
})
