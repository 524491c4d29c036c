import { describe, expect, it } from 'vitest'
import { authorityOf, isIvoid, keyOf, parseIvoid, sameIvoid } from '../../src/core/ivoid.js'

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
