// Geometry written as text → shapes: REGION('CIRCLE ICRS 10 20 1') in the simple part of STC-S, and DALI's bare numbers.
import { boxPolygon, type PlainShape, SkyError } from './sky-numbers.js'

const frames: ReadonlySet<string> = new Set([
  'ICRS',
  'FK5',
  'J2000',
  'UNKNOWNFRAME',
  'GEOCENTER',
  'BARYCENTER',
  'TOPOCENTER',
  'UNKNOWNREFPOS',
  'SPHERICAL2',
])

/** A shape's name, words for a frame (all taken for ICRS), numbers in degrees. Throws SkyError. */
export function parseRegion(text: string): PlainShape {
  const [name = '', ...words] = text
    .trim()
    .toUpperCase()
    .split(/[\s,]+/)
  const numbers = words.filter((word) => !frames.has(word)).map(Number)
  if (numbers.some(Number.isNaN))
    throw new SkyError(`'${text.slice(0, 60)}' has words in it that are neither a known frame (ICRS) nor numbers.`)
  const [a = 0, b = 0, c = 0, d = 0] = numbers
  const expect = (isRight: boolean, form: string): void => {
    if (!isRight) throw new SkyError(`'${text.slice(0, 60)}' is not complete. Expected ${form}.`)
  }
  switch (name) {
    case 'POSITION':
    case 'POINT':
      expect(numbers.length === 2, `${name} longitude latitude`)
      return { kind: 'point', longitude: a, latitude: b }
    case 'CIRCLE':
      expect(numbers.length === 3, 'CIRCLE longitude latitude radius')
      return { kind: 'circle', longitude: a, latitude: b, radius: c }
    case 'BOX':
      expect(numbers.length === 4, 'BOX longitude latitude width height')
      return boxPolygon(a, b, c, d)
    case 'POLYGON': {
      expect(
        numbers.length >= 6 && numbers.length % 2 === 0,
        'POLYGON and at least three pairs of longitude and latitude',
      )
      const corners = []
      for (let index = 0; index + 1 < numbers.length; index += 2)
        corners.push([numbers[index] ?? 0, numbers[index + 1] ?? 0] as const)
      return { kind: 'polygon', corners }
    }
    default:
      throw new SkyError(`'${name.slice(0, 30)}' is no shape. Expected POSITION, CIRCLE, BOX or POLYGON.`)
  }
}
