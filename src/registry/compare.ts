// Two registries → where they differ, resource by resource, in order of authority.
//
// Both sides go into a database of their own in a temporary folder, which then joins them: memory does not grow with
// their number, and nobody's idea of the order of texts matters.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { authorityOf } from '../core/ivoid.js'
import { type Row, type Sql, sql } from '../core/sql.js'
import { DuckdbEngine } from '../engines/duckdb.js'
import type { Transaction } from '../engines/engine.js'
import type { Column, Schema, Table } from '../tables/metadata.js'
import { type Compared, type CompareScope, isInScope } from './compare-sides.js'

/** One thing that differs. `field` is missing where a whole resource is. */
export interface Difference {
  readonly kind: 'missing here' | 'missing there' | 'different'
  readonly authority: string
  readonly ivoid: string
  readonly title: string | null
  readonly field?: 'type' | 'short name' | 'title' | 'updated' | 'datestamp' | 'access URLs'
  readonly here?: string | null
  readonly there?: string | null
  /** Why it may be missing: `deleted here`, `inactive there`. */
  readonly note?: string
}

/** How many resources there are, of one authority or of all. */
export interface CompareCounts {
  here: number
  there: number
  missingHere: number
  missingThere: number
  different: number
}

export interface ComparisonOptions {
  readonly ours: AsyncIterable<Compared>
  readonly theirs: AsyncIterable<Compared>
  readonly scope: CompareScope
  /** Records of the registry that publishes them are compared by their datestamps too. */
  readonly withDatestamps: boolean
  /** Inactive records count: OAI-PMH hands them on, RegTAP leaves them out (RegTAP 1.2 §8.1). */
  readonly withInactive: boolean
  readonly onProgress: (resources: number) => void
}

/** Dispose it at the end: it has a folder on disk. */
export interface Comparison extends AsyncDisposable {
  /** By authority, those that are alike included. */
  readonly counts: ReadonlyMap<string, CompareCounts>
  /** Read anew with each call. */
  differences(): AsyncGenerator<Difference>
}

const text = (name: string): Column => ({
  name,
  datatype: 'unicodeChar',
  arraysize: '*',
  nullable: true,
  indexed: false,
  principal: false,
  std: false,
})

function scratchTable(name: string, columns: readonly string[]): Table {
  return { schema: 'scratch', name, type: 'table', foreignKeys: [], columns: columns.map(text) }
}

const facts = ['status', 'type', 'short_name', 'title', 'updated', 'datestamp']
const resources = scratchTable('resource', ['side', 'ivoid', ...facts])
const urls = scratchTable('url', ['side', 'ivoid', 'access_url'])
const scratch: Schema = { name: 'scratch', tables: [resources, urls] }

/** Rows that wait for the database. */
const batchRows = 2000

const side = (name: string): Sql => sql`(
  SELECT r.ivoid, r.status, r.type, r.short_name, r.title, r.updated, r.datestamp, u.urls
  FROM (SELECT * FROM scratch.resource WHERE side = ${name}
    QUALIFY row_number() OVER (PARTITION BY ivoid ORDER BY status) = 1) AS r
  LEFT JOIN (SELECT ivoid, string_agg(DISTINCT access_url, chr(10) ORDER BY access_url) AS urls
    FROM scratch.url WHERE side = ${name} GROUP BY ivoid) AS u ON u.ivoid = r.ivoid)`

const joined = sql`SELECT COALESCE(h.ivoid, t.ivoid), h.status, h.type, h.short_name, h.title, h.updated, h.datestamp, h.urls,
    t.status, t.type, t.short_name, t.title, t.updated, t.datestamp, t.urls
  FROM ${side('here')} AS h FULL OUTER JOIN ${side('there')} AS t ON h.ivoid = t.ivoid
  ORDER BY split_part(COALESCE(h.ivoid, t.ivoid), '/', 3), 1`

