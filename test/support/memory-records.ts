// Records in memory, for tests that are about OAI-PMH or publishing and not about storage. Kept to the same order and
// key rules as the real ones.
import type { Datestamp } from '../../src/core/datestamp.js'
import { foldIvoid, sameIvoid } from '../../src/core/ivoid.js'
import type { RecordKey, RecordSelection, RecordSource, ResourceRecord } from '../../src/core/record.js'
import type { HeldRecord, RecordStore, Renewal } from '../../src/registry/record-store.js'

/** A RecordSource and RecordStore whose next generation is a copy of a map. */
export class MemoryRecords implements RecordSource, RecordStore {
  #records = new Map<string, ResourceRecord>()
  #writing: Promise<void> = Promise.resolve()
  /** How many generations came into use. */
  renewals = 0
  /** Called at each step of `renew`; a test throws from it where a process would be killed. */
  interrupt: (step: 'filled' | 'before switch' | 'after switch') => void = () => {}

  put(...records: readonly ResourceRecord[]): this {
    for (const record of records) this.#records.set(foldIvoid(record.ivoid), record)
    return this
  }
  drop(ivoid: string): void {
    this.#records.delete(foldIvoid(ivoid))
  }
  all(): readonly ResourceRecord[] {
    return [...this.#records.values()].sort((one, other) => compare(key(one), key(other)))
  }
  async get(ivoid: string): Promise<ResourceRecord | undefined> {
    return this.#records.get(foldIvoid(ivoid))
  }
  async list(selection: RecordSelection, after: RecordKey | undefined, limit: number) {
    return this.all()
      .filter((record) => matches(record, selection) && (after === undefined || compare(key(record), after) > 0))
      .slice(0, limit)
  }
  async count(selection: RecordSelection): Promise<number> {
    return this.all().filter((record) => matches(record, selection)).length
  }
  async earliestDatestamp(): Promise<Datestamp | undefined> {
    return this.all()[0]?.datestamp
  }
  async held(): Promise<ReadonlyMap<string, HeldRecord>> {
    return new Map(
      this.all().map(({ ivoid, datestamp, status }) => [
        foldIvoid(ivoid),
        { ivoid, datestamp, deleted: status === 'deleted' },
      ]),
    )
  }
  async isComplete(): Promise<boolean> {
    return true
  }
  /** One writer at a time, as with the real ones. */
  renew(prepare: () => Promise<Renewal>, beforeSwitch: () => Promise<void>): Promise<void> {
    const turn = this.#writing.then(() => this.#renew(prepare, beforeSwitch))
    this.#writing = turn.catch(() => undefined)
    return turn
  }
  async #renew(prepare: () => Promise<Renewal>, beforeSwitch: () => Promise<void>): Promise<void> {
    const { records, purged } = await prepare()
    this.interrupt('filled')
    await beforeSwitch()
    this.interrupt('before switch')
    this.put(...records)
    for (const ivoid of purged) this.drop(ivoid)
    this.renewals += 1
    this.interrupt('after switch')
  }
}

function key(record: ResourceRecord): RecordKey {
  return { datestamp: record.datestamp, ivoid: foldIvoid(record.ivoid) }
}

function compare(one: RecordKey, other: RecordKey): number {
  if (one.datestamp !== other.datestamp) return one.datestamp < other.datestamp ? -1 : 1
  return one.ivoid === other.ivoid ? 0 : one.ivoid < other.ivoid ? -1 : 1
}

function matches(record: ResourceRecord, { from, until, origin, isPublisher }: RecordSelection): boolean {
  return (
    (isPublisher === undefined || record.isPublisher === true) &&
    (from === undefined || record.datestamp >= from) &&
    (until === undefined || record.datestamp <= until) &&
    (origin === undefined || sameIvoid(record.origin, origin))
  )
}
