// A TAP request → a result table whose rows are pulled as they are sent. Sync answers, jobs and pages all come here.

import { type Compiler, compileAdql } from '../adql/compile.js'
import type { Clock } from '../core/clock.js'
import { counted } from '../core/counted.js'
import { asRegistryError, RegistryError } from '../core/errors.js'
import type { Row } from '../core/sql.js'
import type { Engine } from '../engines/engine.js'
import type { Schema } from '../tables/metadata.js'
import type { ResultInfo, ResultTable, RowEncodingName, UploadedRows } from '../tables/result.js'
import { isLegalText } from '../xml/escape.js'
import { rowLimit, type TapLimits } from './limits.js'
import type { TapRequest } from './parameters.js'
import { TimeBudget } from './time-budget.js'

/** What queries run on. */
export interface QueryContext {
  readonly engine: Pick<Engine, 'query' | 'dialect'>
  /** Schemas that may be asked. */
  readonly tables: readonly Schema[]
  readonly limits: Pick<TapLimits, 'maxRowsDefault' | 'maxRowsHard'>
  /** Compiles long queries aside; without it all are compiled here. */
  readonly compiler?: Compiler
  readonly clock: Clock
}

export interface QueryRun {
  readonly uploads: readonly UploadedRows[]
  /** Client gone, job aborted, shutdown. */
  readonly signal?: AbortSignal
  /** Seconds the engine may work on it; 0 is without limit. */
  readonly seconds: number
}

/** A query whose rows have not been pulled yet. */
export interface StartedQuery extends ResultTable {
  /** What broke the rows off, once they have ended; a format may have written it into the document. */
  readonly failure: () => RegistryError | undefined
}

const batchRows = 2_048

/**
 * Compiles the query and gives its columns at once; the engine starts when the first row is pulled.
 * Throws AdqlError (kind `invalid`) with the place of the mistake. Rows may throw kinds `limit`, `unavailable`, `invalid`.
 */
export async function startQuery(
  request: Pick<TapRequest, 'query' | 'maxRows'>,
  run: QueryRun,
  context: QueryContext,
): Promise<StartedQuery> {
  const limit = rowLimit(request.maxRows, context.limits)
  const { engine } = context
  // One row more than may go out: its arrival means OVERFLOW, so that TOP alone never does (TAP 1.1 §2.7.4).
  const compiled =
    context.compiler === undefined
      ? compileAdql(request.query, {
          schemas: context.tables,
          uploads: run.uploads,
          dialect: engine.dialect,
          maxRows: limit + 1,
        })
      : await context.compiler.compile(request.query, run.uploads, limit + 1)
  let outcome: ReturnType<ResultTable['outcome']> = 'OK'
  let failure: RegistryError | undefined

  /** Batches from the engine within its time, as bytes if asked for. */
  async function* batches(encoding?: RowEncodingName): AsyncGenerator<readonly Row[]> {
    // DALI 1.2 §4.3.4: MAXREC=0 asks for the columns alone and is an overflow by definition.
    if (limit === 0) {
      outcome = 'OVERFLOW'
      return
    }
    const budget = new TimeBudget(run.seconds)
    const signal = run.signal === undefined ? budget.signal : AbortSignal.any([run.signal, budget.signal])
    // What is stored or uploaded has been cleaned (RegTAP 1.2 §4.4), the query has not.
    const hasLegalTexts = isLegalText(compiled.sql.text)
    const encode = encoding && { name: encoding, columns: compiled.columns, maxRows: limit, hasLegalTexts }
    const options = { signal, batchRows, uploads: run.uploads, lane: compiled.lane }
    try {
      yield* budget.spend(engine.query(compiled.sql, encode === undefined ? options : { ...options, encode }))
    } catch (thrown) {
      failure = budget.signal.aborted && run.signal?.aborted !== true ? tooSlow(run.seconds) : asRegistryError(thrown)
      throw failure
    }
  }

  async function* rows(): AsyncGenerator<readonly Row[]> {
    let left = limit
    for await (const batch of batches()) {
      if (batch.length > left) {
        outcome = 'OVERFLOW'
        if (left > 0) yield batch.slice(0, left)
        return
      }
      left -= batch.length
      yield batch
    }
  }

  async function* encodedRows(encoding: RowEncodingName): AsyncGenerator<Uint8Array> {
    let left = limit
    for await (const [[bytes, count] = []] of batches(encoding)) {
      if (bytes instanceof Uint8Array && bytes.length > 0) yield bytes
      left -= Number(count)
      if (left < 0) {
        outcome = 'OVERFLOW'
        return
      }
    }
  }

  return {
    columns: compiled.columns,
    rows: rows(),
    encodedRows,
    outcome: () => outcome,
    failure: () => failure,
    infos: infosOf(request.query, context.clock),
  }
}

function tooSlow(seconds: number): RegistryError {
  return new RegistryError(
    'limit',
    `The query took longer than ${counted(seconds, 'second')} and was stopped. Ask for less, or run it as an asynchronous job, which may take longer.`,
  )
}

// DALI 1.2 §5.4.3.
function infosOf(query: string, clock: Clock): readonly ResultInfo[] {
  return [
    { name: 'standardID', value: 'ivo://ivoa.net/std/TAP' },
    { name: 'request_date', value: clock().toISOString().slice(0, 19) },
    { name: 'query', value: query },
  ]
}
