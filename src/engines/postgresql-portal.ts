// One query on one PostgreSQL connection → rows in portions, pulled: the server waits while nobody reads.
//
// The extended protocol takes a single statement and sends a given number of rows per Execute; no transaction and no
// named cursor is needed, so a small query is one round trip.
import type { Connection, Submittable } from 'pg'
import { RegistryError } from '../core/errors.js'
import type { Row, Value } from '../core/sql.js'
import { cellReader } from './postgresql-rows.js'

/** Bytes of one portion at most: a server sends single values of a gigabyte, and they would be held in memory here. */
const portionBytesLimit = 64_000_000

/** What the server says of the columns of an answer. */
export interface RowDescription {
  readonly fields: readonly { readonly dataTypeID: number }[]
}

interface DataRow {
  readonly fields: readonly (string | null)[]
}

/** Given to `client.query`; the methods whose names begin with `handle` are called by the client. */
export class PortalQuery implements Submittable {
  readonly #text: string
  /** Rows per portion; 0 for all at once. */
  readonly #rowsPerBatch: string
  #connection: Connection | undefined
  #readers: readonly ((text: string) => Value)[] = []
  #rows: Row[] = []
  #state: 'running' | 'suspended' | 'done' = 'running'
  #failure: { readonly thrown: unknown } | undefined
  #wake: () => void = () => undefined
  #portionBytes = 0
  readonly #count = (chunk: Buffer): void => {
    this.#portionBytes += chunk.length
    if (this.#portionBytes <= portionBytesLimit) return
    this.#failure ??= { thrown: tooWide() }
    // Nothing else stops a value that is being sent.
    this.#connection?.stream.destroy()
  }

  constructor(text: string, rowsPerBatch: number) {
    this.#text = text
    this.#rowsPerBatch = String(rowsPerBatch)
  }

  /** The rows in order, one portion per batch; throws what the server or the connection throws. */
  async *batches(): AsyncGenerator<readonly Row[], void, undefined> {
    for (;;) {
      if (this.#state === 'running') await this.#settled()
      if (this.#failure !== undefined) throw this.#failure.thrown
      const rows = this.#rows
      this.#rows = []
      const isLast = this.#state === 'done'
      if (!isLast) this.#execute()
      if (rows.length > 0) yield rows
      if (isLast) return
    }
  }

  /** Ends the query, wherever it is, so that the connection can take the next one. */
  async close(): Promise<void> {
    while (this.#state !== 'done') {
      if (this.#state === 'running') await this.#settled()
      if (this.#state === 'suspended') {
        this.#state = 'done'
        this.#connection?.sync()
      }
    }
  }

  submit(connection: Connection): void {
    this.#connection = connection
    connection.stream.on('data', this.#count)
    connection.parse({ name: '', text: this.#text, types: [] }, true)
    connection.bind({ portal: '', statement: '', values: [] }, true)
    connection.describe({ type: 'P', name: '' }, true)
    this.#execute()
  }

  handleRowDescription(message: RowDescription): void {
    this.#readers = message.fields.map((field) => cellReader(field.dataTypeID))
  }

  handleDataRow(message: DataRow): void {
    const readers = this.#readers
    this.#rows.push(message.fields.map((text, index) => (text === null ? null : (readers[index]?.(text) ?? text))))
  }

  handlePortalSuspended(): void {
    this.#settle('suspended')
  }

  handleCommandComplete(): void {
    this.#connection?.sync()
    this.#settle('done')
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete()
  }

  handleError(thrown: unknown): void {
    this.#failure ??= { thrown }
    // After an error the server ignores everything up to the next Sync.
    if (this.#state !== 'done') this.#connection?.sync()
    this.#settle('done')
  }

  handleReadyForQuery(): void {
    this.#settle('done')
  }

  #execute(): void {
    this.#state = 'running'
    this.#portionBytes = 0
    this.#connection?.execute({ portal: '', rows: this.#rowsPerBatch }, true)
    this.#connection?.flush()
  }

  #settle(state: 'suspended' | 'done'): void {
    this.#state = state
    if (state === 'done') this.#connection?.stream.off('data', this.#count)
    this.#wake()
  }

  #settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

/** What is said of values that are not to be held in memory. */
export function tooWide(): RegistryError {
  return new RegistryError(
    'limit',
    `The rows of this result are too long: some of them have more than ${portionBytesLimit / 1e6} MB together. Select shorter values, or fewer columns.`,
  )
}
