// Table declarations → CREATE SCHEMA and CREATE TABLE statements of an engine.
import type { Dialect } from '../adql/dialect.js'
import { identifier, joinSql, type Row, type Sql, sql } from '../core/sql.js'
import type { ColumnType, Table } from '../tables/metadata.js'

/** Name and type of one column, as a table has it or should have it. */
export interface ColumnShape extends ColumnType {
  readonly name: string
}

/** `"rr"."resource"`. */
export function tableName(table: { readonly schema: string; readonly name: string }): Sql {
  return sql`${identifier(table.schema)}.${identifier(table.name)}`
}

/** `CREATE SCHEMA IF NOT EXISTS "rr"`. */
export function createSchema(name: string): Sql {
  return sql`CREATE SCHEMA IF NOT EXISTS ${identifier(name)}`
}

/**
 * `CREATE TABLE "rr"."resource" ("ivoid" VARCHAR, …)`. Neither keys nor NOT NULL: the only writer checks what it
 * writes, and DuckDB must have no index of any kind (ARCHITECTURE 8.1, rule 1).
 */
export function createTable(
  table: { readonly schema: string; readonly name: string; readonly columns: readonly ColumnShape[] },
  dialect: Dialect,
): Sql {
  return sql`CREATE TABLE ${tableName(table)} (${columnList(table.columns, dialect)})`
}

/** `"ivoid" VARCHAR, "level" INTEGER`: the inside of a CREATE TABLE. */
export function columnList(columns: readonly ColumnShape[], dialect: Dialect): Sql {
  return joinSql(columns.map((column) => sql`${identifier(column.name)} ${trustedType(dialect.columnType(column))}`))
}

/**
 * Statements that add the columns that a table lacks. Undefined when more is different than that columns which may be
 * empty are missing at its end. Both lists are of names and types in the engine's own words.
 */
export function addColumns(
  table: Pick<Table, 'schema' | 'name' | 'columns'>,
  present: readonly Row[],
  declared: readonly Row[],
  dialect: Dialect,
): readonly Sql[] | undefined {
  const isSame = present.every((column, index) => JSON.stringify(column) === JSON.stringify(declared[index]))
  const added = table.columns.slice(present.length)
  if (!isSame || !added.every(({ nullable }) => nullable)) return undefined
  return added.map((column) => sql`ALTER TABLE ${tableName(table)} ADD COLUMN ${columnList([column], dialect)}`)
}

const typeWords = new Map<string, Sql>([
  ['BOOLEAN', sql`BOOLEAN`],
  ['SMALLINT', sql`SMALLINT`],
  ['INTEGER', sql`INTEGER`],
  ['BIGINT', sql`BIGINT`],
  ['REAL', sql`REAL`],
  ['DOUBLE PRECISION', sql`DOUBLE PRECISION`],
  ['VARCHAR', sql`VARCHAR`],
  ['TEXT', sql`TEXT`],
  ['BLOB', sql`BLOB`],
  ['BYTEA', sql`BYTEA`],
  ['TIMESTAMP', sql`TIMESTAMP`],
])

/** The name of a type as SQL; an unknown one is a mistake of the dialect, so it throws. */
export function trustedType(name: string): Sql {
  const isArray = name.endsWith('[]')
  const word = typeWords.get(isArray ? name.slice(0, -2) : name)
  if (word === undefined) throw new TypeError(`the dialect names an unknown type: ${name}`)
  return isArray ? sql`${word}[]` : word
}
