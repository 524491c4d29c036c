// Where a replica gets its snapshots: a file that is replaced from time to time, or an address.
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { asRegistryError, RegistryError } from '../core/errors.js'
import { boundedBody } from './bounded-body.js'
import { manifestAddress, maxManifestBytes, readManifest, type SnapshotManifest } from './snapshot-manifest.js'

export interface SnapshotSource {
  readonly address: string
  /** The manifest; undefined when it is the same as at the last successful call. Throws kinds `unavailable`, `invalid`. */
  manifest(signal: AbortSignal): Promise<SnapshotManifest | undefined>
  /**
   * Copies the snapshot into a new file. Throws kind `invalid` when it is not the one of the manifest, `unavailable`
   * when it does not come; the file may be there half then.
   */
  copy(manifest: SnapshotManifest, target: string, signal: AbortSignal): Promise<void>
}

export interface SourceOptions {
  /** Follows redirects with care. */
  readonly fetch: typeof fetch
  readonly userAgent: string
  /** Bigger snapshots are refused. */
  readonly maxBytes: number
  /** So long without a byte, and a server is taken for dead: 60. */
  readonly silenceSeconds?: number
}

/** A file or an address as source. Throws kind `usage` for an address that is neither http nor https. */
export function openSource(address: string, options: SourceOptions): SnapshotSource {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(address)?.[1]?.toLowerCase()
  if (scheme === undefined) return fileSource(address, options)
  if ((scheme === 'http' || scheme === 'https') && URL.canParse(address)) return urlSource(address, options)
  throw new RegistryError(
    'usage',
    `"${address.slice(0, 200)}" is no snapshot; expected a file, or an address http://… or https://….`,
  )
}

function fileSource(file: string, { maxBytes }: SourceOptions): SnapshotSource {
  const manifestFile = manifestAddress(file)
  let seen = ''
  return {
    address: file,
    manifest: () =>
      unlessMissing(file, async () => {
        const { mtimeMs, ino, size } = await stat(manifestFile)
        const state = `${mtimeMs} ${ino} ${size}`
        if (state === seen) return undefined
        const manifest = readManifest(await readFile(manifestFile, 'utf8'), manifestFile)
        seen = state
        return manifest
      }),
    copy: (manifest, target, signal) =>
      unlessMissing(file, () => receive(createReadStream(file), { manifest, target, maxBytes, signal, from: file })),
  }
}

function urlSource(address: string, options: SourceOptions): SnapshotSource {
  const manifestUrl = manifestAddress(address)
  let validators: Readonly<Record<string, string>> = {}
  const ask = async (url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal) => {
    const response = await options.fetch(url, { headers: { 'user-agent': options.userAgent, ...headers }, signal })
    if (response.ok || response.status === 304) return response
    await response.body?.cancel()
    throw unavailable(address, `${url} answers with status ${response.status}`)
  }
  return {
    address,
    manifest: (signal) =>
      unlessSilent(address, options, signal, async (guarded) => {
        const response = await ask(manifestUrl, validators, guarded.signal)
        if (response.status === 304) return undefined
        const text = await shortText(response, manifestUrl)
        const manifest = readManifest(text, manifestUrl)
        const etag = response.headers.get('etag')
        const modified = response.headers.get('last-modified')
        validators = {
          ...(etag === null ? {} : { 'if-none-match': etag }),
          ...(modified === null ? {} : { 'if-modified-since': modified }),
        }
        return manifest
      }),
    copy: (manifest, target, signal) =>
      unlessSilent(address, options, signal, async ({ signal: both, heard }) => {
        // Packed on the way, the size would say nothing.
        const response = await ask(address, { 'accept-encoding': 'identity' }, both)
        if (response.body === null) throw unavailable(address, 'its answer is empty')
        const { maxBytes } = options
        await receive(Readable.fromWeb(response.body), {
          manifest,
          target,
          maxBytes,
          signal: both,
          from: address,
          heard,
        })
      }),
  }
}

interface Receipt {
  readonly manifest: SnapshotManifest
  readonly target: string
  readonly maxBytes: number
  readonly signal: AbortSignal
  readonly from: string
  readonly heard?: () => void
}

/** Bytes → a file, as long as they can still be those of the manifest. */
async function receive(bytes: Readable, { manifest, target, maxBytes, signal, from, heard }: Receipt): Promise<void> {
  if (manifest.bytes > maxBytes) {
    bytes.destroy()
    throw new RegistryError('limit', `The snapshot ${from} has ${manifest.bytes} bytes; the limit is ${maxBytes}.`)
  }
  const hash = createHash('sha256')
  let received = 0
  const checking = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      heard?.()
      received += chunk.length
      hash.update(chunk)
      if (received > manifest.bytes)
        done(damaged(from, `it is longer than the ${manifest.bytes} bytes of its manifest`))
      else done(null, chunk)
    },
  })
  await pipeline(bytes, checking, createWriteStream(target, { flags: 'wx' }), { signal })
  if (received < manifest.bytes) throw damaged(from, `it ends after ${received} of ${manifest.bytes} bytes`)
  const sum = hash.digest('hex')
  if (sum !== manifest.sha256) throw damaged(from, `its SHA-256 is ${sum}, that of its manifest ${manifest.sha256}`)
}

async function shortText(response: Response, url: string): Promise<string> {
  const bytes = await boundedBody(response, maxManifestBytes, () => {
    throw new RegistryError(
      'invalid',
      `The manifest ${url} cannot be used: it is longer than ${maxManifestBytes} bytes.`,
    )
  })
  return bytes.toString('utf8')
}

async function unlessMissing<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')
      throw unavailable(file, `there is no ${'path' in thrown ? String(thrown.path) : 'such file'}`)
    throw thrown
  }
}

/** Runs work that is stopped when nothing has been heard for too long; failures of the network become kind `unavailable`. */
async function unlessSilent<Result>(
  address: string,
  { silenceSeconds = 60 }: SourceOptions,
  signal: AbortSignal,
  work: (guarded: { readonly signal: AbortSignal; readonly heard: () => void }) => Promise<Result>,
): Promise<Result> {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(), silenceSeconds * 1000)
  try {
    return await work({ signal: AbortSignal.any([signal, silence.signal]), heard: () => void timer.refresh() })
  } catch (thrown) {
    signal.throwIfAborted()
    if (silence.signal.aborted) throw unavailable(address, `nothing came for ${silenceSeconds} s`)
    const isTold = asRegistryError(thrown).kind !== 'internal' || isDiskError(thrown)
    throw isTold ? thrown : unavailable(address, reasonOf(thrown))
  } finally {
    clearTimeout(timer)
  }
}

/** A full disk, a folder that may not be written: ours to mend, not the server's. */
function isDiskError(thrown: unknown): boolean {
  return thrown instanceof Error && 'syscall' in thrown && ['write', 'open'].includes(String(thrown.syscall))
}

function unavailable(address: string, reason: string): RegistryError {
  return new RegistryError('unavailable', `The snapshot ${address} does not come: ${reason}.`)
}

function damaged(from: string, reason: string): RegistryError {
  return new RegistryError('invalid', `The snapshot ${from} is not the one of its manifest: ${reason}.`)
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  return thrown.cause instanceof Error ? `${thrown.message}, ${thrown.cause.message}` : thrown.message
}
