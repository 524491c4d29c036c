// Rows → a temporary file and back, for formats whose beginning tells what is in their end.
import { Buffer } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { RegistryError } from '../core/errors.js'
import type { Row } from '../core/sql.js'

/** Bytes of one result that waits on disk. */
const spoolLimitBytes = 4_000_000_000

/** Batches of rows on disk; disposing removes them. */
export class RowSpool implements AsyncDisposable {
  readonly #folder: string
  readonly #file: FileHandle

  #leftBytes: number

  private constructor(folder: string, file: FileHandle, maxBytes: number) {
    this.#folder = folder
    this.#file = file
    this.#leftBytes = maxBytes
  }

  /** An empty spool in a new temporary folder, for so many bytes at most. */
  static async open(maxBytes = spoolLimitBytes): Promise<RowSpool> {
    const folder = await mkdtemp(join(tmpdir(), 'rows-'))
    return new RowSpool(folder, await open(join(folder, 'rows'), 'w'), maxBytes)
  }

  /** Throws kind `limit` when the rows take up more than they may. */
  async append(batch: readonly Row[]): Promise<void> {
    const bytes = serialize(batch)
    this.#leftBytes -= bytes.length
    if (this.#leftBytes < 0)
      throw new RegistryError(
        'limit',
        'The result is too long for this format, which has to be put together on disk. Select fewer columns or rows, or ask for a format that is sent as it comes, such as VOTable, CSV or Parquet.',
      )
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    await this.#file.write(Buffer.concat([length, bytes]))
  }

  /** The batches in the order they came; may be read several times. */
  async *batches(): AsyncGenerator<readonly Row[]> {
    let pending: Buffer = Buffer.alloc(0)
    for await (const piece of createReadStream(join(this.#folder, 'rows'))) {
      pending = Buffer.concat([pending, piece as Buffer])
      while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32BE(0)) {
        const end = 4 + pending.readUInt32BE(0)
        yield deserialize(pending.subarray(4, end)) as readonly Row[]
        pending = pending.subarray(end)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
