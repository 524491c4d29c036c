// Registries as they are in the wild: each ends with the report that its operator needs, and none harms another.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseIvoid } from '../../src/core/ivoid.js'
import { type Row, type Sql, sql } from '../../src/core/sql.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { type HarvestOptions, harvestRegistries } from '../../src/registry/harvest.js'
import { harvestFetch } from '../../src/registry/harvest-fetch.js'
import { readHarvestHistory } from '../../src/registry/harvest-history.js'
import type { HarvestReport } from '../../src/registry/harvest-report.js'
import { listQuarantined } from '../../src/registry/quarantine.js'
import { SqlRecordSource } from '../../src/registry/records.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { isPublicAddress } from '../../src/tap/addresses.js'
import { sampleXml } from '../support/sample-records.js'
import {
  type Behaviour,
  behaviours,
  type SimulatedRecord,
  type SimulatedRegistry,
  simulateRegistry,
} from '../support/simulated-registry.js'

const recordsEach = 40
const schemas = declaredSchemas()
let folder: string
let engine: DuckdbEngine
let renewals = 0
const registries = new Map<Behaviour, SimulatedRegistry>()
let reports: ReadonlyMap<Behaviour, HarvestReport>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-misbehaving-'))
  engine = await DuckdbEngine.open({ folder: join(folder, 'generations') })
  engine.onRenewed(() => {
    renewals += 1
  })
  for (const behaviour of behaviours) {
    const authority = `${behaviour.replace(/\W+/g, '-')}.example`
    const ivoid = `ivo://${authority}/registry`
    registries.set(behaviour, await simulateRegistry({ ivoid, authority, behaviour, records: recordsOf(authority) }))
  }
  reports = await harvestAll({ isFull: false })
})
afterAll(async () => {
  for (const registry of registries.values()) await registry[Symbol.asyncDispose]()
  await engine[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Two a day, one in ten a tombstone. */
function recordsOf(authority: string): readonly SimulatedRecord[] {
  return Array.from({ length: recordsEach }, (_, number) => {
    const ivoid = `ivo://${authority}/res/${number}`
    const datestamp = `2026-05-${String(1 + Math.floor(number / 2)).padStart(2, '0')}T00:00:00Z`
    const xml = sampleXml({ ivoid, title: `Größe ${number}`, datestamp }).replace(
      '<ri:Resource',
      '<ri:Resource xmlns=""',
    )
    return { ivoid, datestamp, xml: number % 10 === 3 ? undefined : xml }
  })
}

async function harvestAll(options: Partial<HarvestOptions>): Promise<ReadonlyMap<Behaviour, HarvestReport>> {
  const done = await harvestRegistries(
    {
      engine,
      schemas,
      own: parseIvoid('ivo://own.example/registry'),
      ownAuthorities: ['own.example'],
      clock: () => new Date('2026-11-22T10:00:00Z'),
      client: {
        fetch: harvestFetch(fetch, isPublicAddress),
        userAgent: 'Waymark test',
        sleep: async () => {},
        maxResponseBytes: 100_000_000,
      },
      spool: join(folder, 'harvests'),
      history: join(folder, 'history.ndjson'),
    },
    [...registries.values()].map(({ baseUrl }) => baseUrl),
    { isFull: false, allowRemovalsPercent: 5, ...options },
  )
  return new Map([...registries.keys()].map((behaviour, index) => [behaviour, done[index]!]))
}

async function rows(query: Sql): Promise<readonly Row[]> {
  const found: Row[] = []
  for await (const batch of engine.query(query, { trusted: true })) found.push(...batch)
  return found
}

const seen = recordsEach
const alive = recordsEach - 4
const whole = { outcome: 'taken', seen, new: alive, rejected: [] }

describe('the first harvest of a registry with', () => {
  it.each<[Behaviour, object]>([
    ['sound', { ...whole, colour: 'green', warnings: [] }],
    ['no sets', { ...whole, colour: 'green', warnings: [] }],
    ['storm of 503', { ...whole, colour: 'green', warnings: [] }],
    ['wrong count', { ...whole, colour: 'yellow', warnings: ['its list was announced to have 47 records and has 40'] }],
    // The server counts its places anew for each part, and so leaves out one record that has not changed.
    [
      'changes while paging',
      {
        outcome: 'taken',
        colour: 'yellow',
        seen: seen - 1,
        warnings: ['its list was announced to have 40 records and has 39'],
        rejected: [],
      },
    ],
    [
      'expiring token',
      { ...whole, colour: 'yellow', warnings: ['its token expired, and the list was asked for anew'] },
    ],
    [
      'wrong encoding',
      { ...whole, colour: 'yellow', warnings: ['parts of its list are not in the encoding that they name'] },
    ],
    [
      'broken record',
      {
        outcome: 'taken',
        colour: 'yellow',
        new: alive - 1,
        rejected: [{ ivoid: 'ivo://broken-record.example/res/20', reason: expect.stringContaining('not well-formed') }],
      },
    ],
    [
      'broken record, status 500',
      {
        outcome: 'taken',
        colour: 'yellow',
        new: alive - 1,
        rejected: [
          {
            ivoid: 'ivo://broken-record-status-500.example/res/20',
            reason: expect.stringContaining('HTTP status 500'),
          },
        ],
      },
    ],
    [
      'half an answer',
      {
        outcome: 'taken',
        colour: 'yellow',
        new: alive - 1,
        rejected: [
          { ivoid: 'ivo://half-an-answer.example/res/20', reason: expect.stringContaining('not well-formed') },
        ],
      },
    ],
    ['no records', { outcome: 'taken', colour: 'yellow', seen: 0, warnings: ['its list has no records at all'] }],
  ])('%s is taken in', (behaviour, expected) => {
    expect(reports.get(behaviour)).toMatchObject(expected)
  })

  it.each<[Behaviour, string]>([
    ['endless tokens', '20 parts of its list in a row brought nothing new'],
    ['tokens in circles', 'its tokens go in circles'],
    ['gzip bomb', 'its answer is longer than'],
    ['redirects to a private address', 'it redirects to http://192.168.77.88'],
  ])('%s fails, and changes nothing', (behaviour, reason) => {
    expect(reports.get(behaviour)).toMatchObject({ outcome: 'failed', colour: 'red', new: 0 })
    expect(reports.get(behaviour)?.error?.message).toContain(reason)
  })

  it('any of these is held whole: nothing lost, nothing doubled', async () => {
    const held = await rows(sql`SELECT count(*), count(DISTINCT folded_ivoid) FROM x.record`)
    const taken = [...reports.values()].filter(({ outcome, seen: count }) => outcome === 'taken' && count > 0)
    expect(taken).toHaveLength(10)
    // Three are set aside, one was not handed out.
    const expected = taken.length * recordsEach - 3 - 1
    expect(held).toEqual([[expected, expected]])
  })

  it('all that succeeded shares one generation', () => {
    expect(renewals).toBe(1)
  })

  it('a bad record stands alone in the quarantine, with its XML as far as there is any', async () => {
    expect((await listQuarantined(engine)).map(({ ivoid }) => ivoid).sort()).toEqual([
      'ivo://broken-record-status-500.example/res/20',
      'ivo://broken-record.example/res/20',
      'ivo://half-an-answer.example/res/20',
    ])
  })

  it('every one is in the history, with its colour', async () => {
    const history = await readHarvestHistory(join(folder, 'history.ndjson'))
    expect(history).toHaveLength(behaviours.length)
    const table = await rows(sql`SELECT count(*) FROM waymark.harvest_run WHERE outcome = 'taken'`)
    expect(table).toEqual([[11]])
  })
})

describe('later', () => {
  it('a record that changed while it was paged comes with the next harvest', async () => {
    const behaviour = 'changes while paging'
    const again = await harvestAll({})
    expect(again.get(behaviour)).toMatchObject({ extent: 'incremental', colour: 'green' })
    const [changed] = await rows(
      sql`SELECT res_title FROM rr.resource WHERE ivoid = 'ivo://changes-while-paging.example/res/0'`,
    )
    expect(changed).toEqual(['Changed while paging'])
    expect(again.get('sound')).toMatchObject({ outcome: 'unchanged', colour: 'green', seen: 0 })
  })

  it('records that vanish without a tombstone are found by a full harvest, unless they are too many', async () => {
    const sound = registries.get('sound')!
    const noSets = registries.get('no sets')!
    sound.records = sound.records.slice(1)
    noSets.records = noSets.records.slice(10)
    const full = await harvestAll({ isFull: true })
    expect(full.get('sound')).toMatchObject({ outcome: 'taken', colour: 'green', deleted: 1 })
    expect(full.get('no sets')).toMatchObject({ outcome: 'held', colour: 'red', deleted: 0 })
    expect(full.get('no sets')?.error?.message).toMatch(/would remove 9 of its 36 records .*--allow-removals 25/)
    expect((await new SqlRecordSource(engine).get('ivo://sound.example/res/0'))?.status).toBe('deleted')
    expect(full.get('changes while paging')).toMatchObject({ outcome: 'taken', colour: 'green', new: 1 })
    expect((await new SqlRecordSource(engine).get('ivo://no-sets.example/res/0'))?.status).toBe('active')
  })
})
