// UCDs and units: what is right stays unmarked, what is wrong is named with what to write.
import { describe, expect, it } from 'vitest'
import { UcdChecker } from '../../src/voresource/ucd.js'
import { checkUnit } from '../../src/voresource/unit.js'

describe('a UCD', () => {
  const checker = new UcdChecker()

  it.each([
    'pos.eq.ra;meta.main',
    'POS.EQ.RA',
    'phot.mag;em.opt.V',
    'stat.error;pos.parallax',
    'ivoa:meta.id',
    'my:own.word;pos',
  ])('%s is well', (ucd) => {
    expect(checker.check(ucd)).toEqual([])
  })

  it.each([
    ['pos.eq.rra', 'ucd-word', 'did you mean "pos.eq.ra"?'],
    [
      'em.opt;;meta.main',
      'ucd-syntax',
      'words are made of letters, digits, - and _ with dots between, and joined by single semicolons',
    ],
    ['phot.mag;em:ir', 'ucd-word', 'write "em.ir"'],
    ['phot.color.B-V', 'ucd-word', 'write "phot.color;em.opt.B;em.opt.V"'],
    ['em.opt.V;phot.mag', 'ucd-order', 'put the quantity first and this word after it'],
    ['pos.eq.ra;stat.error', 'ucd-order', 'put it first'],
    [
      'pos eq',
      'ucd-syntax',
      'words are made of letters, digits, - and _ with dots between, and joined by single semicolons',
    ],
  ])('%s: %s', (ucd, rule, hint) => {
    expect(checker.check(ucd)[0]).toMatchObject({ rule, hint })
  })
})

describe('a unit', () => {
  it.each([
    'deg',
    'mas/yr',
    'mas.yr**-1',
    'km.s**-1',
    'um**-1',
    'kbyte',
    'Jy',
    "'electron'.s**-1",
    'log(cm.s**-2)',
    'cm/s**2',
    'solMass',
    '10**-3.mag',
    'erg.s**-1.cm**-2.Angstrom**-1',
    'm**(1/2)',
    'ct',
    'GHz',
    '%',
    'KiB',
  ])('%s is in VOUnits', (unit) => {
    expect(checkUnit(unit)).toBe(undefined)
  })

  it.each([
    ['km/s/Mpc', 'unit-syntax'],
    ['erg s-1', 'unit-syntax'],
    ['m^2', 'unit-syntax'],
    ['mas.', 'unit-syntax'],
    ['log(m', 'unit-syntax'],
    ['', 'unit-syntax'],
    ['degrees', 'unit-symbol'],
    ['photons/s', 'unit-symbol'],
    ['kdeg', 'unit-symbol'],
  ])('%s is not: %s', (unit, rule) => {
    expect(checkUnit(unit)?.rule).toBe(rule)
  })
})
