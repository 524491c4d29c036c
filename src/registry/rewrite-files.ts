// Paths → the text files below them, read one after the other; and a text → a file replaced in one step.
//
// Files are read synchronously: for a hundred thousand small ones that takes a fraction of the time.
import { randomUUID } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  opendirSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { RegistryError } from '../core/errors.js'

/** A text file; each byte is one character, so that the text can be written back byte for byte whatever its encoding. */
export interface TextFile {
  readonly path: string
  readonly text: string
}

/** A file that was not read, and why. */
export interface SkippedFile {
  readonly path: string
  readonly reason: string
}

/** Folders that hold copies and machinery, never what somebody wrote. */
const skippedFolders = new Set(['.git', '.hg', '.svn', 'node_modules', '.ipynb_checkpoints', '__pycache__'])
/** Bytes in which a NUL marks a binary file, as for git. */
const probedBytes = 8000
/** Longer files are data and no source. */
export const longestFileBytes = 64 * 1024 * 1024

/**
 * All text files at or below the paths, in no particular order. Links inside are not followed: what they point to is
 * either visited itself or lies outside. Throws kind `not-found` when a path is missing.
 */
export function* textFiles(
  paths: readonly string[],
  excluded: (path: string, name: string) => boolean,
  skipped: (file: SkippedFile) => void,
): Generator<TextFile> {
  const reader = new Reader()
  for (const path of paths) {
    const isFolder = kindOf(path)
    if (excluded(path, basename(path))) {
      skipped({ path, reason: 'is excluded' })
      continue
    }
    if (!isFolder) {
      const file = reader.read(path, skipped)
      if (file !== undefined) yield file
      continue
    }
    for (const file of filesBelow(path, excluded, skipped)) {
      const text = reader.read(file, skipped)
      if (text !== undefined) yield text
    }
  }
}

/** True for a folder, false for a file. A link that somebody names is followed. */
function kindOf(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined)
    throw new RegistryError('not-found', `There is nothing at ${path}; expected a file or a folder.`)
  return found.isDirectory()
}

function* filesBelow(
  top: string,
  excluded: (path: string, name: string) => boolean,
  skipped: (file: SkippedFile) => void,
): Generator<string> {
  const waiting = [top]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    try {
      const entries = opendirSync(folder)
      try {
        for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
          const path = join(folder, entry.name)
          if (excluded(path, entry.name)) continue
          if (entry.isDirectory() && !skippedFolders.has(entry.name)) waiting.push(path)
          else if (entry.isFile()) yield path
        }
      } finally {
        entries.closeSync()
      }
    } catch (error) {
      if (!isFileError(error)) throw error
      skipped({ path: folder, reason: `cannot be read (${error.code})` })
    }
  }
}

/** Reads into one buffer that grows. */
class Reader {
  #buffer = Buffer.allocUnsafe(256 * 1024)

  read(path: string, skipped: (file: SkippedFile) => void): TextFile | undefined {
    try {
      const file = openSync(path, 'r')
      try {
        return this.#readOpen(file, path, skipped)
      } finally {
        closeSync(file)
      }
    } catch (error) {
      if (!isFileError(error)) throw error
      skipped({ path, reason: `cannot be read (${error.code})` })
      return undefined
    }
  }

  #readOpen(file: number, path: string, skipped: (file: SkippedFile) => void): TextFile | undefined {
    let length = readSync(file, this.#buffer, 0, this.#buffer.length, 0)
    const hasNul = this.#buffer.subarray(0, Math.min(length, probedBytes)).includes(0)
    if (hasNul) return undefined
    if (length === this.#buffer.length) {
      const { size } = fstatSync(file)
      if (size > longestFileBytes) {
        skipped({ path, reason: `has ${size} bytes, more than ${longestFileBytes}` })
        return undefined
      }
      if (size >= this.#buffer.length) this.#buffer = Buffer.concat([this.#buffer], size + 1)
      for (let more = -1; more !== 0 && length < this.#buffer.length; length += more)
        more = readSync(file, this.#buffer, length, this.#buffer.length - length, length)
    }
    return { path, text: this.#buffer.toString('latin1', 0, length) }
  }
}

/** Writes the text in place of the file, whole or not at all, with the mode that the file had. */
export function replaceTextFile({ path, text }: TextFile): void {
  const target = realpathSync(path)
  accessSync(target, constants.W_OK)
  const mode = statSync(target).mode & 0o7777
  const draft = join(target, '..', `.${basename(target).slice(0, 100)}.${randomUUID()}.draft`)
  try {
    writeFileSync(draft, text, { encoding: 'latin1', flag: 'wx', flush: true })
    // The mode given to open is cut by the umask.
    chmodSync(draft, mode)
    renameSync(draft, target)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** True for what the file system refuses: no permission, gone in the meantime. */
export function isFileError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error
}
