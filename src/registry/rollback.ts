// An earlier generation + what our own registry has published since → the next generation, made as any other.
//
// What was harvested or taken in comes back as it was, with the progress of harvests, so that the next one asks for what
// has changed since then. What our own registry says does not go back: its datestamps, tombstones, moves and reports have
// been seen by others, and the ledger goes on to hold them (ARCHITECTURE 7.12).
import { foldIvoid, type Ivoid } from '../core/ivoid.js'
import { identifier, type Sql, sql } from '../core/sql.js'
import type { Engine, Transaction, WritableEngine } from '../engines/engine.js'
import { findTable } from '../tables/declared.js'
import type { Schema } from '../tables/metadata.js'
import { lineageKey, prepareGeneration } from './generation.js'
import { ingestRecords, removeRecords } from './ingest.js'
import type { Ledger } from './ledger.js'
import { presentRows, storedRecords } from './rebuild.js'

export interface RollbackParts {
  readonly engine: WritableEngine
  readonly ledger: Pick<Ledger, 'exclusively'>
  /** Public schemas. */
  readonly schemas: readonly Schema[]
  readonly own: Ivoid
}

export interface RollbackReport {
  /** Records of our own that the earlier generation held in another state, or not at all. */
  readonly ownKept: number
  /** Records of our own that have been purged since. */
  readonly ownPurged: number
}

/** Tables of this schema are what our own registry tells of itself. */
const ownSchema = 'waymark'

/**
 * Makes the next generation from an earlier one and switches to it. Throws kind `not-found` when that one is not kept,
 * `invalid` when its tables are those of another version of the program; nothing has changed then.
 */
export function rollBack(parts: RollbackParts, generation: number): Promise<RollbackReport> {
  const { engine, ledger, schemas, own } = parts
  let report: RollbackReport = { ownKept: 0, ownPurged: 0 }
  return ledger.exclusively(async () => {
    const fill = async (next: Transaction) => {
      // Numbers of records given since then will be given to others: whoever remembers documents by them must forget.
      await next.run(sql`DELETE FROM x.meta WHERE key = ${lineageKey}`)
      await prepareGeneration(next, schemas)
      report = await keepOwnRecords(engine, next, schemas, own)
      for (const schema of schemas.filter(({ name }) => name === ownSchema))
        for (const { name } of schema.tables)
          await copyTable(engine, next, findTable(schemas, `${schema.name}.${name}`))
    }
    await engine.renew(fill, { from: generation, madeBy: `rollback to ${generation}` })
    return report
  })
}

async function keepOwnRecords(
  engine: Engine,
  next: Transaction,
  schemas: readonly Schema[],
  own: Ivoid,
): Promise<RollbackReport> {
  const present = await statesOf(engine.query(ownStates(own), { trusted: true }))
  const earlier = await statesOf(next.query(ownStates(own)))
  const purged = [...earlier.keys()].filter((key) => !present.has(key))
  const changed = new Set([...present].filter(([key, state]) => earlier.get(key) !== state).map(([key]) => key))
  await removeRecords(next, purged, schemas)
  await ingestRecords(next, chosen(engine, own, changed), { schemas, own })
  return { ownKept: changed.size, ownPurged: purged.length }
}

async function* chosen(engine: Engine, own: Ivoid, keys: ReadonlySet<string>) {
  if (keys.size === 0) return
  for await (const record of storedRecords(engine, ofOrigin(own))) if (keys.has(foldIvoid(record.ivoid))) yield record
}

function ofOrigin(own: Ivoid): Sql {
  return sql`lower(origin) = ${foldIvoid(own)}`
}

/** Datestamps tell states apart: no two states of a record of ours have the same one. */
function ownStates(own: Ivoid): Sql {
  return sql`SELECT folded_ivoid, datestamp, status FROM x.record WHERE ${ofOrigin(own)}`
}

async function statesOf(batches: ReturnType<Engine['query']>): Promise<ReadonlyMap<string, string>> {
  const states = new Map<string, string>()
  for await (const rows of batches)
    for (const [ivoid, datestamp, status] of rows) states.set(String(ivoid), `${datestamp} ${status}`)
  return states
}

async function copyTable(engine: Engine, next: Transaction, table: ReturnType<typeof findTable>): Promise<void> {
  await next.run(sql`DELETE FROM ${identifier(table.schema)}.${identifier(table.name)}`)
  for await (const rows of presentRows(engine, table)) await next.append(table, rows)
}
