import { describe, expect, it } from 'vitest'
import { authorityOf, isIvoid, ivoidNumber, keyOf, parseIvoid, sameIvoid } from '../../src/core/ivoid.js'

describe('an IVOID', () => {
  it.each([
    'ivo://archive.stsci.edu',
    'ivo://archive.stsci.edu/tap/gaiadr3',
    'ivo://CDS.VizieR/J/AJ/167/21',
    "ivo://a-b_c/x!~*'()+=.y",
  ])('may be %s', (text) => {
    expect(isIvoid(text)).toBe(true)
    expect(parseIvoid(` ${text}\n`)).toBe(text)
  })

  it.each([
    '',
    'http://archive.stsci.edu/tap',
    'ivo://',
    'ivo://ab/short-authority',
    'ivo://archive.stsci.edu/',
    'ivo://archive.stsci.edu//tap',
    'ivo://archive.stsci.edu/tap?query',
    'ivo://archive.stsci.edu/tap#fragment',
    'ivo://archive.stsci.edu/a%20b',
    'ivo://archive.stsci.edu/a/../b',
    'ivo://user@archive.stsci.edu:80/tap',
  ])('is not "%s"', (text) => {
    expect(isIvoid(text)).toBe(false)
    expect(() => parseIvoid(text)).toThrow('is not an IVOID')
  })

  it('is compared without case and keeps its spelling', () => {
    expect(sameIvoid('ivo://CDS.VizieR/J/AJ', 'ivo://cds.vizier/j/aj')).toBe(true)
    expect(authorityOf('ivo://CDS.VizieR/J/AJ')).toBe('CDS.VizieR')
    expect(keyOf('ivo://CDS.VizieR/J/AJ')).toBe('J/AJ')
    expect(keyOf('ivo://CDS.VizieR')).toBe('')
  })
})

describe('the number of an IVOID', () => {
  it('never changes, because generations hold it', () => {
    expect(ivoidNumber('ivo://archive.stsci.edu/tap')).toBe(2_388_138_099_377_897)
  })

  it('keeps the resources of a publisher together, and is exact', () => {
    const ofOne = Array.from({ length: 1000 }, (_, index) => ivoidNumber(`ivo://one.example/${index}`))
    const ofOther = Array.from({ length: 1000 }, (_, index) => ivoidNumber(`ivo://other.example/${index}`))
    expect(new Set([...ofOne, ...ofOther]).size).toBe(2000)
    expect([...ofOne, ...ofOther].every((number) => Number.isSafeInteger(number) && number >= 0)).toBe(true)
    expect(Math.max(...ofOne) < Math.min(...ofOther) || Math.max(...ofOther) < Math.min(...ofOne)).toBe(true)
  })
})
