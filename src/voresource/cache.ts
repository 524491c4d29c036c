// What was made of unchanged files the last time → not made again: parsed files, passed checks and built records, kept in one JSON file.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface CacheFile {
  /** The program that made the entries; another one makes them anew. */
  readonly program: string
  readonly entries: Readonly<Record<string, unknown>>
}

/**
 * Results by what they were made of. Losing it costs seconds, never correctness: every key holds a digest of all that
 * went into the result, the program included. Entries that a run does not use are dropped when it is saved.
 */
export class ResourceCache {
  readonly #known: ReadonlyMap<string, unknown>
  readonly #used = new Map<string, unknown>()
  #isChanged = false

  private constructor(
    readonly file: string,
    readonly program: string,
    known: ReadonlyMap<string, unknown>,
  ) {
    this.#known = known
  }

  /** Opens the cache at that path; empty when there is none, or one that another program or a crash has left. */
  static async open(file: string, program = programDigest()): Promise<ResourceCache> {
    const text = await readFile(file, 'utf8').catch(() => '')
    return new ResourceCache(file, program, new Map(Object.entries(readEntries(text, program))))
  }

  /** The result of `make`, or what it was for the same kind and digest before. It must be representable in JSON. */
  remember<T>(kind: 'parsed' | 'fits' | 'record', digest: string, make: () => T): T {
    const key = `${kind}:${digest}`
    const known = this.#used.get(key) ?? this.#known.get(key)
    if (known !== undefined) {
      this.#used.set(key, known)
      // Only this method writes entries of a kind, so what was put in under the key comes out again.
      return known as T
    }
    const made = make()
    this.#used.set(key, made)
    this.#isChanged = true
    return made
  }

  /** Writes what this run has used, if that differs from the file; all at once or not at all. */
  async save(): Promise<void> {
    if (!this.#isChanged && this.#used.size === this.#known.size) return
    const content: CacheFile = { program: this.program, entries: Object.fromEntries(this.#used) }
    await mkdir(dirname(this.file), { recursive: true })
    await writeFile(`${this.file}.new`, JSON.stringify(content))
    await rename(`${this.file}.new`, this.file)
  }
}

/** SHA-256 in hexadecimal digits. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Digest of the code that makes records, so that a new version of the program builds anew. */
export function programDigest(): string {
  const hash = createHash('sha256')
  for (const room of ['..', '../../xml', '../../core', '../../../schemas'].map((path) =>
    join(fileURLToPath(import.meta.url), path),
  )) {
    const files = readdirSync(room, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(js|ts|json)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
    for (const file of files) hash.update(file.slice(room.length)).update(readFileSync(file))
  }
  return hash.digest('hex')
}

function readEntries(text: string, program: string): Readonly<Record<string, unknown>> {
  try {
    const content: unknown = JSON.parse(text)
    return isCacheFile(content) && content.program === program ? content.entries : {}
  } catch {
    // Cut off or empty: it is made again.
    return {}
  }
}

function isCacheFile(content: unknown): content is CacheFile {
  return (
    typeof content === 'object' &&
    content !== null &&
    'program' in content &&
    'entries' in content &&
    typeof content.entries === 'object' &&
    content.entries !== null
  )
}
