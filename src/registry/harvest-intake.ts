// Records of a registry's list → those that the next generation must take in, and what becomes of each.

import type { Clock } from '../core/clock.js'
import { type Datestamp, toDatestamp } from '../core/datestamp.js'
import { RegistryError } from '../core/errors.js'
import { authorityOf, foldIvoid } from '../core/ivoid.js'
import type { ResourceRecord } from '../core/record.js'
import { joinSql, literal, type Row, type Sql, sql } from '../core/sql.js'
import { decompressText } from './compression.js'
import type { Refusal } from './harvest-authorities.js'
import type { Peer } from './harvest-peer.js'
import type { HarvestExtent } from './harvest-progress.js'
import type { Incoming, IncomingRecord } from './incoming.js'
import { detached } from './ingest.js'
import type { QuarantinedDocument } from './quarantine.js'

/** A generation that serves, or the next one. */
export interface IntakeReader {
  query(query: Sql): AsyncIterable<readonly Row[]>
}

export interface IntakeOptions {
  readonly reader: IntakeReader
  readonly peer: Peer
  readonly extent: HarvestExtent
  /** Why records of an authority are not taken from this registry; undefined when they are. */
  readonly refusal: (authority: string) => Refusal | undefined
  /** Share of the registry's records that a full harvest may remove. */
  readonly allowRemovalsPercent: number
  readonly clock: Clock
}

/** What a harvest makes of a record; `tombstone` is one that was never here alive. */
export type Outcome = 'new' | 'changed' | 'unchanged' | 'deleted' | 'tombstone'

interface Held {
  readonly ivoid: ResourceRecord['ivoid']
  /** In the registry it comes from. */
  readonly datestamp: Datestamp
  readonly status: ResourceRecord['status']
}

/** Records looked at together: one query for the documents held. */
const batchRecords = 200

/** One harvest on its way into one generation. Make with `openIntake`. */
export class HarvestIntake {
  readonly #options: IntakeOptions
  /** What is held from this registry, by folded IVOID. */
  readonly #held: ReadonlyMap<string, Held>
  readonly #outcomes = new Map<string, Outcome>()
  /** Every IVOID that came, taken or not, with the datestamp of the latest state. */
  readonly #seen = new Map<string, Datestamp | undefined>()
  #hasUnnamed = false

  constructor(options: IntakeOptions, held: ReadonlyMap<string, Held>) {
    this.#options = options
    this.#held = held
  }

  /** Different records that came. */
  get seen(): number {
    return this.#seen.size
  }

