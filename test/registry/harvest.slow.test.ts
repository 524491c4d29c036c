// Harvesting a real OAI-PMH door over the network into a real engine: what is taken, what is not, and what stays.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseIvoid } from '../../src/core/ivoid.js'
import type { ResourceRecord } from '../../src/core/record.js'
import { type Row, type Sql, sql } from '../../src/core/sql.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { asPayload } from '../../src/oai/envelope.js'
import { harvestRegistry } from '../../src/registry/harvest.js'
import type { HarvestReport } from '../../src/registry/harvest-report.js'
import { listQuarantined } from '../../src/registry/quarantine.js'
import { rebuildGeneration } from '../../src/registry/rebuild.js'
import { SqlRecordSource } from '../../src/registry/records.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { MemoryRecords } from '../support/memory-records.js'
import { type OaiDoor, openOaiDoor } from '../support/oai-door.js'
import { registryIvoid, registryXml, sampleRecord, sampleRecords, sampleXml, stamp } from '../support/sample-records.js'

const schemas = declaredSchemas()
const own = parseIvoid('ivo://own.example/registry')

let closers: (() => Promise<unknown>)[]
let folder: string
let engine: DuckdbEngine
let store: SqlRecordSource
/** Requests that the publisher got, as their query. */
let asked: URLSearchParams[]

