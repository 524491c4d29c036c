// Text of a TABLEDATA cell → value, by the FIELD's type (VOTable 1.5 §2.1, §6.2).
import { RegistryError } from '../core/errors.js'
import type { Value } from '../core/sql.js'
import type { ColumnDescription } from '../tables/metadata.js'
import { cellShape, isInteger, isText } from './arraysize.js'
import { isComplex } from './binary-cells.js'

/** An uploaded column: what it is called and is, and the number that stands for NULL in it. */
export interface UploadedColumn {
  readonly description: ColumnDescription
  /** VALUES/@null. */
  readonly nullText?: string
}

/** Texts of that column → values; the parser throws kind `invalid` naming the column and the text. */
export function cellParser(column: UploadedColumn): (text: string) => Value {
  const { description, nullText } = column
  // Empty and NULL look alike here; RegTAP has NULL only, and so have we (RegTAP 1.2 §4.2).
  if (isText(description)) return (text) => (text === '' ? null : text)
  const item = itemParser(description)
  const scalar = cellShape(description.arraysize).kind === 'scalar' && !isComplex(description)
  if (scalar) {
    return (text) => {
      const trimmed = text.trim()
      return trimmed === '' || trimmed === nullText ? null : unlessUnknown(item(trimmed))
    }
  }
  // Bits may stand without blanks between them.
  const separator = description.datatype === 'bit' ? /\s*/ : /[\s,]+/
  return (text) => {
    const trimmed = text.trim()
    return trimmed === ''
      ? null
      : arrayCell(
          description,
          trimmed.split(separator).map((one) => arrayItem(item(one))),
        )
  }
}

/** NaN → NULL: in the tables people upload it means "no value", and STILTS writes NULL so. */
export function unlessUnknown(value: Value): Value {
  return Number.isNaN(value) ? null : value
}

/** Items → the cell. Nothing but NaN is how a NULL point or circle is written; bytes are kept as bytes. */
export function arrayCell(column: ColumnDescription, items: readonly number[]): Value {
  if (items.every(Number.isNaN)) return null
  return column.datatype === 'unsignedByte' ? Uint8Array.from(items) : items
}

/** A number or truth value as array item; an unknown one is NaN, since arrays have no NULL inside. */
export function arrayItem(value: Value): number {
  return value === null ? Number.NaN : Number(value)
}

/** Digits → number, or bigint where a number would lose some. */
export function exactInteger(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function itemParser(column: ColumnDescription): (text: string) => Value {
  if (column.datatype === 'boolean') return (text) => parseBoolean(column, text)
  if (column.datatype === 'bit') return (text) => parseInteger(column, text)
  if (isInteger(column)) return (text) => parseInteger(column, text)
  return (text) => parseFloating(column, text)
}

function parseBoolean(column: ColumnDescription, text: string): boolean | null {
  if (/^(t|1|true)$/i.test(text)) return true
  if (/^(f|0|false)$/i.test(text)) return false
  if (text === '?') return null
  throw unreadable(column, text)
}

function parseInteger(column: ColumnDescription, text: string): number | bigint {
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text)
  if (/^[+-]?\d{16,25}$/.test(text)) return exactInteger(BigInt(text.replace(/^\+/, '')))
  // VOTable 1.5 §6.2 allows hexadecimal integers.
  if (/^0x[0-9a-f]{1,16}$/i.test(text)) return exactInteger(BigInt.asIntN(64, BigInt(text)))
  throw unreadable(column, text)
}

function parseFloating(column: ColumnDescription, text: string): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text)
  if (/^nan$/i.test(text)) return Number.NaN
  if (/^\+?inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY
  if (/^-inf(inity)?$/i.test(text)) return Number.NEGATIVE_INFINITY
  throw unreadable(column, text)
}

function unreadable(column: ColumnDescription, text: string): RegistryError {
  return new RegistryError(
    'invalid',
    `The uploaded column "${column.name}" holds "${text.slice(0, 60)}", which is no ${column.datatype}.`,
  )
}
