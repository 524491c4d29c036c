// A source of snapshots → the generations of a replica: fetched beside, verified, tested, then switched to.
//
// What is broken, tampered with, older, or of another registry never takes the place of what serves. Generations stay in
// the replica's folder, so that it starts with the last good one when the source cannot be reached.
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { asRegistryError, RegistryError } from '../core/errors.js'
import { foldIvoid, sameIvoid } from '../core/ivoid.js'
import { sql } from '../core/sql.js'
import type { DuckdbEngine } from '../engines/duckdb.js'
import { checkShape } from '../engines/duckdb-shape.js'
import type { Engine } from '../engines/engine.js'
import { isRunning } from '../engines/writer-lock.js'
import { privateSchema } from '../tables/declared.js'
import type { Schema } from '../tables/metadata.js'
import { countRecords, type GenerationFacts, readFacts } from './generation-facts.js'
import type { SnapshotManifest } from './snapshot-manifest.js'
import type { SnapshotSource } from './snapshot-source.js'

export interface ReplicaParts {
  readonly engine: DuckdbEngine
  readonly source: SnapshotSource
  /** Public schemas. */
  readonly schemas: readonly Schema[]
  /** Where snapshots arrive; on the same disk as the generations. */
  readonly folder: string
  readonly pollSeconds: number
  /** Told what has happened: a newer snapshot serves, or the reason why the one before goes on to serve. */
  readonly onNews: (news: ReplicaNews) => void
}

export type ReplicaNews =
  | { readonly kind: 'fetching' | 'installed'; readonly manifest: SnapshotManifest }
  | { readonly kind: 'failed'; readonly error: RegistryError }

/** Longest pause after snapshots that turned out bad, so that a source that stays bad is not fetched again and again. */
const longestPauseSeconds = 3600

export class Replica implements AsyncDisposable {
  readonly #parts: ReplicaParts
  readonly #stop = new AbortController()
  #following: Promise<void> | undefined
  /** Announced, and not yet installed. */
  #pending: SnapshotManifest | undefined
  #badInARow = 0

  constructor(parts: ReplicaParts) {
    this.#parts = parts
  }

