// Documents that could not be understood → rows of x.quarantine, and back for the operator.
import type { Datestamp } from '../core/datestamp.js'
import type { Ivoid } from '../core/ivoid.js'
import { joinSql, type Row, type Sql, sql } from '../core/sql.js'
import type { Engine, Transaction } from '../engines/engine.js'
import { findTable, privateSchema } from '../tables/declared.js'
import { compressText, decompressText } from './compression.js'

/** Something that was set aside: what, where from, when and why. */
export interface QuarantinedDocument {
  readonly status: 'quarantined'
  /** What it calls itself, if that could be read; any text. */
  readonly ivoid?: string
  readonly source: string
  readonly origin?: Ivoid
  readonly noticed: Datestamp
  readonly reason: string
  /** As far as it could be read; may be empty. */
  readonly xml: string
}

/** Keeps documents; earlier ones from the same sources are forgotten, because they were read anew. */
export async function storeQuarantined(
  next: Transaction,
  documents: readonly QuarantinedDocument[],
  rereadSources: Iterable<string> = [],
): Promise<void> {
  for (const source of rereadSources) await next.run(sql`DELETE FROM x.quarantine WHERE source = ${source}`)
  if (documents.length === 0) return
  const rows = documents.map(
    (one): Row => [
      one.source,
      one.ivoid ?? null,
      one.origin ?? null,
      one.noticed,
      one.reason,
      one.xml === '' ? null : compressText(one.xml),
    ],
  )
  await next.append(findTable([privateSchema()], 'x.quarantine'), rows)
}

/** A quarantine entry without its document. */
export interface QuarantineEntry {
  readonly source: string
  readonly ivoid: string | null
  readonly origin: string | null
  readonly noticed: string
  readonly reason: string
}

/** Everything that is set aside, by source. */
export async function listQuarantined(engine: Engine): Promise<readonly QuarantineEntry[]> {
  const entries: QuarantineEntry[] = []
  const query = sql`SELECT source, ivoid, origin, noticed, reason FROM x.quarantine ORDER BY source, noticed, ivoid`
  for await (const batch of engine.query(query, { trusted: true })) {
    for (const [source, ivoid, origin, noticed, reason] of batch) {
      entries.push({
        source: String(source),
        ivoid: textOrNull(ivoid),
        origin: textOrNull(origin),
        noticed: String(noticed),
        reason: String(reason),
      })
    }
  }
  return entries
}

/** What was rejected and why, as `rejectionKey` writes it. */
export async function knownRejections(reader: {
  query(query: Sql): AsyncIterable<readonly Row[]>
}): Promise<ReadonlySet<string>> {
  const known = new Set<string>()
  for await (const rows of reader.query(sql`SELECT ivoid, reason FROM x.quarantine`))
    for (const [ivoid, reason] of rows) known.add(rejectionKey({ ivoid: textOrNull(ivoid), reason: String(reason) }))
  return known
}

/** The same for the same record and reason. */
export function rejectionKey(one: { readonly ivoid: string | null | undefined; readonly reason: string }): string {
  return JSON.stringify([one.ivoid ?? null, one.reason])
}

/** The documents of an entry, or of all from a source, as text. */
export async function readQuarantined(
  engine: Engine,
  { source, ivoid, reason }: Pick<QuarantineEntry, 'source'> & Partial<QuarantineEntry>,
): Promise<readonly string[]> {
  const texts: string[] = []
  const conditions = [
    sql`source = ${source}`,
    ...(ivoid === undefined ? [] : [ivoid === null ? sql`ivoid IS NULL` : sql`ivoid = ${ivoid}`]),
    ...(reason === undefined ? [] : [sql`reason = ${reason}`]),
  ]
  const query = sql`SELECT xml FROM x.quarantine WHERE ${joinSql(conditions, ' AND ')}`
  for await (const batch of engine.query(query, { trusted: true })) {
    for (const [xml] of batch) if (xml instanceof Uint8Array) texts.push(decompressText(xml))
  }
  return texts
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
