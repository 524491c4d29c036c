// Jobs → UWS documents (UWS 1.1 §2.2, schema v1.0 version 1.1). Prefix `uws`, attributes literally `xlink:href` and `xsi:type`.
import { escapeAttribute, escapeText } from '../xml/escape.js'
import { namespaceUri, xsiNamespace } from '../xml/namespaces.js'
import { type Job, quoteMs, uwsTime } from './job.js'
import type { Parameter } from './parameters.js'

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
const namespaces = ` xmlns:uws="${namespaceUri('uws')}" xmlns:xlink="${namespaceUri('xlink')}" xmlns:xsi="${xsiNamespace}"`

/** The job document. `url` is the job's own address; `queuePosition` from 1 on while it waits. */
export function jobDocument(job: Job, url: string, queuePosition: number | undefined): string {
  return [
    `${declaration}<uws:job version="1.1"${namespaces}>\n`,
    element('jobId', job.id),
    job.runId === undefined ? '' : element('runId', job.runId),
    nillable('ownerId', undefined),
    element('phase', job.phase),
    nillable('quote', time(quoteMs(job))),
    element('creationTime', uwsTime(job.createdMs)),
    nillable('startTime', time(job.startedMs)),
    nillable('endTime', time(job.endedMs)),
    element('executionDuration', String(job.executionSeconds)),
    nillable('destruction', uwsTime(job.destructionMs)),
    parametersElement(job.parameters, ''),
    resultsElement(job, url, ''),
    errorElement(job),
    jobInfo(queuePosition),
    '</uws:job>\n',
  ].join('')
}

/** The job list: one jobref per job. */
export function jobListDocument(jobs: readonly Job[], urlOf: (job: Job) => string): string {
  const references = jobs.map((job) => {
    const runId = job.runId === undefined ? '' : element('runId', job.runId)
    return (
      `<uws:jobref id="${job.id}" xlink:type="simple" xlink:href="${escapeAttribute(urlOf(job))}">\n` +
      `${element('phase', job.phase)}${runId}${nillable('ownerId', undefined)}${element('creationTime', uwsTime(job.createdMs))}</uws:jobref>\n`
    )
  })
  return `${declaration}<uws:jobs version="1.1"${namespaces}>\n${references.join('')}</uws:jobs>\n`
}

/** /parameters */
export function parametersDocument(job: Job): string {
  return declaration + parametersElement(job.parameters, namespaces)
}

/** /results */
export function resultsDocument(job: Job, url: string): string {
  return declaration + resultsElement(job, url, namespaces)
}

function parametersElement(parameters: readonly Parameter[], attributes: string): string {
  const items = parameters.map(
    ([name, value]) => `<uws:parameter id="${escapeAttribute(name)}">${escapeText(value)}</uws:parameter>\n`,
  )
  return `<uws:parameters${attributes}>\n${items.join('')}</uws:parameters>\n`
}

// TAP 1.1 §2.2: the one result is called `result`.
function resultsElement(job: Job, url: string, attributes: string): string {
  const { result } = job
  const item =
    result === undefined
      ? ''
      : `<uws:result id="result" xlink:type="simple" xlink:href="${escapeAttribute(`${url}/results/result`)}"` +
        ` size="${result.bytes}" mime-type="${escapeAttribute(result.mediaType)}"/>\n`
  return `<uws:results${attributes}>\n${item}</uws:results>\n`
}

function errorElement(job: Job): string {
  if (job.error === undefined) return ''
  return `<uws:errorSummary type="${job.error.type}" hasDetail="true">\n${element('message', job.error.message)}</uws:errorSummary>\n`
}

function jobInfo(queuePosition: number | undefined): string {
  if (queuePosition === undefined) return ''
  return `<uws:jobInfo>\n<queuePosition xmlns="">${queuePosition}</queuePosition>\n</uws:jobInfo>\n`
}

function element(name: string, text: string): string {
  return `<uws:${name}>${escapeText(text)}</uws:${name}>\n`
}

function nillable(name: string, text: string | undefined): string {
  return text === undefined ? `<uws:${name} xsi:nil="true"/>\n` : element(name, text)
}

function time(moment: number | undefined): string | undefined {
  return moment === undefined ? undefined : uwsTime(moment)
}
