// Table declarations → a generation ready to be filled: every table there, TAP_SCHEMA written.
import { identifier, type Row, type Sql, sql } from '../core/sql.js'
import type { Transaction } from '../engines/engine.js'
import { findTable, privateSchema } from '../tables/declared.js'
import type { Schema, Table } from '../tables/metadata.js'
import { selectRows } from '../tables/select-rows.js'
import { tapSchemaRows } from '../tables/tap-schema.js'

/** Key in x.meta: a name that generations made from one another share, and no other one has. */
export const lineageKey = 'lineage'

/** The present lineage: one row of one text, or no row. */
export const lineageQuery: Sql = sql`SELECT value FROM x.meta WHERE key = ${lineageKey}`

const startLineage: Sql = sql`INSERT INTO x.meta
  SELECT ${lineageKey}, CAST(gen_random_uuid() AS VARCHAR)
  WHERE NOT EXISTS (SELECT 1 FROM x.meta WHERE key = ${lineageKey})`

/**
 * Creates what is missing of the public schemas and our private one, and brings TAP_SCHEMA up to date. Tables that
 * exist keep their rows; the engine refuses a table whose columns have changed.
 */
export async function prepareGeneration(next: Transaction, schemas: readonly Schema[]): Promise<void> {
  // What users know as a view (rr.tap_table) is stored as a table and filled at ingest.
  const stored = schemas.map((schema) => ({
    ...schema,
    tables: schema.tables.map((table): Table => ({ ...table, type: 'table' })),
  }))
  await next.createTables([...stored, privateSchema()])
  await next.run(startLineage)
  for (const [name, rows] of tapSchemaRows(schemas)) await replaceRows(next, findTable(schemas, name), rows)
}

/** Writes all rows of a small table, unless they are there already. */
async function replaceRows(next: Transaction, table: Table, rows: readonly Row[]): Promise<void> {
  const name = sql`${identifier(table.schema)}.${identifier(table.name)}`
  const present: string[] = []
  for await (const batch of next.query(selectRows(table))) present.push(...batch.map((row) => rowKey(row)))
  const wanted = rows.map(rowKey)
  if (present.length === wanted.length && sameTexts(present, wanted)) return
  await next.run(sql`DELETE FROM ${name}`)
  await next.append(table, rows)
}

function rowKey(row: Row): string {
  return JSON.stringify(row)
}

function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  const sorted = other.toSorted()
  return one.toSorted().every((text, index) => text === sorted[index])
}
