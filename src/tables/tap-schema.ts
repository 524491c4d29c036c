// Table declarations → the rows of TAP_SCHEMA (TAP 1.1 §4).
import type { Row } from '../core/sql.js'
import { sizeOf } from './datatypes.js'
import { adqlColumnName, qualifiedName, type Schema, type Table } from './metadata.js'

/** Rows by qualified table name, cells in the order of schemas/tables/tap_schema.json. */
export type TapSchemaRows = ReadonlyMap<string, readonly Row[]>

/** TAP_SCHEMA for these schemas; it describes itself when its own declaration is among them. */
export function tapSchemaRows(schemas: readonly Schema[]): TapSchemaRows {
  const tables = schemas.flatMap((schema) => schema.tables)
  const listed = new Set(tables.map(qualifiedName))
  const keys = tables.flatMap((table) =>
    table.foreignKeys
      // A key must lead to a table that is listed (TAP 1.1 §4.4).
      .filter((key) => listed.has(key.targetTable))
      .map((key, index) => ({ table, key, id: `${qualifiedName(table)}-${index + 1}` })),
  )
  return new Map<string, readonly Row[]>([
    [
      'tap_schema.schemas',
      schemas.map((schema, index): Row => [schema.name, schema.utype ?? null, schema.description ?? null, index + 1]),
    ],
    ['tap_schema.tables', tables.map(tableRow)],
    ['tap_schema.columns', tables.flatMap(columnRows)],
    [
      'tap_schema.keys',
      keys.map(
        ({ table, key, id }): Row => [
          id,
          qualifiedName(table),
          key.targetTable,
          key.description ?? null,
          key.utype ?? null,
        ],
      ),
    ],
    [
      'tap_schema.key_columns',
      keys.flatMap(({ key, id }) => key.columns.map((pair): Row => [id, pair.from, pair.target])),
    ],
  ])
}

function tableRow(table: Table, index: number): Row {
  return [table.schema, qualifiedName(table), table.type, table.utype ?? null, table.description ?? null, index + 1]
}

function columnRows(table: Table): readonly Row[] {
  return table.columns.map((column, index) => [
    qualifiedName(table),
    adqlColumnName(column),
    column.datatype,
    column.arraysize ?? null,
    column.xtype ?? null,
    sizeOf(column),
    column.description ?? null,
    column.utype ?? null,
    column.unit ?? null,
    column.ucd ?? null,
    column.indexed ? 1 : 0,
    column.principal ? 1 : 0,
    column.std ? 1 : 0,
    index + 1,
  ])
}
