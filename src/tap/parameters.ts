// Parameters as they came, from query string and body → what a TAP query wants (DALI 1.2 §4; TAP 1.1 §2.7).
import { RegistryError } from '../core/errors.js'
import { type ChosenFormat, chooseFormat } from '../formats/negotiate.js'

/** One name and value as sent. */
export type Parameter = readonly [name: string, value: string]

/** Parameters of a request or job, found by name in any case (DALI 1.2 §4.1). */
export class Parameters {
  constructor(readonly entries: readonly Parameter[]) {}

  /** All values of that name, in order. */
  all(name: string): readonly string[] {
    return this.entries.filter(([given]) => sameName(given, name)).map(([, value]) => value)
  }

  /** The value of a parameter that may be given once; empty counts as absent. Throws kind `usage` when it is repeated. */
  single(name: string): string | undefined {
    const values = this.all(name)
    // DALI 1.2 §4.2.
    if (values.length > 1)
      throw new RegistryError('usage', `The parameter ${name} is given ${values.length} times; expected once.`)
    const value = values[0]
    return value === undefined || value.trim() === '' ? undefined : value
  }

  /** These parameters with others added: single-valued ones are replaced, UPLOAD accumulates (DALI 1.2 §4.3.5). */
  with(added: readonly Parameter[]): Parameters {
    const replaced = added.filter(([name]) => !sameName(name, 'UPLOAD'))
    const kept = this.entries.filter(([name]) => !replaced.some(([other]) => sameName(name, other)))
    return new Parameters([...kept, ...added])
  }
}

/** Parameter names are compared without case. */
export function sameName(one: string, other: string): boolean {
  return one.toUpperCase() === other.toUpperCase()
}

/** One table to upload: `TAP_UPLOAD.name` and where its bytes are. */
export interface UploadRequest {
  readonly name: string
  /** `param:PART` or an http or https address. */
  readonly uri: string
}

/** What a query wants, checked. */
export interface TapRequest {
  readonly query: string
  readonly format: ChosenFormat
  /** MAXREC as asked; undefined when the default applies. */
  readonly maxRows: number | undefined
  readonly uploads: readonly UploadRequest[]
  readonly runId: string | undefined
}

/** Values of LANG that are understood, in lower case; all of them are announced in the capabilities (TAP 1.1 §2.7.1). */
export const queryLanguages = ['adql', 'adql-2.0', 'adql-2.1'] as const

/** Characters: longest query text. */
const longestQuery = 1_000_000
/** Characters of RUNID (DALI 1.2 §4.3.6). */
const longestRunId = 64

/** Parameters → request. Throws kind `usage` for what is missing, repeated or not understood; unknown names are ignored. */
export function readTapRequest(parameters: Parameters): TapRequest {
  const format = requestedFormat(parameters)
  checkLanguage(parameters.single('LANG'))
  const query = parameters.single('QUERY')
  if (query === undefined) {
    throw new RegistryError(
      'usage',
      'The parameter QUERY is missing; expected an ADQL query, as SELECT * FROM rr.resource.',
    )
  }
  if (query.length > longestQuery) {
    throw new RegistryError(
      'limit',
      `The query has ${query.length} characters; at most ${longestQuery} are read. Upload long lists as a table.`,
    )
  }
  return {
    query,
    format,
    maxRows: readMaxrec(parameters.single('MAXREC')),
    uploads: readUploads(parameters.all('UPLOAD')),
    runId: readRunId(parameters),
  }
}

/** RESPONSEFORMAT, or FORMAT as the name of TAP 1.0 (TAP 1.1 §2.7.3). */
export function requestedFormat(parameters: Parameters): ChosenFormat {
  return chooseFormat(parameters.single('RESPONSEFORMAT') ?? parameters.single('FORMAT'))
}

/** RUNID, cut to the length the standard has. */
export function readRunId(parameters: Parameters): string | undefined {
  return parameters.single('RUNID')?.slice(0, longestRunId)
}

// Clients leave LANG out or write it in lower case (astroquery); both are harmless.
function checkLanguage(language: string | undefined): void {
  if (language === undefined) return
  const wanted = language.trim().toLowerCase()
  if (!queryLanguages.some((known) => known === wanted)) {
    throw new RegistryError(
      'usage',
      `LANG "${language.slice(0, 60)}" is not known; expected ADQL, ADQL-2.0 or ADQL-2.1.`,
    )
  }
}

function readMaxrec(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\+?\d+$/.test(text.trim())) return Math.min(Number(text), Number.MAX_SAFE_INTEGER)
  throw new RegistryError('usage', `MAXREC "${text.slice(0, 60)}" is not a whole number from 0 on.`)
}

// Several UPLOADs add up; TAP 1.0 clients put several pairs into one, separated by semicolons.
function readUploads(values: readonly string[]): readonly UploadRequest[] {
  const uploads = values
    .flatMap((value) => value.split(/;(?=\s*\w+\s*,\s*(?:param:|https?:))/i))
    .map((pair) => pair.replace(/;\s*$/, '').trim())
    .filter((pair) => pair !== '')
    .map(readUpload)
  const names = new Set<string>()
  for (const { name } of uploads) {
    if (names.has(name.toLowerCase())) throw new RegistryError('usage', `Two uploaded tables are named "${name}".`)
    names.add(name.toLowerCase())
  }
  return uploads
}

function readUpload(pair: string): UploadRequest {
  const comma = pair.indexOf(',')
  const name = pair.slice(0, Math.max(0, comma)).trim()
  const uri = pair.slice(comma + 1).trim()
  if (comma < 0 || !/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
    throw new RegistryError(
      'usage',
      `UPLOAD "${pair.slice(0, 80)}" is not understood; expected NAME,param:PART or NAME,https://… with a name of letters, digits and underscores.`,
    )
  }
  if (!/^param:./.test(uri) && !/^https?:\/\//i.test(uri)) {
    throw new RegistryError(
      'usage',
      `UPLOAD of "${name}" comes from "${uri.slice(0, 80)}"; expected param:PART, http://… or https://….`,
    )
  }
  return { name, uri }
}
