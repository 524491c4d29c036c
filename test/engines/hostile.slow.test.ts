// Queries that no translator should let through, and what happens when one does.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sql, sql } from '../../src/core/sql.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { builtFile } from '../support/built.js'
import { petRows, pets, rowsOf, temporaryFolder, toys, zoo } from './support.js'

const folder = temporaryFolder()
let engine: DuckdbEngine

beforeAll(async () => {
  engine = await DuckdbEngine.open({
    folder,
    pool: {
      processes: 1,
      queriesEach: 1,
      memoryMegabytes: 600,
      queueLimit: 2,
      lookupMs: 500,
      workerFile: builtFile('engines/pool-worker'),
    },
  })
  await engine.renew(async (next) => {
    await next.createTables([zoo])
    await next.append(pets, petRows)
    await next.append(
      toys,
      Array.from({ length: 100_000 }, (_, index) => [`owner ${index}`, 'ball', index]),
    )
  })
}, 60_000)
afterAll(() => engine[Symbol.asyncDispose]())

const crossJoin = sql`SELECT count(*) FROM zoo.toy a, zoo.toy b WHERE a.price * b.price % 7 = 3`
const lookup = sql`SELECT price FROM zoo.toy WHERE owner = 'owner 4711'`

/** Milliseconds that look-ups take, one after the other, until the promise settles. */
async function lookupsDuring(promise: Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = []
  let isRunning = true
  const ended = () => {
    isRunning = false
  }
  promise.then(ended, ended)
  while (isRunning) {
    const start = performance.now()
    expect(await rowsOf(engine, lookup, { lane: 'lookup' })).toEqual([[4711]])
    times.push(performance.now() - start)
    await sleep(10)
  }
  return times.sort((one, other) => one - other)
}

