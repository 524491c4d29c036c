// Rows of one query on their way out of an engine process. They are computed ahead of what their reader takes, because a
// query that waits for its reader holds all its memory in the database, and its bytes are fewer.
import type { Row } from '../core/sql.js'
import { sizeOf } from './pool-messages.js'

/** Bytes that may wait here before the query has to wait as well: the keyword searches of clients give up to 15 MB. */
const aheadBytes = 16_000_000

/** `put` what has been computed, then `end`; `allow` when the reader wants more. */
export class PoolOutbox {
  readonly #send: (rows: readonly Row[], isLast: boolean) => void
  readonly #waiting: (readonly Row[])[] = []
  #waitingBytes = 0
  /** Bytes that may go out; the last batch may be too much. */
  #allowed: number
  #hasEnded = false
  #wake: () => void = () => undefined

  /** `send` is called in order, once with `isLast`, with no rows where there is nothing left by then. */
  constructor(allowedBytes: number, send: (rows: readonly Row[], isLast: boolean) => void) {
    this.#allowed = allowedBytes
    this.#send = send
  }

  /** Rows wait for their reader. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** So many that no more may be computed. */
  get isFull(): boolean {
    return this.#waitingBytes > aheadBytes
  }

  allow(bytes: number): void {
    this.#allowed += bytes
    this.#advance()
  }

  /** Resolves when more may be computed. */
  async put(rows: readonly Row[]): Promise<void> {
    this.#add(rows)
    this.#advance()
    while (this.isFull) await this.#news()
  }

  /** The last rows, which may be none; resolves when all has been sent. */
  async end(rows: readonly Row[]): Promise<void> {
    this.#hasEnded = true
    if (rows.length > 0) this.#add(rows)
    if (this.#waiting.length === 0) this.#send([], true)
    else this.#advance()
    while (this.isWaiting) await this.#news()
  }

  /** Sends what waits and these, without an end: the query has failed. */
  flush(rows: readonly Row[]): void {
    for (const some of [...this.#waiting.splice(0), rows]) if (some.length > 0) this.#send(some, false)
  }

  /** Nobody wants the rows any more; the end of what has been computed is told all the same. */
  drop(): void {
    const isOwed = this.#hasEnded && this.isWaiting
    this.#waiting.length = 0
    if (isOwed) this.#send([], true)
    this.#waitingBytes = 0
    this.#allowed = Number.POSITIVE_INFINITY
    this.#wake()
  }

  #add(rows: readonly Row[]): void {
    this.#waiting.push(rows)
    this.#waitingBytes += sizeOf(rows)
  }

  #advance(): void {
    while (this.#allowed > 0) {
      const rows = this.#waiting.shift()
      if (rows === undefined) break
      const bytes = sizeOf(rows)
      this.#waitingBytes -= bytes
      this.#allowed -= bytes
      this.#send(rows, this.#hasEnded && this.#waiting.length === 0)
    }
    this.#wake()
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
