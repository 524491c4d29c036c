// Queries that wait for an engine process: first come, first served, within a limit.
import { RegistryError } from '../core/errors.js'
import { interruptionError } from './interruption.js'
import type { EngineProcess } from './pool-process.js'
import type { PoolQuery } from './pool-query.js'

export type Lane = 'lookup' | 'general'

export interface Waiting {
  readonly lane: Lane
  readonly signal?: AbortSignal
  readonly onQueued?: (position: number) => void
  readonly start: (process: EngineProcess) => PoolQuery
}

interface Entry extends Waiting {
  readonly resolve: (query: PoolQuery) => void
  readonly reject: (thrown: unknown) => void
  readonly leave: () => void
  position: number
}

export class PoolQueue {
  readonly #entries: Entry[] = []
  readonly #limit: number
  readonly #processes: number
  /** Smoothed time of a query; says when it is worth to come back. */
  #averageMs = 1000

  constructor(limit: number, processes: number) {
    this.#limit = limit
    this.#processes = Math.max(1, processes)
  }

  /** Waits for a process; throws kind `unavailable` when the queue is full, and when the signal is given. */
  join(waiting: Waiting): Promise<PoolQuery> {
    if (this.#entries.length >= this.#limit) throw this.#full()
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#remove(entry)
        if (waiting.signal !== undefined) reject(interruptionError(waiting.signal))
      }
      const leave = () => waiting.signal?.removeEventListener('abort', onAbort)
      const entry: Entry = { ...waiting, resolve, reject, leave, position: 0 }
      waiting.signal?.addEventListener('abort', onAbort, { once: true })
      this.#entries.push(entry)
    })
  }

  /** Starts the first waiting query of one of the lanes, if there is one. */
  give(process: EngineProcess, lanes: readonly Lane[]): void {
    const entry = this.#entries.find((candidate) => lanes.includes(candidate.lane))
    if (entry === undefined) return
    this.#remove(entry)
    entry.resolve(entry.start(process))
  }

  /** Tells everybody whose place has changed. */
  tellPositions(): void {
    for (const [index, entry] of this.#entries.entries()) {
      if (entry.position === index + 1) continue
      entry.position = index + 1
      entry.onQueued?.(entry.position)
    }
  }

  noteDuration(milliseconds: number): void {
    this.#averageMs = this.#averageMs * 0.9 + milliseconds * 0.1
  }

  refuseAll(thrown: unknown): void {
    for (const entry of [...this.#entries]) {
      this.#remove(entry)
      entry.reject(thrown)
    }
  }

  #remove(entry: Entry): void {
    const index = this.#entries.indexOf(entry)
    if (index < 0) return
    this.#entries.splice(index, 1)
    entry.leave()
    this.tellPositions()
  }

  #full(): RegistryError {
    const waitMs = (this.#averageMs * this.#entries.length) / this.#processes
    return new RegistryError(
      'unavailable',
      `${this.#entries.length} queries are waiting already, more than the service takes on. Send the query again a little later.`,
      { retryAfterSeconds: Math.min(120, Math.max(1, Math.ceil(waitMs / 1000))) },
    )
  }
}
