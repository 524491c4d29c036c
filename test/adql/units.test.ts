// VOUnits: what is read, what is refused, and how much of one unit is in another.
import { describe, expect, it } from 'vitest'
import { parseUnit, UnitError, unitConversion } from '../../src/adql/units.js'
import { sql } from '../../src/core/sql.js'

function factor(from: string, to: string): number {
  const text = unitConversion(sql`x`, from, to).text
  return Number(/CAST\((\S+) AS/.exec(text)?.[1])
}

describe('units', () => {
  it.each([
    ['km', 'm', 1000],
    ['deg', 'arcsec', 3600],
    ['mas', 'deg', 1 / 3.6e6],
    ['km/s', 'm.s**-1', 1000],
    ['km.s**-1', 'km s**-1', 1],
    ['erg/(s.cm**2)', 'W/m**2', 1e-3],
    ['10**-3 W', 'mW', 1],
    ['mJy', 'uJy', 1000],
    ['yr', 'd', 365.25],
    ['min', 's', 60],
    ['Pa', 'kg.m**-1.s**-2', 1],
    ['m**(1/2)', 'cm**(1/2)', 10],
    ['Angstrom', 'nm', 0.1],
    ['%', '', 0.01],
    ['pc', 'AU', 206264.80624709636],
  ])('%s is so much of %s: %d', (from, to, expected) => {
    expect(factor(from, to) / expected).toBeCloseTo(1, 9)
  })

  it.each(['furlong', 'km/', '(km', 'm**x', 'm**(1/0)', '/s', 'mmm', '5 6 *', 'km)'])('%s is refused', (text) => {
    expect(() => parseUnit(text)).toThrow(UnitError)
  })

  it('M-286 impossible conversions and values without unit are refused', () => {
    expect(() => unitConversion(sql`x`, 'm', 's')).toThrow('m cannot be turned into s')
    expect(() => unitConversion(sql`x`, undefined, 's')).toThrow('whose unit is known')
  })
})
