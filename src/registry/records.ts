// x.record → RecordSource: headers from memory, documents from the engine in batches, the latest ones kept compressed.
import type { Datestamp } from '../core/datestamp.js'
import { RegistryError } from '../core/errors.js'
import { foldIvoid } from '../core/ivoid.js'
import { Recent } from '../core/recent.js'
import type { RecordKey, RecordSelection, RecordSource, ResourceRecord } from '../core/record.js'
import { joinSql, literal, type Row, type Sql, sql } from '../core/sql.js'
import type { WritableEngine } from '../engines/engine.js'
import { decompressText } from './compression.js'
import { lineageQuery } from './generation.js'
import { type RecordEntry, RecordIndex } from './record-index.js'

export interface RecordsOptions {
  /** Compressed documents kept in memory at most. */
  readonly cacheBytes?: number
}

/** Raised when the engine has switched between reading the headers and reading the documents. */
const staleIndex = Symbol('the index is older than the data')

/** Lower-case IVOIDs of registries that can be harvested. */
const publisherIvoids = sql`SELECT r.ivoid FROM rr.resource AS r JOIN rr.capability AS c ON c.ivoid = r.ivoid
  WHERE r.res_type = 'vg:registry' AND c.cap_type = 'vg:harvest'`

/** Records as the present generation holds them; follows the engine when it switches. */
export class SqlRecordSource implements RecordSource {
  readonly #engine: WritableEngine
  readonly #cache: Recent<number, Uint8Array>
  #index: Promise<RecordIndex> | undefined
  /** The line of generations the cache belongs to. */
  #lineage: string | undefined

  constructor(engine: WritableEngine, { cacheBytes = 64_000_000 }: RecordsOptions = {}) {
    this.#engine = engine
    this.#cache = new Recent(cacheBytes, (document) => document.length)
    engine.onRenewed(() => this.#renew())
  }

  get(ivoid: string): Promise<ResourceRecord | undefined> {
    return this.#withIndex(async (index) => {
      const entry = index.get(ivoid)
      if (entry === undefined) return undefined
      const [record] = await this.#records([entry])
      return record
    })
  }

  list(selection: RecordSelection, after: RecordKey | undefined, limit: number): Promise<readonly ResourceRecord[]> {
    return this.#withIndex((index) => this.#records(index.list(selection, after, limit)))
  }

  count(selection: RecordSelection): Promise<number> {
    return this.#withIndex((index) => index.count(selection))
  }

  earliestDatestamp(): Promise<Datestamp | undefined> {
    return this.#withIndex((index) => index.earliest?.datestamp)
  }

  /** Headers of all records of one origin, tombstones included. */
  headers(selection: RecordSelection): Promise<readonly RecordEntry[]> {
    return this.#withIndex((index) => index.list(selection, undefined, Number.POSITIVE_INFINITY))
  }

  /** Reads documents into memory, oldest first, until its room is nearly used; nobody has to wait for them later. */
  async warm(selection: RecordSelection, pageRecords = 250): Promise<void> {
    let after: RecordKey | undefined
    while (this.#cache.isRoomy) {
      const page = await this.list(selection, after, pageRecords)
      const last = page.at(-1)
      if (last === undefined || page.length < pageRecords) return
      after = { datestamp: last.datestamp, ivoid: foldIvoid(last.ivoid) }
    }
  }

  async #withIndex<Result>(work: (index: RecordIndex) => Promise<Result> | Result): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      const index = this.#index ?? this.#loadIndex()
      try {
        return await work(await index)
      } catch (thrown) {
        if (thrown !== staleIndex) throw thrown
        if (attempt === 3)
          throw new RegistryError('unavailable', 'The data change too quickly to be read; try again.', {
            retryAfterSeconds: 5,
          })
        if (this.#index === index) this.#renew()
      }
    }
  }

  #renew(): void {
    this.#index = undefined
    // The next question should not have to wait; if reading fails now, that question tells.
    this.#loadIndex().catch(() => undefined)
  }

  #loadIndex(): Promise<RecordIndex> {
    const loading = this.#readIndex()
    this.#index = loading
    loading.catch(() => {
      if (this.#index === loading) this.#index = undefined
    })
    return loading
  }

  async #readIndex(): Promise<RecordIndex> {
    // Numbers mean the same documents as long as generations are made from one another, and nothing otherwise.
    const lineage = await this.#readLineage()
    if (lineage === undefined || lineage !== this.#lineage) this.#cache.clear()
    this.#lineage = lineage
    const entries: RecordEntry[] = []
    // A few registries are the origin of everything; their names need to be held once only.
    const origins = new Map<string, RecordEntry['origin']>()
    const query = sql`SELECT number, folded_ivoid, ivoid, datestamp, origin, status,
        CASE WHEN folded_ivoid IN (${publisherIvoids}) THEN 1 ELSE 0 END
      FROM x.record`
    for await (const batch of this.#engine.query(query, { trusted: true })) {
      for (const row of batch) entries.push(readEntry(row, origins))
    }
    return new RecordIndex(entries)
  }

  async #readLineage(): Promise<string | undefined> {
    for await (const [row] of this.#engine.query(lineageQuery, { trusted: true }))
      if (row !== undefined) return String(row[0])
    return undefined
  }

  async #records(entries: readonly RecordEntry[]): Promise<readonly ResourceRecord[]> {
    const documents = await this.#documents(entries.filter((entry) => entry.status !== 'deleted'))
    return entries.map((entry) => toRecord(entry, documents.get(entry.number)))
  }

  async #documents(entries: readonly RecordEntry[]): Promise<ReadonlyMap<number, Uint8Array>> {
    const documents = new Map<number, Uint8Array>()
    const missing: RecordEntry[] = []
    for (const entry of entries) {
      const cached = this.#cache.get(entry.number)
      if (cached === undefined) missing.push(entry)
      else documents.set(entry.number, cached)
    }
    if (missing.length === 0) return documents
    const index = this.#index
    const wanted = new Map(missing.map((entry) => [entry.number, entry]))
    const query = sql`SELECT number, folded_ivoid, datestamp, xml FROM x.record WHERE ${numbersIn(missing)}`
    for await (const batch of this.#engine.query(query, { trusted: true })) {
      for (const [number, foldedIvoid, datestamp, xml] of batch) {
        const entry = wanted.get(Number(number))
        if (entry === undefined) continue
        if (foldedIvoid !== entry.foldedIvoid || datestamp !== entry.datestamp) throw staleIndex
        if (!(xml instanceof Uint8Array)) throw staleIndex
        documents.set(entry.number, xml)
        wanted.delete(entry.number)
      }
    }
    if (wanted.size > 0) throw staleIndex
    // What was read for an index that has gone meanwhile must not be taken for a document of the present one.
    if (this.#index === index)
      for (const { number } of missing) this.#cache.set(number, documents.get(number) ?? new Uint8Array())
    return documents
  }
}

