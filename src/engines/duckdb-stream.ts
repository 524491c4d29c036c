// One query on one DuckDB connection → batches of rows, with errors and interruptions that cannot get lost.
import { type DuckDBConnection, type DuckDBDataChunk, type DuckDBResult, ResultReturnType } from '@duckdb/node-api'
import type { Row, Sql } from '../core/sql.js'
import { BatchEncoder } from './batch-encoder.js'
import { duckdbError, OutOfMemory } from './duckdb-errors.js'
import { cellReaders, columnReaders, columnsOf, rowsOf } from './duckdb-rows.js'
import type { QueryOptions, RowEncoding } from './engine.js'
import { chunkWasRead } from './external-memory.js'
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
  { signal, encode }: Pick<QueryOptions, 'signal' | 'encode'> = {},
): AsyncGenerator<readonly Row[], void, undefined> {
  throwIfInterrupted(signal)
  const stopWatching = interruptOn(signal, () => connection.interrupt())
  let ahead: Promise<DuckDBDataChunk | null> | undefined
  try {
    const result = await streaming(connection, query)
    const rowsIn = reading(result, encode)
    // The next chunk is computed while this one is read.
    ahead = result.fetchChunk()
    for (;;) {
      const chunk = await ahead
      ahead = undefined
      if (chunk === null || chunk.rowCount === 0) break
      throwIfInterrupted(signal)
      ahead = result.fetchChunk()
      const rows = rowsIn(chunk)
      const { columnCount } = chunk
      yield rows
      chunkWasRead(columnCount, encodedBytes(rows))
    }
    throwIfInterrupted(signal)
    if (hasFailed(result)) throw await reasonOfFailure(connection, query)
  } catch (thrown) {
    throw signal?.aborted ? interruptionError(signal) : duckdbError(thrown)
  } finally {
    stopWatching()
    if (ahead !== undefined) await stopped(connection, ahead)
  }
}

/** `connection.stream` looks first how many statements there are: one more way to a thread and back. */
async function streaming(connection: DuckDBConnection, query: Statement): Promise<DuckDBResult> {
  const statement = await connection.prepare(query.text)
  try {
    return await statement.stream()
  } finally {
    statement.destroySync()
  }
}

/** How chunks become rows, or rows of bytes. */
function reading(result: DuckDBResult, encode: RowEncoding | undefined): (chunk: DuckDBDataChunk) => readonly Row[] {
  const types = result.columnTypes()
  if (encode === undefined) {
    const readers = columnReaders(types)
    return (chunk) => rowsOf(chunk, readers)
  }
  const encoder = new BatchEncoder(encode)
  const readers = cellReaders(types)
  return (chunk) => encoder.add(columnsOf(chunk, readers))
}

/** Zero for rows that are values: they are few, or of our own asking. */
function encodedBytes(rows: readonly Row[]): number {
  const bytes = rows[0]?.[0]
  return bytes instanceof Uint8Array ? bytes.length : 0
}

/** A chunk that nobody wants any more: its connection may be closed once its computation has ended. */
async function stopped(connection: DuckDBConnection, ahead: Promise<unknown>): Promise<void> {
  const stop = new AbortController()
  const stopWatching = interruptOn(stop.signal, () => connection.interrupt())
  stop.abort()
  await ahead.catch(() => undefined)
  stopWatching()
}

/** A stream that failed half-way ends like a complete one; only its return type tells (node-api 1.5 has no error call). */
function hasFailed(result: DuckDBResult): boolean {
  return result.returnType === ResultReturnType.INVALID
}

/**
 * Runs the failed query again without streaming, looking at every value: that way DuckDB says what was wrong. It
 * succeeds where queries beside the failed one had taken its memory, and have ended meanwhile.
 */
async function reasonOfFailure(connection: DuckDBConnection, query: Statement): Promise<Error> {
  try {
    await connection.run(`SELECT max(hash(failed)) FROM (${query.text}) AS failed`)
  } catch (thrown) {
    return duckdbError(thrown)
  }
  return new OutOfMemory(
    new Error('the query failed half-way, and succeeded when it was run again'),
    'The query ran out of memory half-way, while others ran beside it. Send it again.',
  )
}
