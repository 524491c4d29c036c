// Table declarations → CREATE SCHEMA and CREATE TABLE statements of an engine.
import type { Dialect } from '../adql/dialect.js'
import { identifier, joinSql, type Sql, sql } from '../core/sql.js'
import type { ColumnType } from '../tables/metadata.js'

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