  /** Records of the registry that were alive before. */
  get heldAlive(): number {
    return [...this.#held.values()].filter(({ status }) => status !== 'deleted').length
  }

  /** IVOIDs that came, in lower case. */
  get seenIvoids(): Iterable<string> {
    return this.#seen.keys()
  }

  /** Nothing that came differs from what is held. */
  get isUnchanged(): boolean {
    return [...this.#outcomes.values()].every((outcome) => outcome === 'unchanged')
  }

  count(outcome: Outcome): number {
    let count = 0
    for (const one of this.#outcomes.values()) if (one === outcome) count += 1
    return count
  }

  /** Takes back what was said of a record that could not be taken in after all. */
  withdraw(ivoid: string): void {
    this.#outcomes.delete(foldIvoid(ivoid))
  }

  /**
   * What ingest is to do: new and changed records, tombstones, documents to be set aside; after a full list also
   * tombstones for what was not in it. Throws kind `limit` at the end when a full list would remove too much.
   */
  async *choose(incoming: AsyncIterable<Incoming>): AsyncGenerator<Incoming, void, undefined> {
    let batch: IncomingRecord[] = []
    for await (const one of incoming) {
      if (one.status === 'quarantined') {
        if (one.ivoid === undefined) this.#hasUnnamed = true
        else this.#see(foldIvoid(one.ivoid), undefined)
        yield one
        continue
      }
      const refusal = this.#options.refusal(foldIvoid(authorityOf(one.ivoid)))
      if (refusal !== undefined) {
        this.#see(foldIvoid(one.ivoid), undefined)
        if (!refusal.isExpected) yield this.#setAside(one, refusal.reason)
        continue
      }
      batch.push(one)
      if (batch.length === batchRecords) {
        yield* await this.#changedOf(batch)
        batch = []
      }
    }
    yield* await this.#changedOf(batch)
    const vanished = this.#vanished()
    this.#guard(vanished.length)
    yield* vanished
  }

  #see(key: string, datestamp: Datestamp | undefined): void {
    if (datestamp !== undefined || !this.#seen.has(key)) this.#seen.set(detached(key), datestamp)
  }

  /** The records of a batch that differ from what is held. */
  async #changedOf(batch: readonly IncomingRecord[]): Promise<readonly IncomingRecord[]> {
    const documents = await this.#heldDocuments(batch)
    return batch.filter((record) => {
      const key = detached(foldIvoid(record.ivoid))
      const earlier = this.#seen.get(key)
      // A list may bring a record twice, in any order, above all after its token expired: the later state counts.
      if (earlier !== undefined && earlier > record.datestamp) return false
      const isRepeated = this.#outcomes.has(key) && this.#outcomes.get(key) !== 'unchanged'
      this.#see(key, record.datestamp)
      const held = this.#held.get(key)
      const isSame =
        held !== undefined &&
        held.datestamp === record.datestamp &&
        held.status === record.status &&
        (record.status === 'deleted' || documents.get(key) === record.xml)
      this.#outcomes.set(key, isSame ? 'unchanged' : outcomeOf(record, held))
      return !isSame || isRepeated
    })
  }

  async #heldDocuments(batch: readonly IncomingRecord[]): Promise<ReadonlyMap<string, string>> {
    const keys = batch
      .filter((record) => record.status !== 'deleted')
      .map((record) => ({ key: foldIvoid(record.ivoid), datestamp: record.datestamp }))
      .filter(({ key, datestamp }) => this.#held.get(key)?.datestamp === datestamp)
      .map(({ key }) => key)
    const documents = new Map<string, string>()
    if (keys.length === 0) return documents
    const query = sql`SELECT folded_ivoid, xml FROM x.record WHERE folded_ivoid IN (${joinSql(keys.map(literal))})`
    for await (const rows of this.#options.reader.query(query))
      for (const [key, xml] of rows) if (xml instanceof Uint8Array) documents.set(String(key), decompressText(xml))
    return documents
  }

  /** Tombstones for records that a full list did not have; they leave searches and stay known. */
  #vanished(): readonly ResourceRecord[] {
    // Where something had no name that could be read, it may be any of those that seem to be missing.
    if (this.#options.extent !== 'full' || this.#hasUnnamed) return []
    const now = toDatestamp(this.#options.clock())
    const missing = [...this.#held].filter(([key, held]) => held.status !== 'deleted' && !this.#seen.has(key))
    return missing.map(([key, { ivoid, datestamp }]) => {
      this.#outcomes.set(key, 'deleted')
      return {
        ivoid,
        datestamp: datestamp > now ? datestamp : now,
        origin: this.#options.peer.ivoid,
        status: 'deleted',
      }
    })
  }

  #guard(vanished: number): void {
    const { extent, allowRemovalsPercent, peer } = this.#options
    const alive = this.heldAlive
    const removed = this.count('deleted')
    if (extent !== 'full' || removed * 100 <= alive * allowRemovalsPercent) return
    const percent = ((removed * 100) / alive).toFixed(1)
    throw new RegistryError(
      'limit',
      `The full harvest of ${peer.ivoid} would remove ${removed} of its ${alive} records (${percent} %; ${vanished} are not in its list, ${removed - vanished} it calls deleted), more than ${allowRemovalsPercent} %. Nothing has changed. If that is right, repeat it with --allow-removals ${Math.min(100, Math.ceil(Number(percent)))}.`,
    )
  }

  #setAside(record: IncomingRecord, reason: string): QuarantinedDocument {
    const { peer, clock } = this.#options
    return {
      status: 'quarantined',
      ivoid: record.ivoid,
      source: peer.baseUrl,
      origin: peer.ivoid,
      noticed: toDatestamp(clock()),
      reason,
      xml: record.status === 'deleted' ? '' : record.xml,
    }
  }
}

/** Reads what the next generation holds from the registry, and is ready for its list. */
export async function openIntake(options: IntakeOptions): Promise<HarvestIntake> {
  const held = new Map<string, Held>()
  const query = sql`SELECT folded_ivoid, ivoid, COALESCE(source_datestamp, datestamp), status FROM x.record
    WHERE lower(origin) = ${foldIvoid(options.peer.ivoid)}`
  for await (const rows of options.reader.query(query))
    for (const [key, ivoid, datestamp, status] of rows)
      held.set(String(key), {
        ivoid: String(ivoid) as Held['ivoid'],
        datestamp: String(datestamp) as Datestamp,
        status: status === 'active' || status === 'inactive' ? status : 'deleted',
      })
  return new HarvestIntake(options, held)
}

function outcomeOf(record: ResourceRecord, held: Held | undefined): Outcome {
  const wasAlive = held !== undefined && held.status !== 'deleted'
  if (record.status === 'deleted') return wasAlive ? 'deleted' : 'tombstone'
  return wasAlive ? 'changed' : 'new'
}
