// VOTable data types ↔ ADQL type names (TAP 1.1 §2.7.6, ADQL 2.1 §3), and the literals of DALI's extended types.
import type { ColumnType, Datatype } from './metadata.js'

const adqlScalars: Readonly<Record<Datatype, string>> = {
  boolean: 'BOOLEAN',
  bit: 'BIT',
  unsignedByte: 'SMALLINT',
  short: 'SMALLINT',
  int: 'INTEGER',
  long: 'BIGINT',
  char: 'CHAR(1)',
  unicodeChar: 'CHAR(1)',
  float: 'REAL',
  double: 'DOUBLE PRECISION',
  floatComplex: 'COMPLEX',
  doubleComplex: 'DOUBLE COMPLEX',
}

const adqlExtended: ReadonlyMap<string, string> = new Map([
  ['timestamp', 'TIMESTAMP'],
  ['adql:TIMESTAMP', 'TIMESTAMP'],
  ['interval', 'INTERVAL'],
  ['point', 'POINT'],
  ['adql:POINT', 'POINT'],
  ['circle', 'CIRCLE'],
  ['polygon', 'POLYGON'],
  ['moc', 'MOC'],
  ['adql:REGION', 'REGION'],
  ['region', 'REGION'],
])

/** The name ADQL has for a column's type: `VARCHAR(*)`, `CHAR(19)`, `TIMESTAMP`, `DOUBLE PRECISION`. */
export function adqlTypeName(type: ColumnType): string {
  const extended = type.xtype === undefined ? undefined : adqlExtended.get(type.xtype)
  if (extended !== undefined) return extended
  const { datatype } = type
  const size = type.arraysize?.trim() ?? ''
  if (datatype === 'char' || datatype === 'unicodeChar') {
    if (size === '' || size === '1') return 'CHAR(1)'
    if (size.endsWith('*')) return `VARCHAR(${size === '*' ? '*' : size.slice(0, -1)})`
    return `CHAR(${size})`
  }
  if (size === '' || size === '1') return adqlScalars[datatype]
  return datatype === 'unsignedByte' ? 'BLOB' : `${adqlScalars[datatype]}[]`
}

const columnTypes: ReadonlyMap<string, ColumnType> = new Map<string, ColumnType>([
  ['BOOLEAN', { datatype: 'boolean' }],
  ['SMALLINT', { datatype: 'short' }],
  ['INTEGER', { datatype: 'int' }],
  ['BIGINT', { datatype: 'long' }],
  ['REAL', { datatype: 'float' }],
  ['DOUBLE PRECISION', { datatype: 'double' }],
  ['TIMESTAMP', { datatype: 'char', arraysize: '*', xtype: 'timestamp' }],
  ['POINT', { datatype: 'double', arraysize: '2', xtype: 'point' }],
  ['CIRCLE', { datatype: 'double', arraysize: '3', xtype: 'circle' }],
  ['POLYGON', { datatype: 'double', arraysize: '*', xtype: 'polygon' }],
  ['INTERVAL', { datatype: 'double', arraysize: '2', xtype: 'interval' }],
  ['MOC', { datatype: 'char', arraysize: '*', xtype: 'moc' }],
  ['BLOB', { datatype: 'unsignedByte', arraysize: '*' }],
])

/** The type an ADQL name stands for, as in CAST: `VARCHAR(10)`, `double precision`; undefined for an unknown one. */
export function columnTypeOf(adqlName: string): ColumnType | undefined {
  const name = adqlName.trim().replace(/\s+/g, ' ').toUpperCase()
  const text = /^(VAR)?CHAR ?(?:\( ?(\d+|\*) ?\))?$/.exec(name)
  if (text === null) return columnTypes.get(name)
  const length = text[2] ?? (text[1] === undefined ? '1' : '*')
  return { datatype: 'char', arraysize: text[1] === undefined || length === '*' ? length : `${length}*` }
}

/** TAP_SCHEMA.columns."size": the number in arraysize, null when there is none (TAP 1.1 §4.3). */
export function sizeOf(type: ColumnType): number | null {
  const match = /^(\d+)\*?$/.exec(type.arraysize?.trim() ?? '')
  return match === null ? null : Number(match[1])
}

const numbersOfShape: Readonly<Record<string, (count: number) => boolean>> = {
  interval: (count) => count === 2,
  point: (count) => count === 2,
  circle: (count) => count === 3,
  polygon: (count) => count >= 6 && count % 2 === 0,
}

/**
 * The numbers of a DALI literal of that xtype: `12.5 -3` for a point, in degrees (DALI 1.2 §3.3). Undefined when it is
 * none, or the xtype is not one of interval, point, circle, polygon.
 */
export function parseShape(text: string, xtype: string): readonly number[] | undefined {
  const parts = text.trim().split(/\s+/)
  const numbers = parts.map(parseNumber)
  const fits = Object.hasOwn(numbersOfShape, xtype) ? numbersOfShape[xtype] : undefined
  if (fits === undefined || !fits(numbers.length) || numbers.includes(undefined)) return undefined
  return numbers.filter((number) => number !== undefined)
}

/** Numbers → the text of a DALI literal. */
export function formatShape(numbers: readonly number[]): string {
  return numbers.map(formatNumber).join(' ')
}

/** DALI 1.2 §3.2: NaN, +Inf and -Inf beside the usual forms. */
function parseNumber(text: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text)
  if (text === 'NaN') return Number.NaN
  const infinite = /^([+-]?)Inf(inity)?$/.exec(text)
  if (infinite === null) return undefined
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

function formatNumber(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}

const timestampForm = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(\.\d+)?)?Z?$/

/** A DALI timestamp → `YYYY-MM-DDThh:mm:ss[.f]` without Z; undefined when it is none (DALI 1.2 §3.3.3). */
export function parseTimestamp(text: string): string | undefined {
  const match = timestampForm.exec(text.trim())
  if (match === null) return undefined
  const whole = `${match[1]}T${match[2] ?? '00:00:00'}`
  const moment = new Date(`${whole}Z`)
  // `2026-02-30` is read as a day in March by some; it is no day.
  if (Number.isNaN(moment.getTime()) || moment.toISOString().slice(0, 19) !== whole) return undefined
  return whole + (match[3] ?? '')
}