beforeEach(async () => {
  closers = []
  asked = []
  folder = mkdtempSync(join(tmpdir(), 'waymark-harvest-'))
  engine = await DuckdbEngine.open({ folder: join(folder, 'generations') })
  store = new SqlRecordSource(engine)
})
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  await engine[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

/** A publisher over its records, parts of three records; its clock stands at `time`. */
async function publisher(records: MemoryRecords, time = () => '2026-06-01T12:00:00Z'): Promise<string> {
  const door: OaiDoor = await openOaiDoor(records, { clock: () => new Date(time()) })
  door.app.addHook('onRequest', async (request) => {
    asked.push(new URL(request.url, 'http://localhost').searchParams)
  })
  await door.app.listen({ port: 0, host: '127.0.0.1' })
  closers.push(() => door.app.close())
  return `http://127.0.0.1:${(door.app.server.address() as AddressInfo).port}/oai`
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/oai`
}

/** A publisher without sets whose list is always this one. */
function staticPublisher(list: string): Promise<string> {
  const answers: Readonly<Record<string, string>> = {
    Identify: `<Identify><description>${registryXml()}</description></Identify>`,
    ListSets: '<error code="noSetHierarchy"/>',
    ListRecords: list,
  }
  return serve((request, response) => {
    const query = new URL(request.url ?? '', 'http://localhost').searchParams
    asked.push(query)
    response.end(
      `<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-06-01T00:00:00Z</responseDate>${answers[query.get('verb') ?? '']?.replaceAll('<ri:Resource', '<ri:Resource xmlns=""')}</OAI-PMH>`,
    )
  })
}

interface Settings {
  readonly isFull?: boolean
  readonly allowRemovalsPercent?: number
  readonly ownAuthorities?: readonly string[]
  readonly fetch?: typeof fetch
  readonly fullAfterDays?: number
  readonly now?: string
}

function harvest(baseUrl: string, settings: Settings = {}): Promise<HarvestReport> {
  return harvestRegistry(
    {
      engine,
      schemas,
      own,
      ownAuthorities: settings.ownAuthorities ?? ['own.example'],
      clock: () => new Date(settings.now ?? '2026-11-22T10:00:00Z'),
      client: { fetch: settings.fetch ?? fetch, userAgent: 'Waymark test', sleep: async () => {} },
      spool: join(folder, 'harvests'),
      history: join(folder, 'history.ndjson'),
    },
    baseUrl,
    {
      isFull: settings.isFull ?? false,
      allowRemovalsPercent: settings.allowRemovalsPercent ?? 5,
      fullAfterDays: settings.fullAfterDays ?? 0,
    },
  )
}

async function rows(query: Sql): Promise<readonly Row[]> {
  const found: Row[] = []
  for await (const batch of engine.query(query, { trusted: true })) found.push(...batch)
  return found
}

/** A record as an answer carries it: outside the namespace of the envelope, which `xmlns=""` says. */
function facts(record: ResourceRecord | undefined): unknown {
  if (record === undefined) return undefined
  const { ivoid, datestamp, origin, status } = record
  return { ivoid, datestamp, origin, status, xml: record.status === 'deleted' ? undefined : asPayload(record.xml) }
}

const lists = () => asked.filter((one) => one.get('verb') === 'ListRecords')
const ownRecords = () => new MemoryRecords().put(...sampleRecords())
const everything = () => store.list({}, undefined, 1000)

/** What is held, with the datestamps of the registry it comes from. */
async function asPublished(): Promise<readonly ResourceRecord[]> {
  const stamps = new Map(
    await rows(sql`SELECT ivoid, source_datestamp FROM x.record`).then((found) =>
      found.map(([ivoid, datestamp]) => [String(ivoid), stamp(String(datestamp))] as const),
    ),
  )
  const found = (await everything()).map((record) =>
    new MemoryRecords()
      .put({
        ...record,
        datestamp: stamps.get(record.ivoid) ?? record.datestamp,
        ...(record.status === 'deleted' ? {} : { xml: record.xml }),
      } as ResourceRecord)
      .all(),
  )
  return new MemoryRecords().put(...found.flat()).all()
}

describe('a harvest', () => {
  it('S-038: takes all records as they were published, over several parts, tombstones included', async () => {
    const records = ownRecords()
    const report = await harvest(await publisher(records))
    expect(report).toMatchObject({
      registry: registryIvoid,
      extent: 'full',
      seen: 7,
      new: 6,
      changed: 0,
      deleted: 0,
      rejected: [],
    })
    expect(report.bytes).toBeGreaterThan(6000)
    const published = records.all().filter(({ origin }) => origin === registryIvoid)
    expect((await asPublished()).map(facts)).toEqual(published.map(facts))
    // A full registry hands them on as what changed here now (OAI-PMH 2.0 §2.7.1).
    expect(new Set((await everything()).map(({ datestamp }) => datestamp))).toEqual(new Set(['2026-11-22T10:00:00Z']))
    expect(lists()[0]?.toString()).toBe('verb=ListRecords&metadataPrefix=ivo_vor&set=ivo_managed')
    expect(await rows(sql`SELECT count(*) FROM rr.resource`)).toEqual([[6]])
    expect((await store.list({ isPublisher: true }, undefined, 10)).map(({ ivoid }) => ivoid)).toEqual([registryIvoid])
    expect(readdirSync(join(folder, 'harvests'))).toEqual([])
  })

  it('S-039, S-040, M-119: the second time begins on the day on which the first began, and takes what has changed', async () => {
    const records = ownRecords()
    let time = '2026-06-01T12:00:00Z'
    const address = await publisher(records, () => time)
    await harvest(address)
    time = '2026-06-03T01:00:00Z'
    records.put(
      sampleRecord({ ivoid: 'ivo://example.edu/quasars', title: 'More quasars', datestamp: '2026-06-01T12:30:00Z' }),
      sampleRecord({ ivoid: 'ivo://example.edu/pulsars', title: 'Pulsars', datestamp: '2026-06-02T00:00:00Z' }),
      {
        ivoid: parseIvoid('ivo://example.edu/Stars'),
        datestamp: stamp('2026-06-02T00:00:01Z'),
        origin: registryIvoid,
        status: 'deleted',
      },
    )
    asked = []
    const report = await harvest(address)
    expect(lists()[0]?.get('from')).toBe('2026-06-01')
    expect(report).toMatchObject({ extent: 'incremental', from: '2026-06-01', seen: 3, new: 1, changed: 1, deleted: 1 })
    expect((await store.get('ivo://example.edu/stars'))?.status).toBe('deleted')
    expect(await rows(sql`SELECT ivoid FROM rr.resource WHERE ivoid = 'ivo://example.edu/stars'`)).toEqual([])
    asked = []
    await harvest(address)
    expect(lists()[0]?.get('from')).toBe('2026-06-03')
  })

  it('M-117: that brings nothing new changes nothing, and noRecordsMatch is a success', async () => {
    const records = ownRecords()
    const address = await publisher(records, () => '2026-03-04T05:00:00Z')
    await harvest(address)
    const before = await rows(sql`SELECT number, datestamp FROM x.record ORDER BY number`)
    let renewals = 0
    engine.onRenewed(() => {
      renewals += 1
    })
    expect(await harvest(address)).toMatchObject({ extent: 'incremental', seen: 1, new: 0, changed: 0 })
    records.drop('ivo://example.edu/quasars')
    expect(await harvest(address)).toMatchObject({ seen: 0, new: 0, changed: 0, deleted: 0, rejected: [] })
    expect(await rows(sql`SELECT number, datestamp FROM x.record ORDER BY number`)).toEqual(before)
    expect(renewals).toBe(0)
  })

  it('S-041: asks for everything again when the last time is long enough ago', async () => {
    const address = await publisher(ownRecords())
    await harvest(address)
    const later = (now: string) => harvest(address, { fullAfterDays: 180, now })
    expect((await later('2027-05-20T00:00:00Z')).extent).toBe('incremental')
    expect((await later('2027-05-22T00:00:00Z')).extent).toBe('full')
    // Half a year counts from then.
    expect((await later('2027-05-23T00:00:00Z')).extent).toBe('incremental')
  })

  it('M-118: of a record that is listed twice, in whatever case, the later state counts', async () => {
    const listed = ([ivoid, title, datestamp]: readonly [string, string, string]) =>
      `<record><header><identifier>${ivoid}</identifier><datestamp>${datestamp}</datestamp></header><metadata>${sampleXml({ ivoid, title, datestamp })}</metadata></record>`
    const records = [
      ['ivo://example.edu/Twice', 'Late', '2026-05-02T00:00:00Z'],
      ['ivo://example.edu/twice', 'Early', '2026-05-01T00:00:00Z'],
    ] as const
    const address = await staticPublisher(`<ListRecords>${records.map(listed).join('')}</ListRecords>`)
    expect(await harvest(address)).toMatchObject({ seen: 1, new: 1 })
    expect(await rows(sql`SELECT ivoid, res_title FROM rr.resource`)).toEqual([['ivo://example.edu/twice', 'Late']])
  })

  it('without the set where the registry has none', async () => {
    const address = await staticPublisher(
      `<ListRecords><record><header><identifier>ivo://example.edu/a</identifier><datestamp>2026-01-01</datestamp></header><metadata>${sampleXml({ ivoid: 'ivo://example.edu/a', title: 'A' })}</metadata></record></ListRecords>`,
    )
    expect(await harvest(address)).toMatchObject({ seen: 1, new: 1 })
    expect(lists()[0]?.has('set')).toBe(false)
  })

  it('S-040: that fails in the middle changes nothing, and the next one begins where this one did', async () => {
    const address = await publisher(ownRecords())
    await harvest(address)
    const before = (await everything()).map(facts)
    let parts = 0
    const failing: typeof fetch = async (input, init) =>
      String(input).includes('verb=ListRecords') && ++parts > 1 ? new Response('', { status: 503 }) : fetch(input, init)
    await expect(harvest(address, { isFull: true, fetch: failing })).rejects.toMatchObject({ kind: 'unavailable' })
    expect((await everything()).map(facts)).toEqual(before)
    expect(await rows(sql`SELECT count(*) FROM x.harvest`)).toEqual([[1]])
    // What has come need not be asked for again.
    asked = []
    expect(await harvest(address, { isFull: true })).toMatchObject({ seen: 7, new: 0 })
    expect(lists().map((one) => one.has('resumptionToken'))).toEqual([true, true])
    expect(readdirSync(join(folder, 'harvests'))).toEqual([])
  })

  it('of ourselves is refused', async () => {
    const records = new MemoryRecords().put(...sampleRecords())
    const address = await publisher(records)
    const parts = { engine, schemas, own: registryIvoid, ownAuthorities: [], clock: () => new Date() }
    const client = { fetch, userAgent: 'Waymark test' }
    const options = { isFull: false, allowRemovalsPercent: 5 }
    await expect(
      harvestRegistry(
        { ...parts, client, spool: join(folder, 'harvests'), history: join(folder, 'history.ndjson') },
        address,
        options,
      ),
    ).rejects.toMatchObject({ kind: 'usage' })
  })

  it('keeps its progress through a rebuild', async () => {
    const address = await publisher(ownRecords())
    await harvest(address)
    await rebuildGeneration({ engine, schemas, own })
    expect((await harvest(address)).extent).toBe('incremental')
  })
})

