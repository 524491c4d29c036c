// Things that become ready one by one → groups that are dealt with together, because each dealing is expensive.

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (reason: unknown) => void
}

/** What became of one thing: a result, or what was thrown. */
export type Dealt<Result> = { readonly result: Result } | { readonly thrown: unknown }

/**
 * Deals with what is ready when nothing else is on its way, or when the first has waited long enough; with one group at
 * a time.
 */
export class Gathering<Item, Result> {
  readonly #deal: (items: readonly Item[]) => Promise<readonly Dealt<Result>[]>
  readonly #longestWaitMs: number
  #onTheirWay: number
  #waiting: Waiting<Item, Result>[] = []
  #isDealing = false
  #timer: NodeJS.Timeout | undefined

  /** `deal` gives one result for each of its items, in their order. */
  constructor(
    expected: number,
    longestWaitMs: number,
    deal: (items: readonly Item[]) => Promise<readonly Dealt<Result>[]>,
  ) {
    this.#onTheirWay = expected
    this.#longestWaitMs = longestWaitMs
    this.#deal = deal
  }

  /** One of the expected things is ready; fulfilled when it has been dealt with. */
  submit(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      this.#timer ??= setTimeout(() => void this.#dealWithAll(), this.#longestWaitMs)
      this.leave()
    })
  }

  /** One of the expected things will not come, or has come. */
  leave(): void {
    this.#onTheirWay -= 1
    if (this.#onTheirWay === 0) void this.#dealWithAll()
  }

  async #dealWithAll(): Promise<void> {
    if (this.#isDealing || this.#waiting.length === 0) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isDealing = true
    const group = this.#waiting
    this.#waiting = []
    const dealt = await this.#deal(group.map(({ item }) => item)).catch((thrown: unknown) =>
      group.map(() => ({ thrown })),
    )
    for (const [index, { resolve, reject }] of group.entries()) {
      const one = dealt[index]
      if (one !== undefined && 'result' in one) resolve(one.result)
      else reject(one?.thrown)
    }
    this.#isDealing = false
    if (this.#onTheirWay === 0) void this.#dealWithAll()
    else if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => void this.#dealWithAll(), this.#longestWaitMs)
  }
}
