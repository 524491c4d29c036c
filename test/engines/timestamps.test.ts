import { describe, expect, it } from 'vitest'
import { timestampMicros, timestampText } from '../../src/engines/timestamps.js'

describe('a point in time', () => {
  it.each([
    ['2020-02-29', '2020-02-29T00:00:00'],
    ['2020-02-29T12:34:56', '2020-02-29T12:34:56'],
    ['2020-02-29T12:34:56Z', '2020-02-29T12:34:56'],
    ['2020-02-29 12:34', '2020-02-29T12:34:00'],
    ['2020-02-29T12:34:56.5', '2020-02-29T12:34:56.5'],
    ['2020-02-29T12:34:56.000001', '2020-02-29T12:34:56.000001'],
    ['1858-11-17T00:00:00', '1858-11-17T00:00:00'],
    ['1609-12-31T23:59:59.25', '1609-12-31T23:59:59.25'],
    ['1969-12-31T23:59:59.999999', '1969-12-31T23:59:59.999999'],
    ['0999-01-01', '0999-01-01T00:00:00'],
    ['9999-12-31T09:08:07.1', '9999-12-31T09:08:07.1'],
    [' 2020-01-01T00:00:00 ', '2020-01-01T00:00:00'],
  ])('%s is kept as %s', (given, kept) => {
    expect(timestampText(timestampMicros(given))).toBe(kept)
  })

  it('is spelled as JavaScript spells it, on every day of four centuries', () => {
    const wrong: string[] = []
    for (let day = Date.UTC(1684, 11, 1); day < Date.UTC(2255, 0, 31); day += 86_400_000) {
      const expected = new Date(day).toISOString().slice(0, -5)
      if (timestampText(BigInt(day) * 1000n) !== expected) wrong.push(expected)
    }
    expect(wrong).toEqual([])
  })

  it.each(['', 'unknown', '2020', '2020-13-01', '2020-01-01T25:00:00', '20200101', '2020-01-01T00:00:00+02:00'])(
    '"%s" is none',
    (text) => {
      expect(() => timestampMicros(text)).toThrow(/not a point in time; expected YYYY-MM-DD/)
    },
  )
})
