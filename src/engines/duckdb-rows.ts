// Chunks of a DuckDB result → rows of plain values.
import {
  BIGINT,
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
import type { ColumnBatch } from '../tables/result.js'
import { type ColumnReader, numberReader, textCells, textReader } from './duckdb-columns.js'
import { timestampText } from './timestamps.js'

type CellReader = (value: DuckDBValue) => Value

/** One reader per column, chosen once per result. */
export function columnReaders(types: readonly DuckDBType[]): readonly ColumnReader<Value>[] {
  return types.map((type) => {
    if (isPlainText(type)) return textReader
    if (type.typeId === DuckDBTypeId.BIGINT) return bigintReader
    if (type.typeId === DuckDBTypeId.TIMESTAMP) return timestampReader
    return numberReader(type) ?? cellByCell(cellReader(type))
  })
}

function isPlainText(type: DuckDBType | undefined): boolean {
  return type?.typeId === DuckDBTypeId.VARCHAR && type.alias === undefined
}

const readBigints = numberReader(BIGINT)

const bigintReader: ColumnReader<Value> = (chunk, column) =>
  (readBigints?.(chunk, column) ?? []).map((value) => (typeof value === 'bigint' ? smallestInteger(value) : value))

/** DuckDB keeps microseconds since 1970. */
const timestampReader: ColumnReader<Value> = (chunk, column) =>
  (readBigints?.(chunk, column) ?? []).map((value) => (typeof value === 'bigint' ? timestampText(value) : null))

function cellByCell(read: CellReader): ColumnReader<Value> {
  return (chunk, column) => {
    const vector = chunk.getColumnVector(column)
    return Array.from({ length: chunk.rowCount }, (_, row) => read(vector.getItem(row)))
  }
}

function cellReader(type: DuckDBType): CellReader {
  switch (type.typeId) {
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
export function rowsOf(chunk: DuckDBDataChunk, readers: readonly ColumnReader<Value>[]): readonly Row[] {
  const columns = readers.map((read, column) => read(chunk, column))
  return Array.from({ length: chunk.rowCount }, (_, row) => columns.map((cells) => cells[row] ?? null))
}

/** The same chunk as columns, texts as the bytes they are in its memory. */
export function columnsOf(
  chunk: DuckDBDataChunk,
  types: readonly DuckDBType[],
  readers: readonly ColumnReader<Value>[],
): ColumnBatch {
  const columns = readers.map((read, column) =>
    isPlainText(types[column]) ? textCells(chunk, column) : { kind: 'values' as const, values: read(chunk, column) },
  )
  return { rowCount: chunk.rowCount, columns }
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
