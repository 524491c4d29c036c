// RegTAP queries and their rows → the services that pages show. The pages ask what any client may ask.
import type { Row, Value } from '../core/sql.js'
import { type ServiceStandard, serviceStandards, standardOf } from './standards.js'

/** Runs a query as TAP does and gives its rows, cells in select order. */
export type RunQuery = (adql: string) => Promise<readonly Row[]>

/** One way into a service. */
export interface ServiceInterface {
  readonly standard: ServiceStandard | undefined
  readonly standardId: string
  readonly accessUrl: string
  readonly version: string | null
  /** Page with example queries beside it (DALI 1.2 §2.3). */
  readonly examplesUrl: string | null
}

/** An address that a service had before. */
export interface FormerAddress {
  readonly formerUrl: string
  readonly accessUrl: string | null
  readonly closed: string | null
  readonly note: string | null
  readonly moveId: string | null
}

/** A document about a service, from its descriptor or from a capability of its record: a form, a manual, an OpenAPI document. */
export interface ServiceDocument {
  readonly url: string
  readonly description: string | null
}

/** A service as the list shows it. */
export interface ServiceEntry {
  readonly ivoid: string
  readonly shortName: string | null
  readonly title: string
  readonly description: string | null
  readonly referenceUrl: string | null
  readonly wavebands: readonly string[]
  readonly updated: string | null
  readonly interfaces: readonly ServiceInterface[]
  readonly formerAddresses: readonly FormerAddress[]
  readonly documents: readonly ServiceDocument[]
  readonly tableCount: number
  /** Names of the first tables. */
  readonly tables: readonly string[]
}

export const sortOrders = ['title', 'updated', 'ivoid'] as const
export type SortOrder = (typeof sortOrders)[number]

/** What the list is asked for. */
export interface ServiceFilter {
  /** Words that must all occur in title, description, short name or IVOID. */
  readonly words: string
  readonly standard: ServiceStandard | undefined
  /** Only services that had another address before. */
  readonly movedOnly: boolean
  readonly sort: SortOrder
  /** From 1. */
  readonly page: number
}

export interface ServicePage {
  readonly services: readonly ServiceEntry[]
  readonly hasMore: boolean
}

/** Services on one page. */
export const servicesPerPage = 50
const tablesShown = 8

/** The services of one page of the list. */
export async function findServices(
  filter: ServiceFilter,
  run: RunQuery,
  perPage = servicesPerPage,
): Promise<ServicePage> {
  const rows = await run(serviceListAdql(filter, perPage))
  const shown = rows.slice(0, perPage)
  const ivoids = shown.map((row) => text(row[0]))
  const details = await serviceDetails(ivoids, run)
  const services = shown.map((row) => serviceEntry(row, details))
  return { services, hasMore: rows.length > perPage }
}

/** The query behind the list: one row more than a page shows tells that there is another page. */
export function serviceListAdql(filter: ServiceFilter, perPage = servicesPerPage): string {
  const standards = filter.standard === undefined ? serviceStandards : [filter.standard]
  const spoken = standards.map((one) => `standard_id LIKE '${one.prefix}%'`).join(' OR ')
  // SIA 2 standard IDs begin as those of SIA 1 do.
  const except = filter.standard?.key === 'sia' ? ` AND standard_id NOT LIKE 'ivo://ivoa.net/std/sia#query-2%'` : ''
  const conditions = [
    `ivoid IN (SELECT ivoid FROM rr.capability WHERE (${spoken})${except})`,
    ...wordsOf(filter.words).map(wordCondition),
    ...(filter.movedOnly ? ['ivoid IN (SELECT ivoid FROM waymark.moved_access_url)'] : []),
  ]
  const order =
    filter.sort === 'updated' ? 'updated DESC, ivoid' : filter.sort === 'ivoid' ? 'ivoid' : 'res_title, ivoid'
  const offset = (filter.page - 1) * perPage
  return (
    `SELECT TOP ${perPage + 1} ivoid, short_name, res_title, res_description, reference_url, waveband, updated ` +
    `FROM rr.resource WHERE ${conditions.join(' AND ')} ORDER BY ${order}${offset > 0 ? ` OFFSET ${offset}` : ''}`
  )
}

/** At most eight words count; what LIKE gives a meaning to does not. */
function wordsOf(words: string): readonly string[] {
  return words
    .replace(/[%_]/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 8)
}

function wordCondition(word: string): string {
  const like = adqlText(`%${word}%`)
  const named = ['res_title', 'short_name', 'ivoid'].map((column) => `1 = ivo_nocasematch(${column}, ${like})`)
  return `(${named.join(' OR ')} OR 1 = ivo_hasword(res_description, ${adqlText(word)}))`
}

/** A text as ADQL literal. */
export function adqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

interface ServiceDetails {
  readonly interfaces: ReadonlyMap<string, readonly ServiceInterface[]>
  readonly formerAddresses: ReadonlyMap<string, readonly FormerAddress[]>
  readonly documents: ReadonlyMap<string, readonly ServiceDocument[]>
  readonly tableCounts: ReadonlyMap<string, number>
  readonly tables: ReadonlyMap<string, readonly string[]>
}

