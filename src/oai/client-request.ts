// One OAI-PMH request to another registry → its answer as text. Patient with the overloaded, firm with the endless.

import { setTimeout as wait } from 'node:timers/promises'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'

/** How to ask; what is left out has the default named. */
export interface ClientOptions {
  readonly fetch: typeof fetch
  /** With a mail address, so that an operator can complain (OAI-PMH implementation guidelines §3). */
  readonly userAgent: string
  readonly signal?: AbortSignal
  /** Seconds for one answer, its body included: 300. */
  readonly timeoutSeconds?: number
  /** New tries after a failure that may pass: 4. */
  readonly retries?: number
  /** Longest pause a server may ask for with Retry-After: 900. */
  readonly maxPauseSeconds?: number
  /** Longest answer, unpacked: 200 million. */
  readonly maxResponseBytes?: number
  /** Pauses; tests need not wait. */
  readonly sleep?: (seconds: number, signal: AbortSignal | undefined) => Promise<void>
}

/** A registry that cannot be harvested: what it was asked and what came instead. Kind `unavailable`. */
export class HarvestError extends RegistryError {
  override readonly name = 'HarvestError'
  constructor(
    readonly registry: string,
    readonly request: string,
    reason: string,
    options: ErrorOptions & {
      /** OAI-PMH error codes of its answer. */ readonly codes?: readonly string[]
      /** The registry answers, but this one answer cannot be used: one of its records may be to blame. */
      readonly isDamaged?: boolean
    } = {},
  ) {
    super('unavailable', `${registry} cannot be harvested: ${reason} (asked for ${request}).`, options)
    this.codes = options.codes ?? []
    this.isDamaged = options.isDamaged ?? false
  }
  readonly codes: readonly string[]
  readonly isDamaged: boolean
}

/** A failure that may pass: worth another try after a pause. */
class PassingFailure extends Error {
  constructor(
    reason: string,
    readonly pauseSeconds: number | undefined,
    options?: ErrorOptions & { readonly isDamaged?: boolean },
  ) {
    super(reason, options)
    this.isDamaged = options?.isDamaged ?? false
  }
  readonly isDamaged: boolean
}

/** The URL of a request; a base URL may already have a query of its own, as `…/oai.pl?site=1&`. */
export function requestUrl(baseUrl: string, sent: Readonly<Record<string, string>>): string {
  const separator = /[?&]$/.test(baseUrl) ? '' : baseUrl.includes('?') ? '&' : '?'
  return baseUrl + separator + new URLSearchParams(sent).toString().replaceAll('+', '%20')
}

/** The text of an answer. Throws HarvestError when it does not come after all tries, or is too long. */
export async function fetchText(
  baseUrl: string,
  sent: Readonly<Record<string, string>>,
  options: ClientOptions,
): Promise<string> {
  const url = requestUrl(baseUrl, sent)
  const retries = options.retries ?? 4
  const sleep =
    options.sleep ?? ((seconds, signal) => wait(seconds * 1000, undefined, signal === undefined ? {} : { signal }))
  for (let attempt = 0; ; attempt++) {
    options.signal?.throwIfAborted()
    try {
      return await fetchOnce(baseUrl, url, options)
    } catch (error) {
      if (!(error instanceof PassingFailure)) throw error
      if (attempt === retries)
        throw new HarvestError(baseUrl, url, `${error.message}, ${counted(attempt + 1, 'time')}`, {
          cause: error,
          isDamaged: error.isDamaged,
        })
      const longest = options.maxPauseSeconds ?? 900
      // 2, 4, 8 … seconds, unless the server says when.
      await sleep(Math.min(longest, error.pauseSeconds ?? 2 ** (attempt + 1)), options.signal)
    }
  }
}

async function fetchOnce(baseUrl: string, url: string, options: ClientOptions): Promise<string> {
  const timeout = AbortSignal.timeout((options.timeoutSeconds ?? 300) * 1000)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal])
  try {
    const response = await options.fetch(url, {
      headers: { 'user-agent': options.userAgent, accept: 'text/xml, application/xml;q=0.9, */*;q=0.1' },
      signal,
    })
    if (!response.ok) {
      await response.body?.cancel()
      const reason = `it answered with HTTP status ${response.status}`
      // OAI-PMH 2.0 §3.1.2.2: 503 asks to come back; a client's own mistake will not pass.
      // 500 may be a program that stumbles over one of its records.
      if (response.status >= 500 || response.status === 429)
        throw new PassingFailure(reason, pauseOf(response.headers), { isDamaged: response.status === 500 })
      throw new HarvestError(baseUrl, url, reason)
    }
    return decode(await readBody(response, baseUrl, url, options), response.headers.get('content-type') ?? '')
  } catch (error) {
    if (error instanceof HarvestError || error instanceof PassingFailure) throw error
    options.signal?.throwIfAborted()
    throw new PassingFailure(`the connection failed: ${reasonOf(error)}`, undefined, { cause: error })
  }
}

async function readBody(response: Response, baseUrl: string, url: string, options: ClientOptions): Promise<Buffer> {
  const maxBytes = Math.min(options.maxResponseBytes ?? 200_000_000, mostUnpacked(response.headers))
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new HarvestError(baseUrl, url, `its answer is longer than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** What a packed answer of a known size may become: XML shrinks to a tenth, bombs to a thousandth. */
function mostUnpacked(headers: Headers): number {
  const packed = Number(headers.get('content-length') ?? Number.NaN)
  if (headers.get('content-encoding') === null || !Number.isFinite(packed)) return Number.POSITIVE_INFINITY
  return Math.max(10_000_000, packed * 200)
}

/** XML 1.0 §4.3.3: the declaration says the encoding, else the header, else it is UTF-8. Bad bytes become U+FFFD. */
function decode(bytes: Buffer, contentType: string): string {
  const declared = /^<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(bytes.subarray(0, 200).toString('latin1'))
  const label = declared?.[1] ?? /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(label).decode(bytes)
  } catch {
    return bytes.toString('utf8')
  }
}

/** Retry-After in seconds, or as a date by the server's own clock → seconds (RFC 9110 §10.2.3). */
function pauseOf(headers: Headers): number | undefined {
  const header = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+$/.test(header)) return Number(header)
  const seconds = (Date.parse(header) - Date.parse(headers.get('date') ?? '')) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}, ${error.cause.message}` : error.message
}
