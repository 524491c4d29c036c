// Built resources + ledger entries → what a publication does to each IVOID. Pure: no clock, no files.
import type { Datestamp } from '../core/datestamp.js'
import { RegistryError } from '../core/errors.js'
import { foldIvoid, type Ivoid } from '../core/ivoid.js'
import type { ResourceRecord } from '../core/record.js'
import type { LedgerEntries, LedgerEntry } from './ledger.js'
import { contentHash, statusOf, withTimes } from './record-times.js'

/** A descriptor's document, built with any times: publishing sets its own. */
export interface BuiltResource {
  readonly ivoid: Ivoid
  readonly xml: string
  /** Where it comes from, for messages: `resources/mast/gaiadr3.yaml`. */
  readonly source?: string
}

/** What happens to one IVOID. `restored` gives the generation again what it has lost, datestamp kept. */
export type Change =
  | { readonly kind: 'new'; readonly ivoid: Ivoid; readonly xml: string; readonly hash: string }
  | {
      readonly kind: 'changed' | 'returned'
      readonly ivoid: Ivoid
      readonly xml: string
      readonly hash: string
      readonly entry: LedgerEntry
    }
  | { readonly kind: 'deleted'; readonly ivoid: Ivoid; readonly entry: LedgerEntry }
  | { readonly kind: 'restored'; readonly ivoid: Ivoid; readonly xml: string | undefined; readonly entry: LedgerEntry }

export interface Publication {
  readonly changes: readonly Change[]
  readonly unchanged: number
}

/** Compares contents with the ledger. Throws kind `invalid` when two resources claim one IVOID. */
export function planPublication(
  resources: readonly BuiltResource[],
  entries: LedgerEntries,
  stale: ReadonlySet<string>,
): Publication {
  refuseDuplicates(resources)
  const changes: Change[] = []
  const present = new Set<string>()
  let unchanged = 0
  for (const { ivoid, xml } of resources) {
    // A descriptor may say that its resource is gone; OAI-PMH then has a tombstone, never a document that says so.
    if (statusOf(xml) === 'deleted') continue
    const key = foldIvoid(ivoid)
    present.add(key)
    const hash = contentHash(xml)
    const entry = entries.get(key)
    if (entry === undefined) changes.push({ kind: 'new', ivoid, xml, hash })
    else if (entry.deleted) changes.push({ kind: 'returned', ivoid, xml, hash, entry })
    else if (entry.hash !== hash) changes.push({ kind: 'changed', ivoid, xml, hash, entry })
    else if (stale.has(key)) changes.push({ kind: 'restored', ivoid, xml, entry })
    else unchanged += 1
  }
  for (const [key, entry] of entries) {
    if (present.has(key)) continue
    if (!entry.deleted) changes.push({ kind: 'deleted', ivoid: entry.ivoid, entry })
    else if (stale.has(key)) changes.push({ kind: 'restored', ivoid: entry.ivoid, xml: undefined, entry })
  }
  return { changes, unchanged }
}

/** The record and the ledger entry of a change that is made at `stamp`. */
export function applyChange(
  change: Change,
  stamp: Datestamp,
  origin: Ivoid,
): { readonly record: ResourceRecord; readonly entry: LedgerEntry } {
  const { ivoid } = change
  switch (change.kind) {
    case 'new': {
      const entry = { ivoid, hash: change.hash, created: stamp, datestamp: stamp, deleted: false }
      return { record: document(change.xml, entry, origin), entry }
    }
    case 'changed':
    case 'returned': {
      // A record that returns is the same record: it keeps the date of its first appearance.
      const entry = { ivoid, hash: change.hash, created: change.entry.created, datestamp: stamp, deleted: false }
      return { record: document(change.xml, entry, origin), entry }
    }
    case 'deleted': {
      const entry = { ...change.entry, datestamp: stamp, deleted: true }
      return { record: tombstone(entry, origin), entry }
    }
    case 'restored': {
      const { entry, xml } = change
      return { record: xml === undefined ? tombstone(entry, origin) : document(xml, entry, origin), entry }
    }
  }
}

function document(xml: string, entry: LedgerEntry, origin: Ivoid): ResourceRecord {
  return {
    ivoid: entry.ivoid,
    datestamp: entry.datestamp,
    origin,
    status: statusOf(xml) === 'inactive' ? 'inactive' : 'active',
    // VOResource 1.2 §3.1: `updated` is the last change of the record.
    xml: withTimes(xml, entry.created, entry.datestamp),
  }
}

function tombstone(entry: LedgerEntry, origin: Ivoid): ResourceRecord {
  return { ivoid: entry.ivoid, datestamp: entry.datestamp, origin, status: 'deleted' }
}

function refuseDuplicates(resources: readonly BuiltResource[]): void {
  const first = new Map<string, BuiltResource>()
  const findings: string[] = []
  for (const resource of resources) {
    const other = first.get(foldIvoid(resource.ivoid))
    if (other === undefined) first.set(foldIvoid(resource.ivoid), resource)
    else
      findings.push(
        `${resource.source ?? 'A resource'}: the IVOID ${resource.ivoid} is taken by ${other.source ?? other.ivoid} already; each resource needs its own (upper and lower case do not make a difference).`,
      )
  }
  if (findings.length > 0) throw new RegistryError('invalid', findings.join('\n'))
}
