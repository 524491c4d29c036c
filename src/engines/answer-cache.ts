// Rows as bytes of queries that come again → kept until the data change, so that they are computed and encoded once.
//
// A class of thirty runs the same notebook; scripts ask every morning for all services of a kind. What is asked for once is
// not kept: the second time costs a copy to a file, the third and later ones a few reads. Bytes lie in a file, because a
// keyword search of pyvo gives up to 15 MB; the operating system holds in memory what is asked for often.
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Row } from '../core/sql.js'
import { BlockFile, blockBytes } from './block-file.js'
import { bytesPassed } from './external-memory.js'

export interface AnswerCacheOptions {
  /** Folder for the file. */
  readonly folder: string
  /** Disk space for all answers. */
  readonly megabytes: number
  /** How long a query waits for the same one that is being recorded: its reader may be slow. */
  readonly patienceMs?: number
}

/** One answer may take this share of the space: the list of all cone searches, 150 MB, would push out all others. */
const largestShare = 1 / 8
/** A keyword search of pyvo takes half a second beside seven others. */
const usualPatienceMs = 2000
/** Queries that are remembered as having come once. */
const rememberedQueries = 20_000

/** Bytes of rows as an engine gives them with `QueryOptions.encode`. */
type EncodedRows = AsyncIterable<readonly Row[]>

interface KeptAnswer {
  readonly blocks: readonly number[]
  readonly byteLength: number
  readonly rowCount: number
  /** Who reads it now; its blocks stay until they are through. */
  readers: number
  isDropped: boolean
}

/** Make one per engine; `clear` whenever other data are shown; dispose at the end. */
export class AnswerCache implements AsyncDisposable {
  readonly #file: BlockFile
  readonly #largestBytes: number
  /** The least recently used first. */
  readonly #answers = new Map<string, KeptAnswer>()
  readonly #askedOnce = new Set<string>()
  /** Answers on their way into the file; each resolves when there is nothing more to wait for. */
  readonly #recordings = new Map<string, Promise<void>>()
  readonly #patienceMs: number
  /** Counts `clear`: an answer that was begun before is of the former data. */
  #epoch = 0

  constructor({ folder, megabytes, patienceMs = usualPatienceMs }: AnswerCacheOptions) {
    this.#patienceMs = patienceMs
    this.#file = new BlockFile(folder, megabytes)
    this.#largestBytes = megabytes * 1e6 * largestShare
  }

