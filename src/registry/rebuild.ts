// The stored documents → the whole generation again: after an update of the program, or when its order has decayed.
import type { Ivoid } from '../core/ivoid.js'
import { identifier, joinSql, type Row, type Sql, sql } from '../core/sql.js'
import type { Engine, Transaction, WritableEngine } from '../engines/engine.js'
import { recordTableNames, searchTableNames } from '../regtap/rows.js'
import { privateSchema } from '../tables/declared.js'
import type { Schema, Table } from '../tables/metadata.js'
import type { VocabularySource } from '../voresource/vocabulary-files.js'
import { decompressText } from './compression.js'
import { lineageKey, prepareGeneration } from './generation.js'
import type { IncomingRecord } from './incoming.js'
import { type IngestReport, ingestRecords } from './ingest.js'
import type { Companion } from './record-store.js'

export interface RebuildParts {
  readonly engine: WritableEngine
  /** Public schemas. */
  readonly schemas: readonly Schema[]
  readonly own: Ivoid
  /** As for an ingest. */
  readonly vocabularies?: VocabularySource | undefined
  readonly companions?: readonly Companion[]
  readonly onProgress?: (records: number) => void
}

/**
 * Makes the present generation anew from its documents. Datestamps, origins and tombstones stay as they are, so that no
 * harvester notices. Throws kind `unavailable` when there is no generation yet.
 */
export async function rebuildGeneration(parts: RebuildParts): Promise<IngestReport> {
  const { engine, schemas, own, vocabularies, companions = [], onProgress } = parts
  let report: IngestReport = { active: 0, inactive: 0, deleted: 0, quarantined: [] }
  await engine.renew(
    async (next) => {
      await prepareGeneration(next, schemas)
      await copyPrivateTables(engine, next)
      report = await ingestRecords(next, storedRecords(engine), {
        schemas,
        own,
        vocabularies,
        ...(onProgress === undefined ? {} : { onProgress }),
      })
      for (const companion of companions) await companion.write(next)
    },
    { fresh: true, madeBy: 'rebuild' },
  )
  return report
}

/** Every record of the present generation, or those that fulfil the condition, in the order of OAI-PMH pages. */
export async function* storedRecords(
  engine: Pick<Engine, 'query'>,
  condition: Sql = sql`TRUE`,
): AsyncGenerator<IncomingRecord, void, undefined> {
  const hasSource = (await presentColumns(engine, 'x', 'record')).has('source_datestamp')
  const source = hasSource ? sql`source_datestamp` : sql`NULL`
  const query = sql`SELECT ivoid, datestamp, origin, status, xml, ${source} FROM x.record WHERE ${condition}
    ORDER BY datestamp, folded_ivoid`
  for await (const batch of engine.query(query, { trusted: true })) {
    for (const [ivoid, datestamp, origin, status, xml, sourceDatestamp] of batch) {
      const header = {
        ivoid: String(ivoid) as IncomingRecord['ivoid'],
        datestamp: String(datestamp) as IncomingRecord['datestamp'],
        origin: String(origin) as IncomingRecord['origin'],
        ...(sourceDatestamp === null || sourceDatestamp === undefined
          ? {}
          : { sourceDatestamp: String(sourceDatestamp) as IncomingRecord['datestamp'] }),
      }
      if (xml instanceof Uint8Array && status !== 'deleted')
        yield { ...header, status: status === 'inactive' ? 'inactive' : 'active', xml: decompressText(xml) }
      else yield { ...header, status: 'deleted' }
    }
  }
}

/** What is not made from documents (progress of harvests, documents set aside) moves over as it is. */
async function copyPrivateTables(engine: Engine, next: Transaction): Promise<void> {
  const made = new Set(['x.record', ...recordTableNames, ...searchTableNames])
  for (const table of privateSchema().tables) {
    if (made.has(`x.${table.name}`)) continue
    for await (const rows of presentRows(engine, table))
      await next.append(
        table,
        // Records are numbered anew: a new lineage begins.
        rows.filter((row) => table.name !== 'meta' || row[0] !== lineageKey),
      )
  }
}

/** Rows of a table as it is now, with empty cells where a column is new; none where an older program did not have it. */
export async function* presentRows(engine: Engine, table: Table): AsyncGenerator<readonly Row[], void, undefined> {
  const names = await presentColumns(engine, table.schema, table.name)
  // Without all of the columns that must not be empty, the rows belong to another version and are not understood.
  if (!table.columns.every((column) => names.has(column.name) || (column.nullable && names.size > 0))) return
  const columns = table.columns.map(({ name }) => (names.has(name) ? identifier(name) : sql`NULL`))
  const query = sql`SELECT ${joinSql(columns)} FROM ${identifier(table.schema)}.${identifier(table.name)}`
  yield* engine.query(query, { trusted: true })
}

/** Names of the columns that a table has in this generation; none when there is no such table. */
export async function presentColumns(
  engine: Pick<Engine, 'query'>,
  schema: string,
  table: string,
): Promise<ReadonlySet<unknown>> {
  const present = sql`SELECT column_name FROM information_schema.columns
    WHERE table_schema = ${schema} AND table_name = ${table}`
  const names = new Set<unknown>()
  for await (const rows of engine.query(present, { trusted: true })) for (const [name] of rows) names.add(name)
  return names
}
