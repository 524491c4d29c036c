// Times as cron writes them → work that is done at these times while the program runs.
import { Cron } from 'croner'
import { RegistryError } from '../core/errors.js'

/** Work that recurs. */
export interface ScheduledWork {
  /** What it is, for messages: "checks". */
  readonly name: string
  /** In UTC, as cron has it; empty for never. */
  readonly times: string
  readonly example: string
  run(signal: AbortSignal): Promise<unknown>
  onFailure(thrown: unknown): void
}

/** One run at a time. Gives what stops it, also in the middle. Throws kind `usage` when the schedule is none. */
export function startSchedule(work: ScheduledWork): Disposable {
  if (work.times === '') return { [Symbol.dispose]: () => undefined }
  const controller = new AbortController()
  try {
    const job = new Cron(work.times, { protect: true, timezone: 'UTC', unref: true }, async () => {
      await work.run(controller.signal).catch((thrown: unknown) => {
        if (!controller.signal.aborted) work.onFailure(thrown)
      })
    })
    return {
      [Symbol.dispose]: () => {
        job.stop()
        controller.abort()
      },
    }
  } catch (cause) {
    throw new RegistryError(
      'usage',
      `The schedule of ${work.name} is "${work.times}"; expected minute, hour, day, month and weekday as cron has them, as "${work.example}".`,
      { cause },
    )
  }
}
