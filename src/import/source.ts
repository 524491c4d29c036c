// What the operator names (a file, an address, standard input) → its bytes, and what kind of thing they are.

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import { safeRedirects } from '../registry/safe-redirects.js'
import { isPublicAddress } from '../tap/addresses.js'
import { rootStart, rootTag } from '../xml/root-tag.js'

/** What can be imported, told by its first bytes. */
export type SourceKind = 'records' | 'capabilities' | 'tables' | 'votable' | 'fits' | 'csv' | 'page' | 'other-xml'

/** An opened source; its bytes can be read once. */
export interface Source {
  /** As the operator named it. */
  readonly label: string
  readonly kind: SourceKind
  readonly bytes: AsyncIterable<Uint8Array>
  /** Closes it when its bytes are not wanted. */
  close(): Promise<void>
}

/** How addresses are read. */
export interface FetchOptions {
  readonly fetch?: typeof fetch
  readonly userAgent: string
  /** Seconds until the answer begins, and at most between two pieces of it: 60. */
  readonly timeoutSeconds?: number
  /** Most bytes of an answer, unpacked: 20,000 million. */
  readonly maxBytes?: number
}

/** Bytes that decide about the kind. */
const headBytes = 65_536

/** Opens a file. Throws kind `usage` when it is not there. */
export async function openFile(path: string): Promise<Source> {
  const facts = await stat(path).catch(() => undefined)
  if (facts === undefined) throw new RegistryError('usage', `There is no file ${path}.`)
  if (facts.isDirectory()) throw new RegistryError('usage', `${path} is a folder; import takes one file.`)
  const stream = createReadStream(path, { highWaterMark: 1 << 18 })
  return toSource(path, stream, async () => {
    stream.destroy()
  })
}

/** Standard input, or whatever comes in pieces. */
export function openPieces(label: string, pieces: AsyncIterable<Uint8Array | string>): Promise<Source> {
  return toSource(label, pieces, async () => {})
}

/**
 * Opens an address; http and https only, redirects as for harvests. Throws kind `unavailable` when it does not answer,
 * `not-found` when it says there is nothing.
 */
export async function openAddress(address: string, options: FetchOptions): Promise<Source> {
  const { timeoutSeconds = 60, maxBytes = 20_000_000_000 } = options
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new RegistryError('usage', `"${address.slice(0, 200)}" is no address; expected http://… or https://….`)
  const cannot = (reason: string, kind: 'unavailable' | 'not-found' | 'limit' = 'unavailable', cause?: unknown) =>
    new RegistryError(kind, `${address.slice(0, 300)} cannot be read: ${reason}.`, { cause })
  const follow = safeRedirects(options.fetch ?? fetch, isPublicAddress, (_, __, reason) => cannot(reason))
  const abort = new AbortController()
  // One clock for the answer and for each piece: a server that trickles on is patient work, a silent one is not.
  const timer = setTimeout(() => abort.abort(new Error(`silent for ${timeoutSeconds} s`)), timeoutSeconds * 1000)
  let response: Response
  try {
    response = await follow(address, { headers: { 'user-agent': options.userAgent }, signal: abort.signal })
  } catch (error) {
    clearTimeout(timer)
    if (error instanceof RegistryError) throw error
    throw cannot(reasonOf(error), 'unavailable', error)
  }
  const { status, body } = response
  if (!response.ok || body === null) {
    clearTimeout(timer)
    await body?.cancel()
    throw cannot(
      `it answers with HTTP status ${status}`,
      status === 404 || status === 410 ? 'not-found' : 'unavailable',
    )
  }
  async function* pieces(): AsyncGenerator<Uint8Array> {
    let bytes = 0
    try {
      for await (const piece of body ?? []) {
        timer.refresh()
        bytes += piece.length
        if (bytes > maxBytes) throw cannot(`it is longer than ${counted(maxBytes, 'byte')}`, 'limit')
        yield piece
      }
    } catch (error) {
      if (error instanceof RegistryError) throw error
      throw cannot(reasonOf(error), 'unavailable', error)
    } finally {
      clearTimeout(timer)
    }
  }
  return toSource(address, pieces(), async () => {
    clearTimeout(timer)
    abort.abort()
  })
}

async function toSource(
  label: string,
  pieces: AsyncIterable<Uint8Array | string>,
  close: () => Promise<void>,
): Promise<Source> {
  const plain = await peek(asBytes(pieces))
  const isGzip = plain.head[0] === 0x1f && plain.head[1] === 0x8b
  const { head, bytes } = isGzip ? await peek(unpacked(label, plain.bytes)) : plain
  return { label, kind: kindOf(head), bytes, close }
}

async function* asBytes(pieces: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece
}

async function* unpacked(label: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* Readable.from(bytes, { objectMode: false }).pipe(createGunzip())
  } catch (cause) {
    throw new RegistryError('invalid', `${label} begins like a gzip file but cannot be unpacked.`, { cause })
  }
}

/** The first bytes, and all of them again. */
async function peek(
  pieces: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: Buffer; readonly bytes: AsyncIterable<Uint8Array> }> {
  const iterator = pieces[Symbol.asyncIterator]()
  const first: Uint8Array[] = []
  let length = 0
  while (length < headBytes) {
    const next = await iterator.next()
    if (next.done === true) break
    first.push(next.value)
    length += next.value.length
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* first
    for (;;) {
      const next = await iterator.next()
      if (next.done === true) return
      yield next.value
    }
  }
  return { head: Buffer.concat(first).subarray(0, headBytes), bytes: all() }
}

/** Root elements and what they hold. */
const kindsByRoot: Readonly<Record<string, SourceKind>> = {
  Resource: 'records',
  VOResources: 'records',
  'OAI-PMH': 'records',
  capabilities: 'capabilities',
  tableset: 'tables',
  table: 'tables',
  tables: 'tables',
  VOTABLE: 'votable',
  html: 'page',
}

/** The kind of thing that begins so. */
export function kindOf(head: Buffer): SourceKind {
  if (head.subarray(0, 9).toString('latin1') === 'SIMPLE  =') return 'fits'
  const isWide = (head[0] === 0xfe && head[1] === 0xff) || (head[0] === 0xff && head[1] === 0xfe)
  const text = head.toString(isWide ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '')
  if (!/^\s*</.test(text)) return 'csv'
  const tag = rootTag(
    text,
    rootStart(text.replace(/<!DOCTYPE[^>]*>/i, (declaration) => ' '.repeat(declaration.length))),
  )
  const name = /^<(?:[\w.-]+:)?([\w.-]+)/.exec(tag)?.[1] ?? ''
  return kindsByRoot[name] ?? kindsByRoot[name.toLowerCase()] ?? (/<html/i.test(text) ? 'page' : 'other-xml')
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}, ${error.cause.message}` : error.message
}
