// Rows of plain values → COPY … FROM STDIN in its text form, the quickest way into a table.

import type { Connection, PoolClient, Submittable } from 'pg'
import { counted } from '../core/counted.js'
import { identifier, joinSql, type Row, type Sql, sql, type Value } from '../core/sql.js'
import { withoutIllegalCharacters } from '../xml/escape.js'

/** What the client offers for COPY beyond its published types. */
interface CopyConnection {
  readonly stream: NodeJS.WritableStream & { readonly writableNeedDrain?: boolean }
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
  sendCopyFail(message: string): void
}

const chunkLength = 65_536

/** Copies rows, cells in the order of `columns`, into a table that exists. Throws what the server says of a bad row. */
export async function copyRows(
  client: PoolClient,
  table: Sql,
  columns: readonly { readonly name: string }[],
  rows: Iterable<Row>,
): Promise<void> {
  const names = joinSql(columns.map((column) => identifier(column.name)))
  const copy = new CopyQuery(sql`COPY ${table} (${names}) FROM STDIN`, rows, columns.length)
  client.query(copy)
  await copy.finished
}

class CopyQuery implements Submittable {
  readonly finished: Promise<void>
  readonly #statement: Sql
  readonly #rows: Iterable<Row>
  readonly #cells: number
  #resolve: () => void = () => undefined
  #reject: (thrown: unknown) => void = () => undefined
  #failure: { readonly thrown: unknown } | undefined

  constructor(statement: Sql, rows: Iterable<Row>, cells: number) {
    this.#statement = statement
    this.#rows = rows
    this.#cells = cells
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  submit(connection: Connection): void {
    connection.query(this.#statement.text)
  }

  handleCopyInResponse(connection: CopyConnection): void {
    this.#send(connection).catch((thrown: unknown) => {
      this.#failure = { thrown }
      connection.sendCopyFail('a row could not be written')
    })
  }

  handleCommandComplete(): void {
    // ReadyForQuery follows.
  }

  handleError(thrown: unknown): void {
    this.#reject(this.#failure?.thrown ?? thrown)
  }

  handleReadyForQuery(): void {
    this.#resolve()
  }

  async #send(connection: CopyConnection): Promise<void> {
    let chunk = ''
    for (const row of this.#rows) {
      if (row.length !== this.#cells)
        throw new TypeError(`a row has ${counted(row.length, 'cell')}; the table has ${counted(this.#cells, 'column')}`)
      chunk += `${row.map(cellText).join('\t')}\n`
      if (chunk.length < chunkLength) continue
      connection.sendCopyFromChunk(Buffer.from(chunk))
      chunk = ''
      if (connection.stream.writableNeedDrain === true)
        await new Promise((resolve) => connection.stream.once('drain', resolve))
      if (this.#failure !== undefined) return
    }
    if (chunk !== '') connection.sendCopyFromChunk(Buffer.from(chunk))
    connection.endCopyFrom()
  }
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escaped(text: string): string {
  return /[\\\n\r\t]/.test(text) ? text.replace(/[\\\n\r\t]/g, (character) => escapes[character] ?? '') : text
}

/** A value in the text form of COPY (PostgreSQL, COPY, file formats). */
function cellText(value: Value): string {
  if (value === null) return '\\N'
  switch (typeof value) {
    case 'string':
      return escaped(withoutIllegalCharacters(value))
    case 'boolean':
      return value ? 't' : 'f'
    case 'object':
      return value instanceof Uint8Array
        ? `\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
        : `{${value.map(String).join(',')}}`
    default:
      return String(value)
  }
}
