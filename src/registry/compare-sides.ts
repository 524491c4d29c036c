// A registry, ours or another's → what is compared of each of its resources.
import type { Clock } from '../core/clock.js'
import { RegistryError } from '../core/errors.js'
import { authorityOf, foldIvoid } from '../core/ivoid.js'
import { joinSql, literal, type Row, type Sql, sql } from '../core/sql.js'
import type { Engine } from '../engines/engine.js'
import { harvestPages } from '../oai/client.js'
import type { ClientOptions } from '../oai/client-request.js'
import { managedSet, publishersSet } from '../oai/provider.js'
import { recordMapper } from '../regtap/rows.js'
import { findTable } from '../tables/declared.js'
import type { Schema } from '../tables/metadata.js'
import { readXml } from '../xml/reader.js'
import type { Peer } from './harvest-peer.js'
import { incomingRecords } from './incoming.js'
import { presentColumns } from './rebuild.js'
import { queryTap, type TapClientOptions } from './tap-client.js'

/** A resource as one side knows it; what it does not say is null. */
export interface ComparedResource {
  /** In lower case. */
  readonly ivoid: string
  readonly status: 'active' | 'inactive' | 'deleted'
  readonly type: string | null
  readonly shortName: string | null
  readonly title: string | null
  /** `YYYY-MM-DDThh:mm:ss`, of the record itself. */
  readonly updated: string | null
  /** In the registry that publishes it. */
  readonly datestamp: string | null
}

export type Compared =
  | { readonly kind: 'resource'; readonly resource: ComparedResource }
  | { readonly kind: 'url'; readonly ivoid: string; readonly accessUrl: string }

/** Which resources are compared. */
export type CompareScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'authorities'; readonly authorities: readonly string[] }
  /** Registries that can be harvested. */
  | { readonly kind: 'publishers' }

/** Rows asked for at once; services that give fewer are asked more often. */
const pageRows = 5000
const mostPages = 20_000

/** Our own side. */
export async function* ourSide(engine: Engine, scope: CompareScope): AsyncGenerator<Compared> {
  const hasSource = (await presentColumns(engine, 'x', 'record')).has('source_datestamp')
  const datestamp = hasSource ? sql`COALESCE(d.source_datestamp, d.datestamp)` : sql`d.datestamp`
  const chosen = ourCondition(scope)
  const resources = sql`SELECT d.folded_ivoid, d.status, r.res_type, r.short_name, r.res_title,
      CAST(r.updated AS VARCHAR), ${datestamp}
    FROM x.record AS d LEFT JOIN rr.resource AS r ON r.ivoid = d.folded_ivoid WHERE ${chosen}`
  for await (const rows of engine.query(resources, { trusted: true }))
    for (const [ivoid, status, ...facts] of rows)
      yield { kind: 'resource', resource: readResource(ivoid, facts, status) }
  const urls = sql`SELECT i.ivoid, i.access_url FROM rr.interface AS i JOIN x.record AS d ON d.folded_ivoid = i.ivoid
    WHERE ${chosen} AND i.access_url IS NOT NULL`
  for await (const rows of engine.query(urls, { trusted: true }))
    for (const [ivoid, accessUrl] of rows) yield { kind: 'url', ivoid: String(ivoid), accessUrl: String(accessUrl) }
}

function ourCondition(scope: CompareScope): Sql {
  switch (scope.kind) {
    case 'all':
      return sql`TRUE`
    case 'authorities':
      return scope.authorities.length === 0
        ? sql`FALSE`
        : sql`split_part(d.folded_ivoid, '/', 3) IN (${joinSql(scope.authorities.map(literal))})`
    case 'publishers':
      return sql`d.folded_ivoid IN (SELECT p.ivoid FROM rr.resource AS p JOIN rr.capability AS c ON c.ivoid = p.ivoid
        WHERE p.res_type = 'vg:registry' AND c.cap_type = 'vg:harvest')`
  }
}

/** The side of a RegTAP service; `authority` asks for one authority only. Throws kind `unavailable`. */
export async function* tapSide(
  baseUrl: string,
  authority: string | undefined,
  options: TapClientOptions,
): AsyncGenerator<Compared> {
  const facts = 'ivoid, res_type, short_name, res_title, updated'
  for await (const [ivoid, ...rest] of pages(baseUrl, { facts, table: 'rr.resource', authority, options }))
    yield { kind: 'resource', resource: readResource(ivoid, [...rest, null], 'active') }
  const urls = { facts: 'ivoid, access_url', table: 'rr.interface', authority, options }
  for await (const [ivoid, accessUrl] of pages(baseUrl, urls))
    if (accessUrl !== null && accessUrl !== undefined)
      yield { kind: 'url', ivoid: foldIvoid(String(ivoid)), accessUrl: String(accessUrl).trim() }
}

interface PagedTable {
  readonly facts: string
  readonly table: string
  readonly authority: string | undefined
  readonly options: TapClientOptions
}