/** What other tables know about these resources; one query each. */
export async function serviceDetails(ivoids: readonly string[], run: RunQuery): Promise<ServiceDetails> {
  if (ivoids.length === 0)
    return {
      interfaces: new Map(),
      formerAddresses: new Map(),
      documents: new Map(),
      tableCounts: new Map(),
      tables: new Map(),
    }
  const these = `ivoid IN (${ivoids.map(adqlText).join(', ')})`
  const [interfaces, moved, documents, counts, tables] = await Promise.all([
    run(
      'SELECT ivoid, standard_id, access_url, std_version FROM rr.capability NATURAL JOIN rr.interface ' +
        `WHERE ${these} AND intf_role = 'std' ORDER BY ivoid, cap_index, intf_index`,
    ),
    run(
      'SELECT ivoid, former_url, access_url, closed, note, move_id FROM waymark.moved_access_url ' +
        `WHERE ${these} ORDER BY ivoid, former_url`,
    ),
    // RegTAP 1.2 §8.8: types of interfaces are in lower case.
    run(
      'SELECT ivoid, access_url, cap_description FROM rr.capability NATURAL JOIN rr.interface ' +
        `WHERE ${these} AND intf_type = 'vr:webbrowser' AND standard_id IS NULL ` +
        `UNION ALL SELECT ivoid, document_url, document_title FROM waymark.document WHERE ${these} ORDER BY ivoid, access_url`,
    ),
    run(`SELECT ivoid, COUNT(*) AS n FROM rr.res_table WHERE ${these} GROUP BY ivoid`),
    run(
      `SELECT ivoid, table_name FROM rr.res_table WHERE ${these} AND table_index <= ${tablesShown} ` +
        'ORDER BY ivoid, table_index',
    ),
  ])
  return {
    interfaces: groupRows(interfaces, interfaceOf),
    formerAddresses: groupRows(moved, formerAddressOf),
    documents: groupRows(documents, (row) => ({ url: text(row[1]), description: textOrNull(row[2]) })),
    tableCounts: new Map(counts.map((row) => [text(row[0]), Number(row[1])])),
    tables: groupRows(tables, (row) => text(row[1])),
  }
}

function serviceEntry(row: Row, details: ServiceDetails): ServiceEntry {
  const ivoid = text(row[0])
  return {
    ivoid,
    shortName: textOrNull(row[1]),
    title: textOrNull(row[2]) ?? ivoid,
    description: textOrNull(row[3]),
    referenceUrl: textOrNull(row[4]),
    wavebands: textOrNull(row[5])?.split('#') ?? [],
    updated: textOrNull(row[6]),
    // Support interfaces (VOSI, examples) are not what people look for.
    interfaces: withExamples(details.interfaces.get(ivoid) ?? []).filter((one) => one.standard !== undefined),
    formerAddresses: details.formerAddresses.get(ivoid) ?? [],
    documents: details.documents.get(ivoid) ?? [],
    tableCount: details.tableCounts.get(ivoid) ?? 0,
    tables: details.tables.get(ivoid) ?? [],
  }
}

/** Each interface with the examples that are registered below its address. */
function withExamples(interfaces: readonly ServiceInterface[]): readonly ServiceInterface[] {
  const examples = interfaces.filter((one) => one.standardId.startsWith('ivo://ivoa.net/std/dali#examples'))
  return interfaces.map((one) => ({
    ...one,
    examplesUrl: examples.find((page) => page.accessUrl.startsWith(`${one.accessUrl}/`))?.accessUrl ?? null,
  }))
}

function interfaceOf(row: Row): ServiceInterface {
  const standardId = text(row[1])
  return {
    standard: standardOf(standardId),
    standardId,
    accessUrl: text(row[2]),
    version: textOrNull(row[3]),
    examplesUrl: null,
  }
}

function formerAddressOf(row: Row): FormerAddress {
  const [, formerUrl, accessUrl, closed, note, moveId] = row
  return {
    formerUrl: text(formerUrl),
    accessUrl: textOrNull(accessUrl),
    closed: textOrNull(closed),
    note: textOrNull(note),
    moveId: textOrNull(moveId),
  }
}

/** A waveband as the vocabulary of messengers spells it; rr has them in lower case. */
export function wavebandName(waveband: string): string {
  return /^e?uv$/i.test(waveband) ? waveband.toUpperCase() : waveband.slice(0, 1).toUpperCase() + waveband.slice(1)
}

/** Rows by the text in their first cell. */
function groupRows<T>(rows: readonly Row[], make: (row: Row) => T): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const key = text(row[0])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [make(row)])
    else group.push(make(row))
  }
  return groups
}

/** A cell as text; NULL as empty. */
export function text(value: Value | undefined): string {
  return value === null || value === undefined ? '' : String(value)
}

/** A cell as text; NULL and empty as null. */
export function textOrNull(value: Value | undefined): string | null {
  const given = text(value)
  return given === '' ? null : given
}
