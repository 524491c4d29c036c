// The files of the data: numbered generations that never change, and a small file that says which one is current.
//
//   12.duckdb        the previous generation, kept for rolling back
//   13.duckdb        the current one
//   14.duckdb.next   the next one while it is being made; of no meaning after a crash
//   current          {"generation":13,"previous":12}, replaced in one step
import { constants } from 'node:fs'
import { copyFile, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RegistryError } from '../core/errors.js'

/** Which generation serves, and the one before it. */
export interface Pointer {
  readonly generation: number
  readonly previous?: number
}

/** A folder of generations. Whatever changes it must hold the writer's lock; reading needs none. */
export class Generations {
  readonly #temporaryFolder: string

  constructor(readonly folder: string) {
    this.#temporaryFolder = join(folder, 'temporary')
  }

  /** Where the sorts of this process go that do not fit into memory. */
  spillFolder(user: 'reader' | 'writer'): string {
    return join(this.#temporaryFolder, `${user}-${process.pid}`)
  }

  fileOf(generation: number): string {
    return join(this.folder, `${generation}.duckdb`)
  }

  /** The pointer, or undefined before the first publication. Throws kind `invalid` when the file is damaged. */
  async current(): Promise<Pointer | undefined> {
    const text = await readFile(join(this.folder, 'current'), 'utf8').catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return undefined
      throw thrown
    })
    return text === undefined ? undefined : readPointer(text, this.folder)
  }

  /** Makes the folder when it is missing. */
  async prepare(): Promise<void> {
    await mkdir(this.#temporaryFolder, { recursive: true })
  }

  /** The file to make the next generation in: a copy of the current one, or none yet when `fresh`. */
  async draft(fresh: boolean): Promise<{ readonly generation: number; readonly file: string }> {
    const numbers = (await readdir(this.folder)).map((name) => Number.parseInt(name, 10)).filter(Number.isInteger)
    const generation = Math.max(0, ...numbers) + 1
    const file = `${this.fileOf(generation)}.next`
    const pointer = await this.current()
    // FICLONE: file systems that can share blocks copy in no time.
    if (!fresh && pointer !== undefined)
      await copyFile(this.fileOf(pointer.generation), file, constants.COPYFILE_FICLONE)
    return { generation, file }
  }

  /** A finished, closed file becomes the generation that serves. After a crash this has either happened or not. */
  async publish(generation: number, file: string): Promise<void> {
    const before = await this.current()
    await sync(file)
    await rename(file, this.fileOf(generation))
    await this.#point(before === undefined ? { generation } : { generation, previous: before.generation })
  }

  /** Goes back to the previous generation; a second call goes forward again. Throws kind `not-found` without one. */
  async rollBack(): Promise<Pointer> {
    const pointer = await this.current()
    if (pointer?.previous === undefined)
      throw new RegistryError('not-found', `There is no earlier generation to go back to in ${this.folder}.`)
    const changed = { generation: pointer.previous, previous: pointer.generation }
    await this.#point(changed)
    return changed
  }

  /** Removes what is neither current nor previous: old generations and what killed writers left. */
  async removeUnused(): Promise<void> {
    const pointer = await this.current()
    const kept = new Set([pointer?.generation, pointer?.previous].map((generation) => `${generation}.duckdb`))
    // Somebody who still reads a removed file keeps it until it is closed.
    for (const name of await readdir(this.folder))
      if (isGenerationFile(name) && !kept.has(name)) await rm(join(this.folder, name), { force: true })
    for (const name of await readdir(this.#temporaryFolder))
      if (!isRunning(Number(name.split('-')[1])))
        await rm(join(this.#temporaryFolder, name), { force: true, recursive: true })
  }

  async #point(pointer: Pointer): Promise<void> {
    const draft = join(this.folder, 'current.next')
    await writeFile(draft, `${JSON.stringify(pointer)}\n`)
    await sync(draft)
    // The renamed generation must be on disk before anything points at it.
    await sync(this.folder)
    await rename(draft, join(this.folder, 'current'))
    await sync(this.folder)
  }
}

/** Is there a process of that number? */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
  }
}

function isGenerationFile(name: string): boolean {
  return /^\d+\.duckdb(\.|$)/.test(name) || name === 'current.next'
}

function readPointer(text: string, folder: string): Pointer {
  const content = parseJson(text)
  const pointer = (typeof content === 'object' && content !== null ? content : {}) as Record<string, unknown>
  const { generation, previous } = pointer
  if (typeof generation !== 'number' || !(previous === undefined || typeof previous === 'number'))
    throw new RegistryError(
      'invalid',
      `${join(folder, 'current')} is damaged: expected {"generation":N,"previous":N}. Write the number of the newest .duckdb file there into it.`,
    )
  return previous === undefined ? { generation } : { generation, previous }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Waits until a file, or the names in a folder, are on disk. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
