// Bytes that jobs put on disk → may there be more? Strangers' uploads and results never fill it.
import { RegistryError } from '../core/errors.js'
import type { TapLimits } from './limits.js'

type SpaceLimits = Pick<TapLimits, 'resultBytes' | 'keptBytes'>

/** What each job takes up, and what all may. */
export class JobSpace {
  readonly #limits: SpaceLimits
  readonly #byJob = new Map<string, number>()
  #used = 0

  constructor(limits: SpaceLimits) {
    this.#limits = limits
  }

  /** What one job takes up. */
  bytesOf(id: string): number {
    return this.#byJob.get(id) ?? 0
  }

  /** True when no job may be given more. */
  get isFull(): boolean {
    return this.#used >= this.#limits.keptBytes
  }

  /** Counts bytes before they are written. Throws kind `unavailable` when there is no room for them. */
  take(id: string, bytes: number): void {
    if (this.#used + bytes > this.#limits.keptBytes) throw noSpace()
    this.add(id, bytes)
  }

  /** Counts bytes that are there already; fewer than none for those that have gone. */
  add(id: string, bytes: number): void {
    this.#byJob.set(id, (this.#byJob.get(id) ?? 0) + bytes)
    this.#used += bytes
  }

  /** The job has gone with all it had. */
  release(id: string): void {
    this.#used -= this.#byJob.get(id) ?? 0
    this.#byJob.delete(id)
  }

  /**
   * The chunks of a result, counted as they pass. Throws kind `limit` when they are more than one result may have,
   * `unavailable` when the space of all is used up.
   */
  async *metered(id: string, chunks: AsyncIterable<string | Uint8Array>): AsyncGenerator<string | Uint8Array> {
    let left = this.#limits.resultBytes
    for await (const chunk of chunks) {
      const bytes = typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength
      left -= bytes
      if (left < 0) throw tooLong(this.#limits.resultBytes)
      this.take(id, bytes)
      yield chunk
    }
  }
}

/** The space of all jobs is used up. */
export function noSpace(): RegistryError {
  return new RegistryError(
    'unavailable',
    'The uploads and results of earlier jobs fill the space there is for them. Delete jobs that are no longer needed, or try again later; synchronous queries need no space.',
    { retryAfterSeconds: 3600 },
  )
}

function tooLong(bytes: number): RegistryError {
  return new RegistryError(
    'limit',
    `The result is longer than ${readable(bytes)}, the limit for one job. Select fewer columns or rows, ask for a denser format (parquet, votable/b2), or send the query to /sync.`,
  )
}

function readable(bytes: number): string {
  const [unit, divisor] = bytes >= 1e9 ? ['GB', 1e9] : bytes >= 1e6 ? ['MB', 1e6] : ['bytes', 1]
  return `${Number((bytes / Number(divisor)).toFixed(1))} ${unit}`
}
