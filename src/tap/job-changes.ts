// Parameters as posted → a new job, or a job with more parameters (UWS 1.1 §2.1.11; DALI 1.2 §2.1).
import { randomBytes } from 'node:crypto'
import { RegistryError } from '../core/errors.js'
import type { Job, JobPart } from './job.js'
import type { TapLimits } from './limits.js'
import { type Parameter, Parameters, readRunId, sameName } from './parameters.js'

/** What a client posts. */
export interface JobRequest {
  readonly parameters: Parameters
  readonly parts: ReadonlyMap<string, Uint8Array>
  /** Network address of the client. */
  readonly client?: string
}

// They steer the job or the request, they are no parameters of the query.
const controls = ['PHASE', 'ACTION', 'WAIT', 'DESTRUCTION', 'EXECUTIONDURATION']
// Written in one case in the job document, whatever the client wrote.
const known = ['REQUEST', 'VERSION', 'LANG', 'QUERY', 'RESPONSEFORMAT', 'FORMAT', 'MAXREC', 'UPLOAD', 'RUNID']

/** An id nobody can guess: whoever knows it may read and delete the job. */
export function newJobId(): string {
  return randomBytes(12).toString('hex')
}

/** A PENDING job and the parts that belong to it. */
export function createJob(
  request: JobRequest,
  createdMs: number,
  context: { readonly limits: TapLimits; readonly newId: () => string },
): { readonly job: Job; readonly parts: ReadonlyMap<string, Uint8Array> } {
  const empty: Job = {
    id: context.newId(),
    phase: 'PENDING',
    createdMs,
    executionSeconds: context.limits.jobSecondsDefault,
    destructionMs: createdMs + context.limits.keepSecondsDefault * 1000,
    parameters: [],
    parts: [],
    attempts: 0,
    ...(request.client === undefined ? {} : { client: request.client }),
  }
  return { job: withParameters(empty, request), parts: request.parts }
}

/** Characters of the parameters of one job: those of one request, and some more. */
const mostCharacters = 2_500_000

/** Length of names and values together. */
export function parameterCharacters(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
}

/** The job with further parameters; single-valued ones are replaced. Throws kind `usage` for a RUNID given twice, `limit` for too many. */
export function withParameters(job: Job, request: JobRequest): Job {
  const added = request.parameters.entries
    .filter(([name]) => !controls.some((control) => sameName(control, name)))
    .map(([name, value]): Parameter => [known.find((one) => sameName(one, name)) ?? name, value])
  const parameters = new Parameters(job.parameters).with(added)
  if (parameterCharacters(parameters.entries) > mostCharacters)
    throw new RegistryError(
      'limit',
      `The parameters of a job may have ${mostCharacters} characters together. Put long lists into an uploaded table.`,
    )
  const runId = readRunId(parameters)
  return {
    ...job,
    parameters: parameters.entries,
    parts: mergeParts(job.parts, uploadedParts(parameters, request.parts)),
    ...(runId === undefined ? {} : { runId }),
  }
}

// Only parts that an UPLOAD names are kept; text parameters come as parts too.
function uploadedParts(parameters: Parameters, parts: ReadonlyMap<string, Uint8Array>): readonly string[] {
  const uploads = parameters.all('UPLOAD').join(';')
  return [...parts.keys()].filter((name) => uploads.includes(`param:${name}`))
}

function mergeParts(present: readonly JobPart[], names: readonly string[]): readonly JobPart[] {
  const merged = [...present]
  for (const name of names) {
    if (!merged.some((part) => part.name === name)) merged.push({ name, file: `part-${merged.length}` })
  }
  return merged
}
