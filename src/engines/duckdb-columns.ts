// Numbers of a DuckDB chunk → arrays of plain values, read from the chunk's memory a column at a time.
import type { DuckDBDataChunk, DuckDBType } from '@duckdb/node-api'
import { DuckDBTypeId } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'

/** Values of one column of a chunk, by row. */
export type ColumnReader<Cell> = (chunk: DuckDBDataChunk, column: number) => readonly (Cell | null)[]

/** Reads a type whose values are fixed in size, or undefined for other types. */
export function numberReader(type: DuckDBType): ColumnReader<number | bigint> | undefined {
  switch (type.typeId) {
    case DuckDBTypeId.SMALLINT:
      return fixed(Int16Array)
    case DuckDBTypeId.INTEGER:
      return fixed(Int32Array)
    case DuckDBTypeId.FLOAT:
      return fixed(Float32Array)
    case DuckDBTypeId.DOUBLE:
      return fixed(Float64Array)
    case DuckDBTypeId.BIGINT:
      return fixed(BigInt64Array)
    default:
      return undefined
  }
}

interface FixedArray<Cell> {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): ArrayLike<Cell>
}

function fixed<Cell>(array: FixedArray<Cell>): ColumnReader<Cell> {
  return (chunk, column) => {
    const count = chunk.rowCount
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, column)
    const data = duckdb.vector_get_data(vector, count * array.BYTES_PER_ELEMENT)
    const values: ArrayLike<Cell> = new array(data.buffer, data.byteOffset, count)
    const isValid = validityOf(vector, count)
    return Array.from({ length: count }, (_, row) => (isValid(row) ? (values[row] ?? null) : null))
  }
}

/** Which rows are not NULL. */
export function validityOf(vector: duckdb.Vector, count: number): (row: number) => boolean {
  const bits: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(count / 64) * 8)
  if (bits === null) return () => true
  return (row) => ((bits[row >> 3] ?? 0) & (1 << (row & 7))) !== 0
}
