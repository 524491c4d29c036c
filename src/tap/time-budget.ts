// Batches from an engine → the same, as long as the engine keeps within its time. A slow reader is not the engine's
// fault, but must not hold it for ever either.

/** A reader may take this many times as long as the engine itself. */
const readerFactor = 5

/** Counts the time spent waiting for the engine, and aborts when it is used up. */
export class TimeBudget {
  readonly #controller = new AbortController()
  #leftMs: number
  readonly #endsAtMs: number

  /** `seconds` of engine time; 0 is without limit. */
  constructor(seconds: number) {
    this.#leftMs = seconds > 0 ? seconds * 1000 : Number.POSITIVE_INFINITY
    this.#endsAtMs = performance.now() + this.#leftMs * readerFactor
  }

  /** Aborted once the time is used up. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Hands on what the engine gives, the clock running only while it works. */
  async *spend<Batch>(batches: AsyncIterable<Batch>): AsyncGenerator<Batch> {
    const iterator = batches[Symbol.asyncIterator]()
    try {
      for (;;) {
        const step = await this.#timed(() => iterator.next())
        if (step.done === true) return
        yield step.value
      }
    } finally {
      await iterator.return?.()
    }
  }

  async #timed<Result>(work: () => Promise<Result>): Promise<Result> {
    const begin = performance.now()
    const left = Math.min(this.#leftMs, this.#endsAtMs - begin)
    const abort = (): void => this.#controller.abort(new Error('The time of the query is used up.'))
    if (left <= 0) abort()
    const timer = Number.isFinite(left) && left > 0 ? setTimeout(abort, left) : undefined
    try {
      return await work()
    } finally {
      clearTimeout(timer)
      this.#leftMs -= performance.now() - begin
    }
  }
}
