// Text of a query → SQL for an engine, and the columns of its result. The whole road in one call (ARCHITECTURE 3.4).
import type { Sql } from '../core/sql.js'
import type { ColumnDescription, Schema } from '../tables/metadata.js'
import { describeOutput } from './describe.js'
import type { Dialect } from './dialect.js'
import { Source } from './errors.js'
import { parseSource } from './parser.js'
import { resolveAdql } from './resolve.js'
import type { UploadedTable } from './resolve-tables.js'
import type { Source as RelationSource } from './resolved.js'
import { translateQuery } from './translate.js'

export interface CompileOptions {
  /** Schemas that may be asked. */
  readonly schemas: readonly Schema[]
  /** Tables in TAP_UPLOAD for this query. */
  readonly uploads?: readonly UploadedTable[]
  readonly dialect: Dialect
  /** Most rows that are wanted; TOP may want fewer. Absent for all. */
  readonly maxRows?: number
  /** Without what only makes it faster; tests compare the answers. */
  readonly isPlain?: boolean
}

export interface CompiledQuery {
  readonly sql: Sql
  /** One per select item, named as the query wrote them; names may repeat. */
  readonly columns: readonly ColumnDescription[]
  /** Qualified names of the tables that are read. */
  readonly tables: readonly string[]
  /** `lookup`: a few tables, each asked for resources that the query names. */
  readonly lane: 'lookup' | 'general'
}

/** Who compiles the queries of a service, here or aside. */
export interface Compiler {
  /** `maxRows`: most rows that are wanted. Rejects with AdqlError, or kinds `limit` and `unavailable` where it takes too long. */
  compile(text: string, uploads: readonly UploadedTable[], maxRows: number): Promise<CompiledQuery>
}

/**
 * Compiles a query. Throws AdqlError (kind `invalid`) with line, column and advice; other errors are our mistakes.
 *
 *     compileAdql('SELECT TOP 3 ivoid FROM rr.resource', { schemas: declaredSchemas(), dialect: duckdbDialect })
 */
export function compileAdql(text: string, options: CompileOptions): CompiledQuery {
  const source = new Source(text)
  const tree = parseSource(source)
  const { schemas, uploads = [], dialect, maxRows, isPlain = false } = options
  const { query, tables } = resolveAdql(tree, { source, schemas, uploads })
  const translated = translateQuery(query, {
    source,
    schemas,
    dialect,
    isPlain,
    ...(maxRows !== undefined && { maxRows }),
  })
  const columns = query.columns.map(describeOutput)
  const isLookup = isCheap(translated.sources, translated.pinned)
  return { sql: translated.sql, columns, tables, lane: isLookup ? 'lookup' : 'general' }
}

/** A single small table, or a few different ones of which only the rows of named resources are read. */
function isCheap(sources: readonly RelationSource[], pinned: ReadonlySet<RelationSource>): boolean {
  const tables = sources.flatMap((source) =>
    source.kind === 'base' && source.origin.kind === 'declared' ? [source.origin.table] : [],
  )
  if (tables.length !== sources.length || sources.length === 0 || sources.length > 4) return false
  // The same table twice may be multiplied with itself.
  if (new Set(tables).size < tables.length) return false
  if (tables.length === 1 && tables[0]?.schema === 'tap_schema') return true
  return sources.every((source) => pinned.has(source))
}
