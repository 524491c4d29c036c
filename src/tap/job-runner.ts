// A job → its result file: the same query as /sync, written to disk.
import type { Job } from './job.js'
import type { JobStore } from './job-store.js'
import type { RunJob } from './jobs.js'
import { Parameters, readTapRequest } from './parameters.js'
import { type QueryContext, startQuery } from './query.js'
import type { UploadLimits } from './uploads.js'
import { loadUploads } from './uploads.js'

/** How jobs of this service are run. */
export function jobRunner(store: JobStore, context: QueryContext, uploadLimits: UploadLimits): RunJob {
  return async (job: Job, signal: AbortSignal) => {
    // DALI 1.2 §2.1: what is wrong with the parameters shows when the job runs, not when it is created.
    const request = readTapRequest(new Parameters(job.parameters))
    const parts = await store.readParts(job)
    const uploads = await loadUploads(request.uploads, parts, { ...uploadLimits, signal })
    // The queue keeps the time.
    const query = await startQuery(request, { uploads, signal, seconds: 0 }, context)
    const { format, contentType } = request.format
    const bytes = await store.writeResult(job.id, format.write(query))
    const failure = query.failure()
    // The document says so at its end, but a job that broke off is not COMPLETED.
    if (failure !== undefined) throw failure
    return { mediaType: contentType, bytes, extension: format.extension }
  }
}
