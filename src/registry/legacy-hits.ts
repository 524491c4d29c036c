// Requests at former addresses → counts per address, day and client family, kept in the state directory.
//
// The file is replaced as a whole every few seconds, so that a crash costs seconds of counting and never the file.
import { readFile, rename } from 'node:fs/promises'
import { replaceFile } from '../core/replace-file.js'

/** Requests of one client family at one former address on one day (UTC). */
export interface LegacyHit {
  /** As the moves have it; for requests nothing is known about, the host and `/*`. */
  readonly formerUrl: string
  /** As 2026-05-01. */
  readonly day: string
  readonly client: string
  readonly requests: number
}

export interface HitStore extends AsyncDisposable {
  count(formerUrl: string, day: string, client: string): void
  all(): readonly LegacyHit[]
  /** Writes what has been counted since the last time. */
  flush(): Promise<void>
}

export interface HitOptions {
  /** `legacy-hits.json` in the state directory. */
  readonly path: string
  /** Told when the file cannot be read or written; counting goes on. */
  readonly warn: (message: string, cause: unknown) => void
  readonly writeAfterMs?: number
  /** Entries at most; when there are more, the oldest days go. */
  readonly maxEntries?: number
}

/** Opens the counts; a damaged file is put aside and counting begins anew. */
export async function openHits(options: HitOptions): Promise<HitStore> {
  const { path, warn } = options
  const maxEntries = options.maxEntries ?? 100_000
  const counts = new Map<string, number>()
  for (const { formerUrl, day, client, requests } of await readHits(path, warn))
    counts.set(keyOf(formerUrl, day, client), requests)
  let timer: NodeJS.Timeout | undefined
  let isChanged = false
  let writing: Promise<void> = Promise.resolve()

  const write = async (): Promise<void> => {
    if (!isChanged) return
    isChanged = false
    try {
      await replaceFile(path, `${JSON.stringify({ version: 1, hits: all() })}\n`)
    } catch (cause) {
      isChanged = true
      warn('the counts of requests at former addresses could not be written', cause)
    }
  }
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(write)
    return writing
  }
  const all = (): readonly LegacyHit[] => [...counts].map(([key, requests]) => ({ ...partsOf(key), requests }))

  return {
    count: (formerUrl, day, client) => {
      const key = keyOf(formerUrl, day, client)
      counts.set(key, (counts.get(key) ?? 0) + 1)
      if (counts.size > maxEntries) dropOldestDay(counts)
      isChanged = true
      timer ??= setTimeout(() => void flush(), options.writeAfterMs ?? 5000).unref()
    },
    all,
    flush,
    [Symbol.asyncDispose]: flush,
  }
}

// The day stands first, so that keys sort by it.
function keyOf(formerUrl: string, day: string, client: string): string {
  return `${day}\n${client}\n${formerUrl}`
}

function partsOf(key: string): Omit<LegacyHit, 'requests'> {
  const [day = '', client = '', formerUrl = ''] = key.split('\n')
  return { formerUrl, day, client }
}

function dropOldestDay(counts: Map<string, number>): void {
  let oldest: string | undefined
  for (const key of counts.keys()) {
    const day = key.slice(0, 10)
    if (oldest === undefined || day < oldest) oldest = day
  }
  for (const key of [...counts.keys()]) if (key.slice(0, 10) === oldest) counts.delete(key)
}

async function readHits(path: string, warn: HitOptions['warn']): Promise<readonly LegacyHit[]> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'))
      warn('the counts of requests at former addresses could not be read', cause)
    return []
  }
  try {
    const content: unknown = JSON.parse(text)
    if (typeof content === 'object' && content !== null && 'hits' in content && Array.isArray(content.hits)) {
      const hits: readonly unknown[] = content.hits
      if (hits.every(isHit)) return hits
    }
    throw new SyntaxError('expected an object with a list "hits"')
  } catch (cause) {
    warn(`${path} is damaged; it is kept as ${path}.damaged and counting begins anew`, cause)
    await rename(path, `${path}.damaged`)
    return []
  }
}

function isHit(value: unknown): value is LegacyHit {
  if (typeof value !== 'object' || value === null) return false
  const { formerUrl, day, client, requests }: Partial<Record<string, unknown>> = { ...value }
  return (
    typeof formerUrl === 'string' &&
    typeof day === 'string' &&
    /^\d{4}-\d\d-\d\d$/.test(day) &&
    typeof client === 'string' &&
    typeof requests === 'number'
  )
}
