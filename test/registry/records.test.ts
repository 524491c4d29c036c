// RecordSource over a real engine: the same answers as records in a map, and it follows the engine when it switches.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Datestamp, toDatestamp } from '../../src/core/datestamp.js'
import { foldIvoid, parseIvoid } from '../../src/core/ivoid.js'
import type { RecordKey, ResourceRecord } from '../../src/core/record.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import type { Engine } from '../../src/engines/engine.js'
import { prepareGeneration } from '../../src/registry/generation.js'
import { ingestRecords } from '../../src/registry/ingest.js'
import { SqlRecordSource } from '../../src/registry/records.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { MemoryRecords } from '../support/memory-records.js'

const schemas = declaredSchemas()
const origins = [parseIvoid('ivo://own.example/registry'), parseIvoid('ivo://Other.example/registry')] as const

/** Sixty records on twelve seconds, of two origins, every seventh deleted, every fifth inactive. */
const records: readonly ResourceRecord[] = Array.from({ length: 60 }, (_, index) => {
  const header = {
    ivoid: parseIvoid(`ivo://${index % 2 === 0 ? 'Even' : 'odd'}.example/r${index % 20}-${index}`),
    datestamp: second(index % 12),
    origin: origins[index % 3 === 0 ? 0 : 1],
  }
  if (index % 7 === 0) return { ...header, status: 'deleted' }
  const xml = `<ri:Resource xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0"><identifier>${header.ivoid}</identifier><title>№ ${index}</title></ri:Resource>`
  return { ...header, status: index % 5 === 0 ? 'inactive' : 'active', xml }
})

function second(number: number): Datestamp {
  return toDatestamp(new Date(Date.UTC(2026, 0, 1, 0, 0, number)))
}

/** Records as plain objects, documents decompressed. */
function plain(list: readonly ResourceRecord[]): readonly unknown[] {
  return list.map((record) => ({ ...record }))
}

describe('records of an engine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-records-'))
  const memory = new MemoryRecords().put(...records)
  let engine: DuckdbEngine
  let source: SqlRecordSource

  async function ingest(list: readonly ResourceRecord[], fresh = false): Promise<void> {
    await engine.renew(
      async (next) => {
        await prepareGeneration(next, schemas)
        await ingestRecords(next, list, { schemas })
      },
      { fresh },
    )
  }

  beforeAll(async () => {
    engine = await DuckdbEngine.open({ folder })
    source = new SqlRecordSource(engine)
    await ingest(records)
  })
  afterAll(async () => {
    await engine[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })

  test('any page of any selection is the same as from a map', async () => {
    const seconds = fc.option(fc.integer({ min: 0, max: 13 }).map(second), { nil: undefined })
    const cases = fc.record({
      from: seconds,
      until: seconds,
      origin: fc.option(fc.constantFrom(...origins), { nil: undefined }),
      after: fc.option(fc.constantFrom(...records), { nil: undefined }),
      limit: fc.integer({ min: 1, max: 70 }),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ from, until, origin, after, limit }) => {
        const selection = {
          ...(from === undefined ? {} : { from }),
          ...(until === undefined ? {} : { until }),
          ...(origin === undefined ? {} : { origin }),
        }
        const key: RecordKey | undefined = after && { datestamp: after.datestamp, ivoid: foldIvoid(after.ivoid) }
        expect(plain(await source.list(selection, key, limit))).toEqual(plain(await memory.list(selection, key, limit)))
        expect(await source.count(selection)).toBe(await memory.count(selection))
      }),
      { numRuns: 60 },
    )
  })

  test('each record is found under any spelling of its ivoid', async () => {
    for (const record of records) expect({ ...(await source.get(record.ivoid.toUpperCase())) }).toEqual(record)
    expect(await source.get('ivo://nobody.example/x')).toBeUndefined()
  })

  test('the earliest datestamp counts tombstones', async () => {
    expect(records.find((record) => record.datestamp === second(0))?.status).toBe('deleted')
    expect(await source.earliestDatestamp()).toBe(second(0))
  })

  test('it forgets what it knew when the engine switches, also to numbers given anew', async () => {
    const [, second_, third, fourth] = records
    await source.list({}, undefined, 100)
    await ingest([{ ...second_!, datestamp: second(50) }])
    expect((await source.get(second_!.ivoid))?.datestamp).toBe(second(50))
    expect(await source.count({})).toBe(60)
    // Numbers 1 and 2, which other documents had before.
    await source.warm({})
    await ingest([third!, fourth!], true)
    expect(plain(await source.list({}, undefined, 100))).toEqual([third, fourth])
  })
})

describe('when the data change between header and document', () => {
  test('the question is asked again', async () => {
    // An engine whose generation changes after the first reading of headers, without telling.
    let reads = 0
    const row = (datestamp: string) => [
      1,
      'ivo://a.example/x',
      'ivo://a.example/x',
      datestamp,
      'ivo://a.example/o',
      'deleted',
    ]
    const engine = {
      name: 'changing',
      dialect: undefined as never,
      onRenewed: () => {},
      renew: () => Promise.reject(new Error('not here')),
      async *query(query: { readonly text: string }) {
        if (query.text.includes('xml')) {
          yield [[1, 'ivo://a.example/x', 'later', null]]
          return
        }
        if (query.text.includes('x.meta')) return
        reads++
        yield [reads === 1 ? row('earlier').with(5, 'active') : row('later')]
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    } satisfies Partial<Engine> & Record<string, unknown>
    const source = new SqlRecordSource(engine as never)
    expect(await source.get('ivo://a.example/x')).toMatchObject({ status: 'deleted', datestamp: 'later' })
    expect(reads).toBe(2)
  })
})
