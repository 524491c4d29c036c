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
import type { CellColumn, ColumnBatch } from '../tables/result.js'
import { type ColumnReader, numberReader } from './duckdb-columns.js'
import { TextColumn, textsOf } from './duckdb-texts.js'
import { TimestampColumn } from './duckdb-timestamps.js'
import { timestampText } from './timestamps.js'

type ValueReader = (value: DuckDBValue) => Value

/** One reader per column, chosen once per result. */
export function columnReaders(types: readonly DuckDBType[]): readonly ColumnReader<Value>[] {
  return types.map((type) => {
    if (isPlainText(type)) return textReader()
    if (type.typeId === DuckDBTypeId.BIGINT) return bigintReader
    if (type.typeId === DuckDBTypeId.TIMESTAMP) return timestampReader
    return numberReader(type) ?? cellByCell(valueReader(type))
  })
}

function textReader(): ColumnReader<string> {
  const texts = new TextColumn()
  return (chunk, column) => textsOf(texts.read(chunk, column), chunk.rowCount)
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

function cellByCell(read: ValueReader): ColumnReader<Value> {
  return (chunk, column) => {
    const vector = chunk.getColumnVector(column)
    return Array.from({ length: chunk.rowCount }, (_, row) => read(vector.getItem(row)))
  }
}

function valueReader(type: DuckDBType): ValueReader {
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

/** A column of a chunk, texts as the bytes they are in its memory. */
export type CellReader = (chunk: DuckDBDataChunk, column: number) => CellColumn

/** One reader per column, chosen once per result. */
export function cellReaders(types: readonly DuckDBType[]): readonly CellReader[] {
  const readers = columnReaders(types)
  return readers.map((read, index): CellReader => {
    if (types[index]?.typeId === DuckDBTypeId.TIMESTAMP) {
      const times = new TimestampColumn()
      return (chunk, column) => times.read(chunk, column)
    }
    if (!isPlainText(types[index])) return (chunk, column) => ({ kind: 'values', values: read(chunk, column) })
    const texts = new TextColumn()
    return (chunk, column) => texts.read(chunk, column)
  })
}

/** The same chunk as columns; what lies in its memory is valid until the next one is read. */
export function columnsOf(chunk: DuckDBDataChunk, readers: readonly CellReader[]): ColumnBatch {
  return { rowCount: chunk.rowCount, columns: readers.map((read, column) => read(chunk, column)) }
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
