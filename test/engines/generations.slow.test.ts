// The files of generations: which one serves, going back, other processes, one writer at a time.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { RegistryError } from '../../src/core/errors.js'
import { sql } from '../../src/core/sql.js'
import { DuckdbEngine, type DuckdbOptions } from '../../src/engines/duckdb.js'
import { builtFile } from '../support/built.js'
import { rowsOf, temporaryFolder, toys, zoo } from './support.js'

async function openWith(prices: readonly number[], options: Partial<DuckdbOptions> = {}): Promise<DuckdbEngine> {
  const engine = await DuckdbEngine.open({
    folder: temporaryFolder(),
    watchIntervalMs: 20,
    worthSortingRows: 0,
    ...options,
  })
  for (const price of prices) await addToy(engine, price)
  return engine
}

async function addToy(engine: DuckdbEngine, price: number): Promise<void> {
  await engine.renew(async (next) => {
    await next.createTables([zoo])
    await next.append(toys, [['Ada', 'ball', price]])
  })
}

async function pricesIn(engine: DuckdbEngine): Promise<readonly unknown[]> {
  return (await rowsOf(engine, sql`SELECT price FROM zoo.toy ORDER BY price`)).map(([price]) => price)
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name !== 'temporary')
    .sort()
}

describe('generations', () => {
  it('keeps the current one and the one before, whatever was left over', async () => {
    const folder = temporaryFolder()
    await using engine = await openWith([1, 2, 3], { folder })
    expect(filesIn(folder)).toEqual(['2.duckdb', '3.duckdb', 'current'])
    writeFileSync(join(folder, '4.duckdb.next'), 'half a file of a killed writer')
    writeFileSync(join(folder, '4.duckdb.next.wal'), 'its log')
    writeFileSync(join(folder, '4.duckdb.next.sorted'), 'its sorted copy')
    await using _ = await DuckdbEngine.open({ folder })
    expect(filesIn(folder)).toEqual(['2.duckdb', '3.duckdb', 'current'])
    await addToy(engine, 4)
    expect(await pricesIn(engine)).toEqual([1, 2, 3, 4])
  })

  it('begin as an earlier one where that is asked for', async () => {
    await using engine = await openWith([1, 2])
    await engine.renew(async (next) => next.append(toys, [['Zoë', 'mouse', 3]]), { from: 1 })
    expect(await pricesIn(engine)).toEqual([1, 3])
    const kept = await engine.kept.list()
    expect(kept.map(({ generation, use }) => [generation, use])).toEqual([
      [3, 'current'],
      [2, 'previous'],
    ])
    expect(await engine.kept.read(2, (reader) => rowsOf(reader, sql`SELECT count(*) FROM zoo.toy`))).toEqual([[2]])
  })

  it('cannot begin as one that is not kept, and says which are', async () => {
    await using engine = await openWith([1, 2])
    await expect(engine.renew(async () => {}, { from: 7 })).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('there are: 2, 1'),
    })
    expect(await pricesIn(engine)).toEqual([1, 2])
  })

  it('can be pointed back at when the current one cannot be opened any more', async () => {
    const folder = temporaryFolder()
    {
      await using _ = await openWith([1, 2], { folder })
    }
    writeFileSync(join(folder, '2.duckdb'), 'not a database')
    await expect(DuckdbEngine.open({ folder })).rejects.toMatchObject({ kind: 'internal' })
    await expect(DuckdbEngine.repoint({ folder }, 2)).rejects.toMatchObject({ kind: 'internal' })
    await DuckdbEngine.repoint({ folder }, 1)
    await using engine = await DuckdbEngine.open({ folder })
    expect(await pricesIn(engine)).toEqual([1])
  })

  it('refuses one that its check refuses, and serves on', async () => {
    let isStrict = false
    await using engine = await openWith([1], {
      check: async (candidate) => {
        const [row] = await rowsOf(candidate, sql`SELECT max(price) FROM zoo.toy`)
        if (isStrict && Number(row?.[0]) > 100) throw new RegistryError('invalid', 'too dear')
      },
    })
    isStrict = true
    await expect(addToy(engine, 1000)).rejects.toThrow('too dear')
    await addToy(engine, 2)
    expect(await pricesIn(engine)).toEqual([1, 2])
  })

  it('is noticed when another process has published it', { timeout: 60_000 }, async () => {
    const folder = temporaryFolder()
    await using engine = await openWith([1], { folder })
    const told = new Promise<void>((resolve) => engine.onRenewed(resolve))
    const script = `
      import { DuckdbEngine } from ${JSON.stringify(builtFile('engines/duckdb'))}
      await using engine = await DuckdbEngine.open({ folder: ${JSON.stringify(folder)} })
      await engine.renew((next) => next.append(${JSON.stringify(toys)}, [['Zoë', 'mouse', 2]]))`.replace(
      'await using',
      'const',
    )
    execFileSync(process.execPath, ['--input-type=module', '-e', `${script}\nawait engine[Symbol.asyncDispose]()`])
    await told
    expect(await pricesIn(engine)).toEqual([1, 2])
  })

  it('waits for a writer in another process, and says which one when it takes too long', {
    timeout: 60_000,
  }, async () => {
    const folder = temporaryFolder()
    await using engine = await openWith([1], { folder, lockWaitMs: 300 })
    const script = `
      import { withWriterLock } from ${JSON.stringify(builtFile('engines/writer-lock'))}
      await withWriterLock(${JSON.stringify(folder)}, 0, async () => {
        console.log('locked')
        await new Promise((resolve) => setTimeout(resolve, 60000))
      })`
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(other.stdout, 'data')
    await expect(addToy(engine, 2)).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining(String(other.pid)),
    })
    other.kill('SIGKILL')
    await once(other, 'exit')
    await addToy(engine, 3)
    expect(await pricesIn(engine)).toEqual([1, 3])
  })

  it('takes over the lock of a machine that gave no sign for a minute', async () => {
    const folder = temporaryFolder()
    await using engine = await openWith([1], { folder, lockWaitMs: 200 })
    const lock = join(folder, 'writer.lock')
    writeFileSync(lock, JSON.stringify({ pid: 1, started: '1', host: 'elsewhere', token: 'theirs' }))
    await expect(addToy(engine, 2)).rejects.toMatchObject({ kind: 'unavailable' })
    const longAgo = new Date(Date.now() - 120_000)
    utimesSync(lock, longAgo, longAgo)
    await addToy(engine, 2)
    expect(await pricesIn(engine)).toEqual([1, 2])
    expect(existsSync(lock)).toBe(false)
  })

  it('removes what processes left that were killed while they asked for the lock, and nothing of others', async () => {
    const folder = temporaryFolder()
    await using engine = await openWith([1], { folder })
    const { pid: ended } = spawnSync(process.execPath, ['--version'])
    const drafts = {
      ofEnded: `writer.lock.${hostname()}.${ended}.some-token`,
      halfWritten: `writer.lock.${hostname()}.${ended}.other-token.stale`,
      ofRunning: `writer.lock.${hostname()}.${process.pid}.some-token`,
      elsewhere: `writer.lock.${hostname()}.elsewhere.${ended}.some-token`,
    }
    for (const name of Object.values(drafts)) writeFileSync(join(folder, name), '')
    await addToy(engine, 2)
    const left = Object.entries(drafts).filter(([, name]) => existsSync(join(folder, name)))
    expect(left.map(([which]) => which)).toEqual(['ofRunning', 'elsewhere'])
  })

  it('says what to do when the pointer is damaged', async () => {
    const folder = temporaryFolder()
    {
      await using _ = await openWith([1], { folder })
    }
    writeFileSync(join(folder, 'current'), 'nonsense')
    await expect(DuckdbEngine.open({ folder })).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('"generation"'),
    })
  })

  it('sorts tables again when more than a tenth of them was appended, not before', async () => {
    const folder = temporaryFolder()
    await using engine = await openWith([], { folder })
    const append = (first: number, count: number) =>
      engine.renew(async (next) => {
        await next.createTables([zoo])
        const rows = Array.from({ length: count }, (_, index) => [
          `owner ${String(first - index).padStart(6, '0')}`,
          'ball',
          index,
        ])
        await next.append(toys, rows)
      })
    const order = async () => {
      const rows = await rowsOf(engine, sql`SELECT owner FROM zoo.toy`)
      return rows.every((row, index) => index === 0 || String(rows[index - 1]?.[0]) <= String(row[0]))
    }
    await append(900_000, 1000)
    expect(await order()).toBe(true)
    await append(500_000, 60)
    expect(await order()).toBe(false)
    await append(400_000, 60)
    expect(await order()).toBe(true)
  })

  it('are small groups of rows, for look-ups to skip', async () => {
    await using engine = await openWith([])
    await engine.renew(async (next) => {
      await next.createTables([zoo])
      await next.append(
        toys,
        Array.from({ length: 40_000 }, (_, index) => [`owner ${index}`, 'ball', index]),
      )
    })
    const groups = sql`SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('zoo.toy')`
    expect(await rowsOf(engine, groups)).toEqual([[3]])
  })

  it('never change once they serve', async () => {
    const folder = temporaryFolder()
    await using engine = await openWith([1], { folder })
    const before = readFileSync(join(folder, '1.duckdb'))
    const { mtimeMs } = statSync(join(folder, '1.duckdb'))
    await pricesIn(engine)
    await addToy(engine, 2)
    await sleep(10)
    expect(statSync(join(folder, '1.duckdb')).mtimeMs).toBe(mtimeMs)
    expect(readFileSync(join(folder, '1.duckdb')).equals(before)).toBe(true)
  })
})
