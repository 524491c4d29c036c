// DuckDB with strangers' queries in processes of their own keeps the contract of engines, and more.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { sql } from '../../src/core/sql.js'
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
