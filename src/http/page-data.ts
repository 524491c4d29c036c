// The registry → what pages are made from: rows of queries, the site's own name, the index of moves.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { keyOf } from '../core/ivoid.js'
import type { Row } from '../core/sql.js'
import { adqlText, type RunQuery, textOrNull } from '../pages/catalog.js'
import type { Site } from '../pages/layout.js'
import { loadMoveData } from '../pages/moves-query.js'
import { type ServiceChecks, serviceChecks } from '../pages/service-check.js'
import { harvestHistoryFile } from '../registry/harvest-history.js'
import { readLegacySettings } from '../registry/legacy-settings.js'
import { indexMoves, type MoveData, type MoveIndex } from '../registry/moves-lookup.js'
import { createProbeReader } from '../registry/probe-history.js'
import type { Registry } from '../registry/registry.js'
import type { ColumnDescription } from '../tables/metadata.js'
import { tapLimits } from '../tap/limits.js'
import { startQuery } from '../tap/query.js'

/** Moves as rows and arranged for look-ups. */
export interface Moves {
  readonly data: MoveData
  readonly index: MoveIndex
}

/** A result that is shown whole. */
export interface VisitorResult {
  readonly columns: readonly ColumnDescription[]
  readonly rows: readonly Row[]
  /** There were more rows than asked for. */
  readonly isCut: boolean
  readonly seconds: number
}

/** What the doors for people share. Answers are kept until the data are renewed. */
export interface PageData {
  readonly run: RunQuery
  /** Runs a query of a visitor. Throws as TAP does; what is wrong with the query is kind `invalid`. */
  query(adql: string, maxRows: number): Promise<VisitorResult>
  site(): Promise<Site>
  moves(): Promise<Moves>
  /** Last results of `waymark check`; empty when they cannot be read, because a list must come out all the same. */
  checks(): Promise<ServiceChecks>
}

/** Seconds a query of a page may take; people do not wait longer. */
const pageSeconds = 20
/** Rows of one query of a page at most; more than the largest registry has services. */
const pageRows = 1_000_000

/** Reads pages' data through TAP, as any client would. */
export function createPageData(registry: Registry): PageData {
  const limits = { ...tapLimits(registry.config), maxRowsHard: pageRows, maxRowsDefault: pageRows }
  const { engine, tables, clock, compiler } = registry
  const context = { engine, tables, limits, clock, ...(compiler && { compiler }) }
  const query = async (adql: string, maxRows: number): Promise<VisitorResult> => {
    const started = performance.now()
    const result = await startQuery({ query: adql, maxRows }, { uploads: [], seconds: pageSeconds }, context)
    const rows: Row[] = []
    for await (const batch of result.rows) for (const row of batch) rows.push(row)
    const seconds = (performance.now() - started) / 1000
    return { columns: result.columns, rows, isCut: result.outcome() === 'OVERFLOW', seconds }
  }
  const run: RunQuery = async (adql) => (await query(adql, pageRows)).rows
  const site = kept(registry, () => readSite(registry, run))
  const moves = kept(registry, async (): Promise<Moves> => {
    const data = await loadMoveData(run)
    return { data, index: indexMoves(data) }
  })
  const readProbes = createProbeReader(join(registry.config.state, 'probe-history.json'))
  const checks = (): Promise<ServiceChecks> =>
    readProbes().then(serviceChecks, (cause: unknown) => {
      registry.log.error({ err: cause }, 'the results of examinations cannot be read')
      return new Map()
    })
  return { run, query, site, moves, checks }
}

/** Remembers what was made until the data are renewed; a failure is not remembered. */
function kept<T>(registry: Registry, make: () => Promise<T>): () => Promise<T> {
  let present: Promise<T> | undefined
  registry.engine.onRenewed(() => {
    present = undefined
  })
  return () => {
    const making = present ?? make()
    present = making
    making.catch(() => {
      if (present === making) present = undefined
    })
    return making
  }
}

async function readSite(registry: Registry, run: RunQuery): Promise<Site> {
  const { ivoid } = registry
  const rows = await run(`SELECT res_title FROM rr.resource WHERE ivoid = ${adqlText(ivoid.toLowerCase())}`)
  const title = textOrNull(rows[0]?.[0]) ?? `Registry ${keyOf(ivoid)}`.trim()
  const hasFormerHosts = readLegacySettings(registry.config.legacy) !== undefined
  const hasHarvests = existsSync(join(registry.config.state, harvestHistoryFile))
  return { baseUrl: registry.config.baseUrl, title, ivoid, hasFormerHosts, hasHarvests }
}
