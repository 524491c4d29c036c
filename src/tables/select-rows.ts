// A declared table → the query for its rows, cells in the order of its columns. `SELECT *` is not that: an engine may
// keep columns of its own beside the declared ones.
import { identifier, joinSql, type Sql, sql } from '../core/sql.js'
import type { Table } from './metadata.js'

/** All rows of a table as declared. */
export function selectRows(table: Pick<Table, 'schema' | 'name' | 'columns'>): Sql {
  const columns = joinSql(table.columns.map((column) => identifier(column.name)))
  return sql`SELECT ${columns} FROM ${identifier(table.schema)}.${identifier(table.name)}`
}
