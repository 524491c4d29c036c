// A second Waymark, a full registry, harvests the first one: what is published arrives, moves arrive, and nothing that
// kills a harvest leaves anything half done.
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../src/core/sql.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { SqlRecordSource } from '../../src/registry/records.js'
import { platform, shippedCatalogs } from './catalogs.js'
import { program, runWaymark } from './program.js'
import { clientFile, isInstalled, python, run } from './support.js'
import { hasTopcat, runTopcat } from './topcat.js'
import { listRecords, openSite, type PublishedRecord, type Site, settingsOf } from './two-registries.js'

const shipped = fileURLToPath(new URL('../../resources', import.meta.url))
const publisherIvoid = 'ivo://mast.example/registry'
const moving = 'ivo://archive.stsci.edu/tap/gaiadr3'

let folder: string
let first: Site
let second: Site

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-second-'))
  first = await openSite(folder, 'first', (resources) => cpSync(shipped, resources, { recursive: true }))
  second = await openSite(folder, 'second', (resources) => {
    mkdirSync(resources)
    for (const file of ['registry.yaml', 'authority.yaml', 'regtap.yaml']) {
      const text = readFileSync(join(shipped, file), 'utf8').replaceAll('mast.example', 'second.example')
      const full = text.replace('full: false', 'full: true').replace(', archive.stsci.edu]', ']')
      writeFileSync(join(resources, file), full)
    }
  })
})
afterAll(async () => {
  await first.server.stop()
  await second.server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const harvestArguments = (): readonly string[] => [
  'harvest',
  `${first.server.address}/oai`,
  '--json',
  ...settingsOf(second),
]

async function harvest(): Promise<Record<string, unknown>> {
  return JSON.parse(await runWaymark(...harvestArguments())) as Record<string, unknown>
}

/** What the second registry holds of the first, read from its store. */
async function storedRecords(): Promise<ReadonlyMap<string, PublishedRecord>> {
  await using engine = await DuckdbEngine.open({ folder: join(second.state, 'generations') })
  const records = await new SqlRecordSource(engine).list({}, undefined, 10_000)
  const datestamps = new Map<unknown, string>()
  const query = sql`SELECT ivoid, source_datestamp FROM x.record`
  for await (const rows of engine.query(query, { trusted: true }))
    for (const [ivoid, datestamp] of rows) datestamps.set(ivoid, String(datestamp))
  const found = new Map<string, PublishedRecord>()
  for (const record of records)
    if (record.origin === publisherIvoid && record.status !== 'deleted')
      found.set(record.ivoid, { datestamp: datestamps.get(record.ivoid) ?? '', xml: record.xml })
  return found
}

/** Address of Gaia DR3 in one version of the platform; it ships with version 1. */
function addressIn(version: number): string {
  return `${platform.replace('v0.1', `v0.${version}`)}gaiadr3`
}

/** Moves Gaia DR3 from the version before to this one, and publishes that. */
async function moveTo(version: number): Promise<void> {
  const move = join(folder, `2026-gaia-${version}.yaml`)
  writeFileSync(
    move,
    `move: 2026-gaia-${version}
title: Gaia DR3 moves
announced: 2026-01-01
reason: A test.
addresses:
  - former: ['${addressIn(version - 1)}']
    present: ${addressIn(version)}
`,
  )
  await runWaymark('moves', 'apply', move, '--resources', first.resources)
  expect(await runWaymark('publish', ...settingsOf(first))).toMatch(/1 changed/)
  await expect
    .poll(async () => (await listRecords(first)).get(moving)?.xml, { timeout: 20_000 })
    .toContain(addressIn(version))
}

/** Lists in any order, however deep they lie. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => JSON.stringify(sorted(one))).sort()
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sorted(inner)]))
}

function killedAfter(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...harvestArguments(), '--full'], { stdio: 'ignore' })
    setTimeout(() => child.kill('SIGKILL'), milliseconds)
    child.once('exit', () => resolve())
  })
}

describe('a second registry', () => {
  it('gets every record of the first as it is, byte by byte, and serves it', async () => {
    const published = await listRecords(first)
    expect(published.size).toBe(17)
    expect(await harvest()).toMatchObject({
      registry: publisherIvoid,
      extent: 'full',
      seen: 17,
      new: 17,
      changed: 0,
      deleted: 0,
      rejected: [],
    })
    expect(await storedRecords()).toEqual(published)
    await expect.poll(async () => (await listRecords(second)).size, { timeout: 20_000 }).toBe(20)
    const served = await listRecords(second)
    for (const [ivoid, record] of published) {
      expect(served.get(ivoid)?.xml, ivoid).toBe(record.xml)
      // As what is new here: OAI-PMH 2.0 §2.7.1 asks when a record changed in this repository.
      expect((served.get(ivoid)?.datestamp ?? '') >= record.datestamp, ivoid).toBe(true)
    }
    expect([...(await listRecords(second, '&set=ivo_managed')).keys()].sort()).toEqual([
      'ivo://second.example',
      'ivo://second.example/registry',
      'ivo://second.example/regtap',
    ])
    expect([...(await listRecords(second, '&set=ivoa_publishers')).keys()].sort()).toEqual([
      publisherIvoid,
      'ivo://second.example/registry',
    ])
  })

  it('follows a move with its next harvest: the same identifiers, one new datestamp', async () => {
    const before = await storedRecords()
    await moveTo(2)
    expect(await harvest()).toMatchObject({ extent: 'incremental', new: 0, changed: 1, deleted: 0, rejected: [] })
    const after = await storedRecords()
    expect(after).toEqual(await listRecords(first))
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort())
    const redated = [...after].filter(([ivoid, { datestamp }]) => before.get(ivoid)?.datestamp !== datestamp)
    expect(redated.map(([ivoid]) => ivoid)).toEqual([moving])
  })

  it.runIf(isInstalled('pyvo', python, ['-c', 'import pyvo']))('tells pyvo the new address', async () => {
    const resolve = async (): Promise<unknown> =>
      JSON.parse(
        await run(python, [clientFile('resolve.py'), 'ivoid', moving], {
          IVOA_REGISTRY: `${second.server.address}/tap`,
        }),
      )
    await expect.poll(resolve, { timeout: 30_000 }).toEqual({ [moving]: [addressIn(2)] })
  })

  it.runIf(isInstalled('pyvo', python, ['-c', 'import pyvo']))('answers pyvo as the first one does', async () => {
    const ask = async (registry: Site, ...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> =>
      JSON.parse(
        await run(python, [clientFile('resolve.py'), ...args], { IVOA_REGISTRY: `${registry.server.address}/tap` }),
      )
    const names = shippedCatalogs.map(({ ivoid }) => ivoid)
    for (const question of [
      ['ivoid', ...names],
      ['keywords', 'CAOM', 'Hubble Source Catalog'],
      ['tables', moving],
    ]) {
      const answer = await ask(first, ...question)
      expect(Object.keys(answer)).not.toEqual([])
      expect(sorted(await ask(second, ...question))).toEqual(sorted(answer))
    }
  })

  it.runIf(hasTopcat)('answers TOPCAT as the first one does', async () => {
    const ask = async (registry: Site, ...args: string[]) =>
      (await runTopcat(`${registry.server.address}/tap`, ...args)).map((row) => row.join('\t')).sort()
    const byName = ['id', ...shippedCatalogs.map(({ ivoid }) => ivoid)]
    expect(await ask(first, ...byName)).toHaveLength(shippedCatalogs.length)
    for (const question of [byName, ['tap', 'hubble']])
      expect(await ask(second, ...question)).toEqual(await ask(first, ...question))
  })

  it('loses, doubles and halves nothing when harvests are killed, and completes with the next', async () => {
    const started = performance.now()
    await harvest()
    const usualMs = performance.now() - started
    for (let round = 1; round <= 5; round++) {
      const before = await storedRecords()
      await moveTo(round + 2)
      const published = await listRecords(first)
      await killedAfter((usualMs * (round + Math.random())) / 5)
      const killed = await storedRecords()
      expect([before.get(moving), published.get(moving)]).toContainEqual(killed.get(moving))
      expect(new Map([...killed, [moving, before.get(moving)]])).toEqual(before)
      expect(await harvest()).toMatchObject({ extent: 'incremental', seen: 17, new: 0, deleted: 0, rejected: [] })
      expect(await storedRecords()).toEqual(published)
    }
  })
})
