// Geometry in a query → shapes: with numbers where the query has numbers, with SQL where it has columns.

import type { Ranges } from '../core/sky-ranges.js'
import { type Sql, sql } from '../core/sql.js'
import { familyNames } from './coercion.js'
import { healpixCenter } from './healpix.js'
import type { Resolved, SourceColumn } from './resolved.js'
import { mocTextRanges, shapeRanges } from './sky-cells.js'
import { boxPolygon, meanDirection, type PlainShape, SkyError } from './sky-numbers.js'
import { parseRegion } from './sky-regions.js'
import { columnSql, type Translation, translate } from './translate-expressions.js'
import { twinOf } from './twin-columns.js'

/** Coordinates in degrees. `plain` is there when the query states all of them as numbers. */
export type Shape =
  | {
      readonly kind: 'point'
      readonly longitude: Sql
      readonly latitude: Sql
      readonly plain?: PlainShape & { readonly kind: 'point' }
    }
  | {
      readonly kind: 'circle'
      readonly longitude: Sql
      readonly latitude: Sql
      readonly radius: Sql
      readonly plain?: PlainShape & { readonly kind: 'circle' }
    }
  | { readonly kind: 'polygon'; readonly plain: PlainShape & { readonly kind: 'polygon' } }
  | { readonly kind: 'moc'; readonly ranges: Ranges }
  /** rr.stc_spatial.coverage of the resource that this column names. */
  | { readonly kind: 'coverage'; readonly resource: SourceColumn }

/** The shape an argument stands for; throws AdqlError where it cannot be one. */
export function shapeOf(to: Translation, value: Resolved): Shape {
  if (value.kind === 'column') return columnShape(to, value)
  if (value.kind === 'cast' && value.operand.kind === 'text')
    return guarded(to, value, () => plainShape(to, parseRegion(`${value.family} ${textOf(value.operand)}`), value))
  if (value.kind === 'cast')
    to.source.fail(
      value,
      "Only literals can be cast to geometries, as CAST('10 20' AS POINT). Use POINT(longitude, latitude).",
    )
  if (value.kind !== 'call') to.source.fail(value, `Expected a geometry, but found ${familyNames[value.family]}.`)
  const { args } = value
  switch (value.called.name) {
    case 'point':
      return pointShape(to, args[0], args[1])
    case 'circle':
      return circleShape(to, args)
    case 'polygon':
    case 'box':
      return guarded(to, value, () => ({ kind: 'polygon', plain: polygonOf(to, value.called.name, args, value) }))
    case 'region':
      return guarded(to, value, () => plainShape(to, parseRegion(textOf(args[0])), value))
    case 'moc':
      return guarded(to, value, () => mocShape(to, args))
    case 'ivo_healpix_center':
      return { kind: 'point', ...centreOf(to, args) }
    case 'centroid':
      return centroidShape(to, args[0], value)
    default:
      to.source.fail(value, `${value.called.name.toUpperCase()} gives no geometry.`)
  }
}

function textOf(value: Resolved | undefined): string {
  if (value?.kind !== 'text') throw new SkyError('This geometry must be written as a literal.')
  return value.value
}

/** Turns complaints about numbers into complaints about a place in the query. */
export function guarded<Result>(to: Translation, at: Resolved, make: () => Result): Result {
  try {
    return make()
  } catch (error) {
    if (error instanceof SkyError) to.source.fail(at, error.message)
    throw error
  }
}

function columnShape(to: Translation, value: Resolved & { readonly kind: 'column' }): Shape {
  const { relation, name } = value.column
  const stored = columnSql(value.column)
  if (value.family === 'point') return { kind: 'point', longitude: sql`(${stored})[1]`, latitude: sql`(${stored})[2]` }
  if (value.family === 'circle')
    return {
      kind: 'circle',
      longitude: sql`(${stored})[1]`,
      latitude: sql`(${stored})[2]`,
      radius: sql`(${stored})[3]`,
    }
  const table = relation.kind === 'base' && relation.origin.kind === 'declared' ? relation.origin.table : undefined
  const key = relation.columns.find((column) => column.name === 'ivoid')
  if (table?.schema === 'rr' && table.name === 'stc_spatial' && name === 'coverage' && key)
    return { kind: 'coverage', resource: twinOf(to, key) ?? key }
  to.source.fail(
    value,
    `${name} is ${familyNames[value.family]}, which can be shown but not searched in. MOC searches work on rr.stc_spatial.coverage.`,
  )
}

function centreOf(to: Translation, [order, index]: readonly Resolved[]): { longitude: Sql; latitude: Sql } {
  if (order === undefined || index === undefined) throw new RangeError('a cell has an order and a number')
  return healpixCenter(to.dialect, translate(to, order), translate(to, index))
}

function pointShape(to: Translation, longitude: Resolved | undefined, latitude: Resolved | undefined): Shape {
  if (longitude === undefined || latitude === undefined) throw new RangeError('a point has two coordinates')
  const numbers = [constantOf(longitude), constantOf(latitude)] as const
  const coordinates = { longitude: translate(to, longitude), latitude: translate(to, latitude) }
  if (numbers[0] === undefined || numbers[1] === undefined) return { kind: 'point', ...coordinates }
  return { kind: 'point', ...coordinates, plain: { kind: 'point', longitude: numbers[0], latitude: numbers[1] } }
}

