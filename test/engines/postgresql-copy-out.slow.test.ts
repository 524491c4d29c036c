// Answers of PostgreSQL by COPY: the same bytes as from values, however slow the reader, and errors where they happen.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sql, sql } from '../../src/core/sql.js'
import { BatchEncoder } from '../../src/engines/batch-encoder.js'
import type { QueryOptions, RowEncoding } from '../../src/engines/engine.js'
import { PostgresqlEngine } from '../../src/engines/postgresql.js'
import type { ColumnDescription } from '../../src/tables/metadata.js'
import { PostgresqlServer, postgresqlPrograms } from '../support/postgresql.js'
import { petRows, pets, rowsOf, toys, zoo } from './support.js'

const programs = postgresqlPrograms()
const texts: readonly ColumnDescription[] = [{ name: 't', datatype: 'unicodeChar', arraysize: '*' }]
const longs: readonly ColumnDescription[] = [{ name: 'n', datatype: 'long' }]

function encoding(columns: readonly ColumnDescription[], name: RowEncoding['name'] = 'tabledata'): RowEncoding {
  return { name, columns, maxRows: 1_000_000, hasLegalTexts: true }
}

describe.runIf(programs !== undefined)('rows by COPY', () => {
  let server: PostgresqlServer
  let engine: PostgresqlEngine
  beforeAll(async () => {
    server = await PostgresqlServer.start(programs ?? '')
    engine = await PostgresqlEngine.open({ databaseUrl: await server.createDatabase() })
    await engine.renew(async (next) => {
      await next.createTables([zoo])
      await next.append(pets, petRows)
      await next.append(toys, [['Ada', 'Ball & <Stick>', 5]])
    })
  }, 60_000)
  afterAll(async () => {
    await engine[Symbol.asyncDispose]()
    await server.stop()
  }, 60_000)

  async function bytesOf(query: Sql, encode: RowEncoding, options: QueryOptions = {}): Promise<string> {
    const rows = await rowsOf(engine, query, { ...options, encode })
    return Buffer.concat(rows.map(([bytes]) => (bytes instanceof Uint8Array ? bytes : Buffer.alloc(0)))).toString('hex')
  }

  /** What the values of the same query become. */
  async function bytesOfValues(query: Sql, encode: RowEncoding): Promise<string> {
    const [[bytes] = []] = new BatchEncoder(encode).addRows(await rowsOf(engine, query))
    return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('hex') : ''
  }

  const queries: readonly (readonly [what: string, query: Sql, columns: readonly ColumnDescription[]])[] = [
    ['every kind of column', sql`SELECT * FROM zoo.pet ORDER BY name`, pets.columns],
    ['texts with markup', sql`SELECT owner, toy, price FROM zoo.toy`, toys.columns],
    [
      'decimals',
      sql`SELECT CAST(d AS NUMERIC) FROM (VALUES ('0'), ('-1.5'), ('12345678901.25'), ('0.00001234'), ('-0.5'), ('10000'), ('100000000'), ('20000.00'), (NULL)) AS v(d)`,
      [{ name: 'd', datatype: 'double' }],
    ],
    [
      'whole numbers to their ends',
      sql`SELECT n FROM (VALUES (CAST(0 AS BIGINT)), (-1), (9007199254740991), (9007199254740993), (-9007199254740993), (9223372036854775807), (4294967296), (-4294967297)) AS v(n)`,
      longs,
    ],
    [
      'doubles',
      sql`SELECT n FROM (VALUES (CAST('NaN' AS DOUBLE PRECISION)), ('Infinity'), (1e-300), (0.1), (-0.0)) AS v(n)`,
      [{ name: 'n', datatype: 'double' }],
    ],
    [
      'points in time',
      sql`SELECT t FROM (VALUES (CAST('1999-12-31T23:59:59.5' AS TIMESTAMP)), ('2000-01-01'), ('0001-01-01'), ('2024-02-29T12:00:00.000001')) AS v(t)`,
      [{ name: 't', datatype: 'char', arraysize: '*', xtype: 'timestamp' }],
    ],
    [
      'lists with holes',
      sql`SELECT CAST(l AS DOUBLE PRECISION[]) FROM (VALUES ('{}'), ('{1,NULL,2.5}'), (NULL)) AS v(l)`,
      [{ name: 'l', datatype: 'double', arraysize: '*' }],
    ],
    ['a literal', sql`SELECT 'x' AS t, NULL AS u`, [...texts, ...texts]],
    ['no rows', sql`SELECT owner FROM zoo.toy WHERE price = 0`, texts],
    ['a type that is read as text', sql`SELECT INTERVAL '1 day' AS t`, texts],
    ['long texts', sql`SELECT repeat('é<', 100000 * n) AS t FROM generate_series(1, 5) AS s(n)`, texts],
  ]

  it.each(queries)('%s', async (_, query, columns) => {
    for (const name of ['tabledata', 'csv', 'binary2'] as const)
      expect(await bytesOf(query, encoding(columns, name)), name).toBe(
        await bytesOfValues(query, encoding(columns, name)),
      )
    expect(await bytesOf(query, encoding(columns), { lane: 'lookup' })).toBe(
      await bytesOf(query, encoding(columns), { lane: 'general' }),
    )
  })

  it('waits for a slow reader and loses nothing', async () => {
    const query = sql`SELECT CAST(n AS BIGINT) AS n FROM generate_series(1, 300000) AS s(n)`
    let [rows, bytes] = [0, '']
    for await (const batch of engine.query(query, { encode: encoding(longs, 'csv') })) {
      for (const [some, count] of batch) {
        rows += Number(count)
        if (some instanceof Uint8Array) bytes += Buffer.from(some).toString()
      }
      if (rows < 100_000) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(rows).toBe(300_000)
    expect(bytes.split('\n').filter(Boolean).map(Number)).toEqual(Array.from({ length: 300_000 }, (_, n) => n + 1))
  })

  it('ends when the reader leaves, and the next query runs', async () => {
    const query = sql`SELECT CAST(n AS BIGINT) AS n FROM generate_series(1, 2000000) AS s(n)`
    for await (const _ of engine.query(query, { encode: encoding(longs) })) break
    const stop = new AbortController()
    const stopped = bytesOf(sql`SELECT n FROM generate_series(1, 2) AS s(n), pg_sleep(20)`, encoding(longs), {
      signal: stop.signal,
    })
    setTimeout(() => stop.abort(), 100)
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    expect(await bytesOf(sql`SELECT CAST(7 AS BIGINT) AS n`, encoding(longs, 'csv'))).toBe(
      Buffer.from('7\r\n').toString('hex'),
    )
  })

  it('leaves no connection behind when a reader leaves long after the server had to wait for it', async () => {
    const query = sql`SELECT repeat('x', 1000) AS t FROM generate_series(1, 200000) AS s(n)`
    const copying = sql`SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY (%' AND datname = current_database()`
    for await (const _ of engine.query(query, { encode: encoding(texts) })) {
      await new Promise((resolve) => setTimeout(resolve, 1000))
      expect(await rowsOf(engine, copying, { trusted: true })).toEqual([[1]])
      break
    }
    await expect.poll(() => rowsOf(engine, copying, { trusted: true }), { timeout: 5000 }).toEqual([[0]])
  })

  it('tells what fails before and after the first rows', async () => {
    await expect(bytesOf(sql`SELECT nothing FROM zoo.toy`, encoding(longs))).rejects.toMatchObject({
      name: 'RegistryError',
    })
    const query = sql`SELECT CAST(10 / (9000 - n) AS BIGINT) AS n FROM generate_series(1, 10000) AS s(n)`
    await expect(bytesOf(query, encoding(longs))).rejects.toMatchObject({ kind: 'invalid' })
    await expect(
      bytesOf(sql`SELECT 1) TO STDOUT; DELETE FROM zoo.toy; COPY (SELECT 1`, encoding(longs)),
    ).rejects.toMatchObject({ name: 'RegistryError' })
    expect(await rowsOf(engine, sql`SELECT count(*) FROM zoo.toy`)).toEqual([[1]])
  })

  it('refuses a single row of hundreds of megabytes', async () => {
    await expect(bytesOf(sql`SELECT repeat('x', 200000000) AS t`, encoding(texts))).rejects.toMatchObject({
      kind: 'limit',
      message: expect.stringContaining('64 MB'),
    })
    expect(await rowsOf(engine, sql`SELECT count(*) FROM zoo.toy`)).toEqual([[1]])
  })

  it('joins uploads', async () => {
    const columns = [
      { name: 'n', datatype: 'long' },
      { name: 't', datatype: 'char', arraysize: '*' },
    ] as const
    const name = engine.dialect.uploadTable('mine')
    const uploads = [{ name: 'mine', columns, rows: [[5, 'five']] }]
    expect(
      await bytesOf(sql`SELECT m.t FROM ${name} AS m JOIN zoo.toy AS t ON t.price = m.n`, encoding(texts, 'csv'), {
        uploads,
      }),
    ).toBe(Buffer.from('five\r\n').toString('hex'))
  })
})
