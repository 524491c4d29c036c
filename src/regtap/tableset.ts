// tableset → rr.res_schema, rr.res_table, rr.table_column (RegTAP 1.2 §8.5 to §8.7).
import type { Row } from '../core/sql.js'
import { xsiNamespace } from '../xml/namespaces.js'
import { attributeOf, childElements, firstChild, type XmlElement } from '../xml/reader.js'
import type { RowMapper } from './row-mapper.js'

/** Row mappers of the tables filled here; tables and columns occur inside a schema and, in old records, alone. */
export interface TablesetMappers {
  readonly res_schema: RowMapper
  readonly res_table: RowMapper
  readonly table_column: RowMapper
  readonly loneTable: RowMapper
  readonly loneColumn: RowMapper
}

export interface TablesetRows {
  readonly res_schema: readonly Row[]
  readonly res_table: readonly Row[]
  readonly table_column: readonly Row[]
}

/** Rows of all tables of a record. Schemas and tables are numbered from 1 through the whole record. */
export function tablesetRows(resource: XmlElement, ivoid: string, mappers: TablesetMappers): TablesetRows {
  const rows = { res_schema: [] as Row[], res_table: [] as Row[], table_column: [] as Row[] }
  let schemas = 0
  let tables = 0
  for (const tableset of childElements(resource, 'tableset')) {
    for (const schema of childElements(tableset, 'schema')) {
      const schema_index = ++schemas
      rows.res_schema.push(mappers.res_schema([resource, tableset, schema], { ivoid, schema_index }))
      for (const table of childElements(schema, 'table')) {
        const table_index = ++tables
        rows.res_table.push(
          mappers.res_table([resource, tableset, schema, table], { ivoid, schema_index, table_index }),
        )
        for (const column of childElements(table, 'column')) {
          const path = [resource, tableset, schema, table, column] as const
          rows.table_column.push(mappers.table_column(path, { ivoid, table_index, ...typeSystem(column) }))
        }
      }
    }
  }
  // VODataService 1.0 has tables right in the resource, or in a catalog of it.
  for (const holder of [resource, ...childElements(resource, 'catalog')]) {
    for (const table of childElements(holder, 'table')) {
      const table_index = ++tables
      rows.res_table.push(mappers.loneTable([resource, table], { ivoid, table_index }))
      for (const column of childElements(table, 'column')) {
        const path = [resource, table, column] as const
        rows.table_column.push(mappers.loneColumn(path, { ivoid, table_index, ...typeSystem(column) }))
      }
    }
  }
  return rows
}

/** Type systems are VODataService's, whatever prefix the record writes (RegTAP 1.2 §8.7). */
function typeSystem(column: XmlElement): { readonly type_system?: string } {
  const dataType = firstChild(column, 'dataType')
  const written = dataType === undefined ? undefined : attributeOf(dataType, 'type', xsiNamespace)?.trim()
  if (written === undefined || written === '') return {}
  return { type_system: `vs:${written.slice(written.indexOf(':') + 1).toLowerCase()}` }
}
