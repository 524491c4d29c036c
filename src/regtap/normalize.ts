// Text of a record → the text that rr keeps: trimmed, NULL when empty, lower case and present terms where the standard
// says so (RegTAP 1.2 §4).
import { readTimestamp } from '../core/datestamp.js'
import { withoutIllegalCharacters } from '../xml/escape.js'

/** Trimmed text; null when nothing is left (RegTAP 1.2 §4.1, §4.2). */
export function cleanText(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null
  // §4.4: what cannot be stored becomes a question mark.
  const trimmed = withoutIllegalCharacters(text.trim())
  return trimmed === '' ? null : trimmed
}

/** Lower case after Unicode's default rules (RegTAP 1.2 §4.3, Unicode R2). */
export function lowerCase(text: string | null): string | null {
  return text === null ? null : text.toLowerCase()
}

/** Several values → one text with `#` between them; null when there is none. */
export function hashJoin(values: readonly string[]): string | null {
  const clean = values.map(cleanText).filter((value) => value !== null)
  return clean.length === 0 ? null : clean.join('#')
}

/** A time of a record → `YYYY-MM-DDThh:mm:ss`; null when it is none (RegTAP 1.2 §8). */
export function timestampText(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null
  const datestamp = readTimestamp(text) ?? readOffsetTime(text)
  return datestamp === undefined ? null : datestamp.slice(0, 19)
}

/** Times with another zone, or without seconds, occur in old records; UTC is what they mean. */
function readOffsetTime(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d*)?)?(Z|[+-]\d\d:?\d\d)?$/.test(text.trim())) return undefined
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(text.trim()) ? text.trim() : `${text.trim()}Z`
  const moment = new Date(zoned)
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString()
}

/** A number as XML writes it; null when it is none. */
export function numberValue(text: string | null | undefined): number | null {
  const clean = cleanText(text)
  if (clean === null || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(clean)) return null
  const value = Number(clean)
  return Number.isFinite(value) ? value : null
}

/** A truth value of XML as 1 or 0, a whole number as itself; null for anything else. */
export function integerValue(text: string | null | undefined): number | null {
  const clean = cleanText(text)?.toLowerCase()
  if (clean === undefined) return null
  if (clean === 'true') return 1
  if (clean === 'false') return 0
  const value = numberValue(clean)
  return value !== null && Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : null
}
