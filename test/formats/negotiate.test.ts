// RESPONSEFORMAT as clients send it (DALI 1.2 §4.3.3, TAP 1.1 §2.7.3).
import { describe, expect, it } from 'vitest'
import { formats } from '../../src/formats/index.js'
import { chooseFormat } from '../../src/formats/negotiate.js'

describe('RESPONSEFORMAT', () => {
  it('is VOTable when absent or empty (M-177)', () => {
    for (const wanted of [undefined, '', '  '])
      expect(chooseFormat(wanted)).toMatchObject({
        contentType: 'application/x-votable+xml',
        format: { extension: 'vot' },
      })
  })

  it.each([
    ['votable', 'application/x-votable+xml'],
    ['VOTABLE', 'application/x-votable+xml'],
    ['text/xml', 'text/xml'],
    ['application/x-votable+xml', 'application/x-votable+xml'],
    ['application/x-votable+xml;serialization=TABLEDATA', 'application/x-votable+xml;serialization=TABLEDATA'],
    ['application/x-votable+xml; serialization="tabledata"', 'application/x-votable+xml;serialization=TABLEDATA'],
    ['application/x-votable+xml; serialization=binary2', 'application/x-votable+xml;serialization=BINARY2'],
    ['votable/b2', 'application/x-votable+xml;serialization=BINARY2'],
    ['application/x-votable+xml;serialization=BINARY', 'application/x-votable+xml;serialization=BINARY'],
    ['csv', 'text/csv;header=present'],
    ['text/csv', 'text/csv;header=present'],
    ['text/csv; header=present', 'text/csv;header=present'],
    ['tsv', 'text/tab-separated-values;charset=utf-8'],
    ['text/tab-separated-values', 'text/tab-separated-values;charset=utf-8'],
    ['text', 'text/plain;charset=utf-8'],
    ['text/html;charset=UTF-8', 'text/html;charset=utf-8'],
    ['json', 'application/json'],
    ['fits', 'application/fits'],
    ['parquet', 'application/vnd.apache.parquet'],
  ])('%s is answered as %s (M-176, M-178, M-179, M-180)', (wanted, contentType) => {
    expect(chooseFormat(wanted).contentType).toBe(contentType)
  })

  it.each(['nonsense', 'application/x-votable+xml;serialization=FITS', 'image/png', 'csv;x'])(
    '%s is refused with the list of formats (S-059)',
    (wanted) => {
      expect(() => chooseFormat(wanted)).toThrow(/is not available; expected one of votable, .*csv, tsv/)
    },
  )

  it('has no name that means two formats', () => {
    const names = formats.flatMap((format) => [format.mediaType, ...format.aliases].map((name) => name.toLowerCase()))
    expect(new Set(names).size).toBe(names.length)
  })
})
