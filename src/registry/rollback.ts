// An earlier generation + what our own registry has published since → the next generation, made as any other.
//
// What was harvested or taken in comes back as it was, with the progress of harvests, so that the next one asks for what
// has changed since then. For who harvests us it changes now, and is stamped so; what had come since becomes a tombstone.
// What our own registry says does not go back: its datestamps, tombstones, moves and reports have been seen by others,
// and the ledger goes on to hold them (ARCHITECTURE 7.12).
import type { Clock } from '../core/clock.js'
import { type Datestamp, parseDatestamp } from '../core/datestamp.js'
import { foldIvoid, type Ivoid } from '../core/ivoid.js'
import { identifier, joinSql, literal, type Sql, sql } from '../core/sql.js'
import type { Engine, Transaction, WritableEngine } from '../engines/engine.js'
import { findTable } from '../tables/declared.js'
import type { Schema } from '../tables/metadata.js'
import type { VocabularySource } from '../voresource/vocabulary-files.js'
import { lineageKey, prepareGeneration } from './generation.js'
import type { IncomingRecord } from './incoming.js'
import { ingestRecords, removeRecords } from './ingest.js'
import type { Ledger } from './ledger.js'
import { nextDatestamp } from './publish.js'
import { presentRows, storedRecords } from './rebuild.js'

export interface RollbackParts {
  readonly engine: WritableEngine
  readonly ledger: Pick<Ledger, 'exclusively'>
  /** Public schemas. */
  readonly schemas: readonly Schema[]
  readonly own: Ivoid
  /** As for an ingest. */
  readonly vocabularies?: VocabularySource | undefined
  readonly clock: Clock
}

export interface RollbackReport {
  /** Records of others that are again as they were. */
  readonly broughtBack: number
  /** Records of others that had come since. */
  readonly removed: number
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
  const { engine, ledger, schemas } = parts
  let report: RollbackReport = { broughtBack: 0, removed: 0, ownKept: 0, ownPurged: 0 }
  return ledger.exclusively(async () => {
    const highest = await highestDatestamp(engine)
    const stamp = nextDatestamp(parts.clock(), highest)
    const fill = async (next: Transaction) => {
      // Numbers of records given since then will be given to others: whoever remembers documents by them must forget.
      await next.run(sql`DELETE FROM x.meta WHERE key = ${lineageKey}`)
      await prepareGeneration(next, schemas)
      report = {
        ...(await stampOthers(parts, next, stamp)),
        ...(await keepOwnRecords(parts, next)),
      }
      for (const schema of schemas.filter(({ name }) => name === ownSchema))
        for (const { name } of schema.tables)
          await copyTable(engine, next, findTable(schemas, `${schema.name}.${name}`))
      // Who harvests us must not have asked between the datestamps and the moment when they can be seen.
      await next.run(sql`UPDATE x.record SET datestamp = ${nextDatestamp(parts.clock(), highest)}
        WHERE datestamp = ${stamp} AND source_datestamp IS NOT NULL`)
    }
    await engine.renew(fill, { from: generation, madeBy: `rollback to ${generation}` })
    return report
  })
}

async function keepOwnRecords(
  { engine, schemas, own, vocabularies }: RollbackParts,
  next: Transaction,
): Promise<Pick<RollbackReport, 'ownKept' | 'ownPurged'>> {
  const present = await statesOf(engine.query(states(ofOrigin(own)), { trusted: true }))
  const earlier = await statesOf(next.query(states(ofOrigin(own))))
  const purged = [...earlier.keys()].filter((key) => !present.has(key))
  const changed = new Set([...present].filter(([key, state]) => earlier.get(key) !== state).map(([key]) => key))
  await removeRecords(next, purged, schemas)
  await ingestRecords(next, chosen(engine, own, changed), { schemas, own, vocabularies })
  return { ownKept: changed.size, ownPurged: purged.length }
}

/**
 * Selective harvesting asks when a record changed in this repository (OAI-PMH 2.0 §2.7.1): what is brought back gets a
 * datestamp that nobody has seen yet, and what is not there any more a tombstone.
 */
async function stampOthers(
  { engine, schemas, own }: RollbackParts,
  next: Transaction,
  stamp: Datestamp,
): Promise<Pick<RollbackReport, 'broughtBack' | 'removed'>> {
  const ofOthers = sql`NOT (${ofOrigin(own)})`
  const present = await statesOf(engine.query(states(ofOthers), { trusted: true }))
  const earlier = await statesOf(next.query(states(ofOthers)))
  const changed = [...earlier].filter(([key, state]) => present.get(key) !== state).map(([key]) => key)
  for (let start = 0; start < changed.length; start += 1000) {
    const some = joinSql(changed.slice(start, start + 1000).map(literal))
    await next.run(sql`UPDATE x.record SET source_datestamp = COALESCE(source_datestamp, datestamp), datestamp = ${stamp}
      WHERE folded_ivoid IN (${some})`)
  }
  const gone = new Set([...present.keys()].filter((key) => !earlier.has(key)))
  const { deleted } = await ingestRecords(next, tombstones(engine, ofOthers, gone), { schemas, own, stamp })
  return { broughtBack: changed.length, removed: deleted }
}

async function* tombstones(engine: Engine, condition: Sql, keys: ReadonlySet<string>): AsyncGenerator<IncomingRecord> {
  if (keys.size === 0) return
  for await (const record of storedRecords(engine, condition)) {
    const { ivoid, datestamp, origin, sourceDatestamp = datestamp } = record
    if (keys.has(foldIvoid(ivoid))) yield { ivoid, datestamp, origin, sourceDatestamp, status: 'deleted' }
  }
}

async function highestDatestamp(engine: Engine): Promise<Datestamp | undefined> {
  for await (const [row] of engine.query(sql`SELECT max(datestamp) FROM x.record`, { trusted: true }))
    return row === undefined ? undefined : parseDatestamp(String(row[0]))
  return undefined
}

async function* chosen(engine: Engine, own: Ivoid, keys: ReadonlySet<string>) {
  if (keys.size === 0) return
  for await (const record of storedRecords(engine, ofOrigin(own))) if (keys.has(foldIvoid(record.ivoid))) yield record
}

function ofOrigin(own: Ivoid): Sql {
  return sql`lower(origin) = ${foldIvoid(own)}`
}

/** Datestamps tell states apart: no two states of a record have the same one here. */
function states(condition: Sql): Sql {
  return sql`SELECT folded_ivoid, datestamp, status FROM x.record WHERE ${condition}`
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
