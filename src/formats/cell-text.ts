// One cell → its text, as TABLEDATA, CSV, TSV, plain text and HTML have it (DALI 1.2 §3; VOTable 1.5 §6).
import type { Value } from '../core/sql.js'
import type { ColumnType } from '../tables/metadata.js'

/** How a format spells what numbers and truth values have no common spelling for. */
export interface Spelling {
  readonly infinity: string
  readonly minusInfinity: string
}

/** VOTable 1.5 §6: `+Inf`, `-Inf`. */
export const votableSpelling: Spelling = { infinity: '+Inf', minusInfinity: '-Inf' }

/** What Python, Java and C all read as a number. */
export const commonSpelling: Spelling = { infinity: 'Infinity', minusInfinity: '-Infinity' }

/** Cells of that column → text. NULL becomes the empty text. */
export function cellText(column: ColumnType, spelling: Spelling): (value: Value) => string {
  const single = column.datatype === 'float' || column.datatype === 'floatComplex'
  const numberText = (value: number): string => {
    if (Number.isInteger(value)) return Object.is(value, -0) ? '-0' : String(value)
    if (!Number.isFinite(value)) return nonFinite(value, spelling)
    return single ? shortestSingle(value) : String(value)
  }
  return (value) => {
    switch (typeof value) {
      case 'string':
        return value
      case 'number':
        return numberText(value)
      case 'bigint':
        return String(value)
      case 'boolean':
        return booleanText(value, column)
      default:
        return value === null ? '' : Array.from(value, numberText).join(' ')
    }
  }
}

/** 0.1 stored in 32 bits → `0.1`, not `0.10000000149011612`: the shortest text that reads back as the same float. */
export function shortestSingle(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits))
    if (Math.fround(shorter) === Math.fround(value)) return String(shorter)
  }
  return String(Number(value.toPrecision(9)))
}

function nonFinite(value: number, spelling: Spelling): string {
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? spelling.infinity : spelling.minusInfinity
}

function booleanText(value: boolean, column: ColumnType): string {
  if (column.datatype === 'boolean') return value ? 'true' : 'false'
  return value ? '1' : '0'
}