describe('a hostile query', () => {
  it.each<[string, Sql]>([
    ['reads a file as text', sql`SELECT * FROM read_text('/etc/passwd')`],
    ['reads a file as CSV', sql`SELECT * FROM read_csv('/etc/passwd')`],
    ['reads a file by its name', sql`SELECT * FROM '/etc/passwd'`],
    ['lists a folder', sql`SELECT * FROM glob('/*')`],
    ['writes a file', sql`COPY (SELECT 1) TO '/tmp/waymark-hostile.csv'`],
    ['opens a database', sql`ATTACH '/tmp/waymark-hostile.duckdb' AS other`],
    ['exports the database', sql`EXPORT DATABASE '/tmp/waymark-hostile'`],
    ['installs an extension', sql`INSTALL httpfs`],
    ['loads an extension', sql`LOAD httpfs`],
    ['reads from the network', sql`SELECT * FROM read_csv('https://example.org/x.csv')`],
    ['changes a setting', sql`SET enable_external_access = true`],
    ['takes more memory', sql`SET memory_limit = '100GB'`],
    ['unlocks the settings', sql`RESET lock_configuration`],
    ['deletes rows', sql`DELETE FROM zoo.pet`],
    ['drops a table', sql`DROP TABLE zoo.pet`],
    ['makes a table', sql`CREATE TABLE zoo.mine (n INTEGER)`],
  ])('that %s is refused', async (_, statement) => {
    await expect(rowsOf(engine, statement)).rejects.toMatchObject({ name: 'RegistryError' })
    await expect(rowsOf(engine, statement, { trusted: true })).rejects.toMatchObject({ name: 'RegistryError' })
    expect(await rowsOf(engine, sql`SELECT count(*) FROM zoo.pet`)).toEqual([[3]])
  })

  it('that joins everything with everything ends at its deadline, and look-ups beside it stay quick', async () => {
    const running = rowsOf(engine, crossJoin, { signal: AbortSignal.timeout(1500) })
    const times = await lookupsDuring(running)
    await expect(running).rejects.toMatchObject({ kind: 'limit', message: expect.stringContaining('time limit') })
    expect(times.length).toBeGreaterThan(5)
    expect(times[Math.floor(times.length * 0.5)]).toBeLessThan(100)
  })

  it('that builds a string of two gigabytes loses its process, and look-ups beside it stay quick', {
    timeout: 60_000,
  }, async () => {
    const before = engine.engineProcesses
    const running = rowsOf(engine, sql`SELECT length(repeat('x', 2000000000) || price) FROM zoo.toy LIMIT 1`)
    const times = await lookupsDuring(running)
    await expect(running).rejects.toMatchObject({ kind: 'limit', message: expect.stringContaining('600 MB') })
    expect(times[Math.floor(times.length * 0.5)]).toBeLessThan(100)
    // The next query finds a new process in its place.
    expect(await rowsOf(engine, sql`SELECT count(*) FROM zoo.pet`)).toEqual([[3]])
    expect(engine.engineProcesses).toHaveLength(before.length)
    expect(engine.engineProcesses).not.toEqual(before)
  })

  it('that sorts more than fits into memory spills within bounds or is a limit', async () => {
    const wide = sql`SELECT string_agg(a.owner || b.owner, ',') FROM zoo.toy a, zoo.toy b WHERE b.price < 600`
    await expect(rowsOf(engine, wide, { signal: AbortSignal.timeout(15_000) })).rejects.toMatchObject({ kind: 'limit' })
    expect(await rowsOf(engine, sql`SELECT 1`)).toEqual([[1]])
  }, 30_000)

  it('that calls itself a look-up but is none makes room for real ones', async () => {
    const stop = new AbortController()
    const running = rowsOf(engine, crossJoin, { lane: 'lookup', signal: stop.signal })
    running.catch(() => undefined)
    await sleep(900)
    const start = performance.now()
    expect(await rowsOf(engine, lookup, { lane: 'lookup' })).toEqual([[4711]])
    expect(performance.now() - start).toBeLessThan(400)
    stop.abort()
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('a query that shares its process', () => {
  it('with one that takes too much memory is answered all the same, and only that one is refused', {
    timeout: 60_000,
  }, async () => {
    await using shared = await DuckdbEngine.open({
      folder,
      pool: { processes: 1, queriesEach: 2, memoryMegabytes: 600, workerFile: builtFile('engines/pool-worker') },
    })
    const [process] = shared.engineProcesses
    const long = sql`SELECT count(*) FROM zoo.toy a, zoo.toy b WHERE a.price < 10000 AND a.price * b.price % 7 = 3`
    const beside = rowsOf(shared, long)
    const hungry = rowsOf(shared, sql`SELECT length(repeat('x', 2000000000) || price) FROM zoo.toy LIMIT 1`)
    await expect(hungry).rejects.toMatchObject({ kind: 'limit', message: expect.stringContaining('600 MB') })
    const [[found] = []] = await beside
    expect(Number(found)).toBeGreaterThan(100_000_000)
    expect(shared.engineProcesses).not.toContain(process)
  })

  it('with one that does not stop when it is told to is answered all the same', { timeout: 60_000 }, async () => {
    await using shared = await DuckdbEngine.open({
      folder,
      pool: {
        processes: 1,
        queriesEach: 2,
        memoryMegabytes: 600,
        obeyMs: 0,
        workerFile: builtFile('engines/pool-worker'),
      },
    })
    const stop = new AbortController()
    const beside = rowsOf(shared, sql`SELECT count(*) FROM zoo.toy a, zoo.toy b WHERE a.price < 3000 AND b.price >= 0`)
    const stubborn = rowsOf(shared, crossJoin, { signal: stop.signal })
    stubborn.catch(() => undefined)
    await sleep(300)
    stop.abort()
    await expect(stubborn).rejects.toMatchObject({ name: 'AbortError' })
    expect(await beside).toEqual([[3000 * 100_000]])
  })
})

describe('the queue', () => {
  it('tells positions, serves in order, and refuses when it is full', async () => {
    const stop = new AbortController()
    const positions: string[] = []
    const running = rowsOf(engine, crossJoin, { signal: stop.signal })
    running.catch(() => undefined)
    await sleep(300)
    const first = rowsOf(engine, sql`SELECT 1`, { onQueued: (position) => positions.push(`first ${position}`) })
    const second = rowsOf(engine, sql`SELECT 2`, { onQueued: (position) => positions.push(`second ${position}`) })
    await expect(rowsOf(engine, sql`SELECT 3`)).rejects.toMatchObject({
      kind: 'unavailable',
      retryAfterSeconds: expect.any(Number),
    })
    stop.abort()
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
    expect([await first, await second]).toEqual([[[1]], [[2]]])
    expect(positions).toEqual(['first 1', 'second 2', 'second 1'])
  })

  it('is left at once by a query whose signal is given', async () => {
    const stop = new AbortController()
    const running = rowsOf(engine, crossJoin, { signal: stop.signal })
    running.catch(() => undefined)
    await expect(rowsOf(engine, sql`SELECT 1`, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      kind: 'limit',
    })
    stop.abort()
  })

  it('is not held up by somebody who reads slowly', async () => {
    const slow = engine
      .query(sql`SELECT n, 'row ' || n FROM generate_series(1, 1000000) AS s(n)`)
      [Symbol.asyncIterator]()
    await slow.next()
    await sleep(200)
    expect(await rowsOf(engine, sql`SELECT 1`, { signal: AbortSignal.timeout(5000) })).toEqual([[1]])
    let rows = 2048
    for (;;) {
      const { done, value } = await slow.next()
      if (done) break
      rows += value.length
    }
    expect(rows).toBe(1_000_000)
  })
})

describe('an engine process', () => {
  it('that is killed from outside is replaced, and the query it ran is run again', { timeout: 60_000 }, async () => {
    const running = rowsOf(
      engine,
      sql`SELECT count(*) FROM zoo.toy a JOIN zoo.toy b ON a.price % 1000 = b.price % 1000`,
    )
    await sleep(30)
    for (const pid of engine.engineProcesses) process.kill(pid, 'SIGKILL')
    expect(await running).toEqual([[10_000_000]])
  })

  it('is given no settings of ours', async () => {
    await rowsOf(engine, sql`SELECT 1`)
    for (const pid of engine.engineProcesses) {
      const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .map((entry) => entry.split('=')[0])
      expect(names.filter((name) => name !== '').sort()).toEqual([
        'DUCKDB_JE_MALLOC_CONF',
        'MALLOC_ARENA_MAX',
        'MALLOC_MMAP_THRESHOLD_',
        'MALLOC_TRIM_THRESHOLD_',
        'NODE_CHANNEL_FD',
        'NODE_CHANNEL_SERIALIZATION_MODE',
        'PATH',
        'UV_THREADPOOL_SIZE',
      ])
    }
  })

  it('gives rows as bytes when asked to, and counts those beyond the limit', async () => {
    const query = sql`SELECT 'Zoë ' || price, price FROM zoo.toy WHERE price < 5000 ORDER BY price`
    const columns = [
      { name: 'text', datatype: 'char', arraysize: '*' },
      { name: 'price', datatype: 'int' },
    ] as const
    let rows = 0
    const texts: string[] = []
    for await (const batch of engine.query(query, {
      encode: { name: 'csv', columns, maxRows: 4990, hasLegalTexts: true },
    }))
      for (const [bytes, count] of batch) {
        texts.push(Buffer.from(bytes as Uint8Array).toString())
        rows += Number(count)
      }
    expect(rows).toBe(5000)
    expect(texts.join('')).toBe(Array.from({ length: 4990 }, (_, price) => `Zoë ${price},${price}\r\n`).join(''))
  })

  it('leaves no file behind', () => {
    const names = readdirSync(folder)
    expect(names.filter((name) => !/^(\d+\.duckdb|current|temporary)$/.test(name))).toEqual([])
  })
})
