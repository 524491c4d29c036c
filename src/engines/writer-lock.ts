// One writer at a time, across processes: a file that names its holder, and that a dead holder loses.
import { randomUUID } from 'node:crypto'
import { link, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RegistryError } from '../core/errors.js'

interface Holder {
  readonly pid: number
  /** When the process started, in ticks since boot; tells a reused process number. Empty where /proc does not exist. */
  readonly started: string
  readonly host: string
  readonly token: string
}

const lockName = 'writer.lock'
const heartbeatMs = 5_000
/** A holder on another machine (or in another container) that gave no sign for so long is taken for dead. */
const silenceMs = 60_000
const retryMs = 100

/**
 * Runs `work` while holding the lock of the folder; waits for another writer for up to `waitMs`.
 * Throws kind `unavailable` naming the other process when it does not finish in time.
 */
export async function withWriterLock<Result>(
  folder: string,
  waitMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const file = join(folder, lockName)
  const token = await acquire(file, waitMs)
  const heartbeat = setInterval(() => {
    const now = new Date()
    utimes(file, now, now).catch(() => undefined)
  }, heartbeatMs)
  heartbeat.unref()
  try {
    await removeDrafts(folder)
    return await work()
  } finally {
    clearInterval(heartbeat)
    const holder = await readHolder(file)
    if (holder?.token === token) await rm(file, { force: true })
  }
}

async function acquire(file: string, waitMs: number): Promise<string> {
  const own: Holder = {
    pid: process.pid,
    started: (await startOf(process.pid)) ?? '',
    host: hostname(),
    token: randomUUID(),
  }
  const draft = `${file}.${own.host}.${own.pid}.${own.token}`
  const deadline = performance.now() + waitMs
  await writeFile(draft, JSON.stringify(own))
  try {
    for (;;) {
      if (await tryLink(draft, file)) return own.token
      const holder = await readHolder(file)
      if (await isDead(file, holder)) await removeStale(file, holder, draft)
      else if (performance.now() >= deadline) throw busy(holder, waitMs)
      else await sleep(retryMs)
    }
  } finally {
    await rm(draft, { force: true })
  }
}

/** What processes of this machine left that were killed while they asked for the lock; their names say whose they are. */
async function removeDrafts(folder: string): Promise<void> {
  const ours = `${lockName}.${hostname()}.`
  for (const name of await readdir(folder)) {
    const [pid] = name.startsWith(ours) ? (/^\d+(?=\.)/.exec(name.slice(ours.length)) ?? []) : []
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(folder, name), { force: true })
  }
}

/** Creates the lock with its content in one step; false when somebody has it. */
async function tryLink(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file)
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false
    throw thrown
  }
}

/** Only one of several waiting processes gets to rename the dead holder's file; one that moved a living lock puts it back. */
async function removeStale(file: string, dead: Holder | undefined, draft: string): Promise<void> {
  const aside = `${draft}.stale`
  try {
    await rename(file, aside)
    const moved = await readHolder(aside)
    if (moved?.token !== dead?.token) await tryLink(aside, file)
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown
  } finally {
    await rm(aside, { force: true })
  }
}

async function isDead(file: string, holder: Holder | undefined): Promise<boolean> {
  if (holder === undefined) return false
  if (holder.host !== hostname()) {
    const changed = await stat(file).catch(() => undefined)
    return changed !== undefined && Date.now() - changed.mtimeMs > silenceMs
  }
  if (!isRunning(holder.pid)) return true
  const started = await startOf(holder.pid)
  return started !== undefined && holder.started !== '' && started !== holder.started
}

/** Is there a process of that number on this machine? */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    // EPERM: it lives, under another user.
    return codeOf(thrown) === 'EPERM'
  }
}

/** Field 22 of /proc/<pid>/stat; undefined where there is no /proc. */
async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The second field is a command name in parentheses and may hold anything, blanks included.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19]
}

async function readHolder(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as Holder)
}

function busy(holder: Holder | undefined, waitMs: number): RegistryError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`
  return new RegistryError(
    'unavailable',
    `The data are being written by ${who}, which did not finish within ${Math.round(waitMs / 1000)} s. Try again when it is done.`,
    { retryAfterSeconds: 30 },
  )
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined
}
