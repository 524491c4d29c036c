// Values that meet → values that may meet: what can be compared, joined or merged, and what has to be cast before.

import type { Source } from './errors.js'
import { knownFunctions } from './functions.js'
import type { Family, Resolved } from './resolved.js'
import { double, textMeaning, truth } from './resolved.js'

/** How a family is called in a message. */
export const familyNames: Readonly<Record<Family, string>> = {
  number: 'a number',
  text: 'a text',
  truth: 'a condition',
  timestamp: 'a timestamp',
  binary: 'binary data',
  array: 'an array',
  point: 'a point',
  circle: 'a circle',
  polygon: 'a polygon',
  moc: 'a MOC',
  null: 'NULL',
}

const timestampPattern = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?Z?$/

/** Text literal in the form of DALI → timestamp; undefined for other texts and for values that are no literals. */
export function timestampLiteral(value: Resolved): Resolved | undefined {
  if (value.kind !== 'text' || !timestampPattern.test(value.value.trim())) return undefined
  const text = value.value.trim()
  const moment = new Date(/T| /.test(text) ? `${text.replace(' ', 'T').replace(/Z$/, '')}Z` : text.replace(/Z$/, ''))
  // 2020-02-30 would become an error of the engine.
  if (Number.isNaN(moment.getTime()) || moment.getUTCDate() !== Number(text.slice(8, 10))) return undefined
  const { start, end } = value
  return {
    kind: 'cast',
    operand: { ...value, value: text.replace(/Z$/, '') },
    family: 'timestamp',
    meaning: { datatype: 'char', arraysize: '*', xtype: 'timestamp' },
    start,
    end,
  }
}

/** Both sides of a comparison in comparable form. Throws AdqlError where they cannot be compared. */
export function comparable(source: Source, left: Resolved, right: Resolved): readonly [Resolved, Resolved] {
  if (left.family === right.family || left.family === 'null' || right.family === 'null') {
    if (['point', 'circle', 'polygon', 'array'].includes(left.family))
      source.fail(right, `Geometries cannot be compared with =, < or >. Use CONTAINS, INTERSECTS or DISTANCE.`)
    return [left, right]
  }
  if (isTextual(left) && isTextual(right)) return [left, right]
  if (left.family === 'timestamp' && right.family === 'text') return [left, toTimestamp(source, right)]
  if (right.family === 'timestamp' && left.family === 'text') return [toTimestamp(source, left), right]
  if (left.family === 'truth' && right.family === 'number') return [left, toTruth(source, right)]
  if (right.family === 'truth' && left.family === 'number') return [toTruth(source, left), right]
  const literal = [left, right].find((value) => value.kind === 'text')
  const hint =
    literal?.kind === 'text' && /^[-+]?\d*\.?\d+$/.test(literal.value)
      ? ` Write ${literal.value} without apostrophes.`
      : [left, right].some((value) => value.family === 'timestamp')
        ? " A date stands in apostrophes, as '2026-01-31' or '2026-01-31T12:00:00'."
        : ' Use CAST to turn one into the other.'
  source.fail(
    { start: left.start, end: Math.max(left.end, right.end) },
    `${capital(familyNames[left.family])} cannot be compared with ${familyNames[right.family]}.${hint}`,
  )
}

/** Texts, and MOCs, which are texts in tables. */
function isTextual(value: Resolved): boolean {
  return value.family === 'text' || value.family === 'moc'
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

export function toTimestamp(source: Source, value: Resolved): Resolved {
  if (value.family === 'timestamp') return value
  // Engines take dates apart by their type, and a bare NULL has none.
  if (value.family === 'null') return castToTimestamp(value)
  const literal = timestampLiteral(value)
  if (literal) return literal
  source.fail(
    value,
    value.kind === 'text'
      ? `'${value.value.slice(0, 40)}' is no timestamp. ${timestampPattern.test(value.value.trim()) ? 'The calendar has no such day, or the clock no such time.' : 'Expected YYYY-MM-DD or YYYY-MM-DDThh:mm:ss.'}`
      : `Expected a timestamp, but found ${familyNames[value.family]}. Use CAST(… AS TIMESTAMP).`,
  )
}

/** The value as a timestamp, whatever the engine makes of it. */
export function castToTimestamp(operand: Resolved): Resolved {
  const meaning = { datatype: 'char', arraysize: '*', xtype: 'timestamp' } as const
  return { kind: 'cast', operand, family: 'timestamp', meaning, start: operand.start, end: operand.end }
}

function toTruth(source: Source, value: Resolved): Resolved {
  if (value.kind === 'number' && (value.digits === '1' || value.digits === '0'))
    return {
      kind: 'truth',
      value: value.digits === '1',
      family: 'truth',
      meaning: truth,
      start: value.start,
      end: value.end,
    }
  source.fail(value, 'A condition is true or false. Compare it with 1 or 0, or use it alone.')
}

/** Anything printable → text, for || and LIKE. */
export function toText(source: Source, value: Resolved): Resolved {
  const { start, end } = value
  switch (value.family) {
    case 'text':
    case 'moc':
    case 'null':
      return value
    case 'timestamp': {
      const called = knownFunctions.get('lower')
      if (called === undefined) throw new TypeError('no function lower')
      const name = 'timestamp_text'
      return {
        kind: 'call',
        called: { ...called, name },
        args: [value],
        family: 'text',
        meaning: textMeaning(true),
        start,
        end,
      }
    }
    case 'number':
    case 'truth':
      return { kind: 'cast', operand: value, family: 'text', meaning: textMeaning(true), start, end }
    default:
      source.fail(value, `Expected a text, but found ${familyNames[value.family]}.`)
  }
}

/** Whole numbers → double precision, where ADQL says so (ADQL 2.1 §2.3). */
export function toDouble(value: Resolved): Resolved {
  if (value.family !== 'number' || value.meaning.datatype === 'double') return value
  const { start, end } = value
  // A literal is written as a double at once.
  if (value.kind === 'number') return { ...value, meaning: double }
  const meaning = value.meaning.unit === undefined ? double : { ...double, unit: value.meaning.unit }
  return { kind: 'cast', operand: value, family: 'number', meaning, start, end }
}

/** Any number → integer of that size, for numbers of digits and of cells. */
export function toInteger(value: Resolved, datatype: 'int' | 'long' = 'int'): Resolved {
  if (value.family !== 'number' || value.meaning.datatype === datatype) return value
  const { start, end } = value
  return { kind: 'cast', operand: value, family: 'number', meaning: { datatype }, start, end }
}

/** Alternatives of CASE and COALESCE must be of one kind (ADQL 2.1 §4.8). */
export function requireOneFamily(source: Source, values: readonly Resolved[]): void {
  const known = values.filter((value) => value.family !== 'null')
  const [first] = known
  for (const value of known)
    if (first && value.family !== first.family)
      source.fail(
        value,
        `All alternatives must be of one type, but the first is ${familyNames[first.family]} and this is ${familyNames[value.family]}.`,
      )
}
