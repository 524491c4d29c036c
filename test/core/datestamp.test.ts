import { describe, expect, it } from 'vitest'
import { parseDatestamp, parseDay, readTimestamp, toDatestamp } from '../../src/core/datestamp.js'

describe('a datestamp', () => {
  it('is UTC at whole seconds, whatever the time zone of the machine', () => {
    expect(toDatestamp(new Date(Date.UTC(2025, 5, 26, 23, 59, 59, 999)))).toBe('2025-06-26T23:59:59Z')
  })

  it.each([
    '2025',
    '2025-06-26',
    '2025-06-26T10:00:00',
    '2025-06-26T10:00:00.5Z',
    '2025-02-30T00:00:00Z',
    '2025-06-26T25:00:00Z',
  ])('is not %s', (text) => expect(parseDatestamp(text)).toBeUndefined())

  it('of a day covers it from its first to its last second', () => {
    expect(parseDay('2024-02-29', 'start')).toBe('2024-02-29T00:00:00Z')
    expect(parseDay('2024-02-29', 'end')).toBe('2024-02-29T23:59:59Z')
    expect(parseDay('2023-02-29', 'end')).toBeUndefined()
  })

  it('is read from records with or without Z, fraction and time', () => {
    expect(readTimestamp(' 2016-03-31T10:20:30 ')).toBe('2016-03-31T10:20:30Z')
    expect(readTimestamp('2016-03-31T10:20:30.123Z')).toBe('2016-03-31T10:20:30Z')
    expect(readTimestamp('2016-03-31')).toBe('2016-03-31T00:00:00Z')
    expect(readTimestamp('last Thursday')).toBeUndefined()
  })
})
