// ledger.json ↔ what was published when: the one thing about records that cannot be derived (ARCHITECTURE 1).
import { copyFile, mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Low } from 'lowdb'
import { JSONFile } from 'lowdb/node'
import { type Datestamp, parseDatestamp } from '../core/datestamp.js'
import { RegistryError } from '../core/errors.js'
import { foldIvoid, type Ivoid, isIvoid } from '../core/ivoid.js'
import { withWriterLock } from '../engines/writer-lock.js'

/** What is remembered of one IVOID, for ever. */
export interface LedgerEntry {
  readonly ivoid: Ivoid
  /** SHA-256 of the record without its times, hexadecimal. */
  readonly hash: string
  /** When the record first appeared; kept through deletion and return. */
  readonly created: Datestamp
  /** Last change, deletion and return included. */
  readonly datestamp: Datestamp
  readonly deleted: boolean
}

/** Entries by folded IVOID. */
export type LedgerEntries = ReadonlyMap<string, LedgerEntry>

export interface LedgerContent {
  readonly entries: LedgerEntries
  /** The highest datestamp ever given out, purged records included. */
  readonly highest?: Datestamp
  /**
   * Entries of a publication whose generation may or may not have come into use: written before the switch, merged
   * after it. The generation tells which of the two it was.
   */
  readonly pending?: LedgerEntries
}

export interface Ledger {
  readonly path: string
  /** Throws kind `invalid`, naming file and backup, when the file is damaged; a missing file is an empty ledger. */
  read(): Promise<LedgerContent>
  /** Replaces the file in one step, keeping the content it had as the backup. */
  write(content: LedgerContent): Promise<void>
  /**
   * Runs work that reads and then writes, while nobody else does, in this process or another.
   * Throws kind `unavailable` when somebody else does not end within some minutes.
   */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result>
}

/** How long to wait for another publication: as long as a large one may take. */
const lockWaitMs = 600_000

interface LedgerFile {
  readonly version: 1
  readonly highest?: string
  readonly records: Readonly<Record<string, LedgerEntry>>
  readonly pending?: Readonly<Record<string, LedgerEntry>>
}

/** The ledger in that file; made with the first write. */
export function openLedger(path: string): Ledger {
  // The lowdb preset would keep everything in memory under NODE_ENV=test, hence the adapter itself.
  const database = new Low<LedgerFile | null>(new JSONFile<LedgerFile | null>(path), null)
  let isPresent = false
  return {
    path,
    async read() {
      const file = await readFileContent(database, path)
      isPresent = file !== null
      return file === null ? { entries: new Map() } : checkFile(file, path)
    },
    async write(content) {
      await mkdir(dirname(path), { recursive: true })
      // Only a file that was read, and so is whole, becomes the backup.
      if (isPresent) await keepBackup(path)
      database.data = toFile(content)
      await database.write()
      await flush(path)
      isPresent = true
    },
    async exclusively(work) {
      await mkdir(dirname(path), { recursive: true })
      return withWriterLock(dirname(path), lockWaitMs, work)
    },
  }
}

/** Where the content before the last change is kept. */
export function backupPath(path: string): string {
  return `${path}.backup`
}

async function readFileContent(database: Low<LedgerFile | null>, path: string): Promise<unknown> {
  // lowdb leaves the old content in place when the file is missing; a ledger that was removed must read as empty.
  database.data = null
  try {
    await database.read()
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged(path, `it is not JSON: ${error.message}`, error)
    throw error
  }
  return database.data
}

function checkFile(file: unknown, path: string): LedgerContent {
  if (!isObject(file) || file.version !== 1) throw damaged(path, 'expected an object with "version": 1')
  const highest = file.highest === undefined ? undefined : parseDatestamp(String(file.highest))
  if (file.highest !== undefined && highest === undefined)
    throw damaged(path, `"highest" is ${JSON.stringify(file.highest)}, expected YYYY-MM-DDThh:mm:ssZ`)
  const entries = checkEntries(file.records, 'records', path)
  const pending = file.pending === undefined ? undefined : checkEntries(file.pending, 'pending', path)
  return {
    entries,
    ...(highest === undefined ? {} : { highest }),
    ...(pending === undefined ? {} : { pending }),
  }
}

function checkEntries(value: unknown, part: string, path: string): LedgerEntries {
  if (!isObject(value)) throw damaged(path, `"${part}" is missing or no object`)
  const entries = new Map<string, LedgerEntry>()
  for (const [key, entry] of Object.entries(value)) {
    const checked = checkEntry(entry)
    if (checked === undefined || foldIvoid(checked.ivoid) !== key)
      throw damaged(path, `the entry "${key}" of "${part}" lacks something or contradicts itself`)
    entries.set(key, checked)
  }
  return entries
}

function checkEntry(entry: unknown): LedgerEntry | undefined {
  if (!isObject(entry)) return undefined
  const { ivoid, hash, deleted } = entry
  const created = parseDatestamp(String(entry.created))
  const datestamp = parseDatestamp(String(entry.datestamp))
  if (typeof ivoid !== 'string' || !isIvoid(ivoid) || typeof deleted !== 'boolean') return undefined
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) return undefined
  if (created === undefined || datestamp === undefined || created > datestamp) return undefined
  return { ivoid, hash, created, datestamp, deleted }
}

function damaged(path: string, reason: string, cause?: unknown): RegistryError {
  return new RegistryError(
    'invalid',
    `The ledger ${path} is damaged: ${reason}. Nothing was changed. Put back a good copy, for example ${backupPath(path)}, which holds the state before the last change.`,
    { cause },
  )
}

function toFile(content: LedgerContent): LedgerFile {
  return {
    version: 1,
    ...(content.highest === undefined ? {} : { highest: content.highest }),
    records: sorted(content.entries),
    ...(content.pending === undefined ? {} : { pending: sorted(content.pending) }),
  }
}

/** In the order of the keys, so that versions of the file can be compared line by line. */
function sorted(entries: LedgerEntries): Record<string, LedgerEntry> {
  return Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)))
}

async function keepBackup(path: string): Promise<void> {
  const draft = `${backupPath(path)}.new`
  await copyFile(path, draft)
  await rename(draft, backupPath(path))
}

/** A file that is there after a power failure as it was written. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