function circleShape(to: Translation, args: readonly Resolved[]): Shape {
  const [first, second] = args
  const last = args.at(-1)
  if (first === undefined || last === undefined) throw new RangeError('a circle has a centre and a radius')
  const centre = first.family === 'point' ? shapeOf(to, first) : pointShape(to, first, second)
  if (centre.kind !== 'point') to.source.fail(first, 'The centre of a circle is a point.')
  const { longitude, latitude, plain } = centre
  const radius = constantOf(last)
  const circle = { kind: 'circle', longitude, latitude, radius: translate(to, last) } as const
  if (plain === undefined || radius === undefined) return circle
  if (radius < 0 || radius > 180) to.source.fail(last, `${radius} is no radius; expected 0 to 180 degrees.`)
  return { ...circle, plain: { ...plain, kind: 'circle', radius } }
}

function polygonOf(
  to: Translation,
  name: string,
  args: readonly Resolved[],
  at: Resolved,
): PlainShape & { readonly kind: 'polygon' } {
  const numbers = args.flatMap((arg): readonly (number | undefined)[] => {
    if (arg.family !== 'point') return [constantOf(arg)]
    const point = shapeOf(to, arg)
    return point.kind === 'point' && point.plain ? [point.plain.longitude, point.plain.latitude] : [undefined]
  })
  const plain = numbers.filter((number) => number !== undefined)
  if (plain.length < numbers.length)
    to.source.fail(
      at,
      `The coordinates of ${name.toUpperCase()} must be numbers; only POINT and CIRCLE may have columns in them.`,
    )
  if (name === 'box') {
    const [longitude = 0, latitude = 0, width = 0, height = 0] = plain
    return boxPolygon(longitude, latitude, width, height)
  }
  const corners = []
  for (let index = 0; index + 1 < plain.length; index += 2)
    corners.push([plain[index] ?? 0, plain[index + 1] ?? 0] as const)
  return { kind: 'polygon', corners }
}

function plainShape(to: Translation, shape: PlainShape, at: Resolved): Shape {
  guarded(to, at, () => shapeRanges(shape, 0))
  switch (shape.kind) {
    case 'point':
      return { kind: 'point', longitude: double(shape.longitude), latitude: double(shape.latitude), plain: shape }
    case 'circle':
      return {
        kind: 'circle',
        longitude: double(shape.longitude),
        latitude: double(shape.latitude),
        radius: double(shape.radius),
        plain: shape,
      }
    case 'polygon':
      return { kind: 'polygon', plain: shape }
  }
}

function double(value: number): Sql {
  return sql`CAST(${value} AS DOUBLE PRECISION)`
}

/** MOC('6/1-3') or MOC(order, geometry), as pyvo writes them (clients.md 2). */
function mocShape(to: Translation, args: readonly Resolved[]): Shape {
  const [first, second] = args
  if (first === undefined) throw new RangeError('MOC has an argument')
  if (second === undefined) {
    if (first.kind !== 'text') to.source.fail(first, "A MOC is written as a literal, as MOC('6/1-3 7/5').")
    return { kind: 'moc', ranges: mocTextRanges(first.value) }
  }
  const order = constantOf(first)
  if (order === undefined) to.source.fail(first, 'The order of a MOC must be a number.')
  const shape = shapeOf(to, second)
  if (shape.kind === 'moc' || shape.kind === 'coverage' || shape.plain === undefined)
    to.source.fail(second, 'MOC makes cells of points, circles and polygons whose coordinates are numbers.')
  return { kind: 'moc', ranges: shapeRanges(shape.plain, order) }
}

function centroidShape(to: Translation, arg: Resolved | undefined, at: Resolved): Shape {
  const shape = arg && shapeOf(to, arg)
  if (shape?.kind === 'point') return shape
  if (shape?.kind === 'circle') {
    const { longitude, latitude, plain } = shape
    return {
      kind: 'point',
      longitude,
      latitude,
      ...(plain && { plain: { kind: 'point', longitude: plain.longitude, latitude: plain.latitude } }),
    }
  }
  if (shape?.kind === 'polygon') {
    const [longitude, latitude] = meanDirection(shape.plain.corners)
    return plainShape(to, { kind: 'point', longitude, latitude }, at)
  }
  to.source.fail(at, 'The centroid of a MOC cannot be computed here.')
}

/** The number an expression of literals stands for; undefined when it has columns or functions in it. */
export function constantOf(value: Resolved): number | undefined {
  switch (value.kind) {
    case 'number':
      return Number(value.digits)
    case 'cast':
      return value.family === 'number' && value.meaning.datatype === 'double' ? constantOf(value.operand) : undefined
    case 'sign': {
      const operand = constantOf(value.operand)
      return operand === undefined || value.sign === '+' ? operand : -operand
    }
    case 'sum':
    case 'product': {
      // Whole numbers are divided by the engine's rules.
      if (value.meaning.datatype !== 'double' && value.rest.some((one) => one.operator === '/')) return undefined
      let total = constantOf(value.first)
      for (const { operator, operand } of value.rest) {
        const number = constantOf(operand)
        if (total === undefined || number === undefined) return undefined
        total =
          operator === '+'
            ? total + number
            : operator === '-'
              ? total - number
              : operator === '*'
                ? total * number
                : total / number
      }
      return total
    }
    default:
      return undefined
  }
}
