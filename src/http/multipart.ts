// The bytes of a multipart/form-data body → its parts, as RFC 2046 has them and as STILTS really sends them: boundary in
// quotation marks with angle brackets, an empty line before the first one, headers of a part in any order.

import type { Buffer } from 'node:buffer'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'

/** One part of a form. */
export interface FormPart {
  readonly name: string
  readonly filename: string | undefined
  /** Lower case, without parameters; empty when none is given. */
  readonly mediaType: string
  readonly bytes: Buffer
}

/** Parts of one form at most. */
const mostParts = 200
/** Bytes of the headers of one part at most. */
const longestHeaders = 16_384

/** `multipart/form-data; boundary="<<<…>>>"` → the boundary. Throws kind `usage` when there is none. */
export function boundaryOf(contentType: string): string {
  const match = /;\s*boundary=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(contentType)
  const boundary = match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2]
  if (boundary === undefined || boundary === '') {
    throw new RegistryError('usage', 'The Content-Type multipart/form-data names no boundary.')
  }
  return boundary
}

/** Splits a body. Throws kind `usage` when it is cut off or has a part without name. */
export function readMultipart(body: Buffer, boundary: string): readonly FormPart[] {
  const delimiter = `--${boundary}`
  const parts: FormPart[] = []
  // Whatever stands before the first delimiter is preamble (RFC 2046 §5.1.1).
  let at = nextDelimiter(body, delimiter, 0)
  while (at !== undefined) {
    const afterDelimiter = at.end
    if (body.subarray(afterDelimiter, afterDelimiter + 2).toString('latin1') === '--') return parts
    const start = lineEnd(body, afterDelimiter)
    const next = nextDelimiter(body, delimiter, start)
    if (next === undefined) break
    if (parts.length === mostParts) throw new RegistryError('limit', `The form has more than ${mostParts} parts.`)
    parts.push(readPart(body.subarray(start, Math.max(start, next.start))))
    at = next
  }
  throw new RegistryError(
    'usage',
    `The multipart body is cut off after ${counted(parts.length, 'part')}; its closing boundary is missing.`,
  )
}

interface Place {
  /** Where the line end before the delimiter begins. */
  readonly start: number
  readonly end: number
}

// A delimiter counts at the beginning of a line only. The line end before it belongs to it, not to the part.
function nextDelimiter(body: Buffer, delimiter: string, from: number): Place | undefined {
  for (let found = body.indexOf(delimiter, from); found >= 0; found = body.indexOf(delimiter, found + 1)) {
    if (found === from || body[found - 1] === 0x0a) {
      const carriageReturn = found >= 2 && body[found - 2] === 0x0d ? 1 : 0
      return { start: found === from ? found : found - 1 - carriageReturn, end: found + delimiter.length }
    }
  }
  return undefined
}

function lineEnd(body: Buffer, from: number): number {
  const feed = body.indexOf(0x0a, from)
  return feed < 0 ? body.length : feed + 1
}

function readPart(bytes: Buffer): FormPart {
  const headers = new Map<string, string>()
  let at = 0
  for (;;) {
    const end = lineEnd(bytes, at)
    const line = bytes.subarray(at, end).toString('utf8').trimEnd()
    const last = at
    at = end
    if (line === '') break
    if (at > longestHeaders || end === last)
      throw new RegistryError('usage', 'A part of the form has no end of its headers.')
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  const disposition = headers.get('content-disposition') ?? ''
  const name = dispositionValue(disposition, 'name')
  if (name === undefined) throw new RegistryError('usage', 'A part of the form has no name in its Content-Disposition.')
  return {
    name,
    filename: dispositionValue(disposition, 'filename'),
    mediaType: (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
    bytes: bytes.subarray(at),
  }
}

function dispositionValue(disposition: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(disposition)
  return match?.[1]?.replace(/\\(["\\])/g, '$1').replaceAll('%22', '"') ?? match?.[2]
}
