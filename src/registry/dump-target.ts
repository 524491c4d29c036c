// Pieces of text and bytes → files that appear when all of them are whole: one file, or a folder of them.
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RegistryError } from '../core/errors.js'
import { isRunning } from '../engines/writer-lock.js'

/** One file as it was written. */
export interface WrittenFile {
  readonly name: string
  readonly bytes: number
}

/** Marks a folder as one of ours, which the next dump may replace. */
export const dumpSummary = 'dump.json'

/** Make with `openFile` or `openFolder`; `write`, then `finish`; `discard` when anything fails. */
export class DumpTarget {
  readonly #path: string
  readonly #draft: string
  readonly #isFolder: boolean

  private constructor(path: string, isFolder: boolean) {
    this.#path = path
    this.#draft = `${path}.${process.pid}.part`
    this.#isFolder = isFolder
  }

  /** A single file, replaced when the new one is whole. */
  static async openFile(path: string): Promise<DumpTarget> {
    const target = new DumpTarget(resolve(path), false)
    await target.#begin()
    return target
  }

  /** A folder. Throws kind `usage` when there is one already that no dump has made and that is not empty. */
  static async openFolder(path: string): Promise<DumpTarget> {
    const target = new DumpTarget(resolve(path), true)
    const present = await readdir(target.#path).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return undefined
      throw thrown.code === 'ENOTDIR' ? new RegistryError('usage', `${path} is a file; expected a folder.`) : thrown
    })
    if (present !== undefined && present.length > 0 && !present.includes(dumpSummary))
      throw new RegistryError(
        'usage',
        `The folder ${path} holds other things than a dump (there is no ${dumpSummary} in it), so it is not replaced; name another one.`,
      )
    await target.#begin()
    await mkdir(target.#draft)
    return target
  }

  /** Writes one file; a target that is a file has one only, and its name does not matter. */
  async write(name: string, pieces: AsyncIterable<string | Uint8Array>): Promise<WrittenFile> {
    const file = this.#isFolder ? join(this.#draft, name) : this.#draft
    await pipeline(Readable.from(pieces), createWriteStream(file))
    await sync(file)
    return { name, bytes: (await stat(file)).size }
  }

  /** Everything is whole: it takes its place. A folder gets the summary. */
  async finish(summary: unknown): Promise<void> {
    if (this.#isFolder) {
      const file = join(this.#draft, dumpSummary)
      await writeFile(file, `${JSON.stringify(summary, null, 2)}\n`)
      await sync(file)
      // A folder cannot be replaced in one step; the old one is out of the way for two renames.
      const old = `${this.#path}.${process.pid}.old`
      const hadOne = await rename(this.#path, old).then(
        () => true,
        () => false,
      )
      await rename(this.#draft, this.#path)
      if (hadOne) await rm(old, { recursive: true })
    } else await rename(this.#draft, this.#path)
  }

  async discard(): Promise<void> {
    await rm(this.#draft, { recursive: true, force: true })
  }

  /** Makes the folder around it, and removes what killed dumps left there. */
  async #begin(): Promise<void> {
    const folder = dirname(this.#path)
    await mkdir(folder, { recursive: true })
    const own = basename(this.#path)
    for (const name of await readdir(folder)) {
      const pid = name.startsWith(`${own}.`) ? /^(\d+)\.part$/.exec(name.slice(own.length + 1))?.[1] : undefined
      if (pid !== undefined && !isRunning(Number(pid))) await rm(join(folder, name), { recursive: true, force: true })
    }
    await this.discard()
  }
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
