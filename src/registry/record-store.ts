// What publishing needs of the data that serve: which of our records they hold, and a way to the next generation.
import type { Datestamp } from '../core/datestamp.js'
import type { Ivoid } from '../core/ivoid.js'
import type { ResourceRecord } from '../core/record.js'
import type { Transaction } from '../engines/engine.js'

/** A record of our own as the present generation holds it. */
export interface HeldRecord {
  readonly ivoid: Ivoid
  readonly datestamp: Datestamp
  readonly deleted: boolean
}

/** What the next generation holds other than the present one. */
export interface Renewal {
  /** Replace whatever is there under their IVOIDs. */
  readonly records: readonly ResourceRecord[]
  /** IVOIDs that leave no trace. */
  readonly purged: readonly Ivoid[]
}

export interface RecordStore {
  /** Our own records, tombstones included, by folded IVOID. */
  held(): Promise<ReadonlyMap<string, HeldRecord>>
  get(ivoid: string): Promise<ResourceRecord | undefined>
  /** False when the generation lacks something that is no record but is published with them, such as moves. */
  isComplete(): Promise<boolean>
  /**
   * Makes the next generation and switches to it. `prepare` is called when the writer's turn has come, as late as
   * possible; `beforeSwitch` when all is written. If either throws, nothing has happened. `madeBy` names who does it.
   */
  renew(prepare: () => Promise<Renewal>, beforeSwitch: () => Promise<void>, madeBy?: string): Promise<void>
}

/** Rows that belong to a publication beside the records, such as the tables of moves. */
export interface Companion {
  /** True when the present generation already has these rows. */
  isCurrent(): Promise<boolean>
  write(next: Transaction): Promise<void>
}
