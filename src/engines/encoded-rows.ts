// Batches of rows that are bytes, as `QueryOptions.encode` promises them → their bytes and how many rows there were.
import { Buffer } from 'node:buffer'
import type { Row } from '../core/sql.js'

/** Of all batches together, without joining their bytes; empty ones are left out. */
export function encodedIn(rows: readonly Row[]): { readonly bytes: readonly Uint8Array[]; readonly rowCount: number } {
  return {
    bytes: rows.flatMap(([some]) => (some instanceof Uint8Array && some.length > 0 ? some : [])),
    rowCount: rows.reduce((sum, [, count]) => sum + Number(count), 0),
  }
}

/** The same as one row, for which several batches are copied. */
export function joined(rows: readonly Row[]): readonly [bytes: Uint8Array, rowCount: number] {
  const { bytes, rowCount } = encodedIn(rows)
  const [first] = bytes
  return [bytes.length === 1 && first !== undefined ? first : Buffer.concat(bytes), rowCount]
}
