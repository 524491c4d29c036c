// The messages of an engine process and the bytes of its pipe → messages in the order in which they were sent, the bytes
// of rows among them.
//
// Rows as bytes do not travel in messages: packing and unpacking 13 MB took the serving process as long as the database
// took to find them. A message announces them, and they follow through a pipe of their own.
import type { MessageFromProcess } from './pool-messages.js'

/** Number of the pipe among the files of an engine process. */
export const bytePipe = 4

/** Puts both ways together. What is not about bytes waits only for bytes that were announced before. */
export class ByteLane {
  readonly #deliver: (message: MessageFromProcess) => void
  /** Messages that wait for bytes, the first of them announces these. */
  readonly #waiting: MessageFromProcess[] = []
  /** Bytes that came before their message. */
  readonly #early: Uint8Array[] = []
  /** Bytes of the first waiting message that have been delivered. */
  #delivered = 0

  constructor(deliver: (message: MessageFromProcess) => void) {
    this.#deliver = deliver
  }

  takeMessage(message: MessageFromProcess): void {
    // What the process says of itself, such as that its memory is full, is more urgent than any rows.
    if (!('id' in message)) {
      this.#deliver(message)
      return
    }
    this.#waiting.push(message)
    this.#advance()
  }

  takeBytes(bytes: Uint8Array): void {
    this.#early.push(bytes)
    this.#advance()
  }

  #advance(): void {
    for (;;) {
      const [message] = this.#waiting
      if (message === undefined) return
      if (message.type === 'bytes' && !this.#deliverBytes(message)) return
      this.#waiting.shift()
      if (message.type !== 'bytes') this.#deliver(message)
    }
  }

  /** Hands on what is there, piece by piece as it came; true when the message has all its bytes. */
  #deliverBytes({ id, length, rowCount, isLast }: MessageFromProcess & { readonly type: 'bytes' }): boolean {
    while (this.#delivered < length) {
      const next = this.#early.shift()
      if (next === undefined) return false
      const missing = length - this.#delivered
      const bytes = next.length > missing ? next.subarray(0, missing) : next
      if (next.length > missing) this.#early.unshift(next.subarray(missing))
      this.#delivered += bytes.length
      const isWhole = this.#delivered === length
      // The rows are counted with the last piece of their batch.
      this.#deliver({ type: 'rows', id, rows: [[bytes, isWhole ? rowCount : 0]], isLast: isLast && isWhole })
    }
    if (length === 0) this.#deliver({ type: 'rows', id, rows: [[new Uint8Array(), rowCount]], isLast })
    this.#delivered = 0
    return true
  }
}
