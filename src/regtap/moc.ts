// The text of a MOC as records carry it → its normal form, its ranges of cells of order 29
// (MOC 2.0 §4.2.2; HEALPix nested).

import { finestOrder, mergeRanges, type Ranges } from '../core/sky-ranges.js'

export interface SkyCoverage {
  /** Normal text form: ascending orders, greatest possible cells, the finest order stated even when empty. */
  readonly text: string
  readonly ranges: Ranges
}

/** Reads `0/0-11 6/`; blanks, commas and line ends may separate numbers. Undefined when it is no sky MOC or is empty. */
export function readMoc(text: string): SkyCoverage | undefined {
  const parsed = parseTokens(text)
  if (parsed === undefined || parsed.ranges.length === 0) return undefined
  const ranges = mergeRanges(parsed.ranges)
  return { text: mocText(ranges, parsed.order), ranges }
}

function parseTokens(text: string): { readonly order: number; readonly ranges: Ranges } | undefined {
  // An `s` in front says "space" (MOC 2.0); other dimensions are not for the sky.
  const body = text.trim().replace(/^s(?=\d)/, '')
  const tokens = body.match(/\d+\/|\d+-\d+|\d+|[^\s,]+/g)
  if (tokens === null) return undefined
  let order: number | undefined
  let finest = 0
  const ranges: [bigint, bigint][] = []
  for (const token of tokens) {
    if (token.endsWith('/')) {
      order = Number(token.slice(0, -1))
      if (!Number.isInteger(order) || order > finestOrder) return undefined
      finest = Math.max(finest, order)
      continue
    }
    const match = /^(\d+)(?:-(\d+))?$/.exec(token)
    if (match === null || order === undefined) return undefined
    const low = BigInt(match[1] ?? 0)
    const high = BigInt(match[2] ?? match[1] ?? 0) + 1n
    if (high <= low || high > 12n << BigInt(2 * order)) return undefined
    const shift = BigInt(2 * (finestOrder - order))
    ranges.push([low << shift, high << shift])
  }
  return { order: finest, ranges }
}

/** Ranges of order 29 → text with the greatest cells that fit. */
function mocText(ranges: Ranges, finest: number): string {
  const byOrder: [bigint, bigint][][] = Array.from({ length: finestOrder + 1 }, () => [])
  for (const [low, high] of ranges) {
    let start = low
    while (start < high) {
      const order = greatestCell(start, high)
      const shift = BigInt(2 * (finestOrder - order))
      const cell = start >> shift
      const cells = byOrder[order]
      const last = cells?.at(-1)
      if (last !== undefined && last[1] + 1n === cell) last[1] = cell
      else cells?.push([cell, cell])
      start += 1n << shift
    }
  }
  const parts = byOrder.flatMap((cells, order) =>
    cells.length === 0 && order !== finest
      ? []
      : [`${order}/${cells.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(' ')}`],
  )
  return parts.join(' ')
}

/** The coarsest order with a cell that begins at `start` and ends at or before `high`. */
function greatestCell(start: bigint, high: bigint): number {
  for (let order = 0; order < finestOrder; order++) {
    const size = 1n << BigInt(2 * (finestOrder - order))
    if ((start & (size - 1n)) === 0n && start + size <= high) return order
  }
  return finestOrder
}
