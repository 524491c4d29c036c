// One query on one PostgreSQL connection → batches of columns with their bytes, through COPY … TO STDOUT.
//
// The query is described first, to know the types of its columns; both statements go by the extended protocol, which takes
// a single one. COPY sends without being asked, so the connection is not read while nobody takes the batches.
import type { Connection, PoolClient, Submittable } from 'pg'
import type { ColumnBatch } from '../tables/result.js'
import { BinaryRows } from './postgresql-binary.js'
import { type RowDescription, tooWide } from './postgresql-portal.js'

const batchRows = 2048
const batchBytes = 262_144
/** Batches that wait for their reader; with more, reading stops. */
const waitingBatches = 4
/** Bytes without an end of a row: a server sends single values of a gigabyte, and they would be held in memory here. */
const rowBytesLimit = 64_000_000

/** The types (numbers of pg_type) of a query's columns, without running it. Throws what the server says of it. */
export async function columnTypes(client: PoolClient, text: string): Promise<readonly number[]> {
  const description = new DescribeQuery(text)
  client.query(description)
  return description.types
}

class DescribeQuery implements Submittable {
  readonly types: Promise<readonly number[]>
  readonly #text: string
  #found: readonly number[] = []
  #resolve: (types: readonly number[]) => void = () => undefined
  #reject: (thrown: unknown) => void = () => undefined

  constructor(text: string) {
    this.#text = text
    this.types = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  submit(connection: Connection): void {
    connection.parse({ name: '', text: this.#text, types: [] }, true)
    connection.describe({ type: 'S', name: '' }, true)
    connection.sync()
  }

  handleRowDescription({ fields }: RowDescription): void {
    this.#found = fields.map((field) => field.dataTypeID)
  }

  handleError(thrown: unknown): void {
    this.#reject(thrown)
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#found)
  }
}

/** Given to `client.query`; the methods whose names begin with `handle` are called by the client. */
export class CopyOutQuery implements Submittable {
  readonly #text: string
  readonly #rows: BinaryRows
  readonly #ready: ColumnBatch[] = []
  #connection: Connection | undefined
  #isDone = false
  #failure: { readonly thrown: unknown } | undefined
  #wake: () => void = () => undefined
  #bytesSinceRow = 0
  readonly #count = (chunk: Buffer): void => {
    this.#bytesSinceRow += chunk.length
    if (this.#bytesSinceRow <= rowBytesLimit) return
    this.#failure ??= { thrown: tooWide() }
    // Nothing else stops a value that is being sent.
    this.#connection?.stream.destroy()
  }

  /** `types` are those of the query's columns, all of which `areReadable`. */
  constructor(text: string, types: readonly number[]) {
    this.#text = text
    this.#rows = new BinaryRows(types, batchRows)
  }

  /** The rows in order; throws what the server or the connection throws. */
  async *batches(): AsyncGenerator<ColumnBatch, void, undefined> {
    for (;;) {
      const batch = this.#ready.shift()
      if (batch !== undefined) {
        if (this.#ready.length < waitingBatches) this.#connection?.stream.resume()
        yield batch
      } else if (this.#failure !== undefined) throw this.#failure.thrown
      else if (this.#isDone) return
      else await this.#news()
    }
  }

  submit(connection: Connection): void {
    this.#connection = connection
    connection.stream.on('data', this.#count)
    connection.parse({ name: '', text: `COPY (${this.#text}) TO STDOUT (FORMAT binary)`, types: [] }, true)
    connection.bind({ portal: '', statement: '', values: [] }, true)
    connection.execute({ portal: '', rows: '0' }, true)
    connection.sync()
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    const rows = this.#rows
    this.#bytesSinceRow = 0
    rows.add(chunk)
    if (rows.rowCount < batchRows && rows.byteCount < batchBytes) return
    this.#ready.push(rows.take())
    if (this.#ready.length >= waitingBatches) this.#connection?.stream.pause()
    this.#wake()
  }

  handleCommandComplete(): void {
    if (this.#rows.rowCount > 0) this.#ready.push(this.#rows.take())
  }

  handleError(thrown: unknown): void {
    this.#failure ??= { thrown }
    this.#end()
  }

  handleReadyForQuery(): void {
    this.#end()
  }

  #end(): void {
    this.#isDone = true
    this.#connection?.stream.off('data', this.#count)
    this.#connection?.stream.resume()
    this.#wake()
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
