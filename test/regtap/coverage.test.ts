// Sky coverages: text of MOCs → normal form, ranges, cells. Held against the MOC library of the CDS.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mocLibrary } from '../../src/core/moc-library.js'
import { cellPieces } from '../../src/core/sky-ranges.js'
import { coverageRows } from '../../src/regtap/coverage.js'
import { readMoc } from '../../src/regtap/moc.js'
import { readXml } from '../../src/xml/reader.js'

describe('the text of a MOC', () => {
  test.each([
    ['0/0-11 6/', '0/0-11 6/'],
    ['6/0-3', '5/0 6/'],
    [' 3/1-3,\n 3/0 2/8 ', '2/0 8 3/'],
    ['s29/5 17/3-4', '17/3-4 29/5'],
    ['4/7 4/7 3/1', '3/1 4/'],
  ])('%j becomes %j', (text, normal) => {
    expect(readMoc(text)?.text).toBe(normal)
  })

  test.each(['', '5/', 'junk', '6/49152', '30/1', '6/3-1', '1 2 3', 't61/1', '3/1 x'])('%j is no coverage', (text) => {
    expect(readMoc(text)).toBeUndefined()
  })

  test('random MOCs: the same cells as the library has', () => {
    const mocs = fc
      .integer({ min: 0, max: 8 })
      .chain((order) =>
        fc
          .uniqueArray(fc.integer({ min: 0, max: 12 * 4 ** order - 1 }), { minLength: 1, maxLength: 30 })
          .map((cells) => `${order}/${cells.join(' ')}`),
      )
    fc.assert(
      fc.property(fc.array(mocs, { minLength: 1, maxLength: 3 }), (parts) => {
        const ours = readMoc(parts.join(' '))!
        const library = mocLibrary()
        const [first, ...others] = parts.map((part) => library.fromAscii(part))
        const whole = others.reduce((one, other) => one.or(other), first!)
        expect(ours.text).toBe(String(whole.toAscii()).trim())
        const fine = whole.degrade(6)
        const pieces = [...cellPieces(ours.ranges)]
        expect([...new Set(pieces.map(({ cell }) => cell))]).toEqual(
          cellsAtOrder6(JSON.parse(String(fine.toJson())) as Record<string, number[]>),
        )
      }),
      { numRuns: 50 },
    )
  })
})

function cellsAtOrder6(byOrder: Record<string, readonly number[]>): readonly number[] {
  return Object.entries(byOrder)
    .flatMap(([order, cells]) => {
      const factor = 4 ** (6 - Number(order))
      return cells.flatMap((cell) => Array.from({ length: factor }, (_, index) => cell * factor + index))
    })
    .toSorted((one, other) => one - other)
}

describe('coverage of a record', () => {
  const rows = (coverage: string) => {
    const found = coverageRows(readXml(`<Resource><coverage>${coverage}</coverage></Resource>`), 'ivo://a/b')
    return { ...found, cells: [...found.cells] }
  }

  test('a cell is there whole, or with its half-open ranges of order 29', () => {
    expect(rows('<spatial>29/5-6 28/2 6/1</spatial>').cells).toEqual([
      [0, 5n, 7n, 'ivo://a/b'],
      [0, 8n, 12n, 'ivo://a/b'],
      [1, null, null, 'ivo://a/b'],
    ])
  })

  test('several coverages of a resource are one: what two of them have is there once', () => {
    expect(rows('<spatial>8/0 17-18</spatial><spatial>7/0 4-7</spatial>').cells).toEqual([
      [0, 0n, 1n << 44n, 'ivo://a/b'],
      [1, null, null, 'ivo://a/b'],
    ])
  })

  test('M-154: the frame is NULL for the sky; other frames stay out of sky searches', () => {
    expect(rows('<spatial frame="ICRS">0/1</spatial>').spatial).toEqual([['ivo://a/b', '0/1', null]])
    const mars = rows('<spatial frame="IAU_Mars">0/1</spatial>')
    expect(mars.spatial).toEqual([['ivo://a/b', '0/1', 'IAU_Mars']])
    expect(mars.cells).toEqual([])
  })

  test('what is no interval makes no row', () => {
    const { temporal, spectral } = rows(
      '<temporal>1 2</temporal><temporal>1</temporal><temporal>a b</temporal><spectral> 1e-19\n2e-19 </spectral>',
    )
    expect(temporal).toEqual([['ivo://a/b', 1, 2]])
    expect(spectral).toEqual([['ivo://a/b', 1e-19, 2e-19]])
  })
})
