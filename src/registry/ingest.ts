// Resource records → the next generation: stored documents, rows of rr, words and sky cells (ARCHITECTURE 3.3).
import type { Datestamp } from '../core/datestamp.js'
import { foldIvoid, type Ivoid, sameIvoid } from '../core/ivoid.js'
import { identifier, joinSql, literal, type Row, type Sql, sql } from '../core/sql.js'
import type { Transaction } from '../engines/engine.js'
import { type RecordMapper, type RecordRows, recordMapper, recordTableNames, searchTableNames } from '../regtap/rows.js'
import { refreshTapTable } from '../regtap/tap-table.js'
import { findTable, privateSchema } from '../tables/declared.js'
import type { Schema, Table } from '../tables/metadata.js'
import type { VocabularySource } from '../voresource/vocabulary-files.js'
import { readXml, XmlError } from '../xml/reader.js'
import { compressTexts } from './compression.js'
import type { Incoming, IncomingRecord } from './incoming.js'
import { type QuarantinedDocument, storeQuarantined } from './quarantine.js'

export interface IngestOptions {
  /** Public schemas, as in `Registry.tables`. */
  readonly schemas: readonly Schema[]
  /** Our own registry: records that come from it are never replaced by somebody else's. */
  readonly own?: Ivoid
  /** Sources read completely; what was quarantined from them before is forgotten. */
  readonly rereadSources?: readonly string[]
  /**
   * When records of others came here: a full registry hands them on under this datestamp, because selective harvesting
   * asks when a record changed in this repository (OAI-PMH 2.0 §2.7.1). The publisher's own is kept beside it.
   */
  readonly stamp?: Datestamp
  /** By which deprecated terms are replaced; the shipped ones unless others are given. */
  readonly vocabularies?: VocabularySource | undefined
  readonly signal?: AbortSignal
  /** Called after each batch with the number of records done. */
  readonly onProgress?: (records: number) => void
}

export interface IngestReport {
  readonly active: number
  readonly inactive: number
  readonly deleted: number
  readonly quarantined: readonly QuarantinedDocument[]
}

/** A record taken apart, waiting for its batch. */
interface MappedRecord {
  readonly origin: Ivoid
  readonly status: IncomingRecord['status']
  /** Undefined for records that are not in `rr`. */
  readonly rows: RecordRows | undefined
  /** Undefined for deleted ones. */
  readonly xml: string | undefined
  /** Row of x.record for the document as it is stored. */
  readonly stored: (document: Uint8Array | null) => Row
}

/** Records per batch: enough that a batch is one statement per table, few enough to stay small in memory. */
const batchRecords = 250
/** Characters of XML per batch, for batches of very large records. */
const batchCharacters = 10_000_000

/**
 * Takes records into the next generation: each replaces what is held under its IVOID, everywhere. Deleted and inactive
 * ones keep their place in x.record only (RegTAP 1.2 §8.1). The tables must exist (`prepareGeneration`).
 */
export async function ingestRecords(
  next: Transaction,
  records: AsyncIterable<Incoming> | Iterable<Incoming>,
  options: IngestOptions,
): Promise<IngestReport> {
  const ingest = await Ingest.start(next, options)
  try {
    for await (const record of records) {
      options.signal?.throwIfAborted()
      await ingest.add(record)
    }
    return await ingest.finish()
  } finally {
    // The transaction is ended by whoever began it, and must be at rest then.
    await ingest.rest()
  }
}

/** Removes every trace of some records, tombstones included. The tables must exist. */
export async function removeRecords(
  next: Transaction,
  ivoids: readonly string[],
  schemas: readonly Schema[],
): Promise<void> {
  if (ivoids.length === 0) return
  const list = joinSql(ivoids.map((ivoid) => literal(foldIvoid(ivoid))))
  for (const table of derivedTables(schemas))
    await next.run(sql`DELETE FROM ${tableName(table)} WHERE ivoid IN (${list})`)
  await next.run(sql`DELETE FROM x.record WHERE folded_ivoid IN (${list})`)
}

function derivedTables(schemas: readonly Schema[]): readonly Table[] {
  const all = [...schemas, privateSchema()]
  return [...recordTableNames, ...searchTableNames].map((name) => findTable(all, name))
}

class Ingest {
  readonly #next: Transaction
  readonly #options: IngestOptions
  readonly #map: RecordMapper
  readonly #tables: readonly Table[]
  readonly #recordTable: Table
  /** Folded IVOID → origin of what is held. */
  readonly #held: Map<string, string>
  readonly #counts = { active: 0, inactive: 0, deleted: 0 }
  readonly #quarantined: QuarantinedDocument[] = []
  #batch = new Map<string, MappedRecord>()
  #characters = 0
  #done = 0
  #nextNumber: number
  /** The batch that is being written while the next one is gathered. */
  #writing: Promise<void> = Promise.resolve()

  private constructor(next: Transaction, options: IngestOptions, held: Map<string, string>, nextNumber: number) {
    this.#next = next
    this.#options = options
    this.#held = held
    this.#nextNumber = nextNumber
    this.#map = recordMapper(options.schemas, options.vocabularies)
    this.#tables = derivedTables(options.schemas)
    this.#recordTable = findTable([privateSchema()], 'x.record')
  }

