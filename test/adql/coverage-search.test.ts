// Shapes and stored coverages, both at random: what the search finds is held against the MOC library of the CDS.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mocLibrary } from '../../src/core/moc-library.js'
import { ask, type Database, testedEngines } from './database.js'

/** Cells of several orders near one another, so that they meet and miss by turns. */
const moc = fc
  .array(
    fc
      .record({ order: fc.integer({ min: 3, max: 9 }), cells: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }) })
      .map(({ order, cells }) => {
        // Within the cell 3/5, or anywhere in the coarse case.
        const [first, count] = order === 3 ? [0, 12] : [5 * 4 ** (order - 3), 4 ** (order - 3)]
        return `${order}/${cells.map((cell) => first + (cell % count)).join(' ')}`
      }),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parts.join(' '))

/** The library refuses texts whose cells overlap, so each order is read apart. */
function sky(text: string) {
  const library = mocLibrary()
  const [first, ...others] = text.split(/ (?=\d+\/)/).map((part) => library.fromAscii(withoutTwins(part)))
  return others.reduce((one, other) => one.or(other), first!)
}

function withoutTwins(part: string): string {
  const [order, cells = ''] = part.split('/')
  return `${order}/${[...new Set(cells.trim().split(' '))].join(' ')}`
}

function isEmpty(one: ReturnType<typeof sky>): boolean {
  return !/\d\/\d/.test(String(one.toAscii()))
}

describe.each(testedEngines)('coverages in %s', (_, open) => {
  const stored = fc.sample(moc, { numRuns: 60, seed: 7 }).map((text, index) => ({ ivoid: `ivo://a/${index}`, text }))
  let database: Database
  beforeAll(async () => {
    database = await open({
      resource: [],
      stc_spatial: stored.map(({ ivoid, text }) => ({ ivoid, coverage: text })),
    })
  })
  afterAll(() => database[Symbol.asyncDispose]())

  test('CONTAINS and INTERSECTS both ways are exact beyond the order of the cells', async () => {
    const coverages = stored.map(({ ivoid, text }) => ({ ivoid, area: sky(text) }))
    // Shapes at random, and what is stored, which is within or around something.
    const shapes = [...fc.sample(moc, { numRuns: 40, seed: 11 }), ...stored.map(({ text }) => text)]
    let found = 0
    for (const shape of [...shapes, '0/0-11', '0/0-5', '3/5', '9/20500']) {
      const own = sky(shape)
      const expected = {
        [`1 = CONTAINS(MOC('${shape}'), coverage)`]: coverages.filter(({ area }) =>
          isEmpty(own.and(area.complement())),
        ),
        [`1 = CONTAINS(coverage, MOC('${shape}'))`]: coverages.filter(({ area }) =>
          isEmpty(area.and(own.complement())),
        ),
        [`1 = INTERSECTS(coverage, MOC('${shape}'))`]: coverages.filter(({ area }) => !isEmpty(area.and(own))),
      }
      for (const [condition, those] of Object.entries(expected)) {
        const rows = await ask(database, `SELECT ivoid FROM rr.stc_spatial WHERE ${condition} ORDER BY ivoid`)
        expect([condition, rows.map(([ivoid]) => ivoid)]).toEqual([condition, those.map(({ ivoid }) => ivoid).sort()])
        found += those.length
      }
    }
    expect(found).toBeGreaterThan(500)
  })
})
