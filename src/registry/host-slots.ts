// Work at many hosts → as much at once as is allowed, and never two pieces of it at one host.

/** Slots for work at hosts; who finds none free, or its host busy, waits for its turn. */
export class HostSlots {
  readonly #most: number
  readonly #busy = new Set<string>()
  readonly #waiting: { readonly host: string; readonly start: () => void }[] = []

  /** `most`: hosts that may be asked at the same time. */
  constructor(most: number) {
    this.#most = Math.max(1, most)
  }

  /** Runs `work` when it is the turn of the host of that address. */
  async run<Result>(url: string, work: () => Promise<Result>): Promise<Result> {
    const host = hostOf(url)
    await new Promise<void>((start) => {
      this.#waiting.push({ host, start })
      this.#startNext()
    })
    try {
      return await work()
    } finally {
      this.#busy.delete(host)
      this.#startNext()
    }
  }

  #startNext(): void {
    while (this.#busy.size < this.#most) {
      const index = this.#waiting.findIndex(({ host }) => !this.#busy.has(host))
      const [next] = index === -1 ? [] : this.#waiting.splice(index, 1)
      if (next === undefined) return
      this.#busy.add(next.host)
      next.start()
    }
  }
}

/** Host and port of an address; an address that is none is a host of its own. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}
