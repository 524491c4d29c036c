// The waist of the house: everything published or harvested is a resource record, and nothing to the right of it
// can tell the two apart except by `origin` (ARCHITECTURE 1).
import type { Datestamp } from './datestamp.js'
import type { Ivoid } from './ivoid.js'

export type ResourceRecord = ActiveRecord | DeletedRecord

interface RecordHeader {
  /** As its publisher spells it; compare with `sameIvoid`. */
  readonly ivoid: Ivoid
  /** Last change of the record as served, deletion included. */
  readonly datestamp: Datestamp
  /** IVOID of the registry the record comes from; our own records carry our own registry's. */
  readonly origin: Ivoid
  /** An active vg:Registry with the capability vg:Harvest: it can be harvested. Left out for all others. */
  readonly isPublisher?: true
}

/** A record with a document. `inactive` ones are handed on by OAI-PMH but are not in `rr` (RegTAP 1.2 §8.1). */
export interface ActiveRecord extends RecordHeader {
  readonly status: 'active' | 'inactive'
  /** One `ri:Resource` element with all its namespace declarations, without XML declaration. */
  readonly xml: string
}

/** A tombstone: OAI-PMH sends its header only (OAI-PMH 2.0 §2.5.1). */
export interface DeletedRecord extends RecordHeader {
  readonly status: 'deleted'
}

/** A key in the order of OAI-PMH pages: by datestamp, then by folded IVOID. */
export interface RecordKey {
  readonly datestamp: Datestamp
  readonly ivoid: string
}

/** Which records a list wants; both ends are inclusive (OAI-PMH 2.0 §2.7.1). */
export interface RecordSelection {
  readonly from?: Datestamp
  readonly until?: Datestamp
  /** Only records of this origin: the set `ivo_managed` is `origin` = this registry (RI 1.1 §2.6). */
  readonly origin?: Ivoid
  /** Only registries that can be harvested. */
  readonly isPublisher?: true
}

/** Where OAI-PMH and the pages get records from. */
export interface RecordSource {
  /** The record of that IVOID in any spelling, deleted or not; undefined when it was never here. */
  get(ivoid: string): Promise<ResourceRecord | undefined>
  /** Up to `limit` records after `after`, ordered by (datestamp, folded IVOID). Headers only when `xml` is not needed. */
  list(selection: RecordSelection, after: RecordKey | undefined, limit: number): Promise<readonly ResourceRecord[]>
  count(selection: RecordSelection): Promise<number>
  /** The earliest datestamp held, tombstones included; undefined when there is no record at all. */
  earliestDatestamp(): Promise<Datestamp | undefined>
}
