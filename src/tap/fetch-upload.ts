// An address from a stranger → the bytes there, without ever reaching the inside of our network.

import { Buffer } from 'node:buffer'
import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, type Dispatcher, request } from 'undici'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import { isPublicAddress } from './addresses.js'

export interface FetchLimits {
  readonly maxBytes: number
  readonly seconds: number
  /** Hosts (`name` or `name:port`) that may be reached although their addresses are private. */
  readonly allowedHosts: readonly string[]
  readonly signal?: AbortSignal
}

const mostRedirects = 5

/** GETs the address; each redirect is checked as the first. Throws kinds `usage` (refused, no answer) and `limit` (too big). */
export async function fetchUpload(address: string, limits: FetchLimits): Promise<Buffer> {
  const deadline = AbortSignal.timeout(limits.seconds * 1000)
  const signal = limits.signal === undefined ? deadline : AbortSignal.any([limits.signal, deadline])
  let url = parseAddress(address)
  for (let hop = 0; hop <= mostRedirects; hop++) {
    // One connection per hop: nothing checked for one host is reused for another.
    const agent = new Agent({
      connect: { lookup: checkedLookup(url, limits.allowedHosts), timeout: limits.seconds * 1000 },
    })
    try {
      checkLiteral(url, limits.allowedHosts)
      const answer = await request(url, {
        dispatcher: agent,
        signal,
        headers: { accept: 'application/x-votable+xml, text/xml, */*;q=0.5' },
      })
      const { statusCode } = answer
      const location = headerText(answer.headers.location)
      if (statusCode >= 300 && statusCode < 400 && location !== undefined) {
        await answer.body.dump()
        url = parseAddress(new URL(location, url).href)
        continue
      }
      if (statusCode !== 200) throw refused(url, `it answers with status ${statusCode}`)
      return await readLimited(answer, limits.maxBytes, url)
    } catch (thrown) {
      if (thrown instanceof RegistryError) throw thrown
      if (deadline.aborted) throw refused(url, `it takes longer than ${counted(limits.seconds, 'second')}`)
      throw refused(url, reasonOf(thrown))
    } finally {
      await agent.destroy()
    }
  }
  throw refused(url, `it redirects more than ${mostRedirects} times`)
}

function parseAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new RegistryError(
      'usage',
      `"${text.slice(0, 200)}" is no address to upload from; expected http://… or https://… without user name.`,
    )
  }
  return url
}

// An address written as number is connected to without being looked up.
function checkLiteral(url: URL, allowedHosts: readonly string[]): void {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isPublicAddress(host) && !isAllowed(url, allowedHosts)) throw notPublic(url)
}

// Checked where the connection is made, so that a name cannot mean one address when asked and another when used.
function checkedLookup(url: URL, allowedHosts: readonly string[]): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0)
      const usable = isAllowed(url, allowedHosts) ? addresses : addresses.filter((one) => isPublicAddress(one.address))
      const first = usable[0]
      if (first === undefined) return callback(notPublic(url), '', 0)
      if (options.all) return callback(null, usable)
      return callback(null, first.address, first.family)
    })
  }
}

function isAllowed(url: URL, allowedHosts: readonly string[]): boolean {
  // An address does not name the usual port of its scheme; the setting may.
  const port = url.port === '' ? { 'http:': '80', 'https:': '443' }[url.protocol] : url.port
  return allowedHosts.includes(url.hostname) || allowedHosts.includes(`${url.hostname}:${port}`)
}

async function readLimited(answer: Dispatcher.ResponseData, maxBytes: number, url: URL): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of answer.body) {
    const bytes = Buffer.from(piece as Uint8Array)
    length += bytes.length
    if (length > maxBytes)
      throw new RegistryError(
        'limit',
        `The table at ${url.href.slice(0, 200)} is bigger than ${maxBytes} bytes, the limit for uploads.`,
      )
    pieces.push(bytes)
  }
  return Buffer.concat(pieces)
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}

function notPublic(url: URL): RegistryError {
  return new RegistryError(
    'usage',
    `Tables are not fetched from ${url.host.slice(0, 100)}: it is not a public address. Send the table with the request instead (param:).`,
  )
}

function refused(url: URL, reason: string): RegistryError {
  return new RegistryError('usage', `The table at ${url.href.slice(0, 200)} cannot be fetched: ${reason}.`)
}

// The code alone: the full message of a system error may tell of addresses inside.
function reasonOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  return /^[A-Z_]+$/.test(code) ? `the connection failed (${code})` : 'the connection failed'
}
