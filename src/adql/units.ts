// Units in the form of VOUnits → factors between them, for IN_UNIT (ADQL 2.1 §4.9) and conversions of spectral values.
import { type Sql, sql } from '../core/sql.js'

/** A unit that is not known, or a conversion that makes no sense. */
export class UnitError extends Error {}

/** Exponents of length, mass, time, angle, temperature, current, amount, light, magnitude, counts. */
type Dimensions = readonly number[]

interface Unit {
  /** In the base units m, kg, s, rad, K, A, mol, cd, mag, ct. */
  readonly factor: number
  readonly dimensions: Dimensions
}

const none: Dimensions = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

function base(index: number, factor = 1): Unit {
  return { factor, dimensions: none.map((_, position) => (position === index ? 1 : 0)) }
}

function combined(factor: number, ...dimensions: readonly number[]): Unit {
  return { factor, dimensions: none.map((_, position) => dimensions[position] ?? 0) }
}

const degree = Math.PI / 180
const julianYear = 31_557_600

/** VOUnits 1.1 §2.4; SI, IAU and astronomical units. */
const units: Readonly<Record<string, Unit>> = {
  m: base(0),
  g: base(1, 1e-3),
  s: base(2),
  rad: base(3),
  K: base(4),
  A: base(5),
  mol: base(6),
  cd: base(7),
  mag: base(8),
  ct: base(9),
  count: base(9),
  photon: base(9),
  ph: base(9),
  pix: base(9),
  pixel: base(9),
  sr: combined(1, 0, 0, 0, 2),
  deg: base(3, degree),
  arcmin: base(3, degree / 60),
  arcsec: base(3, degree / 3600),
  mas: base(3, degree / 3.6e6),
  min: base(2, 60),
  h: base(2, 3600),
  d: base(2, 86_400),
  a: base(2, julianYear),
  yr: base(2, julianYear),
  cy: base(2, 100 * julianYear),
  Hz: combined(1, 0, 0, -1),
  N: combined(1, 1, 1, -2),
  Pa: combined(1, -1, 1, -2),
  J: combined(1, 2, 1, -2),
  W: combined(1, 2, 1, -3),
  C: combined(1, 0, 0, 1, 0, 0, 1),
  V: combined(1, 2, 1, -3, 0, 0, -1),
  Ohm: combined(1, 2, 1, -3, 0, 0, -2),
  T: combined(1, 0, 1, -2, 0, 0, -1),
  G: combined(1e-4, 0, 1, -2, 0, 0, -1),
  eV: combined(1.602176634e-19, 2, 1, -2),
  erg: combined(1e-7, 2, 1, -2),
  Ry: combined(2.1798723611e-18, 2, 1, -2),
  Jy: combined(1e-26, 0, 1, -2),
  R: combined(1e10 / (4 * Math.PI), -2, 0, -1, -2),
  Angstrom: base(0, 1e-10),
  angstrom: base(0, 1e-10),
  AU: base(0, 149_597_870_700),
  au: base(0, 149_597_870_700),
  pc: base(0, 3.085677581491367e16),
  lyr: base(0, 9.4607304725808e15),
  solRad: base(0, 6.957e8),
  solMass: base(1, 1.98841e30),
  solLum: combined(3.828e26, 2, 1, -3),
  u: base(1, 1.6605390666e-27),
  barn: combined(1e-28, 2),
  '%': combined(0.01),
  '': combined(1),
}

const prefixes: Readonly<Record<string, number>> = {
  da: 1e1,
  h: 1e2,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Z: 1e21,
  Y: 1e24,
  d: 1e-1,
  c: 1e-2,
  m: 1e-3,
  u: 1e-6,
  n: 1e-9,
  p: 1e-12,
  f: 1e-15,
  a: 1e-18,
  z: 1e-21,
  y: 1e-24,
}

function symbol(text: string): Unit {
  if (Object.hasOwn(units, text)) return units[text] ?? combined(1)
  const prefix = Object.keys(prefixes).find(
    (one) => text.length > one.length && text.startsWith(one) && Object.hasOwn(units, text.slice(one.length)),
  )
  const unit = prefix === undefined ? undefined : units[text.slice(prefix.length)]
  if (prefix === undefined || unit === undefined) throw new UnitError(`'${text.slice(0, 30)}' is no unit of VOUnits.`)
  return { ...unit, factor: unit.factor * (prefixes[prefix] ?? 1) }
}

