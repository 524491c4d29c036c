// Chunks of a DuckDB result → rows of plain values.
import {
  DuckDBBlobValue,
  type DuckDBDataChunk,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { Row, Value } from '../core/sql.js'
import { timestampText } from './timestamps.js'

type CellReader = (value: DuckDBValue) => Value

/** One reader per column, chosen once per result. */
export function cellReaders(types: readonly DuckDBType[]): readonly CellReader[] {
  return types.map(cellReader)
}

function cellReader(type: DuckDBType): CellReader {
  switch (type.typeId) {
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UHUGEINT:
      return (value) => (typeof value === 'bigint' ? smallestInteger(value) : plainValue(value))
    case DuckDBTypeId.DECIMAL:
      return (value) => (value instanceof DuckDBDecimalValue ? value.toDouble() : plainValue(value))
    case DuckDBTypeId.TIMESTAMP:
      return (value) => (value instanceof DuckDBTimestampValue ? timestampText(value.micros) : plainValue(value))
    case DuckDBTypeId.BLOB:
      return (value) => (value instanceof DuckDBBlobValue ? Uint8Array.from(value.bytes) : plainValue(value))
    default:
      return plainValue
  }
}

/** Rows of one chunk, cells in select order. */
export function rowsOf(chunk: DuckDBDataChunk, readers: readonly CellReader[]): readonly Row[] {
  const rows: Value[][] = Array.from({ length: chunk.rowCount }, () => new Array<Value>(readers.length))
  for (const [index, read] of readers.entries()) {
    const vector = chunk.getColumnVector(index)
    for (const [rowIndex, row] of rows.entries()) row[index] = read(vector.getItem(rowIndex))
  }
  return rows
}

/** One row: the texts of the first column one after the other as UTF-8, and the number of rows. */
export function joinedTexts(chunk: DuckDBDataChunk): readonly Row[] {
  const vector = chunk.getColumnVector(0)
  const texts: string[] = []
  for (let index = 0; index < chunk.rowCount; index += 1) texts.push(String(vector.getItem(index) ?? ''))
  return [[Buffer.from(texts.join('')), chunk.rowCount]]
}

function plainValue(value: DuckDBValue): Value {
  if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? smallestInteger(value) : value
  if (value instanceof DuckDBListValue) return value.items.map(listNumber)
  return String(value)
}

function listNumber(item: DuckDBValue): number {
  // A missing number inside a list is NaN, as in VOTable arrays (VOTable 1.5 §6).
  if (item === null) return Number.NaN
  return item instanceof DuckDBDecimalValue ? item.toDouble() : Number(item)
}

/** A number where it is exact, else a bigint. */
export function smallestInteger(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