/** Reads both sides, and counts. Throws what reading a side throws. */
export async function compareSides(options: ComparisonOptions): Promise<Comparison> {
  const folder = await mkdtemp(join(tmpdir(), 'waymark-compare-'))
  const engine = await DuckdbEngine.open({ folder, earlierGenerations: 0 })
  const dispose = async () => {
    await engine[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  }
  const differences = async function* (): AsyncGenerator<Difference> {
    for await (const rows of engine.query(joined, { trusted: true }))
      for (const row of rows) yield* differencesOf(row, options)
  }
  try {
    await engine.renew(async (next) => {
      await next.createTables([scratch])
      let done = 0
      const onResource = () => options.onProgress(++done)
      await fill(next, 'here', options.ours, options.scope, onResource)
      await fill(next, 'there', options.theirs, options.scope, onResource)
    })
    const counts = new Map<string, CompareCounts>()
    for await (const rows of engine.query(joined, { trusted: true }))
      for (const row of rows) count(counts, row, options)
    return { counts, differences, [Symbol.asyncDispose]: dispose }
  } catch (thrown) {
    await dispose()
    throw thrown
  }
}

async function fill(
  next: Transaction,
  name: string,
  compared: AsyncIterable<Compared>,
  scope: CompareScope,
  onResource: () => void,
): Promise<void> {
  const waiting = { resource: [] as Row[], url: [] as Row[] }
  const write = async (kind: keyof typeof waiting) => {
    await next.append(kind === 'resource' ? resources : urls, waiting[kind])
    waiting[kind] = []
  }
  for await (const one of compared) {
    const ivoid = one.kind === 'resource' ? one.resource.ivoid : one.ivoid
    if (!isInScope(ivoid, scope)) continue
    if (one.kind === 'resource') {
      const { status, type, shortName, title, updated, datestamp } = one.resource
      waiting.resource.push([name, ivoid, status, type, shortName, title, updated, datestamp])
      onResource()
    } else waiting.url.push([name, ivoid, one.accessUrl])
    if (waiting[one.kind].length >= batchRows) await write(one.kind)
  }
  await write('resource')
  await write('url')
}

interface Half {
  readonly isThere: boolean
  readonly status: string | null
  readonly title: string | null
  /** In the order of `comparedFields`. */
  readonly fields: readonly (string | null)[]
}

const comparedFields = ['type', 'short name', 'title', 'updated', 'datestamp', 'access URLs'] as const

function readHalf(cells: Row, { withInactive }: ComparisonOptions): Half {
  const [status = null, ...rest] = cells.map((cell) => (cell === null ? null : String(cell)))
  const isThere = status === 'active' || (withInactive && status === 'inactive')
  return { isThere, status, title: rest[2] ?? null, fields: rest }
}

function* differencesOf(row: Row, options: ComparisonOptions): Generator<Difference> {
  const ivoid = String(row[0])
  const here = readHalf(row.slice(1, 8), options)
  const there = readHalf(row.slice(8, 15), options)
  const facts = { authority: authorityOf(ivoid), ivoid, title: here.title ?? there.title }
  if (!here.isThere && !there.isThere) return
  if (!here.isThere) yield { kind: 'missing here', ...facts, ...(noteOf(here, 'here') ?? {}) }
  else if (!there.isThere) yield { kind: 'missing there', ...facts, ...(noteOf(there, 'there') ?? {}) }
  // Of an inactive record only its being there is known.
  else if (here.status === 'active' && there.status === 'active') {
    for (const [index, field] of comparedFields.entries()) {
      if (field === 'datestamp' && !options.withDatestamps) continue
      const [ours = null, theirs = null] = [here.fields[index], there.fields[index]]
      if (ours === theirs) continue
      const shown = field === 'access URLs' ? onlyThere(ours, theirs) : { here: ours, there: theirs }
      yield { kind: 'different', ...facts, field, ...shown }
    }
  }
}

/** A resource that a side knows, and does not show. */
function noteOf({ status }: Half, where: string): { readonly note: string } | undefined {
  return status === null ? undefined : { note: `${status} ${where}` }
}

/** The addresses that the other side does not have. */
function onlyThere(ours: string | null, theirs: string | null): { readonly here: string; readonly there: string } {
  const lists = [ours, theirs].map((one) => (one === null ? [] : one.split('\n')))
  const [here = [], there = []] = lists
  return {
    here: here.filter((one) => !there.includes(one)).join(' '),
    there: there.filter((one) => !here.includes(one)).join(' '),
  }
}

function count(counts: Map<string, CompareCounts>, row: Row, options: ComparisonOptions): void {
  const here = readHalf(row.slice(1, 8), options)
  const there = readHalf(row.slice(8, 15), options)
  if (!here.isThere && !there.isThere) return
  const authority = authorityOf(String(row[0]))
  const sum = counts.get(authority) ?? { here: 0, there: 0, missingHere: 0, missingThere: 0, different: 0 }
  counts.set(authority, sum)
  if (here.isThere) sum.here += 1
  if (there.isThere) sum.there += 1
  const [first] = differencesOf(row, options)
  if (first?.kind === 'missing here') sum.missingHere += 1
  if (first?.kind === 'missing there') sum.missingThere += 1
  if (first?.kind === 'different') sum.different += 1
}