/**
 * A whole table in order of its IVOIDs. Services cut answers at limits of their own, and not all of them say so: their
 * number of rows is asked first, and pages are asked for until they have come.
 */
async function* pages(baseUrl: string, { facts, table, authority, options }: PagedTable): AsyncGenerator<Row> {
  const ofAuthority =
    authority === undefined ? [] : [`(ivoid = 'ivo://${authority}' OR ivoid LIKE 'ivo://${authority}/%')`]
  const select = (what: string, conditions: readonly string[], order: string) =>
    `SELECT ${what} FROM ${table}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}${order}`
  const counted = await queryTap(baseUrl, select('COUNT(*) AS n', ofAuthority, ''), 1, options)
  const expected = Number(counted.rows[0]?.[0] ?? 0)
  let received = 0
  let last: string | undefined
  for (let page = 0; received < expected && page < mostPages; page++) {
    const behind = last === undefined ? [] : [`ivoid > '${last.replaceAll("'", "''")}'`]
    const query = select(facts, [...ofAuthority, ...behind], ' ORDER BY ivoid')
    const { rows, isOverflow } = await queryTap(baseUrl, query, pageRows, options)
    const isCut = isOverflow || received + rows.length < expected
    const final = String(rows.at(-1)?.[0] ?? '')
    // The last resource of a page that was cut may go on: it is asked for again, unless it is all there is.
    const whole = isCut ? rows.filter(([ivoid]) => ivoid !== final) : rows
    const taken = whole.length === 0 ? rows : whole
    if (taken.length === 0) return
    yield* taken
    received += taken.length
    const reached = String(taken.at(-1)?.[0] ?? '')
    if (reached === last)
      throw new RegistryError('unavailable', `The TAP service ${baseUrl} gives the same rows again and again.`)
    last = reached
  }
}

export interface OaiSideOptions {
  readonly client: ClientOptions
  /** Public schemas. */
  readonly schemas: readonly Schema[]
  readonly clock: Clock
  readonly scope: CompareScope
}

/** The side of an OAI-PMH registry. Records that cannot be read are passed over. Throws HarvestError. */
export async function* oaiSide(peer: Peer, options: OaiSideOptions): AsyncGenerator<Compared> {
  const { client, schemas, clock, scope } = options
  const map = recordMapper(schemas)
  const indexes = (name: string, columns: readonly string[]) =>
    columns.map((wanted) => findTable(schemas, name).columns.findIndex((column) => column.name === wanted))
  const resourceFacts = indexes('rr.resource', ['res_type', 'short_name', 'res_title', 'updated'])
  const [urlIndex = -1] = indexes('rr.interface', ['access_url'])
  const set =
    scope.kind === 'publishers' ? publishersSet : scope.kind === 'all' || !peer.hasManagedSet ? '' : managedSet
  const request = { baseUrl: peer.baseUrl, metadataPrefix: 'ivo_vor', ...(set === '' ? {} : { set }) }
  for await (const { document } of harvestPages(request, client)) {
    for await (const record of incomingRecords(document, { origin: peer.ivoid, source: peer.baseUrl, clock })) {
      if (record.status === 'quarantined') continue
      const ivoid = foldIvoid(record.ivoid)
      const rows = record.status === 'active' ? map(record.element ?? readXml(record.xml), ivoid) : undefined
      const [row = []] = [...(rows?.get('rr.resource') ?? [])]
      const facts = [...resourceFacts.map((index) => row[index] ?? null), record.datestamp]
      yield { kind: 'resource', resource: readResource(ivoid, facts, record.status) }
      for (const one of rows?.get('rr.interface') ?? []) {
        const accessUrl = one[urlIndex]
        if (accessUrl !== null && accessUrl !== undefined) yield { kind: 'url', ivoid, accessUrl: String(accessUrl) }
      }
    }
  }
}

function readResource(ivoid: unknown, facts: Row, status: unknown): ComparedResource {
  const [type, shortName, title, updated, datestamp] = facts.map((fact) => plain(fact))
  return {
    ivoid: foldIvoid(String(ivoid).trim()),
    status: status === 'deleted' || status === 'inactive' ? status : 'active',
    type: type?.toLowerCase() ?? null,
    shortName: shortName ?? null,
    title: title ?? null,
    updated: moment(updated ?? null),
    datestamp: moment(datestamp ?? null),
  }
}

/** Blanks differ from service to service and say nothing. */
function plain(value: unknown): string | null {
  if (value === null || value === undefined) return null
  const text = String(value).trim().replace(/\s+/g, ' ')
  return text === '' ? null : text
}

/** Times come with and without Z, fraction and T. */
function moment(text: string | null): string | null {
  return text === null ? null : text.replace(' ', 'T').replace(/(\.\d+)?Z?$/, '')
}

/** True for a resource that is compared. */
export function isInScope(ivoid: string, scope: CompareScope): boolean {
  return scope.kind !== 'authorities' || scope.authorities.includes(authorityOf(ivoid))
}