describe('a record is taken from a registry that manages its authority;', () => {
  const foreign = (ivoid: string, title = 'T', datestamp = '2026-05-01T00:00:00Z'): ResourceRecord => ({
    ...sampleRecord({ ivoid, title, datestamp }),
  })

  it('S-042, S-043: others are set aside with the reason, and not twice', async () => {
    const address = await publisher(ownRecords().put(foreign('ivo://not.managed/x', 'X', '2026-06-01T01:00:00Z')))
    const reason = 'ivo://example.edu/registry does not manage the authority not.managed'
    expect((await harvest(address)).rejected).toEqual([{ ivoid: 'ivo://not.managed/x', reason }])
    expect((await harvest(address)).rejected).toEqual([{ ivoid: 'ivo://not.managed/x', reason }])
    expect(await listQuarantined(engine)).toMatchObject([{ source: address, ivoid: 'ivo://not.managed/x', reason }])
    expect(await store.get('ivo://not.managed/x')).toBe(undefined)
  })

  it('what was set aside and is put right leaves the quarantine', async () => {
    const records = ownRecords().put(foreign('ivo://second.edu/x', 'X', '2026-06-01T01:00:00Z'))
    const address = await publisher(records)
    expect((await harvest(address)).rejected).toHaveLength(1)
    const managing = registryXml().replace('</full>', '</full><managedAuthority>second.edu</managedAuthority>')
    records.put({ ...sampleRecord({ ivoid: registryIvoid, title: '' }), status: 'active', xml: managing })
    const again = await publisher(records)
    expect(await harvest(again)).toMatchObject({ extent: 'full', rejected: [] })
    expect((await store.get('ivo://second.edu/x'))?.origin).toBe(registryIvoid)
    expect(await listQuarantined(engine)).toMatchObject([{ source: address }])
  })

  it('records of our own authorities never are', async () => {
    const report = await harvest(await publisher(ownRecords()), { ownAuthorities: ['Example.EDU'] })
    expect(report).toMatchObject({ seen: 7, new: 0 })
    expect(report.rejected[0]?.reason).toBe('the authority example.edu is managed by this registry itself')
    expect(await everything()).toEqual([])
  })

  it('of two that claim an authority, the one harvested first has it until it gives it up', async () => {
    const records = ownRecords()
    await harvest(await publisher(records))
    const rival = parseIvoid('ivo://rival.org/registry')
    const rivalXml = registryXml().replaceAll('ivo://example.edu/registry', rival)
    const door = await serve((request, response) => {
      const verb = new URL(request.url ?? '', 'http://localhost').searchParams.get('verb') ?? ''
      const content: Record<string, string> = {
        Identify: `<Identify><description>${rivalXml}</description></Identify>`,
        ListSets: '<ListSets><set><setSpec>ivo_managed</setSpec><setName>x</setName></set></ListSets>',
        ListRecords: `<ListRecords><record><header><identifier>ivo://example.edu/quasars</identifier><datestamp>2026-05-05T00:00:00Z</datestamp></header><metadata>${sampleXml({ ivoid: 'ivo://example.edu/quasars', title: 'Stolen' })}</metadata></record></ListRecords>`,
      }
      response.end(`<OAI-PMH><responseDate>2026-06-01T00:00:00Z</responseDate>${content[verb]}</OAI-PMH>`)
    })
    expect((await harvest(door)).rejected[0]?.reason).toMatch(
      /claimed by ivo:\/\/rival.org.*example.edu\/registry, which was harvested first/,
    )
    expect((await store.get('ivo://example.edu/quasars'))?.origin).toBe(registryIvoid)

    const without = registryXml().replace('<managedAuthority>example.edu</managedAuthority>', '')
    records.put({ ...sampleRecord({ ivoid: registryIvoid, title: '' }), status: 'active', xml: without })
    await harvest(await publisher(records))
    expect(await harvest(door)).toMatchObject({ extent: 'full', rejected: [] })
    expect((await store.get('ivo://example.edu/quasars'))?.origin).toBe(rival)
  })
})

