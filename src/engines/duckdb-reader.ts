// One generation of the data, opened for reading only → queries on it, each on a connection of its own.
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { identifier, type Row, type Sql, sql } from '../core/sql.js'
import { unpacked } from '../formats/votable-reader.js'
import type { UploadedRows } from '../tables/result.js'
import { columnList } from './ddl.js'
import { appendRows } from './duckdb-append.js'
import { duckdbDialect } from './duckdb-dialect.js'
import { duckdbError, OutOfMemory } from './duckdb-errors.js'
import { type Statement, streamRows } from './duckdb-stream.js'
import type { QueryOptions } from './engine.js'
import { queryWasCutShort } from './external-memory.js'
import { SentRows } from './sent-rows.js'

/** What one opened database may use of the machine. */
export interface DuckdbLimits {
  readonly threads: number
  /** For tables, hashes and sorts; long strings are not counted by DuckDB. */
  readonly memoryMegabytes: number
  /** For queries that had run out of that: they are run again with so much, shared by all of them. */
  readonly roomyMegabytes?: number
  /** Where sorts go that do not fit into memory. */
  readonly temporaryFolder: string
  readonly temporaryMegabytes: number
}

/** Integer division and the place of NULLs as in PostgreSQL, so that one translator serves both. */
export const commonSettings = {
  integer_division: 'true',
  // What is divided by zero is NULL, also the remainder of doubles.
  ieee_floating_point_ops: 'false',
  default_null_order: 'nulls_last_on_asc_first_on_desc',
} as const

/** Statements that shut the file system, extensions and the settings themselves away; the last ones a database runs. */
export function lockStatements(limits: DuckdbLimits): readonly Sql[] {
  return [
    sql`SET temp_directory = ${limits.temporaryFolder}`,
    sql`SET max_temp_directory_size = ${`${limits.temporaryMegabytes}MB`}`,
    sql`SET autoinstall_known_extensions = false`,
    sql`SET autoload_known_extensions = false`,
    // After this, files cannot be named in SQL any more: order matters.
    sql`SET enable_external_access = false`,
    sql`SET lock_configuration = true`,
  ]
}

/** A database file opened read-only. Queries in flight keep it open; `close` waits for them. */
export class DuckdbReader {
  readonly #instance: DuckDBInstance
  readonly #limits: DuckdbLimits
  readonly #idle: DuckDBConnection[] = []
  #running = 0
  #closing = false
  /** The same file with more memory, while there are queries that need it. */
  #roomy: Promise<DuckdbReader> | undefined
  #roomyQueries = 0

  private constructor(
    instance: DuckDBInstance,
    readonly file: string,
    limits: DuckdbLimits,
  ) {
    this.#instance = instance
    this.#limits = limits
  }

  /** Opens the file; throws kind `internal` when it is missing or damaged. */
  static async open(file: string, limits: DuckdbLimits): Promise<DuckdbReader> {
    try {
      const instance = await DuckDBInstance.create(file, {
        ...commonSettings,
        access_mode: 'READ_ONLY',
        threads: String(limits.threads),
        memory_limit: `${limits.memoryMegabytes}MB`,
      })
      const connection = await instance.connect()
      for (const statement of lockStatements(limits)) await connection.run(statement.text)
      const reader = new DuckdbReader(instance, file, limits)
      reader.#idle.push(connection)
      return reader
    } catch (thrown) {
      throw duckdbError(thrown)
    }
  }

  /**
   * Rows of a query; uploaded tables are seen by this query only. One that runs out of memory is run again with more, as
   * long as nothing has been given of it, or bytes that can be recognised.
   */
  async *query(query: Statement, options: QueryOptions = {}): AsyncGenerator<readonly Row[], void, undefined> {
    if (this.#closing) throw new TypeError(`${this.file} has been closed`)
    this.#running += 1
    const { roomyMegabytes } = this.#limits
    const sent = new SentRows()
    let isRepeatable = roomyMegabytes !== undefined
    let failure: OutOfMemory | undefined
    let isComplete = false
    try {
      for await (const batch of this.#run(query, options)) {
        if (options.encode === undefined) isRepeatable = false
        else if (isRepeatable) sent.add(batch)
        yield batch
      }
      isComplete = true
    } catch (thrown) {
      if (!isRepeatable || !(thrown instanceof OutOfMemory)) throw thrown
      failure = thrown
    } finally {
      // Only where queries of strangers run by themselves: elsewhere it would cost more than it frees.
      if (!isComplete && roomyMegabytes !== undefined) queryWasCutShort()
      this.#running -= 1
      this.#closeWhenIdle()
    }
    if (failure !== undefined && roomyMegabytes !== undefined)
      yield* sent.rest(this.#runWithMore(query, options, roomyMegabytes), failure)
  }

  async *#run(query: Statement, options: QueryOptions): AsyncGenerator<readonly Row[], void, undefined> {
    let connection: DuckDBConnection | undefined
    let isReusable = false
    try {
      connection = this.#idle.pop() ?? (await this.#instance.connect())
      for (const table of options.uploads ?? []) await loadTemporary(connection, table)
      yield* streamRows(connection, query, options)
      isReusable = (options.uploads ?? []).length === 0
    } finally {
      if (isReusable && !this.#closing && connection !== undefined) this.#idle.push(connection)
      else connection?.closeSync()
    }
  }

  /**
   * Few queries need much memory. If all were given it, DuckDB would fill it with parts of the file, which the operating
   * system has in memory as well; so those few open the file a second time. That takes some 30 ms.
   */
  async *#runWithMore(
    query: Statement,
    options: QueryOptions,
    memoryMegabytes: number,
  ): AsyncGenerator<readonly Row[], void, undefined> {
    const { roomyMegabytes: _, ...limits } = this.#limits
    this.#roomy ??= DuckdbReader.open(this.file, { ...limits, memoryMegabytes })
    this.#roomyQueries += 1
    const roomy = this.#roomy
    try {
      yield* (await roomy).query(query, options)
    } finally {
      this.#roomyQueries -= 1
      if (this.#roomyQueries === 0) {
        this.#roomy = undefined
        roomy.then((reader) => reader.close()).catch(() => undefined)
      }
    }
  }

  /** Closes the file once the last query has ended. */
  close(): void {
    this.#closing = true
    this.#closeWhenIdle()
  }

  #closeWhenIdle(): void {
    if (!this.#closing || this.#running > 0) return
    for (const connection of this.#idle.splice(0)) connection.closeSync()
    this.#instance.closeSync()
  }
}

async function loadTemporary(connection: DuckDBConnection, table: UploadedRows): Promise<void> {
  try {
    const columns = columnList(table.columns, duckdbDialect)
    await connection.run(sql`CREATE TEMPORARY TABLE ${identifier(table.name)} (${columns})`.text)
    const { rows } = await unpacked(table)
    await appendRows(connection, { ...table, catalog: 'temp', schema: 'main' }, rows)
  } catch (thrown) {
    throw duckdbError(thrown)
  }
}
