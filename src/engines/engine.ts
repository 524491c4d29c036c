// What a SQL engine is to the rest of the house. Everything is asynchronous, so that an engine may live in another
// process: strangers' queries do (ARCHITECTURE 8.1).
import type { Dialect } from '../adql/dialect.js'
import type { Row, Sql } from '../core/sql.js'
import type { ColumnDescription, Schema, Table } from '../tables/metadata.js'
import type { LoadedTable, RowEncodingName } from '../tables/result.js'

/** Rows as bytes of an output format. */
export interface RowEncoding {
  readonly name: RowEncodingName
  readonly columns: readonly ColumnDescription[]
  /** Rows beyond this are counted only. */
  readonly maxRows: number
}

export interface QueryOptions {
  /** Client gone, deadline, shutdown: the query is interrupted at once. */
  readonly signal?: AbortSignal
  /** Rows per batch; a hint. */
  readonly batchRows?: number
  /** Tables that exist for this query only, in the schema `TAP_UPLOAD`. */
  readonly uploads?: readonly LoadedTable[]
  /** `lookup` may use the slot kept free for cheap queries by IVOID; one that turns out not to be cheap moves over. */
  readonly lane?: 'lookup' | 'general'
  /** A statement of our own (OAI-PMH, jobs of the registry): runs at once in this process, beside strangers' queries. */
  readonly trusted?: boolean
  /** Rows are wanted as bytes: each batch is then one row of two cells, the bytes of many rows and how many there were. */
  readonly encode?: RowEncoding
  /** Told its place in the queue, 1 being next, while the query waits; never told when it runs at once. */
  readonly onQueued?: (position: number) => void
}

/** Runs queries. Rows are cells in select order; integers beyond 2^53 come as bigint. */
export interface Engine extends AsyncDisposable {
  readonly name: string
  /** May be another one after each renewal: not to be kept. */
  readonly dialect: Dialect
  /** Throws RegistryError: `limit` (time, memory), `unavailable` (queue full, engine gone), `invalid` (data error such as overflow). */
  query(query: Sql, options?: QueryOptions): AsyncIterable<readonly Row[]>
}

/** An engine whose tables can be renewed. */
export interface WritableEngine extends Engine {
  /**
   * Makes the next state of the data and switches to it, visible all at once or not at all; one writer at a time.
   * `fresh` starts from empty tables, else from the present state. If `work` throws, nothing has happened.
   */
  renew(work: (next: Transaction) => Promise<void>, options?: { readonly fresh?: boolean }): Promise<void>
  /** Called after each switch, in this process or another's, so that caches can be dropped. */
  onRenewed(listener: () => void): void
}

/** The next state while it is being made. */
export interface Transaction {
  createTables(schemas: readonly Schema[]): Promise<void>
  /** Runs a statement that answers nothing. */
  run(statement: Sql): Promise<void>
  query(query: Sql): AsyncIterable<readonly Row[]>
  /** Appends rows, cells in the order of `table.columns`. */
  append(table: Table, rows: Iterable<Row>): Promise<void>
}
