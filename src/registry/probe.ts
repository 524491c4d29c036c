// Published and former addresses → what was found at each: is it there, is it what the record says, how fast is it.

import type { Clock } from '../core/clock.js'
import { counted } from '../core/counted.js'
import { toDatestamp } from '../core/datestamp.js'
import { readXml } from '../xml/reader.js'
import { textOf } from './moves-source.js'
import { bare, type CapabilityFacts, capabilityFacts, disagreements } from './probe-capabilities.js'
import { type KnownDocument, type KnownDocuments, knownDocuments } from './probe-known.js'
import { type ProbeAnswer, ProbeFailure, type ProbeLimits, probeUrl } from './probe-request.js'

/** An address to examine. */
export interface ProbeTarget {
  readonly ivoid: string | null
  readonly title: string
  /** As registered; null when it is not known. */
  readonly standardId: string | null
  readonly accessUrl: string
  /** A former address: whether it answers is told, and is no failure. */
  readonly isFormer: boolean
  /** What the record says; undefined for former addresses. */
  readonly registered: CapabilityFacts | undefined
}

export type ProbeOutcome = 'passed' | 'warning' | 'failed'

export interface ProbeFinding {
  /** `access`, `certificate`, `availability`, `capabilities`, `query`. */
  readonly check: string
  readonly outcome: ProbeOutcome
  readonly message: string
}

export interface ProbeResult {
  readonly ivoid: string | null
  readonly title: string
  readonly standardId: string | null
  readonly accessUrl: string
  readonly isFormer: boolean
  /** UTC, as 2026-05-01T08:00:00Z. */
  readonly time: string
  readonly outcome: ProbeOutcome
  /** Until the first byte of the test request; null when there was no answer. */
  readonly latencyMs: number | null
  readonly certificateExpires: string | null
  readonly findings: readonly ProbeFinding[]
  /** Documents that need not be sent again while they are as they were; absent when the server gave no means to tell. */
  readonly documents?: readonly KnownDocument[]
}

export interface ProbeOptions {
  readonly limits: ProbeLimits
  readonly clock: Clock
  /** Hosts examined at the same time; each host gets one request after the other. */
  readonly hosts: number
  /** The last result of a target, so that its server is asked only for what has changed. */
  readonly previous?: (target: ProbeTarget) => ProbeResult | undefined
  /** Certificates that expire within so many days are told. */
  readonly certificateDays: number
}

/** Examines all targets; results come as they are ready. Throws nothing but an abort. */
export async function* probeTargets(
  targets: readonly ProbeTarget[],
  options: ProbeOptions,
): AsyncGenerator<ProbeResult> {
  const queues = [...byHost(targets).values()]
  const slots = queues.splice(0, options.hosts)
  const done: Promise<ProbeResult>[] = []
  const start = (given: ProbeTarget[]): void => {
    const queue = given.length > 0 ? given : queues.shift()
    const target = queue?.shift()
    if (queue === undefined || target === undefined) return
    const work = probeTarget(target, options).finally(() => start(queue))
    // An abort is met where the result is waited for.
    work.catch(() => undefined)
    done.push(work)
  }
  for (const queue of slots) start(queue)
  for (let work = done.shift(); work !== undefined; work = done.shift()) yield await work
}

/** Examines one address. */
export async function probeTarget(target: ProbeTarget, options: ProbeOptions): Promise<ProbeResult> {
  const findings: ProbeFinding[] = []
  const time = toDatestamp(options.clock())
  const isTap = target.standardId !== null && bare(target.standardId) === 'ivo://ivoa.net/std/tap'
  const documents = knownDocuments(options.previous?.(target), target.registered)
  let main: ProbeAnswer | undefined
  try {
    const url = testUrl(target, isTap)
    // A query is there to show that the service works now; any other document may be the one of last time.
    const known = isTap || target.isFormer ? undefined : documents.recall(url)
    main = await probeUrl(url, options.limits, known)
    const judged = main.httpStatus === 304 && known !== undefined ? known.findings : judge(main, target, isTap)
    findings.push(...judged)
    if (!isTap && !target.isFormer) documents.keep(url, main, judged)
    findings.push(...certificateFindings(main, time.slice(0, 10), options.certificateDays))
    if (isTap && !target.isFormer) findings.push(...(await vosiFindings(target, documents, options.limits)))
  } catch (error) {
    if (!(error instanceof ProbeFailure)) throw error
    findings.push({ check: 'access', outcome: target.isFormer ? 'passed' : 'failed', message: error.message })
  }
  const worst = findings.some(({ outcome }) => outcome === 'failed')
    ? 'failed'
    : findings.some(({ outcome }) => outcome === 'warning')
      ? 'warning'
      : 'passed'
  return {
    ivoid: target.ivoid,
    title: target.title,
    standardId: target.standardId,
    accessUrl: target.accessUrl,
    isFormer: target.isFormer,
    time,
    outcome: worst,
    latencyMs: main?.latencyMs ?? null,
    certificateExpires: main?.certificateExpires ?? null,
    findings,
    ...(documents.kept.length === 0 ? {} : { documents: documents.kept }),
  }
}

