// Cells → bytes as VOTable BINARY and BINARY2 and FITS tables have them (VOTable 1.5 §6.3; FITS 4.0 §7.3).
import { RegistryError } from '../core/errors.js'
import type { Value } from '../core/sql.js'
import type { ColumnDescription, Datatype } from '../tables/metadata.js'
import { withoutIllegalCharacters } from '../xml/escape.js'
import { cellShape, isText } from './arraysize.js'
import type { ByteSink } from './byte-sink.js'

/** Writes one cell, NULL included. */
export type CellEncoder = (sink: ByteSink, value: Value) => void

/** The numbers that stand for NULL where the bytes have no flag for it: the ones met least. */
export const nullNumbers: Readonly<Partial<Record<Datatype, bigint>>> = {
  short: -32768n,
  int: -2147483648n,
  long: -9223372036854775808n,
}

/**
 * The column as it is written where a number stands for NULL: every value of a byte is met, so bytes with NULL among
 * them become short integers.
 */
export function withRoomForNull(column: ColumnDescription): ColumnDescription {
  const isByte = column.datatype === 'unsignedByte' && cellShape(column.arraysize).kind === 'scalar'
  return isByte ? { ...column, datatype: 'short' } : column
}

/**
 * How the cells of a column are written. `nullNumber` is written for NULL in an integer column; a value that is equal to
 * it cannot be written then, and throws kind `invalid`.
 */
export function cellEncoder(column: ColumnDescription, nullNumber?: bigint): CellEncoder {
  const shape = cellShape(column.arraysize)
  const item = itemEncoder(column, nullNumber ?? 0n)
  if (isText(column))
    return textEncoder(column, shape.kind === 'scalar' ? 1 : shape.kind === 'fixed' ? shape.length : undefined)
  if (column.datatype === 'bit')
    return bitEncoder(shape.kind === 'variable' ? undefined : shape.kind === 'fixed' ? shape.length : 1)
  // A complex number is two numbers.
  const perItem = isComplex(column) ? 2 : 1
  if (shape.kind === 'variable') {
    return (sink, value) => {
      const items = itemsOf(value)
      sink.int32(items.length / perItem)
      for (const one of items) item(sink, one)
    }
  }
  if (shape.kind === 'scalar' && perItem === 1)
    return nullNumber === undefined ? item : unambiguous(column, item, nullNumber)
  const length = (shape.kind === 'fixed' ? shape.length : 1) * perItem
  return (sink, value) => {
    const items = itemsOf(value)
    for (let index = 0; index < length; index++) item(sink, items[index] ?? null)
  }
}

function unambiguous(column: ColumnDescription, item: CellEncoder, nullNumber: bigint): CellEncoder {
  return (sink, value) => {
    if (value !== null && (typeof value === 'bigint' ? value === nullNumber : Number(value) === Number(nullNumber)))
      throw new RegistryError(
        'invalid',
        `The value ${String(value)} of column "${column.name}" stands for a missing value in this format; ask for votable/b2 or a text format.`,
      )
    item(sink, value)
  }
}

/** True for the types whose values are pairs of numbers. */
export function isComplex(column: { readonly datatype: Datatype }): boolean {
  return column.datatype === 'floatComplex' || column.datatype === 'doubleComplex'
}

/** The single values of a cell. */
export function itemsOf(value: Value): readonly Value[] {
  if (value === null) return []
  return typeof value === 'object' ? Array.from(value) : [value]
}

function itemEncoder(column: ColumnDescription, nullNumber: bigint): CellEncoder {
  const nullAsNumber = Number(nullNumber)
  switch (column.datatype) {
    case 'boolean':
      return (sink, value) => sink.byte(value === null ? 0x3f : isTrue(value) ? 0x54 : 0x46)
    case 'unsignedByte':
      return (sink, value) => sink.byte(value === null ? nullAsNumber : integerWithin(column, value, 0, 255))
    case 'short':
      return (sink, value) => sink.int16(value === null ? nullAsNumber : integerWithin(column, value, -32768, 32767))
    case 'int':
      return (sink, value) =>
        sink.int32(value === null ? nullAsNumber : integerWithin(column, value, -2147483648, 2147483647))
    case 'long':
      return (sink, value) => sink.int64(value === null ? nullNumber : longOf(column, value))
    case 'float':
    case 'floatComplex':
      return (sink, value) => sink.float32(numberOf(value))
    default:
      return (sink, value) => sink.float64(numberOf(value))
  }
}

function textEncoder(column: ColumnDescription, fixedLength: number | undefined): CellEncoder {
  const wide = column.datatype === 'unicodeChar'
  return (sink, value) => {
    const text = withoutIllegalCharacters(textOf(value))
    const written = fixedLength === undefined ? text : text.slice(0, fixedLength)
    if (fixedLength === undefined) sink.int32(written.length)
    if (wide) sink.utf16(written)
    else sink.ascii(written)
    if (fixedLength !== undefined) sink.zeros((fixedLength - written.length) * (wide ? 2 : 1))
  }
}

// Bits are packed from the most significant one on, each cell begins a new byte (VOTable 1.5 §6.3).
function bitEncoder(fixedLength: number | undefined): CellEncoder {
  return (sink, value) => {
    const bits = itemsOf(value)
    const length = fixedLength ?? bits.length
    if (fixedLength === undefined) sink.int32(length)
    for (let start = 0; start < length; start += 8) {
      let byte = 0
      for (let bit = 0; bit < 8; bit++) byte = byte * 2 + (isTrue(bits[start + bit] ?? null) ? 1 : 0)
      sink.byte(byte)
    }
  }
}

/** A cell of a text column as text. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value
  return value === null ? '' : typeof value === 'object' ? Array.from(value).join(' ') : String(value)
}

/** Truth as any engine may spell it. */
export function isTrue(value: Value): boolean {
  return value === true || value === 1 || value === 1n || value === 'true' || value === 't'
}

/** Numbers of float columns; NULL is NaN. */
export function numberOf(value: Value): number {
  return value === null ? Number.NaN : Number(value)
}

function integerWithin(column: ColumnDescription, value: Value, least: number, most: number): number {
  const number = typeof value === 'number' ? Math.trunc(value) : Number(value)
  if (number >= least && number <= most) return number
  throw outOfRange(column, value)
}

function longOf(column: ColumnDescription, value: Value): bigint {
  const number =
    typeof value === 'bigint'
      ? value
      : typeof value === 'number' && Number.isFinite(value)
        ? BigInt(Math.trunc(value))
        : undefined
  if (number !== undefined && BigInt.asIntN(64, number) === number) return number
  throw outOfRange(column, value)
}

function outOfRange(column: ColumnDescription, value: Value): RegistryError {
  return new RegistryError(
    'invalid',
    `The value ${String(value)} of column "${column.name}" does not fit its type ${column.datatype}; use CAST to a wider type, or a text format.`,
  )
}
