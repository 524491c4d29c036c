// One query on one DuckDB connection → batches of rows, with errors and interruptions that cannot get lost.
import { type DuckDBConnection, type DuckDBResult, DuckDBTypeId, ResultReturnType } from '@duckdb/node-api'
import type { Row, Sql } from '../core/sql.js'
import { duckdbError } from './duckdb-errors.js'
import { columnReaders, joinedTexts, rowsOf } from './duckdb-rows.js'
import type { QueryOptions } from './engine.js'
import { interruptionError, interruptOn, throwIfInterrupted } from './interruption.js'

/** Text that was `Sql` when it left the process that made it. */
export type Statement = Pick<Sql, 'text'>

/**
 * Pulls the rows of a query chunk by chunk (2,048 rows at most).
 * Throws kind `invalid` for values that cannot be computed, `limit` for time and memory.
 */
export async function* streamRows(
  connection: DuckDBConnection,
  query: Statement,
  { signal, joinTexts = false }: Pick<QueryOptions, 'signal' | 'joinTexts'> = {},
): AsyncGenerator<readonly Row[], void, undefined> {
  throwIfInterrupted(signal)
  const stopWatching = interruptOn(signal, () => connection.interrupt())
  try {
    const result = await connection.stream(query.text)
    const types = result.columnTypes()
    // Reading anything else as texts would read memory that is not ours.
    if (joinTexts && types[0]?.typeId !== DuckDBTypeId.VARCHAR) throw new TypeError('joinTexts needs a column of text')
    const readers = columnReaders(types)
    for (;;) {
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0) break
      throwIfInterrupted(signal)
      yield joinTexts ? joinedTexts(chunk) : rowsOf(chunk, readers)
    }
    throwIfInterrupted(signal)
    if (hasFailed(result)) throw await reasonOfFailure(connection, query)
  } catch (thrown) {
    throw signal?.aborted ? interruptionError(signal) : duckdbError(thrown)
  } finally {
    stopWatching()
  }
}

/** A stream that failed half-way ends like a complete one; only its return type tells (node-api 1.5 has no error call). */
function hasFailed(result: DuckDBResult): boolean {
  return result.returnType === ResultReturnType.INVALID
}

/** Runs the failed query again without streaming, looking at every value: that way DuckDB says what was wrong. */
async function reasonOfFailure(connection: DuckDBConnection, query: Statement): Promise<Error> {
  try {
    await connection.run(`SELECT max(hash(failed)) FROM (${query.text}) AS failed`)
  } catch (thrown) {
    return duckdbError(thrown)
  }
  return duckdbError(new Error('the query failed half-way, and succeeded when it was run again'))
}
