// DuckDB with strangers' queries in processes of their own keeps the contract of engines, and more.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type Sql, sql } from '../../src/core/sql.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { builtFile } from '../support/built.js'
import { describeEngine } from './contract.js'
import { rowsOf, temporaryFolder, zoo } from './support.js'

const workerFile = builtFile('engines/pool-worker')

describeEngine({
  name: 'duckdb with engine processes',
  open: () =>
    DuckdbEngine.open({ folder: temporaryFolder(), pool: { processes: 1, memoryMegabytes: 1000, workerFile } }),
})

it('replaces a process that keeps memory while it has nothing to do, never one that works', {
  timeout: 30_000,
}, async () => {
  await using engine = await DuckdbEngine.open({
    folder: temporaryFolder(),
    pool: { processes: 1, memoryMegabytes: 1000, idleMegabytes: 1, workerFile },
  })
  await engine.renew((next) => next.createTables([zoo]), { fresh: true })
  const long = sql`SELECT count(*) FROM generate_series(1, 20000) AS a(n), generate_series(1, 10000) AS b(n) WHERE a.n * b.n % 7 = 3`
  const [working, ...idle] = engine.engineProcesses
  const running = rowsOf(engine, long)
  for (let tries = 0; tries < 200 && engine.engineProcesses.some((pid) => idle.includes(pid)); tries++) await sleep(50)
  expect(engine.engineProcesses.filter((pid) => idle.includes(pid))).toEqual([])
  expect(await running).toHaveLength(1)
  for (let tries = 0; tries < 200 && engine.engineProcesses.includes(working ?? 0); tries++) await sleep(50)
  expect(engine.engineProcesses).not.toContain(working)
  expect(await rowsOf(engine, sql`SELECT count(*) FROM zoo.pet`)).toEqual([[0]])
})

it('keeps its processes when a reader leaves after everything has been computed', { timeout: 30_000 }, async () => {
  await using engine = await DuckdbEngine.open({
    folder: temporaryFolder(),
    pool: { processes: 1, memoryMegabytes: 1000, obeyMs: 500, workerFile },
  })
  await engine.renew((next) => next.createTables([zoo]), { fresh: true })
  const before = engine.engineProcesses
  const encode = {
    name: 'csv',
    columns: [{ name: 'n', datatype: 'long' }],
    maxRows: 2_000_000,
    hasLegalTexts: true,
  } as const
  // 8 MB: more than is sent unasked, less than is computed ahead.
  for await (const _ of engine.query(sql`SELECT n FROM generate_series(1000000, 2000000) AS s(n)`, { encode })) {
    await sleep(1500)
    break
  }
  await sleep(1000)
  expect(engine.engineProcesses).toEqual(before)
  expect(await rowsOf(engine, sql`SELECT count(*) FROM zoo.pet`)).toEqual([[0]])
})

it('hands on results of any size as bytes, whole and in order', { timeout: 30_000 }, async () => {
  await using engine = await DuckdbEngine.open({
    folder: temporaryFolder(),
    pool: { processes: 1, memoryMegabytes: 1000, workerFile },
  })
  await engine.renew((next) => next.createTables([zoo]), { fresh: true })
  const encode = {
    name: 'csv',
    columns: [{ name: 'n', datatype: 'long' }],
    maxRows: 1_000_000,
    hasLegalTexts: true,
  } as const
  // Batches travel in messages or through the pipe by their size; conditions make small ones beside large ones.
  const cases: readonly (readonly [count: number, isWanted: (n: number) => boolean, condition: Sql])[] = [
    [0, () => true, sql`true`],
    [1, () => true, sql`true`],
    [2048, () => true, sql`true`],
    [2049, () => true, sql`true`],
    [300_000, () => true, sql`true`],
    [300_000, (n) => n % 5000 === 0, sql`n % 5000 = 0`],
    [300_000, (n) => n % 5000 === 0 || (n > 100_000 && n < 150_000), sql`n % 5000 = 0 OR (n > 100000 AND n < 150000)`],
  ]
  for (const [count, isWanted, condition] of cases) {
    const rows = await rowsOf(engine, sql`SELECT n FROM generate_series(1, ${count}) AS s(n) WHERE ${condition}`, {
      encode,
    })
    const wanted = Array.from({ length: count }, (_, index) => index + 1).filter(isWanted)
    const bytes = Buffer.concat(rows.map(([some]) => Buffer.from(some as Uint8Array)))
    expect(bytes.toString()).toBe(wanted.map((n) => `${n}\r\n`).join(''))
    expect(rows.reduce((sum, [, some]) => sum + Number(some), 0)).toBe(wanted.length)
  }
})
