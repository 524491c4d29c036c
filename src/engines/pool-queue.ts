// Queries that wait for a place to run: first come, first served, within a limit.
import { RegistryError } from '../core/errors.js'
import { interruptionError } from './interruption.js'

export type Lane = 'lookup' | 'general'

/** A query that waits for a `Place`, where it becomes something `Started`. */
export interface Waiting<Place, Started> {
  readonly lane: Lane
  readonly signal?: AbortSignal
  readonly onQueued?: (position: number) => void
  /** Asked before it starts; while it is next and does not fit, nobody else gets that place. */
  readonly fits?: (place: Place) => boolean
  readonly start: (place: Place) => Started
}

interface Entry<Place, Started> extends Waiting<Place, Started> {
  readonly resolve: (started: Started) => void
  readonly reject: (thrown: unknown) => void
  readonly leave: () => void
  position: number
}

export class PoolQueue<Place, Started> {
  readonly #entries: Entry<Place, Started>[] = []
  readonly #limit: number
  readonly #places: number
  /** Smoothed time of a query; says when it is worth to come back. */
  #averageMs = 1000

  constructor(limit: number, places: number) {
    this.#limit = limit
    this.#places = Math.max(1, places)
  }

  /** Waits for a place; throws kind `unavailable` when the queue is full, and when the signal is given. */
  join(waiting: Waiting<Place, Started>): Promise<Started> {
    // Look-ups are quick, so a crowd of other queries is no reason to refuse them.
    const crowd = this.#entries.filter((entry) => entry.lane === waiting.lane).length
    if (crowd >= this.#limit) throw this.#full(crowd)
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#remove(entry)
        if (waiting.signal !== undefined) reject(interruptionError(waiting.signal))
      }
      const leave = () => waiting.signal?.removeEventListener('abort', onAbort)
      const entry: Entry<Place, Started> = { ...waiting, resolve, reject, leave, position: 0 }
      waiting.signal?.addEventListener('abort', onAbort, { once: true })
      this.#entries.push(entry)
    })
  }

  /** Starts the first waiting query of one of the lanes; false when there is none, or it does not fit. */
  give(place: Place, lanes: readonly Lane[]): boolean {
    const entry = this.#entries.find((candidate) => lanes.includes(candidate.lane))
    if (entry === undefined || entry.fits?.(place) === false) return false
    this.#remove(entry)
    entry.resolve(entry.start(place))
    return true
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

  #remove(entry: Entry<Place, Started>): void {
    const index = this.#entries.indexOf(entry)
    if (index < 0) return
    this.#entries.splice(index, 1)
    entry.leave()
    this.tellPositions()
  }

  #full(crowd: number): RegistryError {
    const waitMs = (this.#averageMs * crowd) / this.#places
    return new RegistryError(
      'unavailable',
      `${crowd} queries are waiting already, more than the service takes on. Send the query again a little later.`,
      { retryAfterSeconds: Math.min(120, Math.max(1, Math.ceil(waitMs / 1000))) },
    )
  }
}
