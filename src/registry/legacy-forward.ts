// A request for a former TAP address → the answer of the present one, with the addresses of jobs turned back.
import type { IncomingHttpHeaders } from 'node:http'
import { type Readable, Transform } from 'node:stream'
import { type Dispatcher, request as send } from 'undici'
import { RegistryError } from '../core/errors.js'
import type { ForwardTarget } from './legacy-decide.js'

/** Named in the header Via, by which a request that comes back is known. */
export const viaName = 'waymark-legacy'

export interface ForwardedRequest {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  readonly body: Readable
  /** What the client calls the former host: `http://vao.stsci.edu`. */
  readonly origin: string
}

export interface ForwardLimits {
  /** Bytes of a posted query at most. */
  readonly bodyBytes: number
  /** Until the answer begins; synchronous queries take their time. */
  readonly answerSeconds: number
  readonly signal: AbortSignal
}

export interface ForwardedAnswer {
  readonly httpStatus: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Readable | string
}

const methods = ['GET', 'HEAD', 'POST', 'DELETE']
/** Nothing that identifies a person, and nothing about the connection. */
const requestHeaders = ['accept', 'content-type', 'content-length', 'user-agent', 'range', 'if-modified-since']
const answerHeaders = [
  'content-type',
  'content-encoding',
  'content-disposition',
  'content-range',
  'last-modified',
  'etag',
  'retry-after',
  'allow',
]
/** Job documents are small; a longer one is no job document. */
const documentBytes = 8 * 1024 * 1024

/**
 * Asks the present address and nothing else. Throws kind `usage` for other methods and for requests that go in circles,
 * `limit` for bodies that are too long, `unavailable` when the present address does not answer.
 */
export async function forward(
  target: ForwardTarget,
  given: ForwardedRequest,
  limits: ForwardLimits,
): Promise<ForwardedAnswer> {
  const method = methods.find((one) => one === given.method)
  if (method === undefined)
    throw new RegistryError('usage', `${given.method.slice(0, 20)} is not passed on; expected ${methods.join(', ')}.`)
  if (new RegExp(`\\b${viaName}\\b`, 'i').test(String(given.headers.via ?? '')))
    throw new RegistryError(
      'usage',
      `This request comes back from ${target.presentBase}: it would go round in circles.`,
    )
  if (Number(given.headers['content-length'] ?? 0) > limits.bodyBytes) throw tooLong(limits.bodyBytes)
  const isJob = /^\/async(\/[^/]+(\/(?!results\/).*)?)?\/?$/i.test(target.rest)
  const answer = await ask(target.url, method, given, limits, isJob)
  const location = single(answer.headers.location)
  const headers: (readonly [string, string])[] = answerHeaders.flatMap((name) => {
    const value = single(answer.headers[name])
    return value === undefined ? [] : [[name, value] as const]
  })
  if (location !== undefined)
    headers.push(['location', turnedBack(absolute(location, target.url), target, given.origin)])
  const isDocument = isJob && method !== 'HEAD' && /\bxml\b/i.test(single(answer.headers['content-type']) ?? '')
  if (!isDocument || answer.headers['content-encoding'] !== undefined) {
    const length = single(answer.headers['content-length'])
    if (length !== undefined) headers.push(['content-length', length])
    return { httpStatus: answer.statusCode, headers, body: answer.body }
  }
  const document = await textOf(answer.body)
  return { httpStatus: answer.statusCode, headers, body: turnedBackAll(document, target, given.origin) }
}

async function ask(
  url: string,
  method: string,
  given: ForwardedRequest,
  limits: ForwardLimits,
  isJob: boolean,
): Promise<Dispatcher.ResponseData> {
  const headers: Record<string, string> = { via: `1.1 ${viaName}` }
  // Documents that are read here must not come compressed.
  for (const name of isJob ? requestHeaders : [...requestHeaders, 'accept-encoding']) {
    const value = single(given.headers[name])
    if (value !== undefined && (method === 'POST' || !name.startsWith('content-'))) headers[name] = value
  }
  const counted = method === 'POST' ? given.body.pipe(atMost(limits.bodyBytes)) : undefined
  // Whoever sent too much is told by the rejection below.
  counted?.on('error', () => undefined)
  try {
    return await send(url, {
      method: method as Dispatcher.HttpMethod,
      headers,
      body: counted ?? null,
      signal: limits.signal,
      headersTimeout: limits.answerSeconds * 1000,
      bodyTimeout: limits.answerSeconds * 1000,
    })
  } catch (cause) {
    if (cause instanceof RegistryError) throw cause
    if (counted?.errored instanceof RegistryError) throw counted.errored
    throw new RegistryError(
      'unavailable',
      `The service at its present address ${url.split('?')[0] ?? ''} does not answer.`,
      {
        cause,
        retryAfterSeconds: 60,
      },
    )
  }
}

function atMost(bytes: number): Transform {
  let seen = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length
      if (seen > bytes) done(tooLong(bytes))
      else done(null, chunk)
    },
  })
}

function tooLong(bytes: number): RegistryError {
  return new RegistryError('limit', `The request has more than ${bytes} bytes, which is more than is passed on.`)
}

async function textOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > documentBytes)
      throw new RegistryError('unavailable', `The answer about a job has more than ${documentBytes} bytes.`)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function absolute(location: string, url: string): string {
  return URL.canParse(location, url) ? new URL(location, url).href : location
}

/** An address below the present base becomes one below the former; all others stay. */
function turnedBack(url: string, { presentBase, formerPath }: ForwardTarget, origin: string): string {
  const bases = [presentBase, presentBase.replace(/^https:/, 'http:'), presentBase.replace(/^http:/, 'https:')]
  const base = bases.find((one) => url.startsWith(`${one}/`) || url === one)
  return base === undefined ? url : origin + formerPath + url.slice(base.length)
}

/** All addresses of jobs in a document. */
function turnedBackAll(document: string, target: ForwardTarget, origin: string): string {
  const base = target.presentBase.replace(/^https?:/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return document.replace(new RegExp(`https?:${base}(?=/async\\b)`, 'g'), () => origin + target.formerPath)
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
