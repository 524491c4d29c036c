// An address to be examined → its answer, how long it took, and until when its certificate is valid.

import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { TLSSocket } from 'node:tls'
import { Agent, buildConnector, type Dispatcher, request } from 'undici'
import { counted } from '../core/counted.js'

export interface ProbeLimits {
  /** False for addresses of machines that must not be reached from here. */
  readonly mayReach: (address: string) => boolean
  readonly timeoutSeconds: number
  /** Bytes of an answer that are read; the rest is left. */
  readonly maxBytes: number
  readonly userAgent: string
  /** Certificate (PEM) of an authority that is trusted instead of the usual ones. */
  readonly authority?: string
  readonly signal?: AbortSignal
}

/** What a server said by which it knows its document again (RFC 9110 §8.8). */
export interface Validators {
  readonly etag?: string | undefined
  readonly lastModified?: string | undefined
}

export interface ProbeAnswer {
  readonly httpStatus: number
  readonly contentType: string
  readonly location: string | undefined
  /** As UTF-8; cut at the limit. */
  readonly text: string
  readonly latencyMs: number
  /** Day, as 2026-05-01; undefined without TLS. */
  readonly certificateExpires: string | undefined
  readonly validators: Validators
}

/** What kept an answer from coming, in words for the operator. */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure'
}

/**
 * GETs an address once; redirects are not followed. With validators of an earlier answer a server may say 304 and send
 * nothing. Throws a ProbeFailure when there is no answer, or an abort.
 */
export async function probeUrl(address: string, limits: ProbeLimits, known: Validators = {}): Promise<ProbeAnswer> {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new ProbeFailure('is no http or https address')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  // An address written as a number is connected to without a look-up.
  if (isIP(host) !== 0 && !limits.mayReach(host)) throw new ProbeFailure(`${host} is no public address`)
  const deadline = AbortSignal.timeout(limits.timeoutSeconds * 1000)
  const signal = limits.signal === undefined ? deadline : AbortSignal.any([limits.signal, deadline])
  let expires: string | undefined
  const connect = buildConnector({
    lookup: checkedLookup(limits.mayReach),
    timeout: limits.timeoutSeconds * 1000,
    ...(limits.authority === undefined ? {} : { ca: limits.authority }),
  })
  const agent = new Agent({
    connect: (options, callback) =>
      connect(options, (error, socket) => {
        if (socket instanceof TLSSocket) expires = dayOf(socket.getPeerCertificate().valid_to)
        if (error === null && socket !== null) callback(null, socket)
        else callback(error ?? new Error('no connection'), null)
      }),
  })
  const started = performance.now()
  try {
    const answer = await request(url, {
      dispatcher: agent,
      signal,
      headers: {
        'user-agent': limits.userAgent,
        accept: 'application/xml, text/xml, */*;q=0.5',
        ...(known.etag === undefined ? {} : { 'if-none-match': known.etag }),
        ...(known.lastModified === undefined ? {} : { 'if-modified-since': known.lastModified }),
      },
    })
    const latencyMs = Math.round(performance.now() - started)
    const text = await readBeginning(answer, limits.maxBytes)
    return {
      httpStatus: answer.statusCode,
      contentType: single(answer.headers['content-type']) ?? '',
      location: single(answer.headers.location),
      text,
      latencyMs,
      certificateExpires: expires,
      validators: validatorsOf(answer.headers),
    }
  } catch (error) {
    limits.signal?.throwIfAborted()
    if (error instanceof ProbeFailure) throw error
    if (deadline.aborted) throw new ProbeFailure(`takes longer than ${counted(limits.timeoutSeconds, 'second')}`)
    throw new ProbeFailure(reasonOf(error))
  } finally {
    await agent.destroy()
  }
}

// Checked where the connection is made: a name cannot mean one machine when asked and another when used.
function checkedLookup(mayReach: ProbeLimits['mayReach']): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0)
      const allowed = addresses.filter(({ address }) => mayReach(address))
      const first = allowed[0]
      if (first === undefined)
        return callback(
          new ProbeFailure(`${hostname} is at ${addresses[0]?.address ?? 'no address'}, which is not public`),
          '',
          0,
        )
      if (options.all === true) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}

async function readBeginning(answer: Dispatcher.ResponseData, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= maxBytes) break
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8')
}

/** Only what may stand in a header again. */
function validatorsOf(headers: Dispatcher.ResponseData['headers']): Validators {
  const usable = (value: string | undefined): string | undefined =>
    value !== undefined && /^[\x20-\x7e]{1,200}$/.test(value) ? value : undefined
  return { etag: usable(single(headers.etag)), lastModified: usable(single(headers['last-modified'])) }
}

function dayOf(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().slice(0, 10)
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  switch (code) {
    case 'ENOTFOUND':
      return 'its host is not known to DNS'
    case 'EAI_AGAIN':
      return 'DNS does not answer'
    case 'ECONNREFUSED':
      return 'refuses the connection'
    case 'CERT_HAS_EXPIRED':
      return 'its certificate has expired'
    default:
      return `cannot be reached (${error instanceof Error && error.message !== '' ? error.message.slice(0, 200) : code})`
  }
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
