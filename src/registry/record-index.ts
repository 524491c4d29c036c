// Headers of all records in memory, in the order of OAI-PMH pages, so that choosing and paging need no query.
import { foldIvoid, sameIvoid } from '../core/ivoid.js'
import type { ActiveRecord, RecordKey, RecordSelection } from '../core/record.js'

/** One row of x.record without its document. */
export interface RecordEntry {
  readonly number: number
  readonly foldedIvoid: string
  readonly ivoid: ActiveRecord['ivoid']
  readonly datestamp: ActiveRecord['datestamp']
  readonly origin: ActiveRecord['origin']
  readonly status: 'active' | 'inactive' | 'deleted'
  readonly isPublisher: boolean
}

/** Where a selection begins and ends in a sorted list of entries. */
interface Slice {
  readonly entries: readonly RecordEntry[]
  readonly start: number
  readonly end: number
}

/** Entries sorted by (datestamp, folded IVOID), whole and per origin. */
export class RecordIndex {
  readonly #sorted: readonly RecordEntry[]
  readonly #byIvoid: ReadonlyMap<string, RecordEntry>
  readonly #byOrigin: ReadonlyMap<string, readonly RecordEntry[]>
  /** A few dozen in the whole Virtual Observatory. */
  readonly #publishers: readonly RecordEntry[]

  constructor(entries: readonly RecordEntry[]) {
    this.#sorted = entries.toSorted(compareEntries)
    this.#byIvoid = new Map(entries.map((entry) => [entry.foldedIvoid, entry]))
    this.#byOrigin = groupByOrigin(this.#sorted)
    this.#publishers = this.#sorted.filter((entry) => entry.isPublisher)
  }

  get(ivoid: string): RecordEntry | undefined {
    return this.#byIvoid.get(foldIvoid(ivoid))
  }

  /** Up to `limit` entries behind `after`. */
  list(selection: RecordSelection, after: RecordKey | undefined, limit: number): readonly RecordEntry[] {
    const { entries, start, end } = this.#slice(selection)
    const from =
      after === undefined
        ? start
        : Math.max(
            start,
            firstIndex(entries, (entry) => isBehind(entry, after)),
          )
    return entries.slice(from, Math.min(end, from + limit))
  }

  count(selection: RecordSelection): number {
    const { start, end } = this.#slice(selection)
    return Math.max(0, end - start)
  }

  get earliest(): RecordEntry | undefined {
    return this.#sorted[0]
  }

  #slice({ from, until, origin, isPublisher }: RecordSelection): Slice {
    const entries = isPublisher ? this.#publishersOf(origin) : this.#entriesOf(origin)
    const start = from === undefined ? 0 : firstIndex(entries, (entry) => entry.datestamp >= from)
    const end = until === undefined ? entries.length : firstIndex(entries, (entry) => entry.datestamp > until)
    return { entries, start, end }
  }

  #entriesOf(origin: string | undefined): readonly RecordEntry[] {
    return origin === undefined ? this.#sorted : (this.#byOrigin.get(foldIvoid(origin)) ?? [])
  }

  #publishersOf(origin: string | undefined): readonly RecordEntry[] {
    return origin === undefined ? this.#publishers : this.#publishers.filter((entry) => sameIvoid(entry.origin, origin))
  }
}

function groupByOrigin(entries: readonly RecordEntry[]): ReadonlyMap<string, readonly RecordEntry[]> {
  const groups = new Map<string, RecordEntry[]>()
  for (const entry of entries) {
    const origin = foldIvoid(entry.origin)
    const group = groups.get(origin)
    if (group === undefined) groups.set(origin, [entry])
    else group.push(entry)
  }
  return groups
}

function compareEntries(one: RecordEntry, other: RecordEntry): number {
  if (one.datestamp !== other.datestamp) return one.datestamp < other.datestamp ? -1 : 1
  if (one.foldedIvoid === other.foldedIvoid) return 0
  return one.foldedIvoid < other.foldedIvoid ? -1 : 1
}

function isBehind(entry: RecordEntry, key: RecordKey): boolean {
  if (entry.datestamp !== key.datestamp) return entry.datestamp > key.datestamp
  return entry.foldedIvoid > foldIvoid(key.ivoid)
}

/** Index of the first entry for which the test holds; it holds for all behind it. */
function firstIndex(entries: readonly RecordEntry[], test: (entry: RecordEntry) => boolean): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const entry = entries[middle]
    if (entry !== undefined && test(entry)) high = middle
    else low = middle + 1
  }
  return low
}
