// Positions found by the C library's search are those that a loop over the bytes finds.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteSearch, firstFrom } from '../../src/formats/byte-search.js'

const wanted = [0x26, 0x3c, 0x3e]

function oneByOne(block: Uint8Array): readonly number[] {
  return [...block.keys()].filter((at) => wanted.includes(block[at] ?? 0))
}

describe('a search for bytes', () => {
  const search = new ByteSearch(wanted)
  const byte = fc.oneof(
    { weight: 50, arbitrary: fc.constant(0x61) },
    { weight: 1, arbitrary: fc.constantFrom(...wanted) },
  )

  it('finds each of them, in order', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(byte, { maxLength: 2000 }), (any, few) => {
        for (const block of [any, Uint8Array.from(few)]) expect(search.positions(block)).toEqual(oneByOne(block))
      }),
    )
  })

  it('looks at its block only, which may begin anywhere in memory', () => {
    const memory = Buffer.from('&&&abc<def&&&')
    expect(search.positions(memory.subarray(3, 10))).toEqual([3])
  })

  it('does not make one search for each of a million', () => {
    const block = new Uint8Array(1_000_000).fill(0x26)
    expect(search.positions(block)).toHaveLength(block.length)
  })

  it('says where to go on from', () => {
    expect([0, 3, 4, 9, 10].map((start) => firstFrom([3, 9], start))).toEqual([0, 0, 1, 1, 2])
  })
})
