// How many of strangers' queries the database is sent at a time; the others wait.

import type { QueryOptions } from './engine.js'
import { interruptionError } from './interruption.js'
import { type Lane, PoolQueue } from './pool-queue.js'

/** One place for a running query. */
type Slot = Lane

export class PostgresqlSlots {
  readonly #free: Slot[]
  readonly #queue: PoolQueue<Slot, () => void>

  constructor(generalQueries: number, lookups: number, queueLimit: number) {
    this.#free = [...new Array<Slot>(lookups).fill('lookup'), ...new Array<Slot>(generalQueries).fill('general')]
    this.#queue = new PoolQueue(queueLimit, generalQueries)
  }

  /** Waits for a place; gives the function that leaves it. Throws kind `unavailable` when too many wait. */
  enter({ lane = 'general', signal, onQueued }: QueryOptions): Promise<() => void> {
    if (signal?.aborted) throw interruptionError(signal)
    const entered = this.#queue.join({
      lane,
      ...(signal === undefined ? {} : { signal }),
      ...(onQueued === undefined ? {} : { onQueued }),
      start: (slot) => this.#take(slot),
    })
    this.#admit()
    this.#queue.tellPositions()
    return entered
  }

  refuseAll(thrown: unknown): void {
    this.#queue.refuseAll(thrown)
  }

  #take(slot: Slot): () => void {
    const start = performance.now()
    this.#free.splice(this.#free.indexOf(slot), 1)
    return () => {
      this.#queue.noteDuration(performance.now() - start)
      this.#free.push(slot)
      this.#admit()
    }
  }

  #admit(): void {
    for (const slot of [...this.#free]) this.#queue.give(slot, slot === 'lookup' ? ['lookup'] : ['lookup', 'general'])
  }
}
