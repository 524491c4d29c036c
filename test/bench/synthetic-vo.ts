// The generator of a synthetic Virtual Observatory (beside the project) → resources as rows of the `rr` tables,
// changed in so far as a VOResource record can state them.
import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { sharedFolder } from '../support/schemas.js'

export type Cell = string | number | null
export type CellRow = readonly Cell[]

/** Rows of one resource by table name; cells in the order of `SyntheticVo.columns`. */
export type ResourceRows = Readonly<Record<SyntheticTable, readonly CellRow[]>>

const tableNames = [
  'resource',
  'res_role',
  'res_subject',
  'capability',
  'res_schema',
  'res_table',
  'table_column',
  'interface',
  'intf_param',
  'relationship',
  'validation',
  'res_date',
  'res_detail',
  'alt_identifier',
  'stc_spatial',
  'stc_temporal',
  'stc_spectral',
  'moc_range',
] as const
export type SyntheticTable = (typeof tableNames)[number]

export interface SyntheticVo {
  /** Resource number `index` (from 0); the same index, seed and version always give the same rows. */
  resource(index: number, seed: number, version: number): ResourceRows
  ivoidOf(index: number): string
  /** `viz` (85 % of all), `sia`, `ssa`, `tap`, `auth`, `org`, `reg`, `std`, `dres`. */
  kindOf(index: number): string
  /** Column names of a table, in the order of the cells. */
  columns(table: SyntheticTable): readonly string[]
}

const generatorFile = `${sharedFolder}/bench/gen.mjs`
export const hasGenerator = existsSync(generatorFile)

/** Loads the generator. Throws with the place it was looked for when it is not there. */
export async function loadSyntheticVo(): Promise<SyntheticVo> {
  if (!hasGenerator) {
    throw new Error(
      'The generator of the synthetic VO is missing: expected ../shared/bench/gen.mjs beside this repository. ' +
        'The benchmarks at VO scale cannot run without it; everything else can.',
    )
  }
  const generator = (await import(pathToFileURL(generatorFile).href)) as {
    resource(index: number, seed: number, version: number): ResourceRows
    ivoidOf(index: number): string
    kindOf(index: number): string
  }
  const schema = (await import(pathToFileURL(`${sharedFolder}/bench/schema.mjs`).href)) as {
    cols(table: string): readonly string[]
  }
  return {
    resource: (index, seed, version) => statable(generator.resource(index, seed, version), generator.kindOf(index)),
    ivoidOf: generator.ivoidOf,
    kindOf: generator.kindOf,
    columns: schema.cols,
  }
}

// Kinds whose resource type has rights, and those with coverage (VOResource 1.2 §3, VODataService 1.2 §3.2).
const withoutRights = new Set(['auth', 'org', 'std'])
const withoutCoverage = new Set(['auth', 'org', 'std', 'reg'])

// Positions of cells that are changed below.
const wavebandAt = 15
const regionOfRegardAt = 14
const rightsAt = 16
const rightsUriAt = 17

/**
 * The generator makes some rows that no valid record can lead to: an authority with a waveband, `/format` outside
 * data collections, a spectral service without its obligatory compliance level. This gives the nearest rows that one can.
 */
function statable(rows: ResourceRows, kind: string): ResourceRows {
  const resource = rows.resource.map((row) => {
    const cells = [...row]
    if (withoutRights.has(kind)) cells[rightsAt] = cells[rightsUriAt] = null
    if (withoutCoverage.has(kind)) cells[wavebandAt] = cells[regionOfRegardAt] = null
    return cells
  })
  const details = rows.res_detail.map(([ivoid, capability, xpath, value]): CellRow => {
    if (xpath === '/format') return [ivoid ?? null, null, '/facility', value ?? null]
    if (xpath === '/rights') return [ivoid ?? null, null, '/instrument', value ?? null]
    return [ivoid ?? null, capability ?? null, xpath ?? null, value ?? null]
  })
  const [ivoid = null] = resource[0] ?? []
  const rights = resource[0]?.[rightsAt] ?? null
  const rightsUri = resource[0]?.[rightsUriAt] ?? null
  if (rights !== null) details.push([ivoid, null, '/rights', rights])
  if (rightsUri !== null) details.push([ivoid, null, '/rights/@rightsURI', rightsUri])
  for (const capability of rows.capability) details.push(...obligatoryDetails(capability, details))
  for (const intf of rows.interface) {
    if (intf[12] === 1) details.push([intf[0] ?? null, intf[1] ?? null, securityXpath, securityMethod])
  }
  const bare = { ...rows, resource, res_detail: details }
  return withoutCoverage.has(kind)
    ? { ...bare, stc_spatial: [], stc_temporal: [], stc_spectral: [], moc_range: [] }
    : bare
}

const securityXpath = '/capability/interface/securityMethod/@standardID'
export const securityMethod = 'ivo://ivoa.net/sso#BasicAA'

/** What the schemas demand of a capability beyond what the generator says. */
function obligatoryDetails([ivoid = null, index = null, type]: CellRow, details: readonly CellRow[]): CellRow[] {
  switch (type) {
    case 'ssap:simplespectralaccess':
      return [[ivoid, index, '/capability/complianceLevel', 'full']]
    case 'sia:simpleimageaccess':
      return [[ivoid, index, '/capability/maxImageExtent/long', '10']]
    case 'tr:tableaccess': {
      const models = details.filter((row) => row[1] === index && row[2] === '/capability/dataModel/@ivo-id')
      return [
        [ivoid, index, '/capability/outputLimit/default/@unit', 'row'],
        ...models.map((row): CellRow => [ivoid, index, '/capability/dataModel', dataModelName(String(row[3]))]),
      ]
    }
    default:
      return []
  }
}

/** `ivo://ivoa.net/std/ObsCore#core-1.1` → `ObsCore`. */
export function dataModelName(ivoid: string): string {
  return ivoid.replace(/^.*\//, '').replace(/#.*$/, '')
}
