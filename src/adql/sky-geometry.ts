// Geometry functions → SQL of plain arithmetic, or a search in the tables of coverages (ADQL 2.1 §4.2).
import { type Sql, sql } from '../core/sql.js'
import { coverageContains, coverageIntersects, coverageWithin } from './coverage-search.js'
import type { Resolved, ResolvedOf } from './resolved.js'
import { shapeRanges } from './sky-cells.js'
import { type PlainShape, polygonArea, SkyError } from './sky-numbers.js'
import { polygonContains } from './sky-polygons.js'
import { guarded, type Shape, shapeOf } from './sky-shapes.js'
import { columnSql, type Translation, translate } from './translate-expressions.js'

/** CONTAINS(inner, outer): is all of the first within the second, borders included? */
export function contains(to: Translation, innerValue: Resolved, outerValue: Resolved): Sql {
  if (innerValue.kind === 'null' || outerValue.kind === 'null') return sql`FALSE`
  const inner = shapeOf(to, innerValue)
  const outer = shapeOf(to, outerValue)
  return guarded(to, outerValue, () => {
    if (outer.kind === 'coverage')
      return inner.kind === 'coverage' ? failCoverages() : coverageContains(outer.resource, rangesOf(inner))
    if (inner.kind === 'coverage') return coverageWithin(inner.resource, rangesOf(outer))
    if (inner.kind === 'point' && outer.kind === 'circle') return pointInCircle(inner, outer)
    if (inner.kind === 'point' && outer.kind === 'polygon')
      return polygonContains(outer.plain, inner.longitude, inner.latitude)
    if (inner.kind === 'point' && outer.kind === 'point')
      return sql`(${inner.longitude} = ${outer.longitude} AND ${inner.latitude} = ${outer.latitude})`
    if (inner.kind === 'circle' && outer.kind === 'circle')
      return sql`(${distance(inner, outer)} + ${inner.radius} <= ${outer.radius})`
    if (outer.kind === 'point') return sql`FALSE`
    return constantRelation('contains', inner, outer)
  })
}

/** INTERSECTS: have the two a point in common? With a point it is CONTAINS (ADQL 2.1 §4.2.17). */
export function intersects(to: Translation, firstValue: Resolved, secondValue: Resolved): Sql {
  if (firstValue.kind === 'null' || secondValue.kind === 'null') return sql`FALSE`
  const first = shapeOf(to, firstValue)
  const second = shapeOf(to, secondValue)
  return guarded(to, secondValue, () => {
    if (first.kind === 'coverage')
      return second.kind === 'coverage' ? failCoverages() : coverageIntersects(first.resource, rangesOf(second))
    if (second.kind === 'coverage') return coverageIntersects(second.resource, rangesOf(first))
    if (first.kind === 'point' || second.kind === 'point')
      return first.kind === 'point' ? contains(to, firstValue, secondValue) : contains(to, secondValue, firstValue)
    if (first.kind === 'circle' && second.kind === 'circle')
      return sql`(${distance(first, second)} <= ${first.radius} + ${second.radius})`
    return constantRelation('intersects', first, second)
  })
}

function failCoverages(): never {
  throw new SkyError(
    'Two coverages of the registry cannot be compared with each other; one side must be a shape in the query.',
  )
}

function rangesOf(shape: Exclude<Shape, { readonly kind: 'coverage' }>) {
  if (shape.kind === 'moc') return shape.ranges
  if (shape.plain === undefined)
    throw new SkyError('The coordinates of a shape that is compared with a coverage must be numbers.')
  return shapeRanges(shape.plain)
}

/** Shapes that are all numbers are compared when the query is translated, as cells. */
function constantRelation(
  relation: 'contains' | 'intersects',
  one: Exclude<Shape, { readonly kind: 'coverage' }>,
  other: Exclude<Shape, { readonly kind: 'coverage' }>,
): Sql {
  if ((one.kind !== 'moc' && !one.plain) || (other.kind !== 'moc' && !other.plain))
    throw new SkyError(
      'With columns in them, points can be compared with circles and polygons, and circles with circles.',
    )
  const [inner, outer] = [rangesOf(one), rangesOf(other)]
  const found =
    relation === 'contains'
      ? inner.every(([low, high]) => outer.some(([start, end]) => start <= low && high <= end))
      : inner.some(([low, high]) => outer.some(([start, end]) => start < high && low < end))
  return found ? sql`TRUE` : sql`FALSE`
}

interface Position {
  readonly longitude: Sql
  readonly latitude: Sql
}

