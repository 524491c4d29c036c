// The stored documents → the whole generation again: after an update of the program, or when its order has decayed.
import type { Ivoid } from '../core/ivoid.js'
import type { ResourceRecord } from '../core/record.js'
import { type Row, type Sql, sql } from '../core/sql.js'
import type { Engine, Transaction, WritableEngine } from '../engines/engine.js'
import { recordTableNames, searchTableNames } from '../regtap/rows.js'
import { privateSchema } from '../tables/declared.js'
import type { Schema, Table } from '../tables/metadata.js'
import { selectRows } from '../tables/select-rows.js'
import { decompressText } from './compression.js'
import { lineageKey, prepareGeneration } from './generation.js'
import { type IngestReport, ingestRecords } from './ingest.js'
import type { Companion } from './record-store.js'

export interface RebuildParts {
  readonly engine: WritableEngine
  /** Public schemas. */
  readonly schemas: readonly Schema[]
  readonly own: Ivoid
  readonly companions?: readonly Companion[]
  readonly onProgress?: (records: number) => void
}

/**
 * Makes the present generation anew from its documents. Datestamps, origins and tombstones stay as they are, so that no
 * harvester notices. Throws kind `unavailable` when there is no generation yet.
 */
export async function rebuildGeneration(parts: RebuildParts): Promise<IngestReport> {
  const { engine, schemas, own, companions = [], onProgress } = parts
  let report: IngestReport = { active: 0, inactive: 0, deleted: 0, quarantined: [] }
  await engine.renew(
    async (next) => {
      await prepareGeneration(next, schemas)
      await copyPrivateTables(engine, next)
      report = await ingestRecords(next, storedRecords(engine), {
        schemas,
        own,
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
  engine: Engine,
  condition: Sql = sql`TRUE`,
): AsyncGenerator<ResourceRecord, void, undefined> {
  const query = sql`SELECT ivoid, datestamp, origin, status, xml FROM x.record WHERE ${condition}
    ORDER BY datestamp, folded_ivoid`
  for await (const batch of engine.query(query, { trusted: true })) {
    for (const [ivoid, datestamp, origin, status, xml] of batch) {
      const header = {
        ivoid: String(ivoid) as ResourceRecord['ivoid'],
        datestamp: String(datestamp) as ResourceRecord['datestamp'],
        origin: String(origin) as ResourceRecord['origin'],
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

/** Rows of a table as it is now; none where an older program did not have it. */
export async function* presentRows(engine: Engine, table: Table): AsyncGenerator<readonly Row[], void, undefined> {
  const present = sql`SELECT column_name FROM information_schema.columns
    WHERE table_schema = ${table.schema} AND table_name = ${table.name}`
  const names = new Set<unknown>()
  for await (const rows of engine.query(present, { trusted: true })) for (const [name] of rows) names.add(name)
  // Without all of our columns the rows belong to another version and are not understood.
  if (!table.columns.every((column) => names.has(column.name))) return
  yield* engine.query(selectRows(table), { trusted: true })
}