const token = /\s*(?:(\*\*|[*./()])|([A-Za-z%]+)|([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?))/y

/** `km.s**-1`, `km/s`, `10**-3 W`, `mag/arcsec**2` */
export function parseUnit(text: string): Unit {
  const parts: string[] = []
  token.lastIndex = 0
  const trimmed = text.trim()
  if (trimmed.length > 200) throw new UnitError('A unit of more than 200 characters is not read.')
  while (token.lastIndex < trimmed.length) {
    const found = token.exec(trimmed)
    if (found === null) throw new UnitError(`'${trimmed.slice(0, 60)}' is not in the form of VOUnits.`)
    parts.push(found[1] ?? found[2] ?? found[3] ?? '')
  }
  const reader = { parts, at: 0 }
  const unit = product(reader, trimmed)
  if (reader.at < parts.length) throw new UnitError(`'${trimmed.slice(0, 60)}' is not in the form of VOUnits.`)
  return unit
}

interface Reader {
  readonly parts: readonly string[]
  at: number
}

function product(reader: Reader, text: string): Unit {
  let unit = power(reader, text)
  for (;;) {
    const operator = reader.parts[reader.at]
    if (operator === undefined || operator === ')') return unit
    const isDivision = operator === '/'
    // A blank multiplies, as . and * do.
    if (operator === '.' || operator === '*' || operator === '/') reader.at++
    unit = multiply(unit, power(reader, text), isDivision ? -1 : 1)
  }
}

function power(reader: Reader, text: string): Unit {
  const part = reader.parts[reader.at++]
  let unit: Unit
  if (part === '(') {
    unit = product(reader, text)
    if (reader.parts[reader.at++] !== ')') throw new UnitError(`A parenthesis in '${text.slice(0, 60)}' is not closed.`)
  } else if (part !== undefined && /^[+-]?\d/.test(part)) unit = combined(Number(part))
  else if (part !== undefined && /^[A-Za-z%]/.test(part)) unit = symbol(part)
  else if (reader.parts.length === 0) return combined(1)
  else throw new UnitError(`'${text.slice(0, 60)}' is not in the form of VOUnits.`)
  if (reader.parts[reader.at] !== '**') return unit
  reader.at++
  return multiply(combined(1), unit, exponent(reader, text))
}

/** -2, (1/2) or (0.5) */
function exponent(reader: Reader, text: string): number {
  const next = (): string => reader.parts[reader.at++] ?? ''
  const first = next()
  if (first !== '(') return checkNumber(Number(first), text)
  const top = checkNumber(Number(next()), text)
  const separator = next()
  if (separator === ')') return top
  const bottom = checkNumber(Number(next()), text)
  if (separator !== '/' || bottom === 0 || next() !== ')')
    throw new UnitError(`The exponent in '${text.slice(0, 60)}' is no number.`)
  return top / bottom
}

function checkNumber(value: number, text: string): number {
  if (!Number.isFinite(value) || Math.abs(value) > 100)
    throw new UnitError(`The exponent in '${text.slice(0, 60)}' is no number.`)
  return value
}

function multiply(one: Unit, other: Unit, exponent: number): Unit {
  return {
    factor: one.factor * other.factor ** exponent,
    dimensions: one.dimensions.map((dimension, index) => dimension + exponent * (other.dimensions[index] ?? 0)),
  }
}

function sameDimensions(one: Dimensions, other: Dimensions): boolean {
  return one.every((dimension, index) => Math.abs(dimension - (other[index] ?? 0)) < 1e-9)
}

/** IN_UNIT: the value in another unit. Throws UnitError without a unit, with a bad one, or when they do not fit. */
export function unitConversion(value: Sql, from: string | undefined, to: string): Sql {
  if (from === undefined || from.trim() === '')
    throw new UnitError(
      'IN_UNIT needs a value whose unit is known: a column with a unit, or a calculation that keeps it.',
    )
  const [source, target] = [parseUnit(from), parseUnit(to)]
  if (!sameDimensions(source.dimensions, target.dimensions))
    throw new UnitError(`${from} cannot be turned into ${to}: they measure different things.`)
  return sql`(${value} * CAST(${source.factor / target.factor} AS DOUBLE PRECISION))`
}

const planck = 6.62607015e-34
const lightSpeed = 299_792_458

/** Spectral quantities: what energy in joule a value x in base units has, as scale * x or scale / x. */
const spectral: readonly { readonly dimensions: Dimensions; readonly scale: number; readonly inverse: boolean }[] = [
  { dimensions: combined(1, 2, 1, -2).dimensions, scale: 1, inverse: false },
  { dimensions: combined(1, 0, 0, -1).dimensions, scale: planck, inverse: false },
  { dimensions: combined(1, -1).dimensions, scale: planck * lightSpeed, inverse: false },
  { dimensions: combined(1, 1).dimensions, scale: planck * lightSpeed, inverse: true },
]

/** ivo_specconv: wavelengths, wave numbers, frequencies and energies into each other. `divisor` is the value where it divides. */
export function spectralConversion(value: Sql, divisor: Sql, from: string, to: string): Sql {
  const [source, target] = [parseUnit(from), parseUnit(to)]
  const [before, after] = [source, target].map((unit) =>
    spectral.find((one) => sameDimensions(one.dimensions, unit.dimensions)),
  )
  if (before === undefined || after === undefined)
    throw new UnitError(
      `${before === undefined ? from : to} is no unit of wavelength, wave number, frequency or energy.`,
    )
  // x in units of source has energy scale * factor * x, or scale / (factor * x).
  const energy = before.inverse ? before.scale / source.factor : before.scale * source.factor
  if (before.inverse === after.inverse) {
    const factor = before.inverse
      ? (source.factor / target.factor) * (after.scale / before.scale)
      : energy / (after.scale * target.factor)
    return sql`(${value} * CAST(${factor} AS DOUBLE PRECISION))`
  }
  const factor = after.inverse ? after.scale / (energy * target.factor) : energy / (after.scale * target.factor)
  return sql`(CAST(${factor} AS DOUBLE PRECISION) / ${divisor})`
}
