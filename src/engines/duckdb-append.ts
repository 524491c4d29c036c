// Rows of plain values → a DuckDB table, through its appender.

import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDoubleType,
  DuckDBListType,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
} from '@duckdb/node-api'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import type { Row, Value } from '../core/sql.js'
import { withoutIllegalCharacters } from '../xml/escape.js'
import { timestampMicros } from './timestamps.js'

type Present = Exclude<Value, null>
type CellWriter = (appender: DuckDBAppender, value: Present) => void

/** A table in the database that one connection sees. */
export interface AppendTarget {
  readonly catalog: string
  readonly schema: string
  readonly name: string
  readonly columns: readonly { readonly name: string }[]
}

/**
 * Appends rows, cells in the order of the table's columns. Throws kind `invalid` naming table, column and value when
 * a value does not fit; rows before it may have been written, which the transaction around it undoes.
 */
export async function appendRows(
  connection: DuckDBConnection,
  target: AppendTarget,
  rows: Iterable<Row>,
): Promise<void> {
  const appender = await connection.createAppender(target.name, target.schema, target.catalog)
  try {
    const writers = target.columns.map((_, index) => cellWriter(appender.columnType(index)))
    for (const row of rows) appendRow(appender, target, writers, row)
  } catch (thrown) {
    // Without this, closing would try to write the half row and throw in place of the reason.
    appender.clear()
    throw thrown
  } finally {
    appender.closeSync()
  }
}

function appendRow(appender: DuckDBAppender, target: AppendTarget, writers: readonly CellWriter[], row: Row): void {
  if (row.length !== writers.length)
    throw new TypeError(
      `a row for ${target.name} has ${counted(row.length, 'cell')}; the table has ${counted(writers.length, 'column')}`,
    )
  for (const [index, write] of writers.entries()) {
    const value = row[index] ?? null
    if (value === null) appender.appendNull()
    else writeCell(write, appender, value, () => `${target.schema}.${target.name}.${target.columns[index]?.name}`)
  }
  appender.endRow()
}

function writeCell(write: CellWriter, appender: DuckDBAppender, value: Present, column: () => string): void {
  try {
    write(appender, value)
  } catch (cause) {
    const reason = cause instanceof RegistryError ? cause.message : String(cause)
    throw new RegistryError('invalid', `${column()}: ${reason}`, { cause })
  }
}

function cellWriter(type: DuckDBType): CellWriter {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return (appender, value) => appender.appendBoolean(truth(value))
    case DuckDBTypeId.SMALLINT:
      return (appender, value) => appender.appendSmallInt(wholeNumber(value, 2 ** 15))
    case DuckDBTypeId.INTEGER:
      return (appender, value) => appender.appendInteger(wholeNumber(value, 2 ** 31))
    case DuckDBTypeId.BIGINT:
      return (appender, value) =>
        appender.appendBigInt(typeof value === 'bigint' ? value : BigInt(wholeNumber(value, Number.MAX_SAFE_INTEGER)))
    case DuckDBTypeId.FLOAT:
      return (appender, value) => appender.appendFloat(anyNumber(value))
    case DuckDBTypeId.DOUBLE:
      return (appender, value) => appender.appendDouble(anyNumber(value))
    case DuckDBTypeId.VARCHAR:
      // Encoders rely on it, that what is stored can be written into XML as it is (`RowEncoding.hasLegalTexts`).
      return (appender, value) => appender.appendVarchar(withoutIllegalCharacters(text(value)))
    case DuckDBTypeId.TIMESTAMP:
      return (appender, value) => appender.appendTimestamp(new DuckDBTimestampValue(timestampMicros(text(value))))
    case DuckDBTypeId.BLOB:
      return (appender, value) => appender.appendBlob(bytes(value))
    case DuckDBTypeId.LIST:
      return listWriter(type instanceof DuckDBListType ? type : new DuckDBListType(DuckDBDoubleType.instance))
    default:
      throw new TypeError(`tables of ours have no columns of type ${String(type)}`)
  }
}

function listWriter(type: DuckDBListType): CellWriter {
  const isBig = type.valueType.typeId === DuckDBTypeId.BIGINT
  return (appender, value) => {
    if (typeof value !== 'object' || value instanceof Uint8Array) throw misfit(value, 'a list of numbers')
    appender.appendList(isBig ? value.map(BigInt) : value, type)
  }
}

function truth(value: Present): boolean {
  if (typeof value === 'boolean') return value
  if (value === 0 || value === 1) return value === 1
  throw misfit(value, 'true or false')
}

function wholeNumber(value: Present, limit: number): number {
  const number = typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= -limit && number < limit) return number
  throw misfit(value, `a whole number between ${-limit} and ${limit - 1}`)
}

function anyNumber(value: Present): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  throw misfit(value, 'a number')
}

function text(value: Present): string {
  if (typeof value === 'string') return value
  throw misfit(value, 'text')
}

function bytes(value: Present): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw misfit(value, 'bytes')
}

function misfit(value: Present, expected: string): RegistryError {
  const shown = typeof value === 'string' ? `"${value.slice(0, 60)}"` : String(value).slice(0, 60)
  return new RegistryError('invalid', `${shown} does not fit; expected ${expected}.`)
}
