// Areas of the sky as ranges of HEALPix cells (nested numbering) → merged, and cut at the borders of the cells of order 6.
// Coverages are stored in the pieces that searches look for, so both are cut here.

/** Of cells of order 29; disjoint, ascending; low included, high not. */
export type Ranges = readonly (readonly [low: bigint, high: bigint])[]

/** What an area has of a cell of order 6: all of it, or a range of cells of order 29. */
export interface CellPiece {
  readonly cell: number
  /** NULL for all of the cell. */
  readonly range: Ranges[number] | null
}

/** Finest order of HEALPix in MOCs (MOC 2.0). */
export const finestOrder = 29

const cellOrder = 6
const cellShift = BigInt(2 * (finestOrder - cellOrder))

/** Cells of order 29 in a cell of order 6. */
export const cellSize = 1n << cellShift

/** Any ranges, in order and without what is there twice. */
export function mergeRanges(ranges: Ranges): Ranges {
  const sorted = [...ranges].sort((one, other) => (one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : 0))
  const merged: [bigint, bigint][] = []
  for (const [low, high] of sorted) {
    const last = merged.at(-1)
    if (last === undefined || low > last[1]) merged.push([low, high])
    else if (high > last[1]) last[1] = high
  }
  return merged
}

/** In the order of the cells; made as they are asked for: the whole sky has 49,152. */
export function* cellPieces(ranges: Ranges): Iterable<CellPiece> {
  for (const [low, high] of ranges)
    for (let cell = low >> cellShift; cell << cellShift < high; cell++) {
      const [start, end] = [cell << cellShift, (cell + 1n) << cellShift]
      const isWhole = low <= start && high >= end
      yield { cell: Number(cell), range: isWhole ? null : [low > start ? low : start, high < end ? high : end] }
    }
}
