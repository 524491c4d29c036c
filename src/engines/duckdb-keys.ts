// IVOIDs → numbers in a column of their own, by which DuckDB finds the rows of a resource.
//
// DuckDB skips row groups whose smallest and greatest value cannot match, but of a text it keeps eight bytes only, and
// every IVOID begins with the same six. So each table stored in order of `ivoid` has a further column with a number
// made from it, and is stored in order of that number. Nobody sees the column: ADQL knows declared columns only.
// The publisher comes first in the number, because records of one publisher resemble each other: in an order without
// any likeness, other searches took up to three times as long.
import { ivoidNumber } from '../core/ivoid.js'
import { identifier, joinSql, type Row, type Sql, sql } from '../core/sql.js'
import type { Table } from '../tables/metadata.js'
import type { ColumnShape } from './ddl.js'
import { isNumbered, numberColumn } from './duckdb-numbers.js'
import type { Engine } from './engine.js'

const ivoidColumn = 'ivoid'
/** The column with the numbers. */
export const keyColumn: ColumnShape = { name: 'ivoid_key', datatype: 'long' }

/** The number as SQL of a table with the column `ivoid`: the same as `ivoidNumber`. */
const keyOfIvoid: Sql = (() => {
  const bits = (text: Sql) => sql`CAST('0x' || left(sha256(${text}), 8) AS BIGINT)`
  const ivoid = identifier(ivoidColumn)
  return sql`(${bits(sql`split_part(${ivoid}, '/', 3)`)} // 2048 * 4294967296 + ${bits(ivoid)})`
})()

/** Of a declared table: its rows get numbers. */
export function isKeyed({ sortedBy }: Pick<Table, 'sortedBy'>): boolean {
  return sortedBy?.[0] === ivoidColumn
}

/** Columns as they are stored, with those that nobody sees at the end. */
export function storedColumns(table: Pick<Table, 'columns' | 'sortedBy'>): readonly ColumnShape[] {
  return [...table.columns, ...(isKeyed(table) ? [keyColumn] : []), ...(isNumbered(table) ? [numberColumn] : [])]
}

/** Columns that rows are stored in order of. */
export function storedOrder({ sortedBy = [] }: Pick<Table, 'sortedBy'>): readonly string[] {
  return isKeyed({ sortedBy }) ? [keyColumn.name, ...sortedBy] : sortedBy
}

/** Of the order that a table is stored in: its rows have numbers. */
export function hasKeys(order: readonly string[]): boolean {
  return order[0] === keyColumn.name
}

/** Of the order that a table is stored in: an earlier version stored its rows without numbers. */
export function lacksKeys(order: readonly string[]): boolean {
  return order[0] === ivoidColumn
}

/** What to select from a table, stored in some order, to store it anew; numbers are made where there are none. */
export function storedSelection(order: readonly string[]): Sql {
  return lacksKeys(order) ? sql`*, ${keyOfIvoid} AS ${identifier(keyColumn.name)}` : sql`*`
}

/** Names and types without those of columns that nobody sees. */
export function declaredOnly(columns: readonly Row[]): readonly Row[] {
  return columns.filter(([name]) => name !== keyColumn.name && name !== numberColumn.name)
}

/** Rows of a table with further cells at the end, each made from the IVOID; NULL beside one that is NULL. */
export function* besideIvoids(
  columns: Table['columns'],
  rows: Iterable<Row>,
  makers: readonly ((ivoid: string) => number)[],
): Iterable<Row> {
  const index = columns.findIndex((column) => column.name === ivoidColumn)
  // Rows of one resource come one after the other.
  let ivoid: Row[number] = null
  let cells: Row = makers.map(() => null)
  for (const row of rows) {
    const next = row[index] ?? null
    if (next !== ivoid) {
      ivoid = next
      cells = makers.map((make) => (typeof next === 'string' ? make(next) : null))
    }
    yield row.concat(cells)
  }
}

/** `alias."ivoid_key" IN (…)`: true wherever the ivoid is one of these. */
export function keyCondition(alias: Sql, ivoids: readonly string[]): Sql {
  // Literals lose NUL (core/sql.ts).
  const keys = [...new Set(ivoids.map((ivoid) => ivoidNumber(ivoid.replaceAll('\0', ''))))]
  const column = sql`${alias}.${identifier(keyColumn.name)}`
  const [only] = keys
  return keys.length === 1 && only !== undefined
    ? sql`(${column} = ${only})`
    : sql`(${column} IN (${joinSql(keys.map((key) => sql`${key}`))}))`
}

/** Qualified names of the tables of a generation that have a column; one of an earlier version lacks some. */
export async function tablesWith(column: ColumnShape, generation: Pick<Engine, 'query'>): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  const query = sql`SELECT schema_name, table_name FROM duckdb_columns()
    WHERE database_name = current_database() AND column_name = ${column.name}`
  for await (const rows of generation.query(query)) for (const [schema, table] of rows) names.add(`${schema}.${table}`)
  return names
}
