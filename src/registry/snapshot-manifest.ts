// The manifest beside a snapshot ↔ JSON: what the file is, and by which checksum it is known to be whole.
import { type Datestamp, parseDatestamp } from '../core/datestamp.js'
import { RegistryError } from '../core/errors.js'
import { type Ivoid, isIvoid } from '../core/ivoid.js'
import { generationFormat, type RecordCounts } from './generation-facts.js'

export interface SnapshotManifest {
  /** Number of the arrangement of the file; this version reads one only. */
  readonly format: number
  /** Name of the file beside the manifest. */
  readonly file: string
  readonly bytes: number
  /** Of the file, hexadecimal. */
  readonly sha256: string
  /** Identifier of the generation in the file. */
  readonly generation: string
  /** When the generation was made. */
  readonly made: Datestamp
  readonly registry: Ivoid
  /** Public address of the registry. */
  readonly baseUrl: string
  /** Version of the program that made it. */
  readonly program: string
  readonly records: RecordCounts
}

/** Longer ones are none. */
export const maxManifestBytes = 100_000

/** Where the manifest of a snapshot stands: the same name with `.json` at its end; a query stays behind it. */
export function manifestAddress(source: string): string {
  if (!/^https?:/i.test(source)) return `${source}.json`
  const url = new URL(source)
  url.pathname += '.json'
  return url.href
}

/** The text of the file. */
export function manifestText(manifest: SnapshotManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}

/** Text → manifest. Throws kind `invalid` with what is wrong, and for a format that this version does not read. */
export function readManifest(text: string, from: string): SnapshotManifest {
  const refuse = (reason: string) => new RegistryError('invalid', `The manifest ${from} cannot be used: ${reason}.`)
  const content = parseJson(text)
  if (content === undefined) throw refuse('it is not a JSON object')
  const { format, file, bytes, sha256, generation, made, registry, baseUrl, program, records } = content
  if (format !== generationFormat)
    throw refuse(
      `its snapshot is of format ${String(format)}, made by version ${String(program)}; this version of the program reads format ${generationFormat}`,
    )
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) throw refuse('"sha256" is no SHA-256')
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes <= 0) throw refuse('"bytes" is no size')
  const datestamp = typeof made === 'string' ? parseDatestamp(made) : undefined
  if (datestamp === undefined) throw refuse('"made" is not of the form YYYY-MM-DDThh:mm:ssZ')
  if (typeof registry !== 'string' || !isIvoid(registry)) throw refuse('"registry" is not an IVOID')
  if (typeof generation !== 'string' || generation === '') throw refuse('"generation" is missing')
  const counts: Readonly<Record<string, unknown>> = isObject(records) ? records : {}
  const count = (name: keyof RecordCounts) => (typeof counts[name] === 'number' ? counts[name] : 0)
  return {
    format,
    file: String(file),
    bytes,
    sha256,
    generation,
    made: datestamp,
    registry,
    baseUrl: String(baseUrl),
    program: String(program),
    records: {
      active: count('active'),
      inactive: count('inactive'),
      deleted: count('deleted'),
      origins: count('origins'),
    },
  }
}

function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const content: unknown = JSON.parse(text)
    return isObject(content) ? content : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
