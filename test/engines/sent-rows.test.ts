// A query that broke off is run again; what had gone out must not go out twice, and must be the same.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Row } from '../../src/core/sql.js'
import { SentRows } from '../../src/engines/sent-rows.js'

/** Rows of one byte each, so many in each batch. */
function batches(rows: string, sizes: readonly number[]): readonly (readonly Row[])[] {
  const cut: (readonly Row[])[] = []
  let start = 0
  for (const size of [...sizes, rows.length]) {
    const bytes = Buffer.from(rows.slice(start, start + size))
    if (bytes.length > 0) cut.push([[bytes, bytes.length]])
    start += size
  }
  return cut
}

async function* running(some: readonly (readonly Row[])[]): AsyncGenerator<readonly Row[]> {
  yield* some
}

function given(some: readonly (readonly Row[])[]): { readonly text: string; readonly rowCount: number } {
  const rows = some.flat()
  return {
    text: Buffer.concat(rows.map(([bytes]) => bytes as Uint8Array)).toString(),
    rowCount: rows.reduce((sum, [, count]) => sum + Number(count), 0),
  }
}

const rows = 'each of these letters is a row of its own'
const sizes = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 20 })

describe('rows that have gone out', () => {
  it('are left out of the second run, however both are cut', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, sizes, fc.nat({ max: 20 }), async (first, second, brokeOffAfter) => {
        const sent = new SentRows()
        const before = batches(rows, first).slice(0, brokeOffAfter)
        for (const batch of before) sent.add(batch)
        const after: (readonly Row[])[] = []
        for await (const batch of sent.rest(running(batches(rows, second)), new Error('other rows'))) after.push(batch)
        expect(given([...before, ...after])).toEqual({ text: rows, rowCount: rows.length })
      }),
    )
  })

  it.each([
    ['other rows', rows.toUpperCase()],
    ['the same rows in another order', [...rows].reverse().join('')],
    ['fewer rows', rows.slice(0, 10)],
    ['none', ''],
  ])('are not continued with %s', async (_, others) => {
    const sent = new SentRows()
    for (const batch of batches(rows.slice(0, 20), [7])) sent.add(batch)
    const broken = new Error('the first run broke off')
    const after: (readonly Row[])[] = []
    await expect(async () => {
      for await (const batch of sent.rest(running(batches(others, [3])), broken)) after.push(batch)
    }).rejects.toBe(broken)
    expect(after).toEqual([])
  })
})
