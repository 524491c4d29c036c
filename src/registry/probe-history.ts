// Results of examinations ↔ `probe-history.json` in the state directory: the last result of each address, and a short history.
import { readFile, stat } from 'node:fs/promises'
import { RegistryError } from '../core/errors.js'
import { replaceFile } from '../core/replace-file.js'
import type { ProbeOutcome, ProbeResult } from './probe.js'

/** One examination in short. */
export interface ProbePoint {
  readonly time: string
  readonly outcome: ProbeOutcome
  readonly latencyMs: number | null
}

export interface ProbedAddress {
  readonly last: ProbeResult
  /** Oldest first, the last one included. */
  readonly history: readonly ProbePoint[]
}

/** Examinations kept of each address: three months when examined every three hours. */
const keptPoints = 720

/** What is known of all addresses; empty when nothing was examined yet. Throws kind `invalid` for a damaged file. */
export async function readProbeHistory(path: string): Promise<readonly ProbedAddress[]> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  try {
    const content: unknown = JSON.parse(text)
    if (typeof content === 'object' && content !== null && 'addresses' in content && Array.isArray(content.addresses)) {
      const addresses: readonly unknown[] = content.addresses
      if (addresses.every(isProbed)) return addresses
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new RegistryError(
    'invalid',
    `${path} is damaged; expected the history of examinations as JSON. Move it away to begin a new one.`,
  )
}

/** Reads the history again only when the file is another one; for what asks on every request. */
export function createProbeReader(path: string): () => Promise<readonly ProbedAddress[]> {
  let known: { readonly mark: string; readonly addresses: Promise<readonly ProbedAddress[]> } | undefined
  return async () => {
    // Written whole under another name, so that a new content is a new file.
    const mark = await stat(path).then(
      ({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`,
      () => '',
    )
    if (known?.mark === mark) return known.addresses
    const reading = { mark, addresses: readProbeHistory(path) }
    known = reading
    // A failure is not remembered.
    reading.addresses.catch(() => {
      if (known === reading) known = undefined
    })
    return reading.addresses
  }
}

/**
 * Adds results and writes the file, whole or not at all. `isWhole`: everything there is was examined, so that
 * addresses without a result are no longer published and go.
 */
export async function keepProbeResults(path: string, results: readonly ProbeResult[], isWhole: boolean): Promise<void> {
  const known = new Map((await readProbeHistory(path)).map((one) => [keyOf(one.last), one]))
  const added = results.map((last): ProbedAddress => {
    const { time, outcome, latencyMs } = last
    const before = known.get(keyOf(last))?.history ?? []
    known.delete(keyOf(last))
    return { last, history: [...before, { time, outcome, latencyMs }].slice(-keptPoints) }
  })
  const addresses = isWhole ? added : [...known.values(), ...added]
  await replaceFile(path, `${JSON.stringify({ version: 1, addresses })}\n`)
}

/** Finds the last result of a target. */
export function previousResults(
  addresses: readonly ProbedAddress[],
): (target: Pick<ProbeResult, 'ivoid' | 'standardId' | 'accessUrl'>) => ProbeResult | undefined {
  const known = new Map(addresses.map(({ last }) => [keyOf(last), last]))
  return (target) => known.get(keyOf(target))
}

function keyOf({ ivoid, standardId, accessUrl }: Pick<ProbeResult, 'ivoid' | 'standardId' | 'accessUrl'>): string {
  return JSON.stringify([ivoid, standardId, accessUrl])
}

function isProbed(value: unknown): value is ProbedAddress {
  if (typeof value !== 'object' || value === null || !('last' in value) || !('history' in value)) return false
  const { last, history } = value
  return (
    typeof last === 'object' &&
    last !== null &&
    'accessUrl' in last &&
    typeof last.accessUrl === 'string' &&
    'outcome' in last &&
    'findings' in last &&
    Array.isArray(last.findings) &&
    Array.isArray(history)
  )
}
