// Rules of ADQL 2.1 that hold for many queries at a time, by their numbers in the acceptance checklist.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileAdql } from '../../src/adql/compile.js'
import { languageFeatures } from '../../src/adql/features.js'
import { knownFunctions } from '../../src/adql/functions.js'
import { duckdbDialect } from '../../src/engines/duckdb-dialect.js'
import { ask, type Database, schemas, testedEngines } from './database.js'

const failure = (query: string): string => {
  try {
    compileAdql(query, { schemas, dialect: duckdbDialect })
    return 'none'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('the language', () => {
  it('S-083 has functions of its own under names that the catalogue or a data centre gave', () => {
    const udfs = languageFeatures.find((list) => list.type.endsWith('#features-udf'))?.features ?? []
    const names = udfs.map((one) => one.form.slice(0, one.form.indexOf('(')))
    // RegTAP 1.2 §9.2 and the catalogue of user-defined functions.
    const agreed =
      'hashlist_has hasword healpix_center healpix_index interval_overlaps nocasematch specconv string_agg to_jd to_mjd'
    expect(names.filter((name) => name.startsWith('ivo_')).sort()).toEqual(
      agreed.split(' ').map((name) => `ivo_${name}`),
    )
    expect(names.filter((name) => !/^(ivo|gavo)_/.test(name))).toEqual([])
  })

  it.each([
    ['numbers of columns', 'SELECT ivoid FROM rr.resource UNION SELECT ivoid, cap_index FROM rr.capability'],
    ['types', 'SELECT ivoid FROM rr.resource INTERSECT SELECT cap_index FROM rr.capability'],
    [
      'types within a chain',
      'SELECT 1 FROM rr.resource UNION SELECT 2 FROM rr.resource EXCEPT SELECT ivoid FROM rr.resource',
    ],
    ['timestamps and texts', 'SELECT created FROM rr.resource UNION ALL SELECT ivoid FROM rr.resource'],
  ])('M-279 refuses set operators over different %s', (_, query) => {
    expect(failure(query)).toMatch(/Set operators need the same (number|types)/)
  })

  it('M-279 takes a NULL for any type', () => {
    expect(failure('SELECT NULL FROM rr.resource UNION SELECT ivoid FROM rr.resource')).toBe('none')
  })
})

/** Expression → value, in every engine. */
const values: readonly (readonly [rule: string, expression: string, value: number | string | null])[] = [
  ['M-274', 'LOG(EXP(2))', 2],
  ['M-274', 'LOG10(100)', 2],
  ['M-275', 'MOD(-7, 3)', -1],
  ['M-275', 'MOD(7, -3)', 1],
  ['M-275', 'MOD(-7.5, 2)', -1.5],
  ['M-281', "CAST('12' AS SMALLINT)", 12],
  ['M-281', "CAST('-12' AS INTEGER)", -12],
  ['M-281', "CAST('12345678901' AS BIGINT)", 12345678901],
  ['M-281', "CAST('1.5' AS REAL)", 1.5],
  ['M-281', "CAST('1e-3' AS DOUBLE PRECISION)", 0.001],
  ['M-281', "CAST(12 AS CHAR(2)) || 'x'", '12x'],
  ['M-281', "CAST('abc' AS CHAR)", 'abc'],
  ['M-281', "CAST('abcdef' AS VARCHAR(3))", 'abc'],
  ['M-281', 'CAST(12 AS VARCHAR)', '12'],
  ['M-281', "CAST(CAST('2020-01-02T03:04:05Z' AS TIMESTAMP) AS VARCHAR)", '2020-01-02T03:04:05'],
  ['M-281', "COORD2(CAST('10 20' AS POINT))", 20],
  ['M-281', "CONTAINS(POINT(10, 20.5), CAST('10 20 1' AS CIRCLE))", 1],
  ['M-281', "CONTAINS(POINT(2, 1.5), CAST('1 1 3 1 2 3' AS POLYGON))", 1],
  ['M-282', 'ROUND(DISTANCE(10, 20, 10, 21), 6)', 1],
  ['M-282', 'ROUND(DISTANCE(POINT(10, 20), POINT(10, 21)), 6)', 1],
  ...['', "'', ", "'ICRS', "].flatMap((system): [string, string, number][] => [
    ['M-285', `COORD1(POINT(${system}10, 20))`, 10],
    ['M-285', `CONTAINS(POINT(${system}10, 20), CIRCLE(${system}10, 20.5, 1))`, 1],
    ['M-285', `CONTAINS(POINT(${system}10, 20), BOX(${system}10, 20.5, 2, 2))`, 1],
    ['M-285', `CONTAINS(POINT(${system}10, 20), POLYGON(${system}9, 19, 11, 19, 10, 22))`, 1],
  ]),
  ['M-287', "LOWER('ABZ-09')", 'abz-09'],
  ['M-287', "UPPER('abz-09')", 'ABZ-09'],
  ['M-287', "CASE WHEN 'QuaSaR' ILIKE '%qUAs%' THEN 1 ELSE 0 END", 1],
]

describe.each(testedEngines)('rules in %s', (_, open) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  }, 60_000)
  afterAll(() => database[Symbol.asyncDispose]())

  it.each(values)('%s %s', async (_rule, expression, value) => {
    const [[found] = []] = await ask(database, `SELECT TOP 1 ${expression} AS x FROM rr.resource`)
    if (typeof value === 'number') expect(Number(found)).toBeCloseTo(value, 9)
    else expect(found).toBe(value)
  })

  it('M-269 comments stand wherever blanks may', async () => {
    const tokens =
      "SELECT DISTINCT TOP 2 r . ivoid AS id , COUNT ( * ) AS n FROM rr . resource AS r WHERE ( r . ivoid LIKE 'ivo://%' ) AND r . created IS NOT NULL GROUP BY r . ivoid HAVING COUNT ( * ) > 0 ORDER BY id DESC OFFSET 1"
    const plain = await ask(database, tokens)
    expect(plain).toHaveLength(2)
    expect(await ask(database, tokens.replaceAll(' ', ' -- it\'s "quoted" ( here\n'))).toEqual(plain)
    expect(await ask(database, `${tokens}\n-- at the end`)).toEqual(plain)
  })

  it('M-274 every mathematical and trigonometrical function runs', async () => {
    const names =
      'abs ceiling degrees exp floor log log10 mod pi power radians sqrt rand round truncate acos asin atan atan2 cos cot sin tan'
    const calls = names
      .split(' ')
      .flatMap((name) =>
        (knownFunctions.get(name)?.signatures ?? []).map((one) => `${name}(${one.map(() => '0.5').join(', ')})`),
      )
    expect(calls).toHaveLength(26)
    const [row = []] = await ask(database, `SELECT TOP 1 ${calls.join(', ')} FROM rr.resource`)
    expect(row.every((value) => typeof value === 'number' && Number.isFinite(value))).toBe(true)
  })
})
