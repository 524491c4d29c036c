// An engine process: runs the queries it is sent, on read-only generations, and knows nothing else of the house.
// It may be killed at any moment.
import { Socket } from 'node:net'
import { asRegistryError } from '../core/errors.js'
import type { Row, Value } from '../core/sql.js'
import { DuckdbReader } from './duckdb-reader.js'
import { bytePipe } from './pool-bytes.js'
import type { MessageFromProcess, MessageToProcess, QueryMessage, StartMessage } from './pool-messages.js'

const memoryCheckMs = 50
/** Encoded rows that travel in a message. */
const smallBytes = 16_384
/** Memory that is kept for so long without a query is worth a new process. */
const idleMs = 1000

/** One query on its way: how many batches may still go out, and how to stop it. */
interface Conversation {
  readonly stop: AbortController
  batches: number
  wake: () => void
}

class EngineWorker {
  readonly #start: StartMessage
  readonly #conversations = new Map<number, Conversation>()
  #idleSinceMs = performance.now()
  #file: string | undefined
  #reader: Promise<DuckdbReader> | undefined

  constructor(start: StartMessage) {
    this.#start = start
    setInterval(() => this.#checkMemory(), memoryCheckMs)
  }

  receive(message: MessageToProcess): void {
    switch (message.type) {
      case 'start':
        return
      case 'open':
        this.#readerOf(message.file).catch(() => undefined)
        return
      case 'query':
        void this.#answer(message)
        return
      case 'more':
        this.#allow(message.id, message.batches)
        return
      case 'stop':
        this.#conversations.get(message.id)?.stop.abort()
        this.#allow(message.id, 1)
    }
  }

  #allow(id: number, batches: number): void {
    const conversation = this.#conversations.get(id)
    if (conversation === undefined) return
    conversation.batches += batches
    conversation.wake()
  }

  async #answer(message: QueryMessage): Promise<void> {
    const { id } = message
    const conversation: Conversation = { stop: new AbortController(), batches: message.batches, wake: () => undefined }
    this.#conversations.set(id, conversation)
    const reader = await this.#readerOf(message.file).catch((thrown: unknown) => {
      tell({ type: 'not-opened', id, cause: causeOf(thrown) })
      return undefined
    })
    try {
      if (reader !== undefined) await this.#send(reader, message, conversation)
    } catch (thrown) {
      const { kind, message: sentence } = asRegistryError(thrown)
      tell({ type: 'failed', id, kind, message: sentence, cause: causeOf(thrown) })
    } finally {
      this.#conversations.delete(id)
    }
  }

  async #send(reader: DuckdbReader, message: QueryMessage, conversation: Conversation): Promise<void> {
    const { id, uploads, encode } = message
    const { signal } = conversation.stop
    const rows = reader.query(message, { uploads, signal, ...(encode === undefined ? {} : { encode }) })
    // A small batch waits until the next one is there, or the end: most answers are one small batch, and then one message.
    let held: readonly Row[] | undefined
    try {
      for await (const batch of rows) {
        if (held !== undefined) {
          tell({ type: 'rows', id, rows: held })
          await mayGoOn(conversation)
        }
        held = isSmall(batch) ? batch : undefined
        if (held !== undefined) continue
        if (encode === undefined) tell({ type: 'rows', id, rows: batch })
        else for (const [bytes, rowCount] of batch) sendBytes(id, bytes, Number(rowCount))
        await mayGoOn(conversation)
      }
    } catch (thrown) {
      if (held !== undefined) tell({ type: 'rows', id, rows: held })
      throw thrown
    }
    tell(held === undefined ? { type: 'end', id } : { type: 'rows', id, rows: held, isLast: true })
  }

  /** The reader of a generation; another one is closed as soon as its queries have ended. */
  #readerOf(file: string): Promise<DuckdbReader> {
    if (this.#reader !== undefined && this.#file === file) return this.#reader
    this.#reader?.then((old) => old.close()).catch(() => undefined)
    this.#file = file
    this.#reader = DuckdbReader.open(file, this.#start.limits)
    this.#reader.catch(() => {
      if (this.#file === file) this.#reader = undefined
    })
    return this.#reader
  }

  #checkMemory(): void {
    const megabytes = Math.round(process.memoryUsage.rss() / 1e6)
    if (megabytes > this.#start.memoryMegabytes) tell({ type: 'memory', megabytes })
    if (this.#conversations.size > 0) this.#idleSinceMs = performance.now()
    else if (megabytes > this.#start.idleMegabytes && performance.now() - this.#idleSinceMs > idleMs)
      tell({ type: 'swollen', megabytes })
  }
}

/** A batch has been sent; resolves when one more may be. */
async function mayGoOn(conversation: Conversation): Promise<void> {
  conversation.batches -= 1
  if (conversation.batches <= 0)
    await new Promise<void>((resolve) => {
      conversation.wake = resolve
    })
}

/** Bytes that cost no more in a message than in the pipe. */
function isSmall(batch: readonly Row[]): boolean {
  return batch.every(([bytes]) => bytes instanceof Uint8Array && bytes.length <= smallBytes)
}

function tell(message: MessageFromProcess): void {
  process.send?.(message)
}

/** One large batch of rows as bytes: announced in a message, sent through the pipe. */
function sendBytes(id: number, bytes: Value | undefined, rowCount: number): void {
  const sent = bytes instanceof Uint8Array ? bytes : new Uint8Array()
  tell({ type: 'bytes', id, length: sent.length, rowCount })
  if (sent.length > 0) pipe.write(sent)
}

/** What really happened, for the log of the serving process. */
function causeOf(thrown: unknown): string {
  const error = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown
  return error instanceof Error ? error.message : String(error)
}

const pipe = new Socket({ fd: bytePipe, readable: false, writable: true })
// The serving process has gone, which the end of its messages says as well.
pipe.on('error', () => undefined)

process.once('message', (start: StartMessage) => {
  const worker = new EngineWorker(start)
  process.on('message', (message: MessageToProcess) => worker.receive(message))
  tell({ type: 'ready' })
})
// The serving process has gone. Exiting would wait for running queries.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
