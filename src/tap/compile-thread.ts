// A thread that compiles queries for the serving thread: ADQL in, SQL or the mistake out. It may be ended at any moment.
import { parentPort, workerData } from 'node:worker_threads'
import { compileAdql } from '../adql/compile.js'
import type { Dialect } from '../adql/dialect.js'
import { AdqlError, type Span } from '../adql/errors.js'
import type { UploadedTable } from '../adql/resolve-tables.js'
import { asRegistryError, type ErrorKind } from '../core/errors.js'
import { duckdbDialect, generationDialect } from '../engines/duckdb-dialect.js'
import { postgresqlDialect } from '../engines/postgresql-dialect.js'
import type { ColumnDescription, Schema } from '../tables/metadata.js'

/** What the thread is started with. */
export interface CompileThreadData {
  readonly schemas: readonly Schema[]
}

export interface CompileRequest {
  /** What can be sent of the dialect. */
  readonly dialect: Pick<Dialect, 'name' | 'extras'>
  readonly text: string
  readonly uploads: readonly UploadedTable[]
  readonly maxRows: number
}

export type CompileAnswer =
  | {
      readonly kind: 'compiled'
      readonly sqlText: string
      readonly columns: readonly ColumnDescription[]
      readonly tables: readonly string[]
      readonly lane: 'lookup' | 'general'
    }
  /** A mistake in the query. */
  | { readonly kind: 'mistake'; readonly sentence: string; readonly span: Span }
  | { readonly kind: 'failed'; readonly errorKind: ErrorKind; readonly message: string; readonly cause: string }

function answer({ dialect, text, uploads, maxRows }: CompileRequest, { schemas }: CompileThreadData): CompileAnswer {
  try {
    const compiled = compileAdql(text, { schemas, uploads, dialect: madeAgain(dialect), maxRows })
    const { columns, tables, lane } = compiled
    return { kind: 'compiled', sqlText: compiled.sql.text, columns, tables, lane }
  } catch (thrown) {
    if (thrown instanceof AdqlError) return { kind: 'mistake', sentence: thrown.sentence, span: thrown.span }
    const { kind, message } = asRegistryError(thrown)
    return {
      kind: 'failed',
      errorKind: kind,
      message,
      cause: thrown instanceof Error ? thrown.message : String(thrown),
    }
  }
}

function madeAgain({ name, extras }: CompileRequest['dialect']): Dialect {
  if (name === postgresqlDialect.name) return postgresqlDialect
  return extras === undefined ? duckdbDialect : generationDialect(extras)
}

const data = workerData as CompileThreadData
parentPort?.on('message', (request: CompileRequest) => parentPort?.postMessage(answer(request, data)))
