// Harvests that succeeded ↔ rows of x.harvest: where the next one begins, and who may say what.

import { RegistryError } from '../core/errors.js'
import { foldIvoid, type Ivoid } from '../core/ivoid.js'
import { type Row, type Sql, sql } from '../core/sql.js'
import type { Engine, Transaction } from '../engines/engine.js'
import { findTable, privateSchema } from '../tables/declared.js'
import type { HarvestScope } from './harvest-authorities.js'

export type HarvestExtent = 'full' | 'incremental'

/** One success. Counts are of different records. */
export interface HarvestRun {
  /** Order of the harvests of all registries, from 1. */
  readonly number: number
  /** IVOID of the registry in lower case. */
  readonly registry: string
  readonly baseUrl: string
  readonly extent: HarvestExtent
  /** The registry's clock at the beginning of the list; undefined when there was no list or no date. */
  readonly responseDate: string | undefined
  /** Our clock when it was taken in. */
  readonly finished: string
  /** Authorities whose records are taken from this registry, in lower case, sorted. */
  readonly authorities: readonly string[]
  readonly seen: number
  readonly added: number
  readonly changed: number
  readonly deleted: number
  readonly rejected: number
  readonly bytes: number
  readonly seconds: number
  readonly scope: HarvestScope
}

/** The latest success of a registry, and when the last one was that asked for everything. */
export interface LatestRun extends HarvestRun {
  readonly lastFull: string | undefined
}

function latestQuery(hasScope: boolean): Sql {
  return sql`SELECT h.number, h.registry, base_url, extent, response_date, finished, authorities,
      seen, added, changed, deleted, rejected, bytes, seconds, ${hasScope ? sql`scope` : sql`NULL`}, f.last_full
    FROM x.harvest AS h
    JOIN (SELECT registry, MAX(number) AS number, MAX(CASE WHEN extent = 'full' THEN finished END) AS last_full
      FROM x.harvest GROUP BY registry) AS f ON f.number = h.number
    ORDER BY h.number`
}

/** The latest success of each registry in the present generation; none where an older program did not keep any. */
export async function latestRuns(engine: Engine): Promise<readonly LatestRun[]> {
  try {
    const columns = new Set<unknown>()
    const present = sql`SELECT column_name FROM information_schema.columns WHERE table_schema = 'x' AND table_name = 'harvest'`
    for await (const rows of engine.query(present, { trusted: true })) for (const [name] of rows) columns.add(name)
    if (columns.size === 0) return []
    return await readLatest(engine.query(latestQuery(columns.has('scope')), { trusted: true }))
  } catch (thrown) {
    // Before anything was published or harvested there is no generation.
    if (thrown instanceof RegistryError && thrown.kind === 'unavailable') return []
    throw thrown
  }
}

/** The same, as the generation that is being made has it. The tables must exist. */
export function latestRunsOf(next: Transaction): Promise<readonly LatestRun[]> {
  return readLatest(next.query(latestQuery(true)))
}

/** The latest success of one registry. */
export function runOf(runs: readonly LatestRun[], registry: Ivoid): LatestRun | undefined {
  return runs.find((run) => run.registry === foldIvoid(registry))
}

/** Authorities that other registries were the first to be harvested for, with the IVOID of each. */
export function claimsOfOthers(runs: readonly HarvestRun[], registry: Ivoid): ReadonlyMap<string, string> {
  const claims = new Map<string, string>()
  for (const run of runs)
    if (run.registry !== foldIvoid(registry))
      for (const authority of run.authorities) claims.set(authority, run.registry)
  return claims
}

/** Writes a success; its number follows the highest there is. */
export async function storeRun(next: Transaction, run: Omit<HarvestRun, 'number'>): Promise<void> {
  let highest = 0
  for await (const rows of next.query(sql`SELECT MAX(number) FROM x.harvest`))
    for (const [number] of rows) highest = Number(number ?? 0)
  const row: Row = [
    highest + 1,
    run.registry,
    run.baseUrl,
    run.extent,
    run.responseDate ?? null,
    run.finished,
    run.authorities.join(' '),
    run.seen,
    run.added,
    run.changed,
    run.deleted,
    run.rejected,
    run.bytes,
    run.seconds,
    run.scope,
  ]
  await next.append(findTable([privateSchema()], 'x.harvest'), [row])
}

async function readLatest(batches: AsyncIterable<readonly Row[]>): Promise<readonly LatestRun[]> {
  const runs: LatestRun[] = []
  for await (const rows of batches) runs.push(...rows.map(readRun))
  return runs
}

function readRun(row: Row): LatestRun {
  const [number, registry, baseUrl, extent, responseDate, finished, authorities, ...rest] = row
  const [scope, lastFull] = rest.slice(7)
  const counts = rest.slice(0, 7)
  const [seen = 0, added = 0, changed = 0, deleted = 0, rejected = 0, bytes = 0, seconds = 0] = counts.map(Number)
  return {
    number: Number(number),
    registry: String(registry),
    baseUrl: String(baseUrl),
    extent: extent === 'full' ? 'full' : 'incremental',
    responseDate: typeof responseDate === 'string' ? responseDate : undefined,
    finished: String(finished),
    authorities: String(authorities)
      .split(' ')
      .filter((one) => one !== ''),
    seen,
    added,
    changed,
    deleted,
    rejected,
    bytes,
    seconds,
    scope: scope === 'everything' ? 'everything' : 'managed',
    lastFull: typeof lastFull === 'string' ? lastFull : undefined,
  }
}