describe('a full harvest', () => {
  async function twice(removed: number, settings: Settings): Promise<{ address: string; records: MemoryRecords }> {
    const records = ownRecords()
    for (let number = 0; number < 94; number++)
      records.put(sampleRecord({ ivoid: `ivo://example.edu/many/${number}`, title: `Number ${number}` }))
    const address = await publisher(records)
    expect(await harvest(address)).toMatchObject({ new: 100 })
    for (let number = 0; number < removed; number++) records.drop(`ivo://example.edu/many/${number}`)
    await harvest(address, { isFull: true, ...settings })
    return { address, records }
  }

  it('removes what vanished without a tombstone; it stays known', async () => {
    await twice(5, {})
    expect(await rows(sql`SELECT count(*) FROM rr.resource`)).toEqual([[95]])
    expect(facts(await store.get('ivo://example.edu/many/0'))).toMatchObject({
      status: 'deleted',
      origin: registryIvoid,
    })
  })

  it('that would remove more than the allowed share is held back', async () => {
    await expect(twice(6, {})).rejects.toMatchObject({
      kind: 'limit',
      message: expect.stringMatching(/remove 6 of its 100 records \(6\.0 %.*--allow-removals 6\./),
    })
    expect(await rows(sql`SELECT count(*) FROM rr.resource`)).toEqual([[100]])
    expect(await rows(sql`SELECT count(*) FROM x.harvest`)).toEqual([[1]])
  })

  it('does so when that is confirmed', async () => {
    await twice(6, { allowRemovalsPercent: 6 })
    expect(await rows(sql`SELECT count(*) FROM rr.resource`)).toEqual([[94]])
  })
})
