// What a SQL engine is to the rest of the house. Everything is asynchronous, so that an engine may live in another
// process: strangers' queries do (ARCHITECTURE 8.1).
import type { Dialect } from '../adql/dialect.js'
import type { Row, Sql } from '../core/sql.js'
import type { ColumnDescription, Schema, Table } from '../tables/metadata.js'
import type { RowEncodingName, UploadedRows } from '../tables/result.js'

/** Rows as bytes of an output format. */
export interface RowEncoding {
  readonly name: RowEncodingName
  readonly columns: readonly ColumnDescription[]
  /** Rows beyond this are counted only. */
  readonly maxRows: number
  /** All texts consist of characters that XML allows: stored ones do, those that the query spells out need not. */
  readonly hasLegalTexts: boolean
}

export interface QueryOptions {
  /** Client gone, deadline, shutdown: the query is interrupted at once. */
  readonly signal?: AbortSignal
  /** Rows per batch; a hint. */
  readonly batchRows?: number
  /** Tables that exist for this query only, in the schema `TAP_UPLOAD`. */
  readonly uploads?: readonly UploadedRows[]
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

export interface RenewOptions {
  /** Start from empty tables. */
  readonly fresh?: boolean
  /** Start from this earlier generation; only where the engine keeps them. */
  readonly from?: number
  /** What makes the generation, for the list of generations: `harvest ivo://vo.example.org/registry`. */
  readonly madeBy?: string
}

/** A generation on disk. */
export interface GenerationFile {
  readonly generation: number
  readonly file: string
  readonly bytes: number
  /** When its last byte was written. */
  readonly made: Date
  readonly use: 'current' | 'previous' | 'kept'
}

/** Earlier states of the data, where an engine keeps them. */
export interface KeptGenerations {
  /** Newest first. */
  list(): Promise<readonly GenerationFile[]>
  /** Opens one of them for the time of `work`. Throws kind `internal` when it cannot be read. */
  read<Result>(generation: number, work: (reader: Pick<Engine, 'query'>) => Promise<Result>): Promise<Result>
}

/** An engine whose tables can be renewed. */
export interface WritableEngine extends Engine {
  /**
   * Makes the next state of the data and switches to it, visible all at once or not at all; one writer at a time.
   * It begins as the present state, unless the options say otherwise. If `work` throws, nothing has happened.
   */
  renew(work: (next: Transaction) => Promise<void>, options?: RenewOptions): Promise<void>
  /** Called after each switch, in this process or another's, so that caches can be dropped. */
  onRenewed(listener: () => void): void
  /** Undefined where the engine holds the present state only. */
  readonly kept?: KeptGenerations
}

/** The next state while it is being made. */
export interface Transaction {
  createTables(schemas: readonly Schema[]): Promise<void>
  /** Runs a statement that answers nothing. */
  run(statement: Sql): Promise<void>
  query(query: Sql): AsyncIterable<readonly Row[]>
  /** Appends rows, cells in the order of `table.columns`. May be called, as the others, before an earlier call has ended. */
  append(table: Table, rows: Iterable<Row>): Promise<void>
}
