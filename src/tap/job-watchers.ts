// Who waits for a job to change, and waking them.

/** Requests with WAIT, by job. */
export class JobWatchers {
  readonly #byJob = new Map<string, Set<() => void>>()

  /** Resolves when the job is woken, after `milliseconds`, or when `signal` is aborted. */
  async wait(id: string, milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || milliseconds <= 0) return
    await new Promise<void>((resolve) => {
      const watchers = this.#byJob.get(id) ?? new Set()
      const finish = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', finish)
        watchers.delete(finish)
        if (watchers.size === 0) this.#byJob.delete(id)
        resolve()
      }
      const timer = setTimeout(finish, milliseconds)
      signal.addEventListener('abort', finish, { once: true })
      watchers.add(finish)
      this.#byJob.set(id, watchers)
    })
  }

  wake(id: string): void {
    for (const finish of [...(this.#byJob.get(id) ?? [])]) finish()
  }

  wakeAll(): void {
    for (const id of [...this.#byJob.keys()]) this.wake(id)
  }
}
