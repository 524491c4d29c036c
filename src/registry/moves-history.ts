// What is published now + what was published before → the history of access URLs, kept in the state directory.
//
// Like the ledger it cannot be derived from anything else, so it has a file of its own; the table is made from it.
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Low } from 'lowdb'
import { JSONFile } from 'lowdb/node'
import type { Clock } from '../core/clock.js'
import { type Datestamp, parseDatestamp, toDatestamp } from '../core/datestamp.js'
import { RegistryError } from '../core/errors.js'
import { foldIvoid } from '../core/ivoid.js'
import type { Row } from '../core/sql.js'
import type { Engine } from '../engines/engine.js'
import { findTable } from '../tables/declared.js'
import type { Schema } from '../tables/metadata.js'
import { readXml } from '../xml/reader.js'
import { attribute, elements, textOf } from './moves-source.js'
import type { Companion } from './record-store.js'
import { hasRows, replaceRows } from './table-companion.js'

/** An address that a service has. */
export interface PublishedAddress {
  /** In lower case. */
  readonly ivoid: string
  readonly standardId: string | null
  readonly accessUrl: string
}

/** An address that a service has or had; `until` is missing while it is in use. */
export interface HistoryEntry extends PublishedAddress {
  readonly from: Datestamp
  readonly until?: Datestamp
}

/** The standard addresses of a record. VOSI and examples go with the service and are left out. */
export function publishedAddresses(ivoid: string, xml: string): readonly PublishedAddress[] {
  // Tables are most of a record and say nothing here; text cannot hold this tag, because < is escaped.
  const tableset = xml.indexOf('<tableset')
  const record = readXml(tableset === -1 ? xml : `${xml.slice(0, tableset)}</ri:Resource>`)
  return elements(record, 'capability').flatMap((capability) => {
    const standardId = attribute(capability, 'standardID')?.toLowerCase() ?? null
    if (standardId !== null && /^ivo:\/\/ivoa\.net\/std\/(vosi|dali)#/.test(standardId)) return []
    return elements(capability, 'interface')
      .filter((one) => attribute(one, 'role')?.startsWith('std') === true)
      .flatMap((one) => elements(one, 'accessURL'))
      .map((one) => ({ ivoid: foldIvoid(ivoid), standardId, accessUrl: textOf(one) }))
  })
}

/** The history after a publication at `now`: what is new begins, what is gone ends, the rest stays as it is. */
export function continueHistory(
  history: readonly HistoryEntry[],
  present: readonly PublishedAddress[],
  now: Datestamp,
): readonly HistoryEntry[] {
  const wanted = new Map(present.map((one) => [keyOf(one), one]))
  const continued = history.map((entry) => {
    if (entry.until !== undefined) return entry
    return wanted.delete(keyOf(entry)) ? entry : { ...entry, until: now }
  })
  return [...continued, ...[...wanted.values()].map((one) => ({ ...one, from: now }))]
}

function keyOf({ ivoid, standardId, accessUrl }: PublishedAddress): string {
  return JSON.stringify([ivoid, standardId, accessUrl])
}

export interface HistoryParts {
  /** `address-history.json` in the state directory. */
  readonly path: string
  readonly engine: Pick<Engine, 'query'>
  readonly schemas: readonly Schema[]
  readonly clock: Clock
  /** Records that are published. */
  readonly built: readonly { readonly ivoid: string; readonly xml: string }[]
}

/**
 * Publishes the history with the records. The file is written before the switch: a publication that is killed between
 * the two is told as one that happened, until the next one puts it right.
 */
export function historyCompanion({ path, engine, schemas, clock, built }: HistoryParts): Companion {
  const table = findTable(schemas, 'waymark.access_url_history')
  const present = built.flatMap(({ ivoid, xml }) => publishedAddresses(ivoid, xml))
  const next = async (): Promise<readonly HistoryEntry[]> =>
    continueHistory(await readHistory(path), present, toDatestamp(clock()))
  return {
    isCurrent: async () => {
      const now = await next()
      const known = new Set((await readHistory(path)).map((entry) => JSON.stringify(entry)))
      return now.every((entry) => known.has(JSON.stringify(entry))) && hasRows(engine, table, now.map(rowOf))
    },
    write: async (generation) => {
      const entries = await next()
      await replaceRows(generation, table, entries.map(rowOf))
      await writeHistory(path, entries)
    },
  }
}

function rowOf({ ivoid, standardId, accessUrl, from, until }: HistoryEntry): Row {
  return [ivoid, standardId, accessUrl, from.replace('Z', ''), until?.replace('Z', '') ?? null]
}

interface HistoryFile {
  readonly version: 1
  readonly addresses: readonly HistoryEntry[]
}

/** The history kept in a file; empty when there is none. Throws kind `invalid` when the file is damaged. */
export async function readHistory(path: string): Promise<readonly HistoryEntry[]> {
  const adapter = new JSONFile<unknown>(path)
  const content = await adapter.read().catch((cause: unknown) => {
    throw damaged(path, cause)
  })
  if (content === null) return []
  if (!isHistoryFile(content)) throw damaged(path)
  return content.addresses
}

async function writeHistory(path: string, addresses: readonly HistoryEntry[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  // The lowdb preset would keep everything in memory under NODE_ENV=test, hence the adapter itself.
  await new Low<HistoryFile>(new JSONFile<HistoryFile>(path), { version: 1, addresses }).write()
}

function isHistoryFile(content: unknown): content is HistoryFile {
  if (typeof content !== 'object' || content === null || !('addresses' in content)) return false
  return Array.isArray(content.addresses) && content.addresses.every(isEntry)
}

function isEntry(entry: unknown): entry is HistoryEntry {
  if (typeof entry !== 'object' || entry === null) return false
  const { ivoid, accessUrl, from, until }: Partial<Record<string, unknown>> = { ...entry }
  const isStamp = (value: unknown): boolean => typeof value === 'string' && parseDatestamp(value) !== undefined
  return (
    typeof ivoid === 'string' &&
    typeof accessUrl === 'string' &&
    isStamp(from) &&
    (until === undefined || isStamp(until))
  )
}

function damaged(path: string, cause?: unknown): RegistryError {
  return new RegistryError(
    'invalid',
    `${path} is damaged; expected the history of access URLs as JSON. Restore it from a backup, or move it away to begin a new history.`,
    cause === undefined ? {} : { cause },
  )
}
