// Table declarations → the indexes that PostgreSQL needs to answer the queries of RegTAP clients quickly.
import { identifier, joinSql, type Sql, sql } from '../core/sql.js'
import type { Column, Table } from '../tables/metadata.js'
import { storageOf } from './column-storage.js'
import { tableName } from './ddl.js'

/** Columns that people search for words or parts of names, in a form without case. */
const searched = /title|description|subject|role_name|^name$/

/** CREATE INDEX statements for one table; those with trigrams only where the extension pg_trgm is there. */
export function indexStatements(table: Table, hasTrigrams: boolean): readonly Sql[] {
  const on = tableName(table)
  const order = table.sortedBy ?? []
  const statements = order.length === 0 ? [] : [sql`CREATE INDEX ON ${on} (${joinSql(order.map(identifier))})`]
  for (const column of table.columns.filter((candidate) => candidate.indexed && candidate.name !== order[0])) {
    const name = identifier(column.name)
    if (isShort(column)) statements.push(sql`CREATE INDEX ON ${on} (${name})`)
    // Texts of any length: a btree refuses long ones, and one odd record must not stop the others.
    else if (hasTrigrams && column.xtype === undefined && storageOf(column).kind === 'text') {
      statements.push(sql`CREATE INDEX ON ${on} USING gin (${name} gin_trgm_ops)`)
      // ivo_hasword looks into lower(column).
      if (searched.test(column.name))
        statements.push(sql`CREATE INDEX ON ${on} USING gin (lower(${name}) gin_trgm_ops)`)
    }
  }
  return statements
}

/** Fits into a btree whatever it holds: numbers, times, text of stated length, and our own keys. */
function isShort(column: Column): boolean {
  const { kind } = storageOf(column)
  if (kind === 'text') return /^\d+$/.test(column.arraysize ?? '1') || /ivoid$|^word$|^key$/.test(column.name)
  return kind !== 'numbers' && kind !== 'bytes'
}
