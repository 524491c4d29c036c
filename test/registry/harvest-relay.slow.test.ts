// A third registry harvests the second, a full one, and gets every record of every origin, also those that came there late.
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Ivoid, parseIvoid } from '../../src/core/ivoid.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { asPayload } from '../../src/oai/envelope.js'
import { prepareGeneration } from '../../src/registry/generation.js'
import { type HarvestOptions, harvestRegistry } from '../../src/registry/harvest.js'
import type { HarvestReport } from '../../src/registry/harvest-report.js'
import { ingestRecords } from '../../src/registry/ingest.js'
import { SqlRecordSource } from '../../src/registry/records.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { type OaiDoor, openOaiDoor } from '../support/oai-door.js'
import { registryIvoid, registryXml, sampleXml, stamp } from '../support/sample-records.js'
import { type SimulatedRecord, type SimulatedRegistry, simulateRegistry } from '../support/simulated-registry.js'

const schemas = declaredSchemas()
const thirdIvoid = parseIvoid('ivo://third.example/registry')
let folder: string
/** The clock of all registries. */
let now: string
let publisher: SimulatedRegistry
let second: DuckdbEngine
let third: DuckdbEngine
let door: OaiDoor
let secondAddress: string

const record = (name: string, datestamp: string, title = name): SimulatedRecord => {
  const ivoid = `ivo://publisher.example/${name}`
  return {
    ivoid,
    datestamp,
    xml: sampleXml({ ivoid, title, datestamp }).replace('<ri:Resource', '<ri:Resource xmlns=""'),
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-relay-'))
  now = '2026-06-01T12:00:00Z'
  publisher = await simulateRegistry({
    ivoid: 'ivo://publisher.example/registry',
    authority: 'publisher.example',
    records: [
      record('a', '2026-05-01T00:00:00Z'),
      record('b', '2026-05-02T00:00:00Z'),
      { ...record('gone', '2026-05-03T00:00:00Z'), xml: undefined },
    ],
  })
  second = await DuckdbEngine.open({ folder: join(folder, 'second') })
  third = await DuckdbEngine.open({ folder: join(folder, 'third') })
  const own = { ivoid: registryIvoid, datestamp: stamp('2026-03-01T00:00:00Z'), origin: registryIvoid }
  await second.renew(async (next) => {
    await prepareGeneration(next, schemas)
    await ingestRecords(next, [{ ...own, status: 'active', xml: registryXml(true) }], { schemas, own: registryIvoid })
  })
  door = await openOaiDoor(new SqlRecordSource(second), { clock: () => new Date(now), pageRecords: 2 })
  await door.app.listen({ port: 0, host: '127.0.0.1' })
  secondAddress = `http://127.0.0.1:${(door.app.server.address() as AddressInfo).port}/oai`
})
afterAll(async () => {
  await door.app.close()
  await publisher[Symbol.asyncDispose]()
  await second[Symbol.asyncDispose]()
  await third[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

function harvest(
  engine: DuckdbEngine,
  own: Ivoid,
  baseUrl: string,
  options: Partial<HarvestOptions> = {},
): Promise<HarvestReport> {
  const place = join(folder, `${own.split('/')[2]}`)
  return harvestRegistry(
    {
      engine,
      schemas,
      own,
      ownAuthorities: [own.split('/')[2] ?? ''],
      clock: () => new Date(now),
      client: { fetch, userAgent: 'Waymark test' },
      spool: join(place, 'harvests'),
      history: join(place, 'history.ndjson'),
    },
    baseUrl,
    { isFull: false, allowRemovalsPercent: 5, ...options },
  )
}

async function held(engine: DuckdbEngine): Promise<ReadonlyMap<string, string>> {
  const records = await new SqlRecordSource(engine).list({}, undefined, 100)
  return new Map(records.map((one) => [one.ivoid, one.status === 'deleted' ? 'deleted' : asPayload(one.xml)]))
}

it('everything, of every origin, tombstones included', async () => {
  expect(await harvest(second, registryIvoid, publisher.baseUrl)).toMatchObject({ seen: 3, new: 2 })
  now = '2026-06-05T12:00:00Z'
  const report = await harvest(third, thirdIvoid, secondAddress, { scope: 'everything' })
  expect(report).toMatchObject({ extent: 'full', seen: 4, new: 3, rejected: [], colour: 'green' })
  expect(await held(third)).toEqual(await held(second))
})

it('a record that reached the second one later than its datestamp says', async () => {
  publisher.records = [
    record('a', '2026-05-01T00:00:00Z'),
    record('b', '2026-06-03T00:00:00Z', 'b, changed'),
    { ...record('gone', '2026-05-03T00:00:00Z'), xml: undefined },
    record('late', '2026-06-04T00:00:00Z'),
  ]
  publisher.now = now = '2026-06-10T12:00:00Z'
  expect(await harvest(second, registryIvoid, publisher.baseUrl)).toMatchObject({ new: 1, changed: 1 })
  now = '2026-06-11T12:00:00Z'
  // The second one's clock said 5 June when it was last asked; the records are of 3 and 4 June.
  const report = await harvest(third, thirdIvoid, secondAddress)
  expect(report).toMatchObject({ extent: 'incremental', from: '2026-06-05', seen: 2, new: 1, changed: 1, rejected: [] })
  expect(await held(third)).toEqual(await held(second))
})

it('and takes the records of a publisher from there once it is harvested itself', async () => {
  now = '2026-06-12T12:00:00Z'
  expect(await harvest(third, thirdIvoid, publisher.baseUrl)).toMatchObject({ seen: 4, rejected: [] })
  const again = await harvest(third, thirdIvoid, secondAddress, { isFull: true })
  expect(again).toMatchObject({ outcome: 'taken', new: 0, changed: 0, deleted: 0, rejected: [] })
  const origin = (await new SqlRecordSource(third).get('ivo://publisher.example/late'))?.origin
  expect(origin).toBe('ivo://publisher.example/registry')
  expect(await held(third)).toEqual(await held(second))
})
