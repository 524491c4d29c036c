// The files of the data: numbered generations that never change, and a small file that says which one is current.
//
//    9.duckdb        the last one of an earlier day, kept for rolling back
//   12.duckdb        the previous generation, likewise
//   13.duckdb        the current one
//   14.duckdb.next   the next one while it is being made; of no meaning after a crash
//   current          {"generation":13,"previous":12}, replaced in one step
import { constants } from 'node:fs'
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RegistryError } from '../core/errors.js'
import type { GenerationFile } from './engine.js'
import { isRunning } from './writer-lock.js'

/** Which generation serves, and the one before it. */
export interface Pointer {
  readonly generation: number
  readonly previous?: number
}

/** A folder of generations. Whatever changes it must hold the writer's lock; reading needs none. */
export class Generations {
  readonly #temporaryFolder: string

  /** `earlier`: how many generations to keep beside the one in use. */
  constructor(
    readonly folder: string,
    readonly earlier = 1,
  ) {
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

  /** Those that are whole, newest first. */
  async list(): Promise<readonly GenerationFile[]> {
    const pointer = await this.current()
    const found: GenerationFile[] = []
    for (const name of await readdir(this.folder).catch(() => [])) {
      const generation = Number(/^(\d+)\.duckdb$/.exec(name)?.[1] ?? Number.NaN)
      const file = join(this.folder, name)
      // Between the two calls a writer may have removed it.
      const state = Number.isNaN(generation) ? undefined : await stat(file).catch(() => undefined)
      if (state === undefined) continue
      const use =
        generation === pointer?.generation ? 'current' : generation === pointer?.previous ? 'previous' : 'kept'
      found.push({ generation, file, bytes: state.size, made: state.mtime, use })
    }
    return found.sort((one, other) => other.generation - one.generation)
  }

  /** The file to make the next generation in: a copy of `from`, or none yet. Throws kind `not-found` without `from`. */
  async draft(from: number | undefined): Promise<{ readonly generation: number; readonly file: string }> {
    const numbers = (await readdir(this.folder)).map((name) => Number.parseInt(name, 10)).filter(Number.isInteger)
    const generation = Math.max(0, ...numbers) + 1
    const file = `${this.fileOf(generation)}.next`
    // FICLONE: file systems that can share blocks copy in no time.
    if (from !== undefined) {
      await this.#mustHave(from)
      await copyFile(this.fileOf(from), file, constants.COPYFILE_FICLONE)
    }
    return { generation, file }
  }

  /** A finished, closed file becomes the generation that serves. After a crash this has either happened or not. */
  async publish(generation: number, file: string): Promise<void> {
    await sync(file)
    await rename(file, this.fileOf(generation))
    await this.pointTo(generation)
  }

  /** Points at a generation that is there. Throws kind `not-found` for another. */
  async pointTo(generation: number): Promise<Pointer> {
    await this.#mustHave(generation)
    const before = await this.current()
    const pointer = before === undefined ? { generation } : { generation, previous: before.generation }
    await this.#point(pointer)
    return pointer
  }

  /** Removes generations that are not to be kept (nor `needed`), and what killed writers left. */
  async removeUnused(needed?: number): Promise<void> {
    const kept = keptGenerations(await this.list(), this.earlier)
    const names = new Set([...kept, needed].map((generation) => `${generation}.duckdb`))
    // Somebody who still reads a removed file keeps it until it is closed.
    for (const name of await readdir(this.folder))
      if (isGenerationFile(name) && !names.has(name)) await rm(join(this.folder, name), { force: true })
    for (const name of await readdir(this.#temporaryFolder))
      if (!isRunning(Number(name.split('-')[1])))
        await rm(join(this.#temporaryFolder, name), { force: true, recursive: true })
  }

  async #mustHave(generation: number): Promise<void> {
    const present = await this.list()
    if (present.some((one) => one.generation === generation)) return
    const names = present.map((one) => one.generation).join(', ')
    throw new RegistryError('not-found', `There is no generation ${generation} in ${this.folder}; there are: ${names}.`)
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

/**
 * Which to keep: the current one and `earlier` others. The previous one comes first, then the last one of each earlier
 * day (UTC), so that yesterday is there however often data have changed today; what room is left is for the newest.
 */
export function keptGenerations(
  newestFirst: readonly Pick<GenerationFile, 'generation' | 'made' | 'use'>[],
  earlier: number,
): ReadonlySet<number> {
  const dayOf = ({ made }: Pick<GenerationFile, 'made'>) => made.toISOString().slice(0, 10)
  const current = newestFirst.find(({ use }) => use === 'current')
  const others = newestFirst.filter(({ use }) => use !== 'current')
  const days = new Set(current === undefined ? [] : [dayOf(current)])
  const lastOfDays = others.filter((one) => !days.has(dayOf(one)) && days.add(dayOf(one)))
  const inOrder = new Set([...others.filter(({ use }) => use === 'previous'), ...lastOfDays, ...others])
  const kept = [...inOrder].slice(0, earlier)
  return new Set([...(current === undefined ? [] : [current]), ...kept].map(({ generation }) => generation))
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