  /**
   * Gets the newest snapshot; when that fails, the last good one of the same source serves. Throws what failed when
   * there is none.
   */
  async begin(): Promise<GenerationFacts> {
    const { folder, source, engine, onNews } = this.#parts
    await mkdir(folder, { recursive: true })
    await this.#removeLeftovers()
    const isSameSource = (await this.#knownSource()) === source.address
    try {
      await this.#refresh(isSameSource ? 'start' : 'new source')
      await this.#rememberSource()
    } catch (thrown) {
      if (!isSameSource || (await presentFacts(engine)) === undefined) throw thrown
      onNews({ kind: 'failed', error: asRegistryError(thrown) })
    }
    const facts = await presentFacts(engine)
    if (facts === undefined) throw new RegistryError('internal', 'The snapshot was taken, and does not say what it is.')
    return facts
  }

  /** From now on newer snapshots are looked for, until the replica is disposed. */
  follow(): void {
    this.#following = this.#poll()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#following
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const pauseSeconds = Math.min(longestPauseSeconds, this.#parts.pollSeconds * 2 ** this.#badInARow)
      await sleep(pauseSeconds * 1000, undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted) return
      await this.#refresh('while serving').catch((thrown: unknown) => {
        if (signal.aborted) return
        const error = asRegistryError(thrown)
        if (error.kind !== 'unavailable') this.#badInARow += 1
        this.#parts.onNews({ kind: 'failed', error })
      })
    }
  }

  async #refresh(when: 'new source' | 'start' | 'while serving'): Promise<void> {
    const { engine, source, folder, onNews } = this.#parts
    const { signal } = this.#stop
    this.#pending = (await source.manifest(signal)) ?? this.#pending
    const manifest = this.#pending
    if (manifest === undefined) return
    const isWanted = async () => isNews(manifest, await presentFacts(engine), when)
    if (await isWanted()) {
      onNews({ kind: 'fetching', manifest })
      const file = join(folder, `${process.pid}-${randomUUID()}.part`)
      try {
        await source.copy(manifest, file, signal)
        if (await this.#install(file, manifest, isWanted)) onNews({ kind: 'installed', manifest })
      } finally {
        await rm(file, { force: true })
      }
    }
    this.#pending = undefined
    this.#badInARow = 0
  }

  async #install(file: string, manifest: SnapshotManifest, isWanted: () => Promise<boolean>): Promise<boolean> {
    const { engine, source } = this.#parts
    try {
      return await engine.install(file, (candidate) => this.#check(candidate, manifest), isWanted)
    } catch (thrown) {
      const { kind, message } = asRegistryError(thrown)
      if (kind !== 'invalid' && kind !== 'internal') throw thrown
      const reason = kind === 'internal' ? 'it cannot be opened as a database.' : message
      throw new RegistryError('invalid', `The snapshot ${source.address} is not used: ${reason}`, { cause: thrown })
    }
  }

  /** Is it ours by its form, and what its manifest says? */
  async #check(candidate: Pick<Engine, 'query'>, manifest: SnapshotManifest): Promise<void> {
    await checkShape(candidate, [...this.#parts.schemas, privateSchema()])
    const facts = await readFacts(candidate)
    const counts = await countRecords(candidate)
    const isAsTold =
      facts?.id === manifest.generation &&
      sameIvoid(facts.registry, manifest.registry) &&
      counts.active === manifest.records.active
    if (!isAsTold) throw new RegistryError('invalid', 'The data are not those that the manifest describes.')
    if (!(await hasRecord(candidate, facts.registry)))
      throw new RegistryError('invalid', `The record of the registry itself, ${facts.registry}, is missing.`)
  }

  get #sourceFile(): string {
    return join(this.#parts.folder, 'source')
  }

  async #knownSource(): Promise<string | undefined> {
    const text = await readFile(this.#sourceFile, 'utf8').catch(() => undefined)
    return text?.trimEnd()
  }

  async #rememberSource(): Promise<void> {
    const draft = `${this.#sourceFile}.${process.pid}`
    await writeFile(draft, `${this.#parts.source.address}\n`)
    await rename(draft, this.#sourceFile)
  }

  /** What killed replicas had begun to fetch. */
  async #removeLeftovers(): Promise<void> {
    for (const name of await readdir(this.#parts.folder)) {
      const pid = Number(/^(\d+)-.*\.part$/.exec(name)?.[1] ?? Number.NaN)
      if (!Number.isNaN(pid) && !isRunning(pid)) await rm(join(this.#parts.folder, name), { force: true })
    }
  }
}

/**
 * Another generation than the one that serves, and no older one. Another registry's only when the replica starts: who
 * is connected must not find somebody else behind the same address.
 */
function isNews(
  manifest: SnapshotManifest,
  present: GenerationFacts | undefined,
  when: 'new source' | 'start' | 'while serving',
): boolean {
  if (present === undefined) return true
  if (present.id === manifest.generation) return false
  const isOther = !sameIvoid(present.registry, manifest.registry)
  if (isOther && when === 'while serving')
    throw new RegistryError(
      'invalid',
      `The snapshot is now one of ${manifest.registry}; ${present.registry} is served. Start the replica anew to serve the other registry.`,
    )
  return isOther || when === 'new source' || manifest.made >= present.made
}

/** Facts of what serves; undefined before the first snapshot. */
async function presentFacts(engine: Engine): Promise<GenerationFacts | undefined> {
  try {
    return await readFacts(engine)
  } catch (thrown) {
    if (thrown instanceof RegistryError && thrown.kind === 'unavailable') return undefined
    throw thrown
  }
}

async function hasRecord(candidate: Pick<Engine, 'query'>, ivoid: string): Promise<boolean> {
  const query = sql`SELECT 1 FROM x.record WHERE folded_ivoid = ${foldIvoid(ivoid)} AND status = 'active'`
  for await (const rows of candidate.query(query)) if (rows.length > 0) return true
  return false
}
