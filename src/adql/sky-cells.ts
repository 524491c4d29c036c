// Circles, polygons and MOC texts → ranges of HEALPix cells (nested numbering, order 29), once, when a query is translated.
import { mocLibrary } from '../core/moc-library.js'
import { finestOrder, mergeRanges, type Ranges } from '../core/sky-ranges.js'
import { type PlainShape, SkyError, separation } from './sky-numbers.js'

/** Cells along the border of a shape that are computed at most: some 20 ms. */
const borderCellLimit = 8_000
/** Cells along the border that make a shape without a stated order: the border is met to a hundredth of its length. */
const borderCellsWanted = 300

/** The cells of that order that a shape touches; without an order, of one fine enough for the shape. */
export function shapeRanges(shape: PlainShape, order?: number): Ranges {
  if (order !== undefined && (!Number.isInteger(order) || order < 0 || order > finestOrder))
    throw new SkyError(`The order of a MOC is a whole number from 0 to ${finestOrder}.`)
  checkShape(shape)
  if (shape.kind === 'point') {
    const coordinates = new Float64Array([turn(shape.longitude), shape.latitude])
    return rangesOf(() => mocLibrary().fromCoo(order ?? finestOrder, coordinates))
  }
  const length = borderLength(shape)
  const finest = finestFor(length, borderCellLimit)
  if (order !== undefined && order > finest)
    throw new SkyError(`A shape of this size would need too many cells of order ${order}. Use order ${finest} or less.`)
  // At least the order of the cell table, so that searches need not be coarser than that.
  const chosen = order ?? Math.max(7, finestFor(length, borderCellsWanted))
  if (shape.kind === 'circle')
    return rangesOf(() => mocLibrary().fromCone(chosen, turn(shape.longitude), shape.latitude, shape.radius))
  const corners = new Float64Array(shape.corners.flatMap(([longitude, latitude]) => [turn(longitude), latitude]))
  return rangesOf(() => mocLibrary().fromPolygon(chosen, corners, false))
}

/** `6/1-3 7/5` → ranges; throws SkyError when it is no MOC of space. */
export function mocTextRanges(text: string): Ranges {
  const ranges: [bigint, bigint][] = []
  let order: number | undefined
  for (const item of text
    .trim()
    .replace(/\s*([/,-])\s*/g, '$1')
    .split(/[\s,]+/)) {
    const match = /^(?:(\d{1,2})\/)?(?:(\d{1,19})(?:-(\d{1,19}))?)?$/.exec(item)
    if (match === null || item === '')
      throw new SkyError(`'${item.slice(0, 30)}' is no part of a MOC. Expected order/cells, as 6/1-3 7/5,9.`)
    if (match[1] !== undefined) order = Number(match[1])
    if (order === undefined || order > finestOrder)
      throw new SkyError(`A MOC begins with an order from 0 to ${finestOrder}, as 6/1-3.`)
    if (match[2] === undefined) continue
    const shift = BigInt(2 * (finestOrder - order))
    const first = BigInt(match[2])
    const last = match[3] === undefined ? first : BigInt(match[3])
    const cells = 12n << BigInt(2 * order)
    if (last < first || last >= cells)
      throw new SkyError(
        `Order ${order} has cells 0 to ${cells - 1n}, in ascending ranges; ${item.slice(0, 40)} is not among them.`,
      )
    ranges.push([first << shift, (last + 1n) << shift])
  }
  return mergeRanges(ranges)
}

/** All that is in the ranges, in cells of order 29. */
export function totalOf(ranges: Ranges): bigint {
  return ranges.reduce((sum, [low, high]) => sum + high - low, 0n)
}

function rangesOf(make: () => { toAscii(): string; free(): void }): Ranges {
  const moc = make()
  try {
    return mocTextRanges(moc.toAscii())
  } finally {
    moc.free()
  }
}

function turn(longitude: number): number {
  const turned = longitude % 360
  return turned < 0 ? turned + 360 : turned
}

function checkShape(shape: PlainShape): void {
  const latitudes = shape.kind === 'polygon' ? shape.corners.map(([, latitude]) => latitude) : [shape.latitude]
  for (const latitude of latitudes)
    if (!(Math.abs(latitude) <= 90)) throw new SkyError(`${latitude} is no latitude; expected -90 to 90 degrees.`)
  if (shape.kind === 'circle' && !(shape.radius >= 0 && shape.radius <= 180))
    throw new SkyError(`${shape.radius} is no radius; expected 0 to 180 degrees.`)
}

const degree = Math.PI / 180

/** Degrees. */
function borderLength(shape: Exclude<PlainShape, { readonly kind: 'point' }>): number {
  if (shape.kind === 'circle') return 360 * Math.sin(Math.min(shape.radius, 90) * degree)
  return shape.corners.reduce((sum, corner, index) => {
    const next = shape.corners[(index + 1) % shape.corners.length] ?? corner
    return sum + separation(corner, next)
  }, 0)
}

/** The finest order with at most that many cells along a border; a cell of order 0 is 58.6 degrees wide. */
function finestFor(lengthDeg: number, cells: number): number {
  if (lengthDeg === 0) return finestOrder
  return Math.min(finestOrder, Math.max(0, Math.floor(Math.log2((cells * 58.6) / lengthDeg))))
}