  static async start(next: Transaction, options: IngestOptions): Promise<Ingest> {
    const held = new Map<string, string>()
    let nextNumber = 1
    for await (const batch of next.query(sql`SELECT folded_ivoid, origin, number FROM x.record`)) {
      for (const [ivoid, origin, number] of batch) {
        held.set(String(ivoid), String(origin))
        nextNumber = Math.max(nextNumber, Number(number) + 1)
      }
    }
    return new Ingest(next, options, held, nextNumber)
  }

  async add(record: Incoming): Promise<void> {
    if (record.status === 'quarantined') {
      this.#quarantined.push(record)
      return
    }
    const key = detached(foldIvoid(record.ivoid))
    const { own } = this.#options
    const heldOrigin = this.#batch.get(key)?.origin ?? this.#held.get(key)
    if (own !== undefined && heldOrigin !== undefined && sameIvoid(heldOrigin, own) && !sameIvoid(record.origin, own)) {
      this.#setAside(record, 'the registry publishes a record of its own under this identifier')
      return
    }
    const mapped = this.#mapRecord(record, key)
    if (mapped === undefined) return
    this.#batch.set(key, mapped)
    this.#characters += record.status === 'deleted' ? 0 : record.xml.length
    if (this.#batch.size >= batchRecords || this.#characters >= batchCharacters) await this.#flush()
  }

  async finish(): Promise<IngestReport> {
    await this.#flush()
    await this.#writing
    await storeQuarantined(this.#next, this.#quarantined, this.#options.rereadSources)
    for (const statement of refreshTapTable) await this.#next.run(statement)
    return { ...this.#counts, quarantined: this.#quarantined }
  }

  /** Waits until nothing is written any more; whether that went well, `add` and `finish` tell. */
  async rest(): Promise<void> {
    await this.#writing.catch(() => undefined)
  }

  /** Begins to write what was gathered, once the batch before is written. */
  async #flush(): Promise<void> {
    const batch = this.#batch
    if (batch.size === 0) return
    this.#batch = new Map()
    this.#characters = 0
    await this.#writing
    const replaced = [...batch.keys()].filter((key) => this.#held.has(key))
    for (const [key, record] of batch) {
      this.#held.set(key, record.origin)
      this.#counts[record.status]++
    }
    this.#writing = this.#write(batch, replaced)
    // Told by whoever awaits it next, which may come too late for Node.
    this.#writing.catch(() => undefined)
  }

  async #write(batch: ReadonlyMap<string, MappedRecord>, replaced: readonly string[]): Promise<void> {
    await removeRecords(this.#next, replaced, this.#options.schemas)
    for (const table of this.#tables) {
      const parts = Array.from(batch.values(), ({ rows }) => rows?.get(`${table.schema}.${table.name}`) ?? [])
      if (parts.some(mayHaveRows)) await this.#next.append(table, concatenated(parts))
    }
    const records = [...batch.values()]
    const documents = await compressTexts(records.map(({ xml }) => xml))
    await this.#next.append(
      this.#recordTable,
      records.map(({ stored }, index) => stored(documents[index] ?? null)),
    )
    this.#done += batch.size
    this.#options.onProgress?.(this.#done)
  }

  /**
   * A record → its rows, at once: what was parsed can be forgotten while it is young, which garbage collection thanks
   * with half its time. Undefined when the document cannot be read; it is set aside then.
   */
  #mapRecord(record: IncomingRecord, key: string): MappedRecord | undefined {
    const { ivoid, origin, status } = record
    const [datestamp, sourceDatestamp] = this.#stampsOf(record)
    try {
      const rows = record.status === 'active' ? this.#map(record.element ?? readXml(record.xml), key) : undefined
      const xml = record.status === 'deleted' ? undefined : record.xml
      const number = this.#nextNumber++
      const stored = (document: Uint8Array | null): Row => [
        number,
        key,
        ivoid,
        datestamp,
        origin,
        status,
        document,
        sourceDatestamp,
      ]
      return { origin, status, rows, xml, stored }
    } catch (thrown) {
      if (!(thrown instanceof XmlError)) throw thrown
      this.#setAside(record, thrown.message)
      return undefined
    }
  }

  /** The datestamp here, and the one in the registry that the record comes from. */
  #stampsOf({ origin, datestamp, sourceDatestamp }: IncomingRecord): readonly [Datestamp, Datestamp | null] {
    const { stamp, own } = this.#options
    if (stamp === undefined || (own !== undefined && sameIvoid(origin, own)))
      return [datestamp, sourceDatestamp ?? null]
    return [stamp, sourceDatestamp ?? datestamp]
  }

  #setAside(record: IncomingRecord, reason: string): void {
    this.#quarantined.push({
      status: 'quarantined',
      ivoid: record.ivoid,
      source: record.origin,
      origin: record.origin,
      noticed: record.datestamp,
      reason,
      xml: record.status === 'deleted' ? '' : record.xml,
    })
  }
}

function* concatenated(parts: readonly Iterable<Row>[]): Iterable<Row> {
  for (const rows of parts) yield* rows
}

/** False for an empty list; what is made while it is read may turn out empty. */
function mayHaveRows(rows: Iterable<Row>): boolean {
  return !Array.isArray(rows) || rows.length > 0
}

function tableName(table: Table): Sql {
  return sql`${identifier(table.schema)}.${identifier(table.name)}`
}

/** A copy of its own: a string cut out of a page keeps the whole page in memory, and these are kept to the end. */
export function detached(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8')
}
