// A UWS job as it is kept and shown (UWS 1.1 §2.1).
import type { Parameter } from './parameters.js'

/** UWS 1.1 §2.1.3. HELD, SUSPENDED, UNKNOWN and ARCHIVED are never entered here; lists may still be asked for them. */
export const phases = [
  'PENDING',
  'QUEUED',
  'EXECUTING',
  'COMPLETED',
  'ERROR',
  'ABORTED',
  'UNKNOWN',
  'HELD',
  'SUSPENDED',
  'ARCHIVED',
] as const

export type Phase = (typeof phases)[number]

/** An uploaded part kept with its job. */
export interface JobPart {
  readonly name: string
  /** File name within the job's folder, ours, never the client's. */
  readonly file: string
}

/** Everything there is to know about a job; replaced as a whole, never changed. */
export interface Job {
  readonly id: string
  readonly phase: Phase
  readonly runId?: string
  /** Network address of whoever created it: the job list shows it to nobody else. */
  readonly client?: string
  /** Milliseconds since 1970, as all times here. */
  readonly createdMs: number
  readonly startedMs?: number
  readonly endedMs?: number
  /** 0 is unlimited (UWS 1.1 §2.1.4). */
  readonly executionSeconds: number
  readonly destructionMs: number
  readonly parameters: readonly Parameter[]
  readonly parts: readonly JobPart[]
  /** How often it was begun: a job that takes the server down must not do so for ever. */
  readonly attempts: number
  readonly result?: { readonly mediaType: string; readonly bytes: number; readonly extension: string }
  readonly error?: { readonly message: string; readonly type: 'fatal' | 'transient' }
}

/** Phases in which a job waits or runs: WAIT blocks in these only (UWS 1.1 §2.2.1.2). */
export function isActive(phase: Phase): boolean {
  return phase === 'PENDING' || phase === 'QUEUED' || phase === 'EXECUTING'
}

/** When the job is expected to be done, if anything is known about it: its longest run from its start on (TAP 1.1 §5.1.2). */
export function quoteMs(job: Job): number | undefined {
  if (job.endedMs !== undefined) return job.endedMs
  if (job.executionSeconds === 0) return undefined
  return (job.startedMs ?? job.createdMs) + job.executionSeconds * 1000
}

/** A moment as UWS has it: ISO 8601 with T and Z (UWS 1.1 §2.2.1). */
export function uwsTime(moment: number): string {
  return `${new Date(moment).toISOString().slice(0, 19)}Z`
}
