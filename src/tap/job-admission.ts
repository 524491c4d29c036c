// What is kept and waiting already → may another job be created, may one more start? Nobody may fill the machine.
import { RegistryError } from '../core/errors.js'
import { ForbiddenChange } from './errors.js'
import type { Job } from './job.js'
import { parameterCharacters } from './job-changes.js'
import { type JobSpace, noSpace } from './job-space.js'
import type { TapLimits } from './limits.js'

/** Jobs kept at most, whatever their phase. */
const mostJobs = 10_000
/** Of these, jobs from one network address: nobody takes all places. */
const mostJobsOfClient = 2_000
/** Characters of the parameters of all jobs, which are kept in memory. */
const mostCharacters = 200_000_000

/** Throws ForbiddenChange when this client has too many jobs (UWS 1.1 §2.2.3.1), kind `unavailable` when all together are too many. */
export function admitCreation(kept: Iterable<Job>, client: string | undefined): void {
  let [jobs, ofClient, characters] = [0, 0, 0]
  for (const job of kept) {
    jobs++
    if (client !== undefined && job.client === client) ofClient++
    characters += parameterCharacters(job.parameters)
  }
  if (ofClient >= mostJobsOfClient)
    throw new ForbiddenChange(
      `${mostJobsOfClient} jobs from your network address are kept here, which is the limit; delete jobs that are done.`,
    )
  if (jobs >= mostJobs) throw tooMany(`${mostJobs} jobs are kept here, which is the limit`)
  if (characters >= mostCharacters) throw tooMany('The queries of the jobs that are kept here fill their space')
}

function tooMany(reason: string): RegistryError {
  return new RegistryError('unavailable', `${reason}; delete jobs that are done.`, { retryAfterSeconds: 600 })
}

/** Throws kind `unavailable` when the queue is full, or what is kept fills its space. */
export function admitStart(
  waitingJobs: number,
  space: Pick<JobSpace, 'isFull'>,
  limits: Pick<TapLimits, 'queuedJobs'>,
): void {
  if (waitingJobs >= limits.queuedJobs) {
    throw new RegistryError('unavailable', `${waitingJobs} jobs are waiting already; start this one later.`, {
      retryAfterSeconds: 60,
    })
  }
  if (space.isFull) throw noSpace()
}
