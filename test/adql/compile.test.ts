// The whole road: what a query's columns mean, what it may cost, and how mistakes look.
import { describe, expect, it } from 'vitest'
import { type CompiledQuery, compileAdql } from '../../src/adql/compile.js'
import { AdqlError } from '../../src/adql/errors.js'
import { asRegistryError } from '../../src/core/errors.js'
import { duckdbDialect } from '../../src/engines/duckdb-dialect.js'
import { findTable } from '../../src/tables/declared.js'
import { schemas } from './database.js'

const uploads = [
  {
    name: 'cat',
    columns: [
      {
        name: 'ra',
        datatype: 'double',
        unit: 'deg',
        ucd: 'pos.eq.ra;meta.main',
        utype: 'stc:ra',
        description: 'Right ascension',
      },
      { name: 'flux', datatype: 'float', unit: 'mJy' },
      { name: 'n', datatype: 'short' },
      { name: 'name', datatype: 'unicodeChar', arraysize: '*' },
      { name: 'code', datatype: 'char', arraysize: '3' },
      { name: 'pos', datatype: 'double', arraysize: '2', xtype: 'point' },
    ],
  },
] as const

function compile(query: string): CompiledQuery {
  return compileAdql(query, { schemas, uploads, dialect: duckdbDialect })
}

function mistake(query: string): AdqlError {
  try {
    compile(query)
  } catch (error) {
    if (error instanceof AdqlError) return error
    throw error
  }
  throw new Error(`no mistake was found in ${query}`)
}

describe('columns of a result', () => {
  const title = findTable(schemas, 'rr.resource').columns.find((column) => column.name === 'res_title')!
  const meaning = {
    datatype: title.datatype,
    arraysize: title.arraysize,
    utype: title.utype,
    description: title.description,
  }

  it('are those of the declaration, and nothing beyond', () => {
    expect(compile('SELECT res_title FROM rr.resource').columns).toEqual([{ name: 'res_title', ...meaning }])
  })

  it('keep their meaning through aliases, subqueries, WITH, joins and set operators', () => {
    const query = `WITH w AS (SELECT res_title AS t, ivoid FROM rr.resource)
      SELECT x.t AS title FROM (SELECT t, ivoid FROM w) AS x NATURAL LEFT JOIN rr.capability
      UNION SELECT res_subject FROM rr.res_subject`
    expect(compile(query).columns).toEqual([{ name: 'title', ...meaning }])
  })

  it('S-084 have the types of their expressions', () => {
    const columns =
      compile(`SELECT n + 1 AS a, n * 2.5 AS b, n / 2 AS c, COUNT(*) OVER_ALL, SUM(n) AS e, SUM(flux) AS f, AVG(n) AS g,
      MIN(code) AS h, 'x' AS i, 'é' AS j, NULL AS k, 3000000000 AS l, CAST(n AS VARCHAR(4)) AS m, n || 'x' AS o FROM TAP_UPLOAD.cat GROUP BY n`).columns
    const types = columns.map(
      ({ name, datatype, arraysize }) => `${name} ${datatype}${arraysize === undefined ? '' : `[${arraysize}]`}`,
    )
    expect(types).toEqual([
      'a int',
      'b double',
      'c int',
      'OVER_ALL long',
      'e long',
      'f double',
      'g double',
      'h char[3]',
      'i char[*]',
      'j unicodeChar[*]',
      'k char[*]',
      'l long',
      'm unicodeChar[4*]',
      'o char[*]',
    ])
  })

  it('keep units where the calculation keeps them', () => {
    const columns = compile(
      'SELECT ra + 1 AS a, ra * 2 AS b, MAX(ra) AS c, ra - ra AS d, ra + flux AS e, ABS(flux) AS f, SIN(ra) AS g, - ra AS h FROM TAP_UPLOAD.cat GROUP BY ra, flux',
    ).columns
    expect(columns.map((column) => column.unit)).toEqual([
      'deg',
      undefined,
      'deg',
      'deg',
      undefined,
      'mJy',
      undefined,
      'deg',
    ])
  })

  it('have the unit that a function gives by definition or by request', () => {
    const columns = compile(
      "SELECT IN_UNIT(ra, 'arcmin') AS a, ASIN(0.5) AS b, DEGREES(1) AS c, ivo_specconv(500, 'nm', 'eV') AS d FROM TAP_UPLOAD.cat",
    ).columns
    expect(columns.map(({ unit, ucd }) => [unit, ucd])).toEqual([
      ['arcmin', 'pos.eq.ra;meta.main'],
      ['rad', undefined],
      ['deg', undefined],
      ['eV', undefined],
    ])
  })

  it('of geometry functions have xtype, unit and UCD', () => {
    const columns = compile(
      'SELECT pos, POINT(ra, 0) AS p, CIRCLE(ra, 0, 1) AS c, DISTANCE(pos, POINT(0, 0)) AS d FROM TAP_UPLOAD.cat',
    ).columns
    expect(
      columns.map(({ datatype, arraysize, xtype, unit, ucd }) => ({ datatype, arraysize, xtype, unit, ucd })),
    ).toEqual([
      { datatype: 'double', arraysize: '2', xtype: 'point', unit: undefined, ucd: undefined },
      { datatype: 'double', arraysize: '2', xtype: 'point', unit: 'deg', ucd: undefined },
      { datatype: 'double', arraysize: '3', xtype: 'circle', unit: 'deg', ucd: undefined },
      { datatype: 'double', arraysize: undefined, xtype: undefined, unit: 'deg', ucd: 'pos.angDistance' },
    ])
  })

  it('are called as the query calls them, doubles included; others get names of their own', () => {
    const query =
      'SELECT r.ivoid, c.IVOID, COUNT(*), COUNT(*), 1, MAX(cap_index), count_1 AS count_1 FROM rr.resource AS r, rr.capability AS c, (SELECT 1 AS count_1 FROM rr.resource) AS x GROUP BY r.ivoid, c.ivoid, count_1'
    expect(compile(query).columns.map((column) => column.name)).toEqual([
      'ivoid',
      'IVOID',
      'count_2',
      'count_3',
      'expression',
      'max_1',
      'count_1',
    ])
  })

  it('of a * are those of all tables, merged ones first and once', () => {
    expect(
      compile('SELECT * FROM rr.res_subject NATURAL JOIN rr.alt_identifier').columns.map((column) => column.name),
    ).toEqual(['ivoid', 'res_subject', 'alt_identifier'])
  })
})