/** Degrees, by the haversine formula, which keeps small distances exact. */
export function distance(one: Position, other: Position): Sql {
  const latitudes = sql`power(sin(radians(${other.latitude} - ${one.latitude}) / 2), 2)`
  const longitudes = sql`cos(radians(${one.latitude})) * cos(radians(${other.latitude})) * power(sin(radians(${other.longitude} - ${one.longitude}) / 2), 2)`
  // Rounding may lead beyond 1 for opposite points.
  return sql`degrees(2 * asin(sqrt(LEAST(CAST(1 AS DOUBLE PRECISION), ${latitudes} + ${longitudes}))))`
}

/** DISTANCE(…) < radius: the preferred way to ask for a cone (ADQL 2.1 §4.2.7). Undefined for other comparisons. */
export function compareDistance(to: Translation, value: ResolvedOf<'compare'>): Sql | undefined {
  const [near, far] =
    value.operator === '<' || value.operator === '<=' ? [value.left, value.right] : [value.right, value.left]
  if (value.operator === '=' || value.operator === '<>' || near.kind !== 'call' || near.called.name !== 'distance')
    return undefined
  const [first, second, third, fourth] = near.args
  if (first === undefined || second === undefined) return undefined
  const ends =
    third && fourth
      ? {
          one: { longitude: translate(to, first), latitude: translate(to, second) },
          other: { longitude: translate(to, third), latitude: translate(to, fourth) },
        }
      : { one: position(to, first), other: position(to, second) }
  const radius = translate(to, far)
  const isStrict = value.operator === '<' || value.operator === '>'
  return sql`(${latitudeBand(ends.one, ends.other, radius)} AND ${distance(ends.one, ends.other)} ${isStrict ? sql`<` : sql`<=`} ${radius})`
}

/** A band of latitude first: it costs nothing, and sorted or indexed tables are cut down by it. */
function pointInCircle(point: Position, circle: Position & { readonly radius: Sql }): Sql {
  return sql`(${latitudeBand(point, circle, circle.radius)} AND ${distance(point, circle)} <= ${circle.radius})`
}

/** A trifle wider than the circle, which decides. */
function latitudeBand(one: Position, other: Position, radius: Sql): Sql {
  const reach = sql`(${radius} + CAST(1e-9 AS DOUBLE PRECISION))`
  return sql`${one.latitude} BETWEEN ${other.latitude} - ${reach} AND ${other.latitude} + ${reach}`
}

/** DISTANCE(point, point) and DISTANCE(lon1, lat1, lon2, lat2) */
export function distanceCall(to: Translation, args: readonly Resolved[]): Sql {
  const [first, second, third, fourth] = args
  if (first === undefined || second === undefined) throw new RangeError('DISTANCE has arguments')
  if (third !== undefined && fourth !== undefined)
    return distance(
      { longitude: translate(to, first), latitude: translate(to, second) },
      { longitude: translate(to, third), latitude: translate(to, fourth) },
    )
  return distance(position(to, first), position(to, second))
}

function position(to: Translation, value: Resolved): Position {
  const shape = shapeOf(to, value)
  if (shape.kind === 'point') return shape
  to.source.fail(value, `Expected a point, but found a ${shape.kind}.`)
}

export function coordinate(to: Translation, value: Resolved, which: 'longitude' | 'latitude'): Sql {
  return position(to, value)[which]
}

/** Square degrees. */
export function area(to: Translation, value: Resolved): Sql {
  const shape = shapeOf(to, value)
  switch (shape.kind) {
    case 'point':
      return sql`CAST(0 AS DOUBLE PRECISION)`
    case 'circle':
      // 2 pi (1 - cos r), written so that small circles keep their digits.
      return sql`(4 * pi() * power(degrees(CAST(1 AS DOUBLE PRECISION)), 2) * power(sin(radians(${shape.radius}) / 2), 2))`
    case 'polygon':
      return sql`CAST(${polygonArea(shape.plain.corners)} AS DOUBLE PRECISION)`
    default:
      to.source.fail(value, 'The area of a MOC cannot be computed here.')
  }
}

/** A geometry in the select list: DALI's array of numbers, or the stored column. */
export function shapeValue(to: Translation, value: Resolved): Sql {
  if (value.kind === 'column') return columnSql(value.column)
  const shape = shapeOf(to, value)
  switch (shape.kind) {
    case 'point':
      return sql`ARRAY[${shape.longitude}, ${shape.latitude}]`
    case 'circle':
      return sql`ARRAY[${shape.longitude}, ${shape.latitude}, ${shape.radius}]`
    case 'polygon':
      return numbersOf(shape.plain)
    default:
      to.source.fail(value, 'MOCs are for comparing with CONTAINS and INTERSECTS; they cannot be selected.')
  }
}

function numbersOf(shape: PlainShape & { readonly kind: 'polygon' }): Sql {
  const numbers = shape.corners.flat().map((number) => sql`CAST(${number} AS DOUBLE PRECISION)`)
  return sql`ARRAY[${numbers.reduce((one, other) => sql`${one}, ${other}`)}]`
}
