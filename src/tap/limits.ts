// Settings → what one query or job may cost: rows, seconds, bytes.
import type { Config } from '../config.js'

export interface TapLimits {
  /** Rows without MAXREC, and at most. */
  readonly maxRowsDefault: number
  readonly maxRowsHard: number
  readonly syncSeconds: number
  /** Run time of a job when it does not ask, and at most. */
  readonly jobSecondsDefault: number
  readonly jobSecondsHard: number
  /** How long a job is kept from its creation on, and at most. */
  readonly keepSecondsDefault: number
  readonly keepSecondsHard: number
  /** Longest blocking of WAIT: below the usual connection time-outs (UWS 1.1 §2.2.1.2). */
  readonly waitSeconds: number
  readonly uploadBytes: number
  /** Seconds for fetching an uploaded table from its address. */
  readonly uploadSeconds: number
  /** Jobs that run at a time, and that wait. */
  readonly runningJobs: number
  readonly queuedJobs: number
  /** Bytes of the result of one job. */
  readonly resultBytes: number
  /** Bytes of the uploads and results of all jobs. */
  readonly keptBytes: number
}

const daySeconds = 86_400

/** The limits in force. */
export function tapLimits(
  config: Pick<
    Config,
    | 'maxRowsDefault'
    | 'maxRowsHard'
    | 'queryTimeoutSeconds'
    | 'uploadLimitBytes'
    | 'engineProcesses'
    | 'engineQueries'
    | 'jobResultLimitBytes'
    | 'jobSpaceBytes'
  >,
): TapLimits {
  return {
    maxRowsDefault: Math.min(config.maxRowsDefault, config.maxRowsHard),
    maxRowsHard: config.maxRowsHard,
    syncSeconds: config.queryTimeoutSeconds,
    jobSecondsDefault: config.queryTimeoutSeconds * 10,
    jobSecondsHard: config.queryTimeoutSeconds * 60,
    keepSecondsDefault: 7 * daySeconds,
    keepSecondsHard: 60 * daySeconds,
    waitSeconds: 50,
    uploadBytes: config.uploadLimitBytes,
    uploadSeconds: 30,
    // One place in the engine stays free for synchronous queries.
    runningJobs: Math.max(1, config.engineProcesses * config.engineQueries - 1),
    queuedJobs: 200,
    resultBytes: config.jobResultLimitBytes,
    keptBytes: config.jobSpaceBytes,
  }
}

/** MAXREC as asked → the number of rows that may go out: more than the hard limit is cut down, not refused. */
export function rowLimit(
  maxRows: number | undefined,
  limits: Pick<TapLimits, 'maxRowsDefault' | 'maxRowsHard'>,
): number {
  return Math.min(maxRows ?? limits.maxRowsDefault, limits.maxRowsHard)
}