/** Pages are nearly always neighbours in the file: a range reads them without looking at the rest. */
function numbersIn(entries: readonly RecordEntry[]): Sql {
  const numbers = entries.map((entry) => entry.number)
  const low = numbers.reduce((one, other) => Math.min(one, other))
  const high = numbers.reduce((one, other) => Math.max(one, other))
  const range = sql`number BETWEEN ${low} AND ${high}`
  if (high - low < 2 * numbers.length + 10) return range
  return sql`${range} AND number IN (${joinSql(numbers.map(literal))})`
}

function readEntry(row: Row, origins: Map<string, RecordEntry['origin']>): RecordEntry {
  const [number, foldedIvoid, ivoid, datestamp, origin, status, isPublisher] = row
  const originText = String(origin)
  const known = origins.get(originText) ?? (originText as RecordEntry['origin'])
  origins.set(originText, known)
  return {
    number: Number(number),
    foldedIvoid: String(foldedIvoid),
    ivoid: String(ivoid) as RecordEntry['ivoid'],
    datestamp: String(datestamp) as RecordEntry['datestamp'],
    origin: known,
    status: status === 'active' || status === 'inactive' ? status : 'deleted',
    isPublisher: Number(isPublisher) === 1,
  }
}

/** Decompresses when the text is asked for: lists of headers never do. */
function toRecord(entry: RecordEntry, document: Uint8Array | undefined): ResourceRecord {
  const { ivoid, datestamp, origin, status, isPublisher } = entry
  if (status === 'deleted' || document === undefined) return { ivoid, datestamp, origin, status: 'deleted' }
  let text: string | undefined
  return {
    ivoid,
    datestamp,
    origin,
    status,
    ...(isPublisher ? { isPublisher } : {}),
    get xml() {
      text ??= decompressText(document)
      return text
    },
  }
}
