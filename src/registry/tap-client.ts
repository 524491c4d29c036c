// ADQL → the rows that another TAP service answers with, page by page (TAP 1.1 §2; any version from 1.0 on).

import { setTimeout as sleep } from 'node:timers/promises'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import type { Row } from '../core/sql.js'
import { readVotable } from '../formats/votable-reader.js'
import { attributeOf, readXml, textOf, type XmlElement } from '../xml/reader.js'
import { boundedBody } from './bounded-body.js'

export interface TapClientOptions {
  readonly fetch: typeof fetch
  readonly userAgent: string
  /** For one answer: 300. */
  readonly timeoutSeconds?: number
  /** Longest answer, unpacked: 100 million. */
  readonly maxBytes?: number
  /** New tries after a failure that may pass: 3. */
  readonly retries?: number
}

export interface TapAnswer {
  readonly rows: readonly Row[]
  /** There is more than MAXREC, or the service's own limit, let out (DALI 1.1 §4.4.1). */
  readonly isOverflow: boolean
}

/** Longest pause that a service may ask for with Retry-After. */
const longestPauseSeconds = 60

/** A failure that may pass. */
class Passing extends Error {
  constructor(
    reason: string,
    readonly pauseSeconds: number | undefined,
  ) {
    super(reason)
  }
}

/** Runs one synchronous query. Throws kind `unavailable` with what the service said instead of a table. */
export async function queryTap(
  baseUrl: string,
  adql: string,
  maxRows: number,
  options: TapClientOptions,
): Promise<TapAnswer> {
  // TAP 1.0 wants REQUEST; later versions pass over it. GET, because redirects of a POST mean many things to many servers.
  const parameters = new URLSearchParams({ REQUEST: 'doQuery', LANG: 'ADQL', MAXREC: String(maxRows), QUERY: adql })
  const url = `${baseUrl.replace(/\/+$/, '')}/sync?${parameters.toString().replaceAll('+', '%20')}`
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask(baseUrl, url, options)
    } catch (thrown) {
      if (!(thrown instanceof Passing)) throw thrown
      if (attempt >= (options.retries ?? 3)) throw failed(baseUrl, `${thrown.message}, ${counted(attempt + 1, 'time')}`)
      await sleep(1000 * Math.min(longestPauseSeconds, thrown.pauseSeconds ?? 2 ** attempt))
    }
  }
}

/** Says whether the address is a TAP service, by its VOSI capabilities. Throws kind `unavailable` when nothing answers there. */
export async function isTapService(baseUrl: string, options: TapClientOptions): Promise<boolean> {
  const url = `${baseUrl.replace(/\/+$/, '')}/capabilities`
  const signal = AbortSignal.timeout(1000 * (options.timeoutSeconds ?? 300))
  const response = await options
    .fetch(url, { headers: { 'user-agent': options.userAgent }, signal })
    .catch((thrown: unknown) => {
      if (thrown instanceof RegistryError) throw thrown
      throw failed(baseUrl, reasonOf(thrown))
    })
  if (!response.ok) {
    await response.body?.cancel()
    return false
  }
  const text = (await bodyOf(response, baseUrl, options)).toString('utf8')
  return /standardID\s*=\s*["']ivo:\/\/ivoa\.net\/std\/TAP["'#]/i.test(text)
}

async function ask(baseUrl: string, url: string, options: TapClientOptions): Promise<TapAnswer> {
  const signal = AbortSignal.timeout(1000 * (options.timeoutSeconds ?? 300))
  try {
    const response = await options.fetch(url, {
      headers: { 'user-agent': options.userAgent, accept: 'application/x-votable+xml, text/xml;q=0.9, */*;q=0.1' },
      signal,
    })
    const bytes = await bodyOf(response, baseUrl, options)
    if (response.ok) return await readAnswer(bytes, baseUrl)
    const reason = `it answers with status ${response.status}${saidIn(bytes.toString('utf8'))}`
    if (response.status < 500 && response.status !== 429) throw failed(baseUrl, reason)
    const pause = Number(response.headers.get('retry-after') ?? Number.NaN)
    throw new Passing(reason, Number.isNaN(pause) ? undefined : pause)
  } catch (thrown) {
    if (thrown instanceof RegistryError || thrown instanceof Passing) throw thrown
    throw new Passing(reasonOf(thrown), undefined)
  }
}

async function readAnswer(bytes: Buffer, baseUrl: string): Promise<TapAnswer> {
  const text = bytes.toString('utf8')
  const status = statusesIn(text)
  if (status.includes('ERROR')) throw failed(baseUrl, `it refuses the query${saidIn(text)}`)
  try {
    const { rows } = await readVotable(bytes, 'answer')
    return { rows, isOverflow: status.includes('OVERFLOW') }
  } catch (thrown) {
    if (!(thrown instanceof RegistryError)) throw thrown
    throw failed(baseUrl, thrown.message.replace('The uploaded table "answer"', 'its answer').replace(/\.$/, ''))
  }
}

/** Values of INFO QUERY_STATUS, before and behind the table; the table itself may be long and is passed over. */
function statusesIn(document: string): readonly string[] {
  return infosIn(document).map((info) => (attributeOf(info, 'value') ?? '').toUpperCase())
}

function infosIn(document: string): readonly XmlElement[] {
  const pattern = /<(?:[\w.-]+:)?INFO\b[^>]*?(?:\/>|>[^<]*<\/(?:[\w.-]+:)?INFO>)/gi
  return [...document.matchAll(pattern)].flatMap(([text]) => {
    try {
      const info = readXml(text.replace(/<(\/?)[\w.-]+:INFO/gi, '<$1INFO'))
      return attributeOf(info, 'name')?.toUpperCase() === 'QUERY_STATUS' ? [info] : []
    } catch {
      return []
    }
  })
}

/** `: what the service says about it`; empty when it says nothing. */
function saidIn(document: string): string {
  const said = infosIn(document)
    .filter((info) => attributeOf(info, 'value')?.toUpperCase() === 'ERROR')
    .map((info) => textOf(info).trim().replace(/\s+/g, ' '))
    .find((text) => text !== '')
  return said === undefined ? '' : `: ${said.slice(0, 300)}`
}

function bodyOf(response: Response, baseUrl: string, { maxBytes = 100_000_000 }: TapClientOptions): Promise<Buffer> {
  return boundedBody(response, maxBytes, () => {
    throw failed(baseUrl, `its answer is longer than ${maxBytes} bytes`)
  })
}

function failed(baseUrl: string, reason: string): RegistryError {
  return new RegistryError('unavailable', `The TAP service ${baseUrl} cannot be compared with: ${reason}.`)
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  return thrown.cause instanceof Error ? `${thrown.message}, ${thrown.cause.message}` : thrown.message
}