describe('what a query reads', () => {
  it('is listed with schema and name', () => {
    expect(
      compile('SELECT c.ivoid FROM resource AS c WHERE ivoid IN (SELECT ivoid FROM RR.capability)').tables,
    ).toEqual(['rr.resource', 'rr.capability'])
  })

  it.each([
    ["SELECT * FROM rr.resource WHERE ivoid = 'ivo://a/b'", 'lookup'],
    [
      "SELECT * FROM rr.resource NATURAL JOIN rr.capability NATURAL JOIN rr.interface WHERE 'ivo://a/b' = ivoid",
      'lookup',
    ],
    [
      "SELECT * FROM rr.resource AS r, rr.capability AS c WHERE r.ivoid = c.ivoid AND c.ivoid IN ('ivo://a/b', 'ivo://c/d')",
      'lookup',
    ],
    ['SELECT * FROM TAP_SCHEMA.columns', 'lookup'],
    ['SELECT * FROM rr.resource', 'general'],
    ["SELECT * FROM rr.resource WHERE ivoid = 'ivo://a/b' OR short_name = 'x'", 'general'],
    ["SELECT * FROM rr.resource AS r, rr.capability AS c WHERE r.ivoid = 'ivo://a/b'", 'general'],
    [
      "SELECT * FROM rr.table_column AS a, rr.table_column AS b WHERE a.ivoid = b.ivoid AND a.ivoid = 'ivo://a/b'",
      'general',
    ],
    ['SELECT * FROM TAP_SCHEMA.columns AS a, TAP_SCHEMA.columns AS b', 'general'],
    ["SELECT * FROM rr.resource WHERE ivoid = 'ivo://a/b' AND EXISTS (SELECT 1 FROM rr.table_column)", 'general'],
  ])('%s takes the lane %s', (query, lane) => {
    expect(compile(query).lane).toBe(lane)
  })
})

