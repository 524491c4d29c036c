// A database file from elsewhere → is it one of ours? Tables and columns as declared, and nothing else that could act.
//
// Views and macros are the ones that matter: a view named as one of our tables, or a macro named as a function of ours,
// would run with every query. The file is opened read-only and locked as any generation is (duckdb-reader.ts).
import { RegistryError } from '../core/errors.js'
import { joinSql, type Row, type Sql, sql } from '../core/sql.js'
import { qualifiedName, type Schema, type Table } from '../tables/metadata.js'
import { trustedType } from './ddl.js'
import { duckdbDialect } from './duckdb-dialect.js'
import { storedColumns } from './duckdb-keys.js'
import type { Engine } from './engine.js'

type Reader = Pick<Engine, 'query'>

/** What may be in a database beside tables, and how to list it. Our own generations have none of these. */
const foreignObjects: readonly Sql[] = [
  sql`SELECT 'view', view_name FROM duckdb_views() WHERE NOT internal`,
  sql`SELECT 'macro', function_name FROM duckdb_functions() WHERE NOT internal`,
  sql`SELECT 'type', type_name FROM duckdb_types() WHERE NOT internal AND database_name = current_database()`,
  sql`SELECT 'sequence', sequence_name FROM duckdb_sequences()`,
  sql`SELECT 'index', index_name FROM duckdb_indexes()`,
]

/**
 * Holds the file to the declared tables: each with the same columns of the same types, in order. Throws kind `invalid`
 * with the first thing that is other.
 */
export async function checkShape(reader: Reader, schemas: readonly Schema[]): Promise<void> {
  for (const query of foreignObjects)
    for (const [kind, name] of await rowsOf(reader, query))
      throw notOurs(`it has a ${kind} "${String(name).slice(0, 60)}"; generations consist of tables only`)
  const present = await presentColumns(reader)
  const types = await typeNames(reader)
  for (const table of schemas.flatMap((schema) => schema.tables)) {
    const found = present.get(qualifiedName(table))
    if (found === undefined) throw notOurs(`it has no table ${qualifiedName(table)}`)
    const expected = columnsOf(table, types)
    const place = expected.findIndex((column, index) => column !== found[index])
    if (place !== -1 || found.length !== expected.length) {
      const index = place === -1 ? expected.length : place
      throw notOurs(
        `${qualifiedName(table)} has ${found[index] ?? 'nothing'} as column ${index + 1}, where this version expects ${expected[index] ?? 'none'}`,
      )
    }
  }
}

/** `"ivoid" VARCHAR` for each column as it is stored. */
function columnsOf(table: Table, types: ReadonlyMap<string, string>): readonly string[] {
  return storedColumns(table).map((column) => {
    const type = duckdbDialect.columnType(column)
    return `"${column.name}" ${types.get(type) ?? type}`
  })
}

/** DuckDB's own names of the types that the dialect names: `DOUBLE PRECISION` is `DOUBLE` there. */
async function typeNames(reader: Reader): Promise<ReadonlyMap<string, string>> {
  const words = ['BOOLEAN', 'SMALLINT', 'INTEGER', 'BIGINT', 'REAL', 'DOUBLE PRECISION', 'VARCHAR', 'BLOB', 'TIMESTAMP']
  const spelled = words.flatMap((word) => [word, `${word}[]`])
  const casts = joinSql(spelled.map((word) => sql`typeof(CAST(NULL AS ${trustedType(word)}))`))
  const [row = []] = await rowsOf(reader, sql`SELECT ${casts}`)
  return new Map(spelled.map((word, index) => [word, String(row[index])]))
}

async function presentColumns(reader: Reader): Promise<ReadonlyMap<string, readonly string[]>> {
  const columns = new Map<string, string[]>()
  const query = sql`SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns()
    WHERE database_name = current_database() AND NOT internal ORDER BY schema_name, table_name, column_index`
  for (const [schema, table, name, type] of await rowsOf(reader, query)) {
    const key = `${schema}.${table}`
    columns.set(key, [...(columns.get(key) ?? []), `"${name}" ${type}`])
  }
  return columns
}

async function rowsOf(reader: Reader, query: Sql): Promise<readonly Row[]> {
  const rows: Row[] = []
  for await (const batch of reader.query(query)) rows.push(...batch)
  return rows
}

function notOurs(found: string): RegistryError {
  return new RegistryError(
    'invalid',
    `The data are not of the form that this version of the program reads: ${found}. Use the version that made them, or have them made by this one.`,
  )
}
