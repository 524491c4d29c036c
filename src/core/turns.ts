// Pieces of work that must not meet → one after the other, in the order they came.

export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs the work when all before it has ended, well or badly; gives what it gives. Work must not take a turn within its own. */
  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#last.then(work)
    this.#last = mine.catch(() => undefined)
    return mine
  }
}
