// kill -9 at any moment of a harvest, twenty times: no record is lost, doubled or half-written, and the next one goes on.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Row, type Sql, sql } from '../../src/core/sql.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { SqlRecordSource } from '../../src/registry/records.js'
import { builtFile } from '../support/built.js'
import { sampleXml } from '../support/sample-records.js'
import { type SimulatedRecord, type SimulatedRegistry, simulateRegistry } from '../support/simulated-registry.js'

const kills = 20
const recordCount = 60

let folder: string
let registry: SimulatedRegistry
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-harvest-kill-'))
  const identity = { ivoid: 'ivo://changing.example/registry', authority: 'changing.example' }
  registry = await simulateRegistry({ ...identity, records: recordsOf(1), pageRecords: 6, delayMs: 30 })
})
afterEach(async () => {
  await registry[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Round n: the title of every record says n, and another tenth of them is deleted. */
function recordsOf(round: number): readonly SimulatedRecord[] {
  return Array.from({ length: recordCount }, (_, number) => {
    const ivoid = `ivo://changing.example/res/${number}`
    const datestamp = `2026-05-01T${String(Math.floor(round / 60)).padStart(2, '0')}:${String(round % 60).padStart(2, '0')}:00Z`
    const xml = sampleXml({ ivoid, title: `round ${round}` }).replace('<ri:Resource', '<ri:Resource xmlns=""')
    return { ivoid, datestamp, xml: number % 10 === round % 10 ? undefined : xml }
  })
}

/** A process that harvests once; it says when it begins. */
function startHarvest(): ChildProcess {
  const script = join(folder, 'harvester.mjs')
  const sources = dirname(builtFile('main'))
  const built = (name: string) => JSON.stringify(join(sources, `${name}.js`))
  writeFileSync(
    script,
    `import { DuckdbEngine } from ${built('engines/duckdb')}
     import { harvestRegistry } from ${built('registry/harvest')}
     import { declaredSchemas } from ${built('tables/declared')}
     const folder = ${JSON.stringify(folder)}
     const engine = await DuckdbEngine.open({ folder: folder + '/generations' })
     process.stdout.write('begun')
     await harvestRegistry(
       {
         engine, schemas: declaredSchemas(), own: 'ivo://own.example/registry', ownAuthorities: [], clock: () => new Date(),
         client: { fetch, userAgent: 'Waymark test' }, spool: folder + '/harvests', history: folder + '/history.ndjson',
       },
       ${JSON.stringify(registry.baseUrl)},
       { isFull: true, allowRemovalsPercent: 100 },
     )
     process.stdout.write('done')
     await engine[Symbol.asyncDispose]()`,
  )
  return spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function rows(engine: DuckdbEngine, query: Sql): Promise<readonly Row[]> {
  const found: Row[] = []
  for await (const batch of engine.query(query, { trusted: true })) found.push(...batch)
  return found
}

/** The round that is held, checked to be held whole; 0 when nothing is held yet. */
async function heldRound(): Promise<number> {
  await using engine = await DuckdbEngine.open({ folder: join(folder, 'generations') })
  const [pointer] = await rows(engine, sql`SELECT count(*) FROM x.harvest`).catch(() => [])
  if (pointer === undefined) return 0
  const titles = await rows(engine, sql`SELECT DISTINCT res_title FROM rr.resource`)
  expect(titles).toHaveLength(1)
  const round = Number(/round (\d+)/.exec(String(titles[0]?.[0]))?.[1])
  const held = await new SqlRecordSource(engine).list({}, undefined, 1000)
  const published = recordsOf(round)
  expect(held).toHaveLength(recordCount)
  expect(new Map(held.map((record) => [record.ivoid, record.status === 'deleted' ? undefined : record.xml]))).toEqual(
    new Map(published.map(({ ivoid, xml }) => [ivoid, xml])),
  )
  const alive = published.filter(({ xml }) => xml !== undefined).length
  const counts = sql`SELECT (SELECT count(*) FROM rr.resource), (SELECT count(DISTINCT folded_ivoid) FROM x.record),
    (SELECT count(*) FROM x.record), (SELECT count(*) FROM x.quarantine)`
  expect(await rows(engine, counts)).toEqual([[alive, recordCount, recordCount, 0]])
  return round
}

/** A moment while the list is being read: after some of its ten parts. */
async function whileReading(): Promise<void> {
  const until = registry.asked.length + 3 + Math.floor(Math.random() * 8)
  while (registry.asked.length < until) await sleep(2)
}

/** Runs a harvest until then, or to its end; gives how long it ran. */
async function harvestUntil(moment: Promise<unknown>): Promise<number> {
  const child = startHarvest()
  const ended = once(child, 'exit')
  await Promise.race([once(child.stdout ?? child, 'data'), ended])
  const begun = performance.now()
  await Promise.race([moment, ended])
  child.kill('SIGKILL')
  await ended
  return performance.now() - begun
}

it(`survives ${kills} kills`, { timeout: 600_000 }, async () => {
  const usualMs = await harvestUntil(sleep(100_000))
  let reached = await heldRound()
  let published = reached + 1
  registry.records = recordsOf(published)
  let resumed = 0
  for (let kill = 0; kill < kills; kill++) {
    const before = registry.asked.length
    await harvestUntil(kill % 3 === 0 ? whileReading() : sleep(Math.random() * usualMs))
    const held = await heldRound()
    // Either what was there before or what is published now, never anything between.
    expect([reached, published]).toContain(held)
    reached = held
    const asked = registry.asked.slice(before)
    const first = asked.find((query) => query.get('verb') === 'ListRecords')
    if (first?.has('resumptionToken')) resumed += 1
    if (held === published) {
      published += 1
      registry.records = recordsOf(published)
    }
  }
  await harvestUntil(sleep(100_000))
  expect(await heldRound()).toBe(published)
  // Those that were killed while they read the list were continued.
  expect(resumed).toBeGreaterThan(0)
})
