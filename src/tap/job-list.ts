// The filters of the job list: PHASE, AFTER, LAST, joined by AND (UWS 1.1 §2.2.2.1).
import { RegistryError } from '../core/errors.js'
import { type Job, type Phase, phases } from './job.js'
import type { Parameters } from './parameters.js'

/**
 * The jobs wanted of those that this client created, in the order to be shown: nobody logs in, and whoever knows the id
 * of a job may read and delete it, so other people's ids stay hidden. Throws kind `usage` for values that are none.
 */
export function filterJobs(jobs: readonly Job[], parameters: Parameters, client: string): readonly Job[] {
  const wanted = parameters
    .all('PHASE')
    .filter((text) => text !== '')
    .map(readPhase)
  const after = readMoment(parameters.single('AFTER'))
  const last = readCount(parameters.single('LAST'))
  const matching = jobs.filter(
    (job) =>
      job.client === client &&
      // Archived jobs show only when they are asked for.
      (wanted.length === 0 ? job.phase !== 'ARCHIVED' : wanted.includes(job.phase)) &&
      (after === undefined || job.createdMs > after),
  )
  // LAST: the most recent first.
  return last === undefined ? matching : [...matching].reverse().slice(0, last)
}

/** A phase in any case. Throws kind `usage` for another word. */
export function readPhase(text: string): Phase {
  const phase = phases.find((one) => one === text.trim().toUpperCase())
  if (phase === undefined) {
    throw new RegistryError('usage', `PHASE "${text.slice(0, 60)}" is not known; expected one of ${phases.join(', ')}.`)
  }
  return phase
}

/** `2026-03-01T12:00:00`, with or without Z, fraction or time of day → milliseconds since 1970. Missing zone means UTC. */
export function readMoment(text: string | undefined, name = 'AFTER'): number | undefined {
  if (text === undefined) return undefined
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?)?$/.exec(text.trim())
  const moment = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2] ?? '00:00:00'}${match[3] ?? 'Z'}`)
  if (!Number.isNaN(moment)) return moment
  throw new RegistryError(
    'usage',
    `${name} "${text.slice(0, 60)}" is not a time; expected for example 2026-03-01T12:00:00Z.`,
  )
}

function readCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text.trim()) && Number(text) > 0) return Number(text)
  throw new RegistryError('usage', `LAST "${text.slice(0, 60)}" is not a whole number from 1 on.`)
}
