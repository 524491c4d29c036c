// DALI and TAP parameters as clients send them (DALI 1.2 §4, TAP 1.1 §2.7).
import { describe, expect, it } from 'vitest'
import { rowLimit } from '../../src/tap/limits.js'
import { type Parameter, Parameters, readTapRequest } from '../../src/tap/parameters.js'

const request = (...entries: readonly Parameter[]) => readTapRequest(new Parameters(entries))
const query: Parameter = ['QUERY', 'SELECT 1']

describe('names and repetition', () => {
  it('M-170 names are found in any case', () => {
    expect(request(['query', 'SELECT 2'], ['lang', 'ADQL'], ['MaxRec', '7'], ['responseformat', 'csv'])).toMatchObject({
      query: 'SELECT 2',
      maxRows: 7,
      format: { contentType: 'text/csv;header=present' },
    })
  })

  it('M-171, S-061 unknown parameters and those of TAP 1.0 are ignored', () => {
    const old: readonly Parameter[] = [
      ['REQUEST', 'doQuery'],
      ['REQUEST', 'getCapabilities'],
      ['VERSION', '1.0'],
      ['DUMMY', 'x'],
      ['DUMMY', 'y'],
      ['tapclient', 'astroquery'],
      ['param_format', 'csv'],
      ['PHASE', 'RUN'],
    ]
    expect(request(query, ...old).query).toBe('SELECT 1')
  })

  it.each(['QUERY', 'LANG', 'MAXREC', 'RESPONSEFORMAT', 'RUNID'])('M-172 %s given twice is an error', (name) => {
    expect(() => request(query, [name, 'ADQL'], [name.toLowerCase(), 'ADQL'])).toThrow(
      /is given \d times; expected once/,
    )
  })
})

describe('LANG', () => {
  it.each(['ADQL', 'adql', 'ADQL-2.0', 'ADQL-2.1', 'adql-2.1'])('M-174 %s is understood', (language) => {
    expect(request(query, ['LANG', language]).query).toBe('SELECT 1')
  })

  it('may be absent', () => {
    expect(request(query).query).toBe('SELECT 1')
  })

  it.each(['PQL', 'ADQL-3.0', 'ADQL 2.0'])('S-057 %s is an error', (language) => {
    expect(() => request(query, ['LANG', language])).toThrow(/expected ADQL, ADQL-2.0 or ADQL-2.1/)
  })
})

describe('QUERY', () => {
  it('M-175 is needed', () => {
    expect(() => request(['LANG', 'ADQL'])).toThrow(/QUERY is missing/)
    expect(() => request(['QUERY', '  '])).toThrow(/QUERY is missing/)
  })

  it('has a length that can be handled', () => {
    expect(() => request(['QUERY', 'x'.repeat(1_000_001)])).toThrow(/1000001 characters; at most 1000000/)
  })
})

describe('MAXREC', () => {
  const limits = { maxRowsDefault: 100, maxRowsHard: 1000 }

  it.each([
    [undefined, 100],
    ['0', 0],
    ['7', 7],
    ['20000000', 1000],
    ['99999999999999999999999', 1000],
  ])('%s lets %s rows out: more than the hard limit is cut down, not refused', (text, rows) => {
    const given = text === undefined ? request(query) : request(query, ['MAXREC', text])
    expect(rowLimit(given.maxRows, limits)).toBe(rows)
  })

  it.each(['-1', 'ten', '1.5', '1e3'])('%s is an error', (text) => {
    expect(() => request(query, ['MAXREC', text])).toThrow(/is not a whole number from 0 on/)
  })
})

describe('formats', () => {
  it('M-176 FORMAT is an alias of RESPONSEFORMAT', () => {
    expect(request(query, ['FORMAT', 'csv']).format.format.extension).toBe('csv')
    expect(request(query, ['FORMAT', 'csv'], ['RESPONSEFORMAT', 'json']).format.format.extension).toBe('json')
  })
})

describe('RUNID', () => {
  it('S-060 is kept, up to 64 characters', () => {
    expect(request(query, ['RUNID', 'my-run']).runId).toBe('my-run')
    expect(request(query, ['RUNID', 'x'.repeat(100)]).runId).toHaveLength(64)
  })
})

describe('UPLOAD', () => {
  const uploads = (...values: readonly string[]) =>
    request(query, ...values.map((value): Parameter => ['UPLOAD', value])).uploads

  it('M-264 several add up, in lists of TAP 1.0 too', () => {
    expect(uploads('a,param:a', 'b,http://x.org/b.vot;c,https://x.org/?a;b,c=1', 'd , param:my part;')).toEqual([
      { name: 'a', uri: 'param:a' },
      { name: 'b', uri: 'http://x.org/b.vot' },
      { name: 'c', uri: 'https://x.org/?a;b,c=1' },
      { name: 'd', uri: 'param:my part' },
    ])
  })

  it.each(['a', 'a b,param:x', '1a,param:x', 'tap_upload.a,param:x', '"a",param:x', ',param:x'])(
    '%s has no name',
    (value) => {
      expect(() => uploads(value)).toThrow(/expected NAME,param:PART/)
    },
  )

  it.each(['a,param:', 'a,file:///etc/passwd', 'a,ftp://x.org/t', 'a,x'])('%s has no source that is read', (value) => {
    expect(() => uploads(value)).toThrow(/expected param:PART, http/)
  })

  it('refuses two tables of one name', () => {
    expect(() => uploads('a,param:x', 'A,param:y')).toThrow('Two uploaded tables are named "A"')
  })
})
