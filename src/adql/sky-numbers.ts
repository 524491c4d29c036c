// Shapes whose coordinates are numbers, in degrees, ICRS; the little spherical trigonometry that queries need beforehand.

/** A shape with numbers for coordinates, in degrees, ICRS. */
export type PlainShape =
  | { readonly kind: 'point'; readonly longitude: number; readonly latitude: number }
  | { readonly kind: 'circle'; readonly longitude: number; readonly latitude: number; readonly radius: number }
  | { readonly kind: 'polygon'; readonly corners: readonly (readonly [longitude: number, latitude: number])[] }

/** Why a MOC cannot be made; the caller knows where that stands in the query. */
export class SkyError extends Error {}

export type PlainPolygon = PlainShape & { readonly kind: 'polygon' }

const degree = Math.PI / 180

/** The direction of the sum of the corners' unit vectors. */
export function meanDirection(corners: readonly (readonly [number, number])[]): readonly [number, number] {
  let [x, y, z] = [0, 0, 0]
  for (const [longitude, latitude] of corners) {
    x += Math.cos(latitude * degree) * Math.cos(longitude * degree)
    y += Math.cos(latitude * degree) * Math.sin(longitude * degree)
    z += Math.sin(latitude * degree)
  }
  const longitude = Math.atan2(y, x) / degree
  return [longitude < 0 ? longitude + 360 : longitude, Math.atan2(z, Math.hypot(x, y)) / degree]
}

/** Angle between two positions, all in degrees. */
export function separation(one: readonly [number, number], other: readonly [number, number]): number {
  const half = (angle: number): number => Math.sin((angle * degree) / 2) ** 2
  const square =
    half(other[1] - one[1]) + Math.cos(one[1] * degree) * Math.cos(other[1] * degree) * half(other[0] - one[0])
  return (2 * Math.asin(Math.min(1, Math.sqrt(square)))) / degree
}

/** ADQL 2.1 §4.2.9: a box is the polygon of its corners. */
export function boxPolygon(longitude: number, latitude: number, width: number, height: number): PlainPolygon {
  if (width <= 0 || height <= 0 || width >= 180 || Math.abs(latitude) + height / 2 > 90)
    throw new SkyError('A BOX has a width from 0 to 180 degrees and does not reach beyond a pole.')
  const [left, right, low, high] = [
    longitude - width / 2,
    longitude + width / 2,
    latitude - height / 2,
    latitude + height / 2,
  ]
  return {
    kind: 'polygon',
    corners: [
      [left, low],
      [right, low],
      [right, high],
      [left, high],
    ],
  }
}

export type Vector = readonly [x: number, y: number, z: number]

/** Position in degrees → unit vector. */
export function unitVector([longitude, latitude]: readonly [number, number]): Vector {
  const flat = Math.cos(latitude * degree)
  return [flat * Math.cos(longitude * degree), flat * Math.sin(longitude * degree), Math.sin(latitude * degree)]
}

export function cross(one: Vector, other: Vector): Vector {
  return [
    one[1] * other[2] - one[2] * other[1],
    one[2] * other[0] - one[0] * other[2],
    one[0] * other[1] - one[1] * other[0],
  ]
}

export function dot(one: Vector, other: Vector): number {
  return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
}

/** Area of a polygon in square degrees, the smaller side of its border. */
export function polygonArea(corners: readonly (readonly [number, number])[]): number {
  // Sum of signed triangles around the first corner, each by the formula of Eriksson.
  const vectors = corners.map(unitVector)
  const [first] = vectors
  let excess = 0
  for (let index = 1; first && index + 1 < vectors.length; index++) {
    const [second, third] = [vectors[index], vectors[index + 1]]
    if (second === undefined || third === undefined) continue
    excess +=
      2 * Math.atan2(dot(first, cross(second, third)), 1 + dot(first, second) + dot(second, third) + dot(third, first))
  }
  const area = Math.abs(excess) % (4 * Math.PI)
  return Math.min(area, 4 * Math.PI - area) / degree ** 2
}
