// Settings → the job queue of this service, with what was left in its folder taken up again.
import { join } from 'node:path'
import type { Config } from '../config.js'
import type { Clock } from '../core/clock.js'
import { newJobId } from './job-changes.js'
import { jobRunner } from './job-runner.js'
import { JobSpace } from './job-space.js'
import { JobStore } from './job-store.js'
import { JobQueue } from './jobs.js'
import type { TapLimits } from './limits.js'
import type { QueryContext } from './query.js'
import type { UploadLimits } from './uploads.js'

export interface JobParts {
  readonly config: Pick<Config, 'state'>
  readonly clock: Clock
  readonly context: QueryContext
  readonly limits: TapLimits
  readonly uploadLimits: UploadLimits
  readonly log: { readonly error: (facts: object, message: string) => void }
}

/** The jobs below the state directory. Dispose it when the server stops; running jobs go on at the next start. */
export function openJobs(parts: JobParts): Promise<JobQueue> {
  const store = new JobStore(join(parts.config.state, 'jobs'), new JobSpace(parts.limits))
  return JobQueue.open({
    store,
    run: jobRunner(store, parts.context, parts.uploadLimits),
    clock: parts.clock,
    limits: parts.limits,
    newId: newJobId,
    onInternalError: (error, job) => parts.log.error({ err: error.cause ?? error, job: job.id }, 'a job failed'),
  })
}
