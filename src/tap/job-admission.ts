// What is kept and waiting already → may another job be created, may one more start? Nobody may fill the machine.
import { RegistryError } from '../core/errors.js'
import type { Job } from './job.js'
import type { TapLimits } from './limits.js'

/** Jobs kept at most, whatever their phase. */
const mostJobs = 10_000

/** Throws kind `unavailable` when too many jobs are kept. */
export function admitCreation(keptJobs: number): void {
  if (keptJobs < mostJobs) return
  throw new RegistryError(
    'unavailable',
    `${mostJobs} jobs are kept here, which is the limit; delete jobs that are done.`,
    { retryAfterSeconds: 600 },
  )
}

/** Throws kind `unavailable` when the queue is full, or the results kept fill their space. */
export function admitStart(
  waitingJobs: number,
  kept: readonly Job[],
  limits: Pick<TapLimits, 'queuedJobs' | 'keptBytes'>,
): void {
  if (waitingJobs >= limits.queuedJobs) {
    throw new RegistryError('unavailable', `${waitingJobs} jobs are waiting already; start this one later.`, {
      retryAfterSeconds: 60,
    })
  }
  const keptBytes = kept.reduce((sum, job) => sum + (job.result?.bytes ?? 0), 0)
  if (keptBytes >= limits.keptBytes) {
    throw new RegistryError(
      'unavailable',
      'The results of earlier jobs fill the space there is for them; delete those that are no longer needed.',
      { retryAfterSeconds: 3600 },
    )
  }
}
