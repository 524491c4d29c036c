// Names of types and the literals of DALI.
import { describe, expect, test } from 'vitest'
import {
  adqlTypeName,
  columnTypeOf,
  formatShape,
  parseShape,
  parseTimestamp,
  sizeOf,
} from '../../src/tables/datatypes.js'

describe('ADQL names of column types', () => {
  test.each([
    [{ datatype: 'char', arraysize: '*' }, 'VARCHAR(*)'],
    [{ datatype: 'unicodeChar', arraysize: '20*' }, 'VARCHAR(20)'],
    [{ datatype: 'char', arraysize: '8' }, 'CHAR(8)'],
    [{ datatype: 'char' }, 'CHAR(1)'],
    [{ datatype: 'char', arraysize: '19', xtype: 'timestamp' }, 'TIMESTAMP'],
    [{ datatype: 'double', arraysize: '3', xtype: 'circle' }, 'CIRCLE'],
    [{ datatype: 'long' }, 'BIGINT'],
    [{ datatype: 'double' }, 'DOUBLE PRECISION'],
    [{ datatype: 'unsignedByte', arraysize: '*' }, 'BLOB'],
  ] as const)('%j is %s', (type, name) => {
    expect(adqlTypeName(type)).toBe(name)
  })

  test('and back, whatever the case and the blanks', () => {
    expect(columnTypeOf('double  precision')).toEqual({ datatype: 'double' })
    expect(columnTypeOf('varchar( 10 )')).toEqual({ datatype: 'char', arraysize: '10*' })
    expect(columnTypeOf('CHAR')).toEqual({ datatype: 'char', arraysize: '1' })
    expect(columnTypeOf('timestamp')).toEqual({ datatype: 'char', arraysize: '*', xtype: 'timestamp' })
    expect(columnTypeOf('money')).toBeUndefined()
  })
})

test('the size of a column is the number in its arraysize', () => {
  expect(['19', '20*', '*', '2x3', ''].map((arraysize) => sizeOf({ datatype: 'char', arraysize }))).toEqual([
    19,
    20,
    null,
    null,
    null,
  ])
})

describe('DALI literals', () => {
  test('shapes have as many numbers as their kind wants', () => {
    expect(parseShape(' 12.5  -3e1 ', 'point')).toEqual([12.5, -30])
    expect(parseShape('1 2 3', 'circle')).toEqual([1, 2, 3])
    expect(parseShape('-Inf +Inf', 'interval')).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
    expect(parseShape('1 2 3 4', 'polygon')).toBeUndefined()
    expect(parseShape('1 two', 'point')).toBeUndefined()
    expect(parseShape('1 2', 'toString')).toBeUndefined()
  })

  test('numbers are written so that they can be read', () => {
    expect(formatShape([1, -0.5, Number.NaN, Number.POSITIVE_INFINITY])).toBe('1 -0.5 NaN +Inf')
  })

  test('timestamps lose their Z and gain their midnight', () => {
    expect(parseTimestamp('2026-11-22')).toBe('2026-11-22T00:00:00')
    expect(parseTimestamp('2026-11-22T10:11:12.50Z')).toBe('2026-11-22T10:11:12.50')
    expect(parseTimestamp('2026-02-30')).toBeUndefined()
    expect(parseTimestamp('22.11.2026')).toBeUndefined()
  })
})
