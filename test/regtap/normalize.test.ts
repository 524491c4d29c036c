// What becomes of text on its way into rr (RegTAP 1.2 §4, §5; checklist section F).
import { describe, expect, test } from 'vitest'
import { cleanText, hashJoin, integerValue, lowerCase, numberValue, timestampText } from '../../src/regtap/normalize.js'
import { canonicalTypeName } from '../../src/regtap/type-names.js'
import { termReplacer } from '../../src/regtap/vocabularies.js'
import { wordsOf } from '../../src/regtap/words.js'
import { shippedVocabulary } from '../../src/voresource/vocabulary-files.js'

describe('strings', () => {
  test('M-128: white space at both ends goes, inside it stays', () => {
    expect(cleanText('\n\t a  b\nc \u00a0')).toBe('a  b\nc')
  })

  test('M-129: what is empty is NULL', () => {
    expect([cleanText(''), cleanText(' \n'), cleanText(undefined)]).toEqual([null, null, null])
  })

  test('M-130, S-045: lower case is Unicode’s', () => {
    expect(lowerCase('IVO://ÉCOLE.Example/ΣΑΣ')).toBe('ivo://école.example/σας')
  })

  test('M-132: what no XML and no engine can hold becomes a question mark', () => {
    expect(cleanText('a\u0000b\ud800c')).toBe('a?b?c')
  })

  test('M-135: lists are joined with #, blank items left out', () => {
    expect(hashJoin([' Optical', '', 'X-ray ', ' '])).toBe('Optical#X-ray')
    expect(hashJoin([])).toBeNull()
  })
})

describe('times and numbers', () => {
  test.each([
    ['2012-02-16T10:43:00Z', '2012-02-16T10:43:00'],
    ['2012-02-16T10:43:00.999', '2012-02-16T10:43:00'],
    ['2012-02-16', '2012-02-16T00:00:00'],
    ['2012-02-16T10:43', '2012-02-16T10:43:00'],
    ['2012-02-16T00:30:00+01:00', '2012-02-15T23:30:00'],
    ['16 Feb 2012', null],
    ['2012-02-30', null],
  ])('M-126: %s is %s', (text, expected) => {
    expect(timestampText(text)).toBe(expected)
  })

  test('M-147: truth values are 1 or 0, everything else NULL', () => {
    expect(['true', '1', 'FALSE', '0', 'maybe', ''].map(integerValue)).toEqual([1, 1, 0, 0, null, null])
  })

  test('numbers that are none are NULL', () => {
    expect(['0.25', '-1e-3', '1,5', 'NaN', '0x10', '1e999'].map(numberValue)).toEqual([
      0.25,
      -0.001,
      null,
      null,
      null,
      null,
    ])
  })
})

describe('M-133: types have canonical prefixes', () => {
  const scope = {
    a: 'http://www.ivoa.net/xml/VODataService/v1.1',
    old: 'http://www.ivoa.net/xml/SSA/v0.4',
    cs: 'http://www.ivoa.net/xml/SIA/v1.0',
    Own: 'http://example.org/own',
    '': 'http://www.ivoa.net/xml/VOResource/v1.0',
  }
  test.each([
    ['a:CatalogService', 'vs:catalogservice'],
    ['old:SimpleSpectralAccess', 'ssap:simplespectralaccess'],
    ['cs:SimpleImageAccess', 'sia:simpleimageaccess'],
    ['Service', 'vr:service'],
    ['Own:Thing', 'own:thing'],
    ['vg:OAIHTTP', 'vg:oaihttp'],
    ['nowhere:ParamHTTP', 'vs:paramhttp'],
    ['constructor:X', 'constructor:x'],
  ])('%s is %s', (written, expected) => {
    expect(canonicalTypeName(written, Object.assign(Object.create(null), scope))).toBe(expected)
  })
})

describe('M-138: deprecated terms become present ones', () => {
  test.each([
    ['date_role', 'representative', 'Collected'],
    ['date_role', 'Update', 'Updated'],
    ['relationship_type', 'mirror-of', 'IsIdenticalTo'],
    ['relationship_type', 'served-by', 'IsServedBy'],
    ['relationship_type', 'related-to', 'related-to'],
    ['content_level', 'Elementary Education', 'Elementary Education'],
  ] as const)('%s: %s is %s', (vocabulary, term, expected) => {
    expect(termReplacer(shippedVocabulary(vocabulary))(term)).toBe(expected)
  })

  test('a replacement is a term of the same vocabulary, and in force', () => {
    for (const name of ['content_level', 'content_type', 'date_role', 'relationship_type', 'uat'] as const) {
      const { terms } = shippedVocabulary(name)
      for (const { useInstead } of Object.values(terms))
        if (useInstead !== undefined) expect(terms[useInstead]?.deprecated).toBeUndefined()
    }
  })
})

test('words are greatest runs of letters, each once, in lower case', () => {
  expect([...wordsOf("2MASS QSO/quasar PanSTARRS1 quasar's Ångström")]).toEqual([
    'mass',
    'qso',
    'quasar',
    'panstarrs',
    's',
    'ångström',
  ])
})
