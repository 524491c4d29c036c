// Reports of harvests ↔ `harvest-history.ndjson` in the state directory, failures and what was held back included.
//
// A generation can only tell of what is in it, so the history has a file of its own, one report a line; the public table
// waymark.harvest_run is made from it with each generation.
import { appendFile, mkdir, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { RegistryError } from '../core/errors.js'
import { replaceFile } from '../core/replace-file.js'
import { type Row, sql } from '../core/sql.js'
import type { Engine, Transaction, WritableEngine } from '../engines/engine.js'
import { findTable } from '../tables/declared.js'
import type { Schema } from '../tables/metadata.js'
import { prepareGeneration } from './generation.js'
import { type HarvestReport, subjectOf } from './harvest-report.js'
import type { Companion } from './record-store.js'
import { hasTable, replaceRows } from './table-companion.js'

/** A report as it is kept: rejected records are counted, the quarantine has the rest. */
export interface KeptReport extends Omit<HarvestReport, 'rejected'> {
  readonly rejected: number
}

/** Name of the file in the state directory. */
export const harvestHistoryFile = 'harvest-history.ndjson'

/** Reports kept: five years of fifty registries asked every day. */
const keptReports = 100_000
/** Beyond this size the file is looked through for reports that are too many. */
const roomyBytes = 60_000_000

/** All reports, oldest first; empty when nothing was harvested yet. A line cut off by a kill is passed over. */
export async function readHarvestHistory(path: string): Promise<readonly KeptReport[]> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return ''
    throw thrown
  })
  return text.split('\n').flatMap(readLine)
}

/** Adds reports. Several processes may do so at the same time. */
export async function keepReports(path: string, reports: readonly HarvestReport[]): Promise<void> {
  if (reports.length === 0) return
  await mkdir(dirname(path), { recursive: true })
  const lines = reports.map((report) => JSON.stringify({ ...report, rejected: report.rejected.length }))
  // The line before may have been cut off by a kill; this one must stand alone.
  await appendFile(path, `\n${lines.join('\n')}\n`)
  if ((await stat(path)).size < roomyBytes) return
  const kept = (await readHarvestHistory(path)).slice(-keptReports)
  await replaceFile(path, kept.map((report) => `${JSON.stringify(report)}\n`).join(''))
}

/** The latest report of each registry, by `subjectOf`. */
export function latestReports(history: readonly KeptReport[]): ReadonlyMap<string, KeptReport> {
  return new Map(history.map((report) => [subjectOf(report), report]))
}

/** Reads the history again only when the file is another one; for what asks on every request. */
export function createHistoryReader(path: string): () => Promise<readonly KeptReport[]> {
  let known: { readonly mark: string; readonly reports: Promise<readonly KeptReport[]> } | undefined
  return async () => {
    const mark = await stat(path).then(
      ({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`,
      () => '',
    )
    if (known?.mark === mark) return known.reports
    const reading = { mark, reports: readHarvestHistory(path) }
    known = reading
    reading.reports.catch(() => {
      if (known === reading) known = undefined
    })
    return reading.reports
  }
}

/** The history as rows of waymark.harvest_run. */
export function historyRows(history: readonly KeptReport[]): readonly Row[] {
  return history.map((report) => [
    report.run,
    report.registry?.toLowerCase() ?? null,
    report.baseUrl,
    report.started.replace('Z', ''),
    report.extent ?? null,
    report.from ?? null,
    report.outcome,
    report.colour,
    report.seen,
    report.new,
    report.changed,
    report.deleted,
    report.rejected,
    report.seconds,
    report.bytes,
    report.error?.message ?? (report.warnings.length === 0 ? null : report.warnings.join('; ')),
  ])
}

/** Writes the table anew: the history, and reports of the harvest that makes this generation. */
export async function writeHistoryTable(
  next: Transaction,
  schemas: readonly Schema[],
  history: readonly KeptReport[],
): Promise<void> {
  await replaceRows(next, findTable(schemas, 'waymark.harvest_run'), historyRows(history))
}

/** Publishes the history with the records of our own; a generation of an earlier version gets the table. */
export function historyTableCompanion(
  path: string,
  engine: Pick<Engine, 'query'>,
  schemas: readonly Schema[],
): Companion {
  return {
    isCurrent: () => hasTable(engine, findTable(schemas, 'waymark.harvest_run')),
    write: async (next) => writeHistoryTable(next, schemas, await readHarvestHistory(path)),
  }
}

/**
 * Makes a generation for the table alone when the colour of a registry is another one than the table has: a failure
 * must not wait for the next change of the data. Does nothing before the first publication.
 */
export async function publishHistory(path: string, engine: WritableEngine, schemas: readonly Schema[]): Promise<void> {
  const history = await readHarvestHistory(path)
  const told = new Map<string, string>()
  const query = sql`SELECT COALESCE(ivoid, base_url), colour FROM waymark.harvest_run ORDER BY started`
  try {
    for await (const rows of engine.query(query, { trusted: true }))
      for (const [subject, colour] of rows) told.set(String(subject), String(colour))
  } catch (thrown) {
    // There is no generation, or one of an earlier version without the table: the next publication makes it.
    if (thrown instanceof RegistryError) return
    throw thrown
  }
  const isTold = [...latestReports(history)].every(([subject, { colour }]) => told.get(subject) === colour)
  if (isTold) return
  const fill = async (next: Transaction): Promise<void> => {
    await prepareGeneration(next, schemas)
    await writeHistoryTable(next, schemas, history)
  }
  await engine.renew(fill, { madeBy: 'harvest without news' })
}

function readLine(line: string): readonly KeptReport[] {
  if (line === '') return []
  try {
    return [JSON.parse(line) as KeptReport]
  } catch {
    return []
  }
}
