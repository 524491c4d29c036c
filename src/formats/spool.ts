// Rows → a temporary file and back, for formats whose beginning tells what is in their end.
import { Buffer } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { Row } from '../core/sql.js'

/** Batches of rows on disk; disposing removes them. */
export class RowSpool implements AsyncDisposable {
  readonly #folder: string
  readonly #file: FileHandle

  private constructor(folder: string, file: FileHandle) {
    this.#folder = folder
    this.#file = file
  }

  /** An empty spool in a new temporary folder. */
  static async open(): Promise<RowSpool> {
    const folder = await mkdtemp(join(tmpdir(), 'rows-'))
    return new RowSpool(folder, await open(join(folder, 'rows'), 'w'))
  }

  async append(batch: readonly Row[]): Promise<void> {
    const bytes = serialize(batch)
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
