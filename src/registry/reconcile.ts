// Ledger + what the generation holds → one truth about what was published, whatever was killed or lost in between.
import type { Datestamp } from '../core/datestamp.js'
import type { LedgerContent, LedgerEntries, LedgerEntry } from './ledger.js'
import type { HeldRecord, RecordStore } from './record-store.js'
import { contentHash, createdOf } from './record-times.js'

export interface Reconciled {
  readonly entries: LedgerEntries
  /** The highest datestamp ever given out; undefined before the first publication. */
  readonly highest: Datestamp | undefined
  /** Keys whose record the generation lacks or holds in an older state; it has to get them again, datestamps kept. */
  readonly stale: ReadonlySet<string>
  /** The ledger file says something else and has to be written. */
  readonly isLedgerOutdated: boolean
}

/** What a tombstone without history is compared with: equal to no content. */
const unknownHash = '0'.repeat(64)

/**
 * Settles a publication that was cut off, then compares entry by entry. The later datestamp is right: the generation's
 * when the ledger was put back from an older copy, the ledger's when the generation was.
 */
export async function reconcile(content: LedgerContent, store: RecordStore): Promise<Reconciled> {
  const held = await store.held()
  const entries = new Map(content.entries)
  if (content.pending !== undefined && isInUse(content.pending, held, entries.size > 0)) {
    for (const [key, entry] of content.pending) entries.set(key, entry)
  }
  let isLedgerOutdated = content.pending !== undefined
  const stale = new Set<string>()
  for (const [key, record] of held) {
    const entry = entries.get(key)
    if (entry !== undefined && entry.datestamp >= record.datestamp) continue
    entries.set(key, await adopt(record, entry, store))
    isLedgerOutdated = true
  }
  for (const [key, entry] of entries) {
    const record = held.get(key)
    if (record?.datestamp !== entry.datestamp || record.deleted !== entry.deleted) stale.add(key)
  }
  return { entries, highest: highestOf(content.highest, entries), stale, isLedgerOutdated }
}

/** Did the generation that belongs to these entries come into use before the publication was cut off? */
function isInUse(pending: LedgerEntries, held: ReadonlyMap<string, HeldRecord>, wasPublishedBefore: boolean): boolean {
  // A generation that is gone tells nothing; then datestamps that may have been seen are kept.
  if (held.size === 0) return wasPublishedBefore
  return [...pending].some(([key, entry]) => {
    const record = held.get(key)
    return record !== undefined && record.datestamp === entry.datestamp && record.deleted === entry.deleted
  })
}

async function adopt(record: HeldRecord, entry: LedgerEntry | undefined, store: RecordStore): Promise<LedgerEntry> {
  const { ivoid, datestamp, deleted } = record
  const document = await store.get(ivoid)
  const xml = document === undefined || document.status === 'deleted' ? undefined : document.xml
  const hash = xml === undefined ? (entry?.hash ?? unknownHash) : contentHash(xml)
  const created = entry?.created ?? (xml === undefined ? undefined : createdOf(xml)) ?? datestamp
  return { ivoid, hash, created: created < datestamp ? created : datestamp, datestamp, deleted }
}

function highestOf(known: Datestamp | undefined, entries: LedgerEntries): Datestamp | undefined {
  let highest = known
  for (const { datestamp } of entries.values()) if (highest === undefined || datestamp > highest) highest = datestamp
  return highest
}
