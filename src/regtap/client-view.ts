// A record → what registry clients see of it: its interfaces and tables, in the very words of the rr tables.
import { foldIvoid } from '../core/ivoid.js'
import type { Row, Value } from '../core/sql.js'
import { findTable } from '../tables/declared.js'
import type { Schema } from '../tables/metadata.js'
import { readXml } from '../xml/reader.js'
import { recordMapper } from './rows.js'

/** One row of rr.interface with its capability; texts are empty where the tables have NULL. */
export interface SeenInterface {
  /** From 1, through the whole record. */
  readonly capabilityIndex: number
  readonly interfaceIndex: number
  readonly capabilityType: string
  /** Lower case, as all below. */
  readonly standardId: string
  readonly type: string
  readonly role: string
  readonly version: string
  readonly accessUrl: string
  readonly description: string
}

export interface SeenResource {
  readonly ivoid: string
  readonly interfaces: readonly SeenInterface[]
  /** Number of tables it declares. */
  readonly tables: number
  /** IVOIDs in lower case of the services that serve it. */
  readonly servedBy: readonly string[]
}

/** Prepares reading records that way; declarations are read once. */
export function clientView(schemas: readonly Schema[]): (ivoid: string, xml: string) => SeenResource {
  const map = recordMapper(schemas)
  const cells = (name: string): ((row: Row) => (column: string) => Value) => {
    const columns = findTable(schemas, `rr.${name}`).columns.map((column) => column.name)
    return (row) => (column) => row[columns.indexOf(column)] ?? null
  }
  const [capabilityCells, interfaceCells, relationCells] = [
    cells('capability'),
    cells('interface'),
    cells('relationship'),
  ]
  return (ivoid, xml) => {
    const rows = map(readXml(xml), foldIvoid(ivoid))
    const of = (name: string) => [...(rows.get(`rr.${name}`) ?? [])]
    const capabilities = new Map(
      of('capability').map((row) => {
        const cell = capabilityCells(row)
        return [Number(cell('cap_index')), cell] as const
      }),
    )
    const interfaces = of('interface').map((row): SeenInterface => {
      const cell = interfaceCells(row)
      const capabilityIndex = Number(cell('cap_index'))
      const capability = capabilities.get(capabilityIndex) ?? (() => null)
      return {
        capabilityIndex,
        interfaceIndex: Number(cell('intf_index')),
        capabilityType: text(capability('cap_type')),
        standardId: text(capability('standard_id')),
        type: text(cell('intf_type')),
        role: text(cell('intf_role')),
        version: text(cell('std_version')),
        accessUrl: text(cell('access_url')),
        description: text(capability('cap_description')),
      }
    })
    const relations = of('relationship').map(relationCells)
    return {
      ivoid,
      interfaces,
      tables: of('res_table').length,
      servedBy: relations
        .filter((cell) => cell('relationship_type') === 'isservedby')
        .map((cell) => text(cell('related_id'))),
    }
  }
}

function text(value: Value): string {
  return value === null ? '' : String(value)
}
