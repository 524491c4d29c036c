// A point in a polygon → SQL of plain arithmetic: each edge is a plane through the centre of the sphere, given by numbers.
import { joinSql, type Sql, sql } from '../core/sql.js'
import { cross, dot, meanDirection, type PlainPolygon, SkyError, unitVector, type Vector } from './sky-numbers.js'

/** Points nearer to an edge than this (radian; 0.2 micro-arcseconds) are on it, and so inside (ADQL 2.1 §4.2.12). */
const edgeWidth = 1e-12

/** Is the point within the polygon? The smaller of the two parts of the sphere is meant. Corners must be distinct. */
export function polygonContains(polygon: PlainPolygon, longitude: Sql, latitude: Sql): Sql {
  const corners = distinct(polygon.corners.map(unitVector))
  if (corners.length < 3) throw new SkyError('A polygon needs three different corners.')
  if (corners.length > 500)
    throw new SkyError(`A polygon may have at most 500 corners here, but this one has ${corners.length}.`)
  const normals = corners.map((corner, index) => cross(corner, corners[(index + 1) % corners.length] ?? corner))
  const point = pointVector(longitude, latitude)
  const turned = orientation(corners, normals)
  if (turned !== 0)
    return joinTerms(
      normals.map((normal) => sql`${scalarProduct(scale(normal, turned), point)} >= ${-edgeWidth}`),
      ' AND ',
    )
  return crossings(corners, normals, point, unitVector(opposite(polygon)))
}

function joinTerms(terms: readonly Sql[], separator: ' AND ' | ' OR '): Sql {
  return sql`(${joinSql(terms, separator)})`
}

function distinct(corners: readonly Vector[]): readonly Vector[] {
  return corners.filter((corner, index) => {
    const before = corners[(index + corners.length - 1) % corners.length] ?? corner
    return corners.length === 1 || dot(corner, before) < 1 - 1e-15
  })
}

/** 1 or -1 for a convex polygon, by the way its corners go round; 0 for others. */
function orientation(corners: readonly Vector[], normals: readonly Vector[]): 1 | -1 | 0 {
  const sides = normals
    .flatMap((normal) => corners.map((corner) => dot(normal, corner)))
    .filter((side) => Math.abs(side) > edgeWidth)
  if (sides.length === 0) return 0
  if (sides.every((side) => side > 0)) return 1
  return sides.every((side) => side < 0) ? -1 : 0
}

function opposite(polygon: PlainPolygon): readonly [number, number] {
  const [longitude, latitude] = meanDirection(polygon.corners)
  // Not exactly opposite, so that no arc to it is ambiguous for the middle of the polygon.
  return [longitude + 180 + 1e-3, -latitude + (latitude > 0 ? 1e-3 : -1e-3)]
}

/**
 * A point is inside when the arc from it to a point outside crosses an odd number of edges. Arcs AB and PQ cross when
 * the four turns A-P-B, P-B-Q, B-Q-A and Q-A-P go the same way round. On an edge counts as inside.
 */
function crossings(corners: readonly Vector[], normals: readonly Vector[], point: PointVector, outside: Vector): Sql {
  const counts: Sql[] = []
  const onEdge: Sql[] = []
  for (const [index, start] of corners.entries()) {
    const end = corners[(index + 1) % corners.length] ?? start
    const normal = normals[index] ?? start
    const fixed = dot(cross(end, outside), start)
    const side = Math.sign(fixed)
    const turns = [scale(normal, -side), scale(cross(end, outside), side), scale(cross(outside, start), side)]
    counts.push(
      sql`CASE WHEN ${joinSql(
        turns.map((turn) => sql`${scalarProduct(turn, point)} > 0`),
        ' AND ',
      )} THEN 1 ELSE 0 END`,
    )
    const length = Math.hypot(...normal)
    // Near the great circle of the edge, and between its ends.
    const along = [cross(normal, start), scale(cross(normal, end), -1)]
    onEdge.push(
      sql`(abs(${scalarProduct(scale(normal, 1 / length), point)}) <= ${edgeWidth} AND ${joinSql(
        along.map((vector) => sql`${scalarProduct(vector, point)} >= ${-edgeWidth}`),
        ' AND ',
      )})`,
    )
  }
  return sql`(((${joinSql(counts, ' + ')}) % 2 = 1) OR ${joinTerms(onEdge, ' OR ')})`
}

interface PointVector {
  readonly x: Sql
  readonly y: Sql
  readonly z: Sql
}

function pointVector(longitude: Sql, latitude: Sql): PointVector {
  return {
    x: sql`cos(radians(${latitude})) * cos(radians(${longitude}))`,
    y: sql`cos(radians(${latitude})) * sin(radians(${longitude}))`,
    z: sql`sin(radians(${latitude}))`,
  }
}

function scale([x, y, z]: Vector, factor: number): Vector {
  return [x * factor, y * factor, z * factor]
}

function scalarProduct([x, y, z]: Vector, point: PointVector): Sql {
  return sql`(${double(x)} * ${point.x} + ${double(y)} * ${point.y} + ${double(z)} * ${point.z})`
}

function double(value: number): Sql {
  return sql`CAST(${value} AS DOUBLE PRECISION)`
}
