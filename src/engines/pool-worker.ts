// An engine process: runs the queries it is sent, on read-only generations, and knows nothing else of the house.
// It may be killed at any moment.
import { Socket } from 'node:net'
import { asRegistryError } from '../core/errors.js'
import type { Row } from '../core/sql.js'
import { DuckdbReader } from './duckdb-reader.js'
import { encodedIn, joined } from './encoded-rows.js'
import { bytePipe } from './pool-bytes.js'
import {
  type MessageFromProcess,
  type MessageToProcess,
  type QueryMessage,
  type StartMessage,
  sizeOf,
} from './pool-messages.js'
import { PoolOutbox } from './pool-outbox.js'

const memoryCheckMs = 50
/** Encoded rows that cost no more in a message than in the pipe. */
const smallBytes = 16_384
/** Encoded rows that are worth a message of their own. */
const worthwhileBytes = 262_144
/** Memory that is kept for so long without a query is worth a new process. */
const idleMs = 1000

/** One query on its way: what waits to go out, and how to stop it. */
interface Conversation {
  readonly stop: AbortController
  readonly outbox: PoolOutbox
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
        this.#conversations.get(message.id)?.outbox.allow(message.bytes)
        return
      case 'stop':
        this.#conversations.get(message.id)?.stop.abort()
        this.#conversations.get(message.id)?.outbox.drop()
    }
  }

  async #answer(message: QueryMessage): Promise<void> {
    const { id } = message
    const outbox = new PoolOutbox(message.bytes, (rows, isLast) => send(id, rows, isLast))
    const conversation: Conversation = { stop: new AbortController(), outbox }
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

  async #send(reader: DuckdbReader, message: QueryMessage, { stop, outbox }: Conversation): Promise<void> {
    const { id, uploads, encode } = message
    const { signal } = stop
    const rows = reader.query(message, { uploads, signal, ...(encode === undefined ? {} : { encode }) })
    // What a chunk gives may be a few rows: it waits for the next ones, or for the end. Most answers are one message.
    const held: Row[] = []
    try {
      for await (const batch of rows) {
        held.push(...batch)
        if (encode !== undefined && sizeOf(held) < worthwhileBytes) continue
        const room = outbox.put(held.splice(0))
        if (!outbox.isFull) continue
        tell({ type: 'rests', id, isResting: true })
        await room
        tell({ type: 'rests', id, isResting: false })
      }
    } catch (thrown) {
      outbox.flush(held)
      throw thrown
    }
    const sent = outbox.end(held)
    if (outbox.isWaiting) tell({ type: 'rests', id, isResting: true })
    await sent
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

function tell(message: MessageFromProcess): void {
  process.send?.(message)
}

/** Rows in a message, or, where they are many bytes, announced in one and sent through the pipe. */
function send(id: number, rows: readonly Row[], isLast: boolean): void {
  const [first] = rows
  const isEncoded = first !== undefined && first[0] instanceof Uint8Array
  if (!isEncoded || sizeOf(rows) <= smallBytes) {
    if (rows.length > 0) tell({ type: 'rows', id, rows: isEncoded ? [joined(rows)] : rows, isLast })
    else if (isLast) tell({ type: 'end', id })
    return
  }
  const { bytes, rowCount } = encodedIn(rows)
  tell({ type: 'bytes', id, length: sizeOf(rows), rowCount, isLast })
  // All of them in one call of the system, without joining them first.
  pipe.cork()
  for (const some of bytes) pipe.write(some)
  pipe.uncork()
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
