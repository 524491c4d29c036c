// PostgreSQL keeps the contract of engines, and its roles.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sql, sql } from '../../src/core/sql.js'
import { PostgresqlEngine } from '../../src/engines/postgresql.js'
import { PostgresqlServer, postgresqlPrograms } from '../support/postgresql.js'
import { describeEngine } from './contract.js'
import { petRows, pets, rowsOf, toys, zoo } from './support.js'

const programs = postgresqlPrograms()

describe.runIf(programs !== undefined)('with a server', () => {
  let server: PostgresqlServer
  beforeAll(async () => {
    server = await PostgresqlServer.start(programs ?? '')
  }, 60_000)
  afterAll(() => server.stop(), 60_000)

  describeEngine({
    name: 'postgresql',
    open: async () => PostgresqlEngine.open({ databaseUrl: await server.createDatabase() }),
  })

  describe('the query role', () => {
    let engine: PostgresqlEngine
    const secrets = { ...toys, schema: 'x', name: 'record' }
    const words = { ...toys, schema: 'x', name: 'word' }

    beforeAll(async () => {
      engine = await PostgresqlEngine.open({ databaseUrl: await server.createDatabase(), queries: 2, queueLimit: 1 })
      await engine.renew(async (next) => {
        await next.createTables([zoo, { name: 'x', tables: [secrets, words] }])
        await next.append(pets, petRows)
        await next.append(secrets, [['us', 'document', 1]])
      })
    }, 60_000)
    afterAll(() => engine[Symbol.asyncDispose]())

    it('reads public tables and the tables of words, nothing else', async () => {
      expect(await rowsOf(engine, sql`SELECT count(*) FROM zoo.pet`)).toEqual([[3]])
      expect(await rowsOf(engine, sql`SELECT count(*) FROM x.word`)).toEqual([[0]])
      await expect(rowsOf(engine, sql`SELECT * FROM x.record`)).rejects.toMatchObject({ kind: 'internal' })
      expect(await rowsOf(engine, sql`SELECT count(*) FROM x.record`, { trusted: true })).toEqual([[1]])
    })

    it.each<[string, Sql]>([
      ['delete rows', sql`DELETE FROM zoo.pet`],
      ['drop a table', sql`DROP TABLE zoo.pet`],
      ['make a table', sql`CREATE TABLE mine (n INTEGER)`],
      ['make a temporary table', sql`CREATE TEMPORARY TABLE mine (n INTEGER)`],
      ['read a file', sql`SELECT pg_read_file('/etc/passwd')`],
      ['list a folder', sql`SELECT pg_ls_dir('/')`],
      ['run a program', sql`COPY (SELECT 1) TO PROGRAM 'id'`],
      ['write a file', sql`COPY (SELECT 1) TO '/tmp/waymark-hostile.csv'`],
      ['send two statements', sql`SELECT 1; DELETE FROM zoo.pet`],
    ])('may not %s', async (_, statement) => {
      await expect(rowsOf(engine, statement)).rejects.toMatchObject({ name: 'RegistryError' })
      expect(await rowsOf(engine, sql`SELECT count(*) FROM zoo.pet`)).toEqual([[3]])
    })

    it('keeps a look-up quick while all general places are taken, and refuses what the queue does not hold', async () => {
      const stop = new AbortController()
      const sleeping = [1, 2, 3].map(() => rowsOf(engine, sql`SELECT pg_sleep(20)`, { signal: stop.signal }))
      for (const query of sleeping) query.catch(() => undefined)
      await expect(rowsOf(engine, sql`SELECT 1`)).rejects.toMatchObject({ kind: 'unavailable' })
      const start = performance.now()
      expect(await rowsOf(engine, sql`SELECT count(*) FROM zoo.pet`, { lane: 'lookup' })).toEqual([[3]])
      expect(performance.now() - start).toBeLessThan(1000)
      stop.abort()
      for (const query of sleeping) await expect(query).rejects.toMatchObject({ name: 'AbortError' })
    })

    it.each([
      ['one value', sql`SELECT repeat('x', 200000000)`],
      ['many values', sql`SELECT repeat('x', 1000000) FROM generate_series(1, 2000)`],
    ])('holds no more of %s in memory than it may', async (_, query) => {
      await expect(rowsOf(engine, query)).rejects.toMatchObject({
        kind: 'limit',
        message: expect.stringContaining('64 MB'),
      })
      expect(process.memoryUsage.rss()).toBeLessThan(1_500_000_000)
      expect(await rowsOf(engine, sql`SELECT count(*) FROM zoo.pet`)).toEqual([[3]])
    })

    it('gives rows as bytes', async () => {
      const query = sql`SELECT 'é' || n FROM generate_series(1, 3) AS s(n) ORDER BY n`
      const columns = [{ name: 'n', datatype: 'char', arraysize: '*' }] as const
      expect(
        await rowsOf(engine, query, { encode: { name: 'tsv', columns, maxRows: 2, hasLegalTexts: true } }),
      ).toEqual([[Buffer.from('é1\né2\n'), 3]])
    })
  })

  it('tells other processes of a renewal', async () => {
    const databaseUrl = await server.createDatabase()
    await using writer = await PostgresqlEngine.open({ databaseUrl })
    await using reader = await PostgresqlEngine.open({ databaseUrl })
    const told = new Promise<void>((resolve) => reader.onRenewed(resolve))
    await writer.renew((next) => next.createTables([zoo]))
    await told
    expect(await rowsOf(reader, sql`SELECT count(*) FROM zoo.pet`)).toEqual([[0]])
  })

  it('refuses a database whose letters are those of English only, and says how to make one', async () => {
    const databaseUrl = await server.createDatabase('C')
    await expect(PostgresqlEngine.open({ databaseUrl })).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('C.UTF-8'),
    })
  })

  it('answers that the database is not there', async () => {
    const databaseUrl = server.addressOf('postgres').replace('waymark-pg-', 'waymark-none-')
    await expect(PostgresqlEngine.open({ databaseUrl })).rejects.toMatchObject({ kind: 'unavailable' })
  })

  it('searches texts through trigram indexes', async () => {
    const databaseUrl = await server.createDatabase()
    await using engine = await PostgresqlEngine.open({ databaseUrl })
    const described = {
      ...toys,
      columns: toys.columns.map((column) => ({
        ...column,
        name: column.name === 'toy' ? 'description' : column.name,
        indexed: true,
      })),
    }
    await engine.renew(async (next) => {
      await next.createTables([{ name: 'zoo', tables: [described] }])
      await next.append(
        described,
        Array.from({ length: 20_000 }, (_, index) => [`o${index}`, `description of 100% toy_${index}`, index]),
      )
    })
    const contains = engine.dialect.functions.contains_text?.([sql`lower(description)`, sql`'100% toy_777'`])
    const plan = await rowsOf(engine, sql`EXPLAIN SELECT owner FROM zoo.toy WHERE ${contains ?? null}`)
    expect(plan.flat().join('\n')).toContain('Index')
    const found = await rowsOf(engine, sql`SELECT count(*) FROM zoo.toy WHERE ${contains ?? null}`)
    expect(found).toEqual([[11]])
  })
})