/** The cheapest request that shows a service at work. */
function testUrl({ accessUrl, standardId, isFormer }: ProbeTarget, isTap: boolean): string {
  if (isFormer) return accessUrl
  const withQuery = (query: string): string =>
    `${accessUrl}${accessUrl.includes('?') ? (/[?&]$/.test(accessUrl) ? '' : '&') : '?'}${query}`
  if (isTap)
    return `${accessUrl.replace(/\/+$/, '')}/sync?REQUEST=doQuery&LANG=ADQL&MAXREC=1&QUERY=${encodeURIComponent('SELECT TOP 1 table_name FROM tap_schema.tables')}`
  switch (standardId === null ? '' : bare(standardId)) {
    case 'ivo://ivoa.net/std/registry':
      return withQuery('verb=Identify')
    case 'ivo://ivoa.net/std/conesearch':
      return withQuery('RA=0&DEC=0&SR=0')
    case 'ivo://ivoa.net/std/sia':
      return withQuery('MAXREC=0')
    default:
      return accessUrl
  }
}

function judge(answer: ProbeAnswer, target: ProbeTarget, isTap: boolean): readonly ProbeFinding[] {
  const { httpStatus, location, text } = answer
  if (target.isFormer)
    return [
      {
        check: 'access',
        outcome: 'passed',
        message: location === undefined ? `answers with status ${httpStatus}` : `leads to ${location.slice(0, 300)}`,
      },
    ]
  if (httpStatus >= 300 && httpStatus < 400)
    return [
      {
        check: 'access',
        outcome: 'warning',
        message: `redirects to ${(location ?? 'nowhere').slice(0, 300)}; expected an answer at the registered address`,
      },
    ]
  if (httpStatus >= 400) return [{ check: 'access', outcome: 'failed', message: `status ${httpStatus}; expected 200` }]
  if (!isTap) return [{ check: 'access', outcome: 'passed', message: `status ${httpStatus}` }]
  if (/QUERY_STATUS["'][^>]*value=["']ERROR/.test(text))
    return [{ check: 'query', outcome: 'failed', message: 'the query for one row of tap_schema.tables fails' }]
  if (!/<(?:\w+:)?VOTABLE\b/.test(text))
    return [
      {
        check: 'query',
        outcome: 'failed',
        message: `the answer to a query is no VOTable but ${answer.contentType || 'something unnamed'}`,
      },
    ]
  return [{ check: 'query', outcome: 'passed', message: 'answers a query for one row' }]
}

function certificateFindings(
  { certificateExpires }: ProbeAnswer,
  today: string,
  days: number,
): readonly ProbeFinding[] {
  if (certificateExpires === undefined) return []
  const left = Math.round((Date.parse(certificateExpires) - Date.parse(today)) / 86_400_000)
  const outcome = left < days ? 'warning' : 'passed'
  return [{ check: 'certificate', outcome, message: `valid until ${certificateExpires}, ${counted(left, 'more day')}` }]
}

/** VOSI 1.1: availability, and capabilities that agree with the record. */
async function vosiFindings(
  target: ProbeTarget,
  documents: KnownDocuments,
  limits: ProbeLimits,
): Promise<readonly ProbeFinding[]> {
  const base = target.accessUrl.replace(/\/+$/, '')
  return [
    ...(await vosiFinding('availability', `${base}/availability`, documents, limits, (text) => {
      const available = readXml(text).children.find((child) => typeof child !== 'string' && child.name === 'available')
      const said = available === undefined || typeof available === 'string' ? '' : textOf(available)
      return /^(true|1)$/.test(said) ? [] : [`says available: ${said === '' ? 'nothing' : said.slice(0, 100)}`]
    })),
    ...(await vosiFinding('capabilities', `${base}/capabilities`, documents, limits, (text) => {
      const offered = capabilityFacts(text)
      return target.registered === undefined ? [] : disagreements(target.registered, offered)
    })),
  ]
}

async function vosiFinding(
  check: string,
  url: string,
  documents: KnownDocuments,
  limits: ProbeLimits,
  wrongIn: (text: string) => readonly string[],
): Promise<readonly ProbeFinding[]> {
  try {
    const known = documents.recall(url)
    const answer = await probeUrl(url, limits, known)
    const { httpStatus, text } = answer
    const isUnchanged = httpStatus === 304 && known !== undefined
    if (httpStatus !== 200 && !isUnchanged)
      return [{ check, outcome: 'failed', message: `status ${httpStatus} at ${url}; expected 200` }]
    const findings = isUnchanged ? known.findings : documentFindings(check, wrongIn(text))
    documents.keep(url, answer, findings)
    return findings
  } catch (error) {
    limits.signal?.throwIfAborted()
    const message = error instanceof Error ? error.message : String(error)
    return [{ check, outcome: 'failed', message: `${url} ${message.slice(0, 300)}` }]
  }
}

function documentFindings(check: string, wrong: readonly string[]): readonly ProbeFinding[] {
  if (wrong.length === 0) return [{ check, outcome: 'passed', message: 'as expected' }]
  return wrong.map((message) => ({ check, outcome: check === 'availability' ? 'failed' : 'warning', message }))
}

function byHost(targets: readonly ProbeTarget[]): ReadonlyMap<string, ProbeTarget[]> {
  const hosts = new Map<string, ProbeTarget[]>()
  for (const target of targets) {
    const host = URL.canParse(target.accessUrl) ? new URL(target.accessUrl).host : ''
    const queue = hosts.get(host)
    if (queue === undefined) hosts.set(host, [target])
    else queue.push(target)
  }
  return hosts
}
