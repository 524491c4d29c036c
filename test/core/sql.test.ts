import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { identifier, joinSql, literal, numeral, Sql, sql } from '../../src/core/sql.js'

describe('SQL text', () => {
  it('quotes every value that enters a template', () => {
    expect(sql`SELECT ${identifier('si"ze')} FROM t WHERE a = ${"O'Hara; --"} AND b = ${null} AND c = ${-2}`.text).toBe(
      `SELECT "si""ze" FROM t WHERE a = 'O''Hara; --' AND b = NULL AND c = (-2)`,
    )
  })

  it('can be made of nothing else', () => {
    expect(() => Reflect.construct(Sql, [Symbol('mine'), 'DROP TABLE t'])).toThrow(TypeError)
  })

  it('keeps a string literal closed, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const inner = literal(text).text.slice(1, -1)
        expect(inner.replaceAll("''", '')).not.toContain("'")
        expect(inner).not.toContain('\0')
      }),
    )
  })

  it('keeps digits as written and refuses anything else', () => {
    expect(numeral('3.2e-19').text).toBe('3.2e-19')
    expect(numeral('.5').text).toBe('0.5')
    expect(numeral('1.').text).toBe('1.0')
    expect(() => numeral('1;DROP')).toThrow(TypeError)
  })

  it('has special floating point values', () => {
    expect(literal(Number.NaN).text).toContain("'NaN'")
    expect(literal(Number.NEGATIVE_INFINITY).text).toContain("'-Infinity'")
    expect(joinSql([literal(1), literal(2n), literal(true)]).text).toBe('1, 2, TRUE')
  })
})