describe('mistakes', () => {
  it('show line, column and the place, marked', () => {
    const error = mistake('SELECT ivoid,\n\tres_titel\nFROM rr.resource')
    expect(error.message).toBe(
      'Line 2, column 2: There is no column res_titel here. Did you mean res_title?\n   res_titel\n   ^^^^^^^^^',
    )
  })

  it('are shown in long lines with what is around them', () => {
    const error = mistake(
      `SELECT ${'ivoid, '.repeat(100)}ivod FROM rr.resource WHERE ${"ivoid = 'a' AND ".repeat(100)}1 = 1`,
    )
    const [, line = '', marks = ''] = error.message.split('\n')
    expect(line.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1)).toBe('ivod')
    expect(line.length).toBeLessThan(170)
  })

  it('count characters as readers do', () => {
    expect(mistake("SELECT '😀é' || ivod FROM rr.resource").column).toBe(16)
  })

  it('are data given to us that breaks a rule', () => {
    expect(asRegistryError(mistake('SELECT')).kind).toBe('invalid')
  })
})

describe('queries without measure', () => {
  const head = 'SELECT ivoid FROM rr.resource WHERE '
  const many = (count: number, make: (index: number) => string, separator: string): string =>
    Array.from({ length: count }, (_, index) => make(index)).join(separator)

  it('a megabyte of alternatives becomes one list', () => {
    const { sql } = compile(head + many(40_000, (index) => `ivoid = 'ivo://x/${index}'`, ' OR '))
    expect(sql.text.match(/ OR /g)).toBe(null)
    expect(sql.text.match(/ IN \(/g)?.length).toBe(1)
  })

  it('long chains of conditions become a shallow tree', () => {
    const { sql } = compile(head + many(4_000, (index) => `res_title LIKE '${index}%'`, ' OR '))
    let [depth, deepest] = [0, 0]
    for (const character of sql.text) {
      depth += character === '(' ? 1 : character === ')' ? -1 : 0
      deepest = Math.max(deepest, depth)
    }
    expect(deepest).toBeLessThan(10)
  })

  it.each([
    ['parentheses', `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)} FROM rr.resource`, 'nested more than 150 deep'],
    ['NOT', `${head}${'NOT '.repeat(10_000)}1 = 1`, 'nested more than 150 deep'],
    ['signs', `SELECT ${'- '.repeat(10_000)}1 FROM rr.resource`, 'nested more than 150 deep'],
    [
      'subqueries',
      `${head}${'ivoid IN (SELECT ivoid FROM rr.resource WHERE '.repeat(500)}1 = 1${')'.repeat(500)}`,
      'nested more than 150 deep',
    ],
    ['conditions', head + many(20_000, (index) => `ivoid LIKE 'ivo://${index}%'`, ' OR '), 'at most 5000 are checked'],
    ['terms', `SELECT ${many(50_000, () => '1', '+')} FROM rr.resource`, 'at most 500 are computed'],
    [
      'joins',
      `SELECT 1 AS x FROM rr.resource ${many(500, (index) => `NATURAL JOIN rr.resource AS r${index}`, ' ')}`,
      'More than 100 joins',
    ],
    ['unions', many(2_000, () => 'SELECT ivoid FROM rr.resource', ' UNION '), 'at most 100 are read'],
    ['columns', `SELECT ${many(20_000, () => 'ivoid', ', ')} FROM rr.resource`, 'at most 4000'],
    ['words', `${head}1=ivo_hasword(res_title, '${many(5_000, (index) => `w${index}`, ' ')}')`, 'at most 100 words'],
    [
      'distances within distances',
      `SELECT ${'DISTANCE(0, '.repeat(100)}1${', 1, 2)'.repeat(100)} FROM rr.resource`,
      'multiply its length',
    ],
    ['characters', `${head}ivoid = '${'x'.repeat(2_000_000)}'`, 'at most 2000000 are read'],
  ])('too many %s end with a clear error', (_, query, sentence) => {
    expect(mistake(query).sentence).toContain(sentence)
  })
})
