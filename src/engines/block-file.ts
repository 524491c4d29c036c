// Blocks of bytes in a file without a name: gone with the process, however it ends.
import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes of a block: enough that reading one costs more for its bytes than for the call. */
export const blockBytes = 131_072

/** Blocks are taken, written, read and given back; who holds which is not known here. Dispose at the end. */
export class BlockFile implements AsyncDisposable {
  readonly #folder: string
  readonly #limit: number
  readonly #free: number[] = []
  #made = 0
  #file: Promise<FileHandle> | undefined

  /** The folder is made when it is missing, and the file with the first block that is written. */
  constructor(folder: string, megabytes: number) {
    this.#folder = folder
    this.#limit = Math.floor((megabytes * 1e6) / blockBytes)
  }

  /** Number of a block that nobody holds; undefined when all are held. */
  take(): number | undefined {
    const free = this.#free.pop()
    if (free !== undefined || this.#made === this.#limit) return free
    this.#made += 1
    return this.#made - 1
  }

  giveBack(blocks: readonly number[]): void {
    this.#free.push(...blocks)
  }

  /** At most `blockBytes` bytes. Throws what the file system throws. */
  async write(block: number, bytes: Uint8Array): Promise<void> {
    const file = await this.#open()
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, block * blockBytes + done)
      done += bytesWritten
    }
  }

  /** The first `length` bytes of a block. Throws when they are not all there. */
  async read(block: number, length: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafeSlow(length)
    const file = await this.#file
    for (let done = 0; done < length; ) {
      const step = await file?.read(bytes, done, length - done, block * blockBytes + done)
      if (step === undefined || step.bytesRead === 0) throw new Error(`block ${block} has no ${length} bytes`)
      done += step.bytesRead
    }
    return bytes
  }

  #open(): Promise<FileHandle> {
    this.#file ??= openUnnamed(this.#folder).catch((thrown: unknown) => {
      // The disk may be there again next time.
      this.#file = undefined
      throw thrown
    })
    return this.#file
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const file = await this.#file?.catch(() => undefined)
    await file?.close()
  }
}

/** Removed as soon as it is open: what a killed process had written takes no space. */
async function openUnnamed(folder: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `answers-${randomBytes(8).toString('hex')}`)
  const file = await open(path, 'wx+', 0o600)
  await rm(path, { force: true })
  return file
}