  /**
   * The rows that `run` gives, or those it gave before for the same key, which must say all that they depend on but for
   * the data. Throws what `run` throws; a disk that is full or broken costs nothing but the speed.
   */
  async *query(key: string, run: () => EncodedRows): AsyncGenerator<readonly Row[], void, undefined> {
    const digest = createHash('sha256').update(key).digest('base64')
    // Thirty who ask at once take one place in the queue of the engine, not thirty.
    const recording = this.#recordings.get(digest)
    if (recording !== undefined) await Promise.race([recording, sleep(this.#patienceMs, undefined, { ref: false })])
    const answer = this.#answers.get(digest)
    if (answer !== undefined) {
      // Moved to the end: it has just been used.
      this.#answers.delete(digest)
      this.#answers.set(digest, answer)
      if (yield* this.#replay(digest, answer)) return
    }
    if (!this.#askedOnce.delete(digest)) {
      this.#remember(digest)
      yield* run()
      return
    }
    yield* this.#record(digest, run)
  }

  /** The data have changed: nothing of what is kept holds. */
  clear(): void {
    this.#epoch += 1
    for (const digest of [...this.#answers.keys()]) this.#drop(digest)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.clear()
    await this.#file[Symbol.asyncDispose]()
  }

  /** False, with nothing given, when the first bytes cannot be read. */
  async *#replay(digest: string, answer: KeptAnswer): AsyncGenerator<readonly Row[], boolean, undefined> {
    const { blocks, byteLength, rowCount } = answer
    answer.readers += 1
    try {
      for (const [index, block] of blocks.entries()) {
        const length = Math.min(blockBytes, byteLength - index * blockBytes)
        const bytes = await this.#file.read(block, length).catch((thrown: unknown) => {
          this.#drop(digest)
          if (index > 0) throw thrown
          return undefined
        })
        if (bytes === undefined) return false
        // Counted with the last of them: a row limit that was kept then is kept now.
        yield [[bytes, index === blocks.length - 1 ? rowCount : 0]]
        bytesPassed(bytes.length)
      }
      return true
    } finally {
      answer.readers -= 1
      this.#giveBack(answer)
    }
  }

  /** Gives the rows and keeps them when all have been taken: who leaves early has seen a part. */
  async *#record(digest: string, run: () => EncodedRows): AsyncGenerator<readonly Row[], void, undefined> {
    const epoch = this.#epoch
    const { promise, resolve: release } = withResolver()
    if (!this.#recordings.has(digest)) this.#recordings.set(digest, promise)
    const recording = new Recording(this.#file, () => this.#room(), this.#largestBytes)
    let isWhole = false
    try {
      for await (const batch of run()) {
        yield batch
        for (const [bytes, count] of batch) if (bytes instanceof Uint8Array) await recording.add(bytes, Number(count))
        if (recording.hasFailed) release()
      }
      isWhole = true
    } finally {
      const isWritten = await recording.end()
      // A second recording of the same query may have been quicker.
      if (isWhole && isWritten && epoch === this.#epoch && !this.#answers.has(digest))
        this.#answers.set(digest, { ...recording.answer, readers: 0, isDropped: false })
      else this.#file.giveBack(recording.answer.blocks)
      if (this.#recordings.get(digest) === promise) this.#recordings.delete(digest)
      release()
    }
  }

  /** A block, at the cost of the answers that have not been asked for longest; undefined when all are being read. */
  #room(): number | undefined {
    let block = this.#file.take()
    for (const [digest, { readers }] of this.#answers) {
      if (block !== undefined) break
      if (readers > 0) continue
      this.#drop(digest)
      block = this.#file.take()
    }
    return block
  }

  #drop(digest: string): void {
    const answer = this.#answers.get(digest)
    if (answer === undefined) return
    this.#answers.delete(digest)
    answer.isDropped = true
    this.#giveBack(answer)
  }

  /** Its blocks, once nobody needs them. */
  #giveBack(answer: KeptAnswer): void {
    if (answer.isDropped && answer.readers === 0) this.#file.giveBack(answer.blocks)
  }

  #remember(digest: string): void {
    this.#askedOnce.add(digest)
    if (this.#askedOnce.size <= rememberedQueries) return
    const [oldest] = this.#askedOnce
    if (oldest !== undefined) this.#askedOnce.delete(oldest)
  }
}

/** An answer on its way into the file, block by block. */
class Recording {
  readonly #file: BlockFile
  readonly #room: () => number | undefined
  readonly #largestBytes: number
  readonly #blocks: number[] = []
  /** One is filled while the other is written. */
  #filling = Buffer.allocUnsafeSlow(blockBytes)
  #written = Buffer.allocUnsafeSlow(blockBytes)
  #filled = 0
  #byteLength = 0
  #rowCount = 0
  #hasFailed = false
  #writing: Promise<void> = Promise.resolve()

  constructor(file: BlockFile, room: () => number | undefined, largestBytes: number) {
    this.#file = file
    this.#room = room
    this.#largestBytes = largestBytes
  }

  get answer(): Pick<KeptAnswer, 'blocks' | 'byteLength' | 'rowCount'> {
    return { blocks: this.#blocks, byteLength: this.#byteLength, rowCount: this.#rowCount }
  }

  /** Too large, or the disk is full or broken: it is not kept. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  async add(bytes: Uint8Array, rowCount: number): Promise<void> {
    this.#rowCount += rowCount
    this.#byteLength += bytes.length
    if (this.#byteLength > this.#largestBytes) this.#hasFailed = true
    for (let from = 0; from < bytes.length && !this.#hasFailed; ) {
      const piece = bytes.subarray(from, from + blockBytes - this.#filled)
      this.#filling.set(piece, this.#filled)
      this.#filled += piece.length
      from += piece.length
      if (this.#filled === blockBytes) await this.#flush()
    }
  }

  /** True when all of it is in the file. */
  async end(): Promise<boolean> {
    if (this.#filled > 0 && !this.#hasFailed) await this.#flush()
    await this.#writing
    return !this.#hasFailed
  }

  async #flush(): Promise<void> {
    await this.#writing
    const block = this.#room()
    if (block === undefined) {
      this.#hasFailed = true
      return
    }
    this.#blocks.push(block)
    const [filled, empty] = [this.#filling, this.#written]
    this.#writing = this.#file.write(block, filled.subarray(0, this.#filled)).catch(() => {
      this.#hasFailed = true
    })
    this.#filling = empty
    this.#written = filled
    this.#filled = 0
  }
}

function withResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
