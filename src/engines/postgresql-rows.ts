// Values as PostgreSQL sends them (text form, by type number) → plain values.
import type { Value } from '../core/sql.js'
import { smallestInteger } from './duckdb-rows.js'

type CellReader = (text: string) => Value

/** Reader for a type number of pg_type; types we do not know are text. */
export function cellReader(type: number): CellReader {
  return readers.get(type) ?? ((text) => text)
}

function listReader(item: (text: string) => number): CellReader {
  // A missing number inside a list is NaN, as in VOTable arrays (VOTable 1.5 §6).
  return (text) =>
    text === '{}'
      ? []
      : text
          .slice(1, -1)
          .split(',')
          .map((part) => (part === 'NULL' ? Number.NaN : item(part)))
}

/** Single precision with the digits that it has as a double, as DuckDB gives it. */
function single(text: string): number {
  return Math.fround(Number(text))
}

function decimal(text: string): Value {
  return /^-?\d+$/.test(text) ? smallestInteger(BigInt(text)) : Number(text)
}

const readers: ReadonlyMap<number, CellReader> = new Map<number, CellReader>([
  [16, (text) => text === 't'],
  [17, (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'))],
  [20, (text) => smallestInteger(BigInt(text))],
  [21, Number],
  [23, Number],
  [26, Number],
  [700, single],
  [701, Number],
  [1005, listReader(Number)],
  [1007, listReader(Number)],
  [1016, listReader(Number)],
  [1021, listReader(single)],
  [1022, listReader(Number)],
  [1114, (text) => text.replace(' ', 'T')],
  [1231, listReader(Number)],
  [1700, decimal],
])
