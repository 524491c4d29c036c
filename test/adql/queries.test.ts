// Whole queries against a small registry, with the rows they must give. Numbers are those of the acceptance checklist.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileAdql } from '../../src/adql/compile.js'
import { ask, createUpload, type Database, schemas, testedEngines, type Upload } from './database.js'

const [one, two, three] = ['ivo://a/one', 'ivo://a/two', 'ivo://b/three']

const sky: Upload = {
  name: 'sky',
  columns: [
    { name: 'id', datatype: 'int' },
    { name: 'ra', datatype: 'double' },
    { name: 'dec', datatype: 'double' },
    { name: 'Size', datatype: 'int' },
  ],
  rows: [
    [1, 10, 20, 5],
    [2, 10, 21, null],
    [3, 190, -20, 7],
  ],
}

type Rows = readonly (readonly (string | number | null)[])[]

/** Rule, query, rows in order. */
const cases: readonly (readonly [string, string, Rows])[] = [
  ['M-270 GROUP BY a constant', "SELECT 'a' AS k, COUNT(*) AS n FROM rr.resource GROUP BY k", [['a', 3]]],
  [
    'literal points',
    "SELECT TOP 1 COORD1(CAST('1 2' AS POINT)) AS a, COORD2(REGION('POSITION 3 4')) AS b FROM rr.resource",
    [[1, 4]],
  ],
  ['M-266 keywords and names without case', "select IVOID from RR.Resource where Short_Name = 'One'", [[one]]],
  ['M-267 delimited names', 'SELECT "Size" FROM TAP_UPLOAD.sky WHERE id = 1', [[5]]],
  ['M-268 a backslash is a character', "SELECT ivoid FROM rr.resource WHERE res_description LIKE '%\\ there'", [[two]]],
  ['M-268 a doubled apostrophe', "SELECT ivoid FROM rr.resource WHERE res_description LIKE 'Barnard''s%'", [[one]]],
  [
    'M-270 DISTINCT, GROUP BY, HAVING, ORDER BY',
    'SELECT ivoid, COUNT(*) AS n FROM rr.interface GROUP BY ivoid HAVING COUNT(*) > 0 ORDER BY n DESC',
    [
      [one, 3],
      [two, 1],
    ],
  ],
  ['M-270 TOP', 'SELECT TOP 1 ivoid FROM rr.resource ORDER BY ivoid DESC', [[three]]],
  [
    'M-271 NATURAL JOIN over two columns',
    'SELECT ivoid, cap_index, intf_index FROM rr.capability NATURAL JOIN rr.interface ORDER BY 1, 2, 3',
    [
      [one, 1, 1],
      [one, 2, 2],
      [one, 2, 3],
      [two, 1, 1],
    ],
  ],
  [
    'M-271 NATURAL LEFT OUTER JOIN',
    'SELECT ivoid, rr.capability.ivoid, standard_id FROM rr.resource NATURAL LEFT OUTER JOIN rr.capability WHERE cap_index IS NULL',
    [[three, null, null]],
  ],
  [
    'M-271 NATURAL RIGHT JOIN keeps the right column',
    'SELECT ivoid FROM rr.capability NATURAL RIGHT JOIN rr.resource WHERE cap_index IS NULL',
    [[three]],
  ],
  [
    'M-271 FULL JOIN merges columns',
    "SELECT ivoid, n FROM (SELECT ivoid, 1 AS n FROM rr.resource WHERE ivoid = 'ivo://a/one') AS a NATURAL FULL OUTER JOIN (SELECT ivoid, 2 AS m FROM rr.resource WHERE ivoid = 'ivo://a/two') AS b ORDER BY ivoid",
    [
      [one, 1],
      [two, null],
    ],
  ],
  [
    'M-271 USING and derived tables',
    'SELECT ivoid, n FROM rr.resource JOIN (SELECT ivoid, COUNT(*) AS n FROM rr.res_subject GROUP BY ivoid) AS s USING (ivoid) ORDER BY n DESC',
    [
      [one, 2],
      [two, 1],
    ],
  ],
  [
    'M-271 parenthesised joins with aliases inside',
    "SELECT a.intf_index FROM (rr.capability NATURAL JOIN rr.interface AS a) JOIN (rr.res_subject AS b NATURAL JOIN rr.resource) ON (a.ivoid = b.ivoid) WHERE b.ivoid = 'ivo://a/two'",
    [[1]],
  ],
  [
    'M-272 EXISTS with the outer table named by schema',
    'SELECT ivoid FROM rr.resource WHERE NOT EXISTS (SELECT 1 FROM rr.stc_spectral AS s WHERE s.ivoid = rr.resource.ivoid)',
    [[three]],
  ],
  [
    'M-272 BETWEEN with the number on the left',
    'SELECT ivoid FROM rr.stc_spectral WHERE 7e-19 BETWEEN spectral_start AND spectral_end',
    [[two]],
  ],
  [
    'M-272 IN with a subquery',
    'SELECT short_name FROM rr.resource WHERE ivoid IN (SELECT ivoid FROM rr.capability WHERE cap_index = 2)',
    [['One']],
  ],
  [
    'M-273 LIKE keeps case, ILIKE does not',
    "SELECT ivoid FROM rr.resource WHERE res_title LIKE '%QUASAR%' OR (short_name ILIKE 'tW_' AND NOT short_name LIKE 'tW_')",
    [[two]],
  ],
  ['M-276 ORDER BY, then OFFSET, then TOP', 'SELECT TOP 1 ivoid FROM rr.resource ORDER BY ivoid OFFSET 1', [[two]]],
  [
    'M-277 ORDER BY positions, qualified names, expressions',
    'SELECT ivoid, short_name FROM rr.resource ORDER BY LOWER(rr.resource.short_name) DESC, 1',
    [
      [two, 'Two'],
      [three, 'Three'],
      [one, 'One'],
    ],
  ],
  [
    'M-278 INTERSECT binds tighter',
    "SELECT ivoid FROM rr.resource WHERE ivoid = 'ivo://b/three' UNION SELECT ivoid FROM rr.resource INTERSECT SELECT ivoid FROM rr.capability ORDER BY ivoid",
    [[one], [two], [three]],
  ],
  [
    'M-278 EXCEPT from left to right',
    'SELECT ivoid FROM rr.resource EXCEPT SELECT ivoid FROM rr.capability UNION SELECT ivoid FROM rr.capability WHERE cap_index = 2 ORDER BY 1',
    [[one], [three]],
  ],
  [
    'M-278 UNION ALL keeps doubles',
    "SELECT TOP 1 res_type FROM rr.resource WHERE short_name = 'One' UNION ALL SELECT res_type FROM rr.resource WHERE short_name = 'One'",
    [['vs:catalogservice'], ['vs:catalogservice']],
  ],
  [
    'M-280 WITH',
    'WITH t AS (SELECT ivoid FROM rr.capability WHERE cap_index = 2), u AS (SELECT ivoid AS i FROM t) SELECT i, (SELECT COUNT(*) FROM t) FROM u WHERE i IN (SELECT ivoid FROM t)',
    [[one, 1]],
  ],
  [
    'M-283 DISTANCE and CONTAINS give the same rows',
    'SELECT a.id FROM TAP_UPLOAD.sky AS a WHERE DISTANCE(ra, dec, 10, 20.5) <= 0.5 EXCEPT SELECT id FROM TAP_UPLOAD.sky WHERE 1=CONTAINS(POINT(ra, dec), CIRCLE(10, 20.5, 0.5))',
    [],
  ],
  [
    'M-284 the border is inside',
    'SELECT id FROM TAP_UPLOAD.sky WHERE 1=CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 1)) ORDER BY id',
    [[1], [2]],
  ],
  [
    'S-085 cross-match of an upload with itself',
    'SELECT a.id, b.id FROM TAP_UPLOAD.sky AS a JOIN TAP_UPLOAD.sky AS b ON DISTANCE(a.ra, a.dec, b.ra, b.dec) < 2 WHERE a.id < b.id',
    [[1, 2]],
  ],
  [
    'TAP 2.7.6 uploads joined with the registry',
    'SELECT short_name FROM rr.resource JOIN TAP_UPLOAD.sky AS u ON u.id = 1 ORDER BY short_name',
    [['One'], ['Three'], ['Two']],
  ],
  [
    'M-160 ivo_nocasematch',
    "SELECT ivoid FROM rr.resource WHERE 1=ivo_nocasematch(res_title, '%QUASAR CAT%')",
    [[two]],
  ],
  [
    'M-161 whole words by the table of words',
    "SELECT ivoid FROM rr.resource WHERE 1=ivo_hasword(res_title, 'quasar')",
    [[two]],
  ],
  [
    'M-161 words with other characters',
    "SELECT ivoid FROM rr.resource WHERE 1=ivo_hasword(res_description, 'barnard''s STAR') AND 1=ivo_hasword(res_title, '2mass')",
    [[one]],
  ],
  [
    'M-161 words of other columns',
    "SELECT ivoid FROM rr.resource WHERE 1=ivo_hasword(creator_seq, 'äquator')",
    [[one]],
  ],
  [
    'M-161 not having a word',
    "SELECT ivoid FROM rr.resource WHERE 0=ivo_hasword(res_description, 'dwarfs') ORDER BY ivoid",
    [[two], [three]],
  ],
  [
    'M-162 ivo_hashlist_has',
    "SELECT ivoid FROM rr.resource WHERE 1 = ivo_hashlist_has(rr.resource.waveband, 'Infrared')",
    [[one]],
  ],
  [
    'M-163 NULL leaves no trace, an empty group is the empty text',
    "SELECT ivoid, ivo_string_agg(cap_description, '#') AS d FROM rr.capability GROUP BY ivoid ORDER BY ivoid",
    [
      [one, 'tables'],
      [two, ''],
    ],
  ],
  [
    'M-163 all aggregates in one order of rows',
    "SELECT ivoid, ivo_string_agg(COALESCE(access_url, ''), '|') AS u, ivo_string_agg(COALESCE(standard_id, ''), '|') AS s, ivo_string_agg(COALESCE(intf_role, ''), '|') AS r FROM rr.resource NATURAL LEFT OUTER JOIN rr.capability NATURAL LEFT OUTER JOIN rr.interface WHERE ivoid = 'ivo://a/one' GROUP BY ivoid",
    [
      [
        one,
        'http://a/cone|http://a/tap|http://a/www',
        'ivo://ivoa.net/std/conesearch|ivo://ivoa.net/std/tap|ivo://ivoa.net/std/tap',
        'std|std|',
      ],
    ],
  ],
  [
    'M-163 an aggregate of a constant',
    "SELECT ivo_string_agg('item', '/glue/') AS t FROM rr.capability",
    [['item/glue/item/glue/item']],
  ],
  [
    'cells of positions, counted',
    'SELECT ivo_healpix_index(1, u.ra, u.dec) AS cell, COUNT(*) AS n FROM TAP_UPLOAD.sky AS u GROUP BY ivo_healpix_index(1, u.ra, u.dec) ORDER BY cell',
    [
      [19, 2],
      [24, 1],
    ],
  ],
  [
    'a point in coverages',
    'SELECT ivoid FROM rr.stc_spatial WHERE 1 = CONTAINS(POINT(347.38, 8.6772), coverage) ORDER BY ivoid',
    [[one], [two]],
  ],
  ['a point outside of one', 'SELECT ivoid FROM rr.stc_spatial WHERE 1 = CONTAINS(POINT(10, 20), coverage)', [[one]]],
  [
    'a MOC within coverages, finer than their table of cells',
    "SELECT ivoid FROM rr.stc_spatial WHERE 1 = CONTAINS(MOC('8/308600'), coverage) ORDER BY ivoid",
    [[one], [two]],
  ],
  [
    'the cell beside it is not covered',
    "SELECT ivoid FROM rr.stc_spatial WHERE 1 = CONTAINS(MOC('8/308601'), coverage)",
    [[one]],
  ],
  [
    'two cells of which one is covered',
    "SELECT ivoid FROM rr.stc_spatial WHERE 1 = CONTAINS(MOC('8/308600 308602'), coverage)",
    [[one]],
  ],
  [
    'intersection finer than the cells',
    "SELECT ivoid FROM rr.stc_spatial WHERE 1 = INTERSECTS(coverage, MOC('8/308601-308603'))",
    [[one]],
  ],
  [
    'intersection with a part of a cell',
    "SELECT ivoid FROM rr.stc_spatial WHERE 1 = INTERSECTS(MOC('9/1234400 1234500'), coverage) ORDER BY ivoid",
    [[one], [two]],
  ],
  [
    'coverage within coarse cells',
    "SELECT ivoid FROM rr.stc_spatial WHERE 1 = CONTAINS(coverage, MOC('6/19284 19287'))",
    [[two]],
  ],
  [
    'coverage within fine cells',
    "SELECT ivoid FROM rr.stc_spatial WHERE 1 = CONTAINS(coverage, MOC('6/19284 8/308600-308601'))",
    [[two]],
  ],
  [
    'coverage not within fine cells',
    "SELECT ivoid FROM rr.stc_spatial WHERE 1 = CONTAINS(coverage, MOC('6/19284 8/308601'))",
    [],
  ],
  [
    'all the sky holds everything',
    "SELECT ivoid FROM rr.stc_spatial WHERE 1 = CONTAINS(coverage, MOC('0/0-11')) ORDER BY ivoid",
    [[one], [two]],
  ],
  [
    'no coverage, as pyvo asks for it',
    'SELECT ivoid FROM rr.stc_spatial WHERE 1 = CONTAINS(MOC(6, CIRCLE(10, 20, 0.1)), coverage) OR coverage IS NULL ORDER BY ivoid',
    [[one], [three]],
  ],
  [
    'M-164 intervals',
    'SELECT ivoid FROM rr.stc_temporal WHERE 1 = ivo_interval_overlaps(time_start, time_end, 59600.5, 59700)',
    [[one]],
  ],
  [
    'S-054 intervals from high to low overlap nothing',
    'SELECT ivoid FROM rr.stc_temporal WHERE 1 = ivo_interval_overlaps(time_start, time_end, 59000, 58000)',
    [],
  ],
  [
    'pyvo sends a pair of wavelengths as energies from high to low',
    'SELECT ivoid FROM rr.stc_spectral WHERE 1 = ivo_interval_overlaps(spectral_start, spectral_end, 3.97e-19, 3.31e-19)',
    [[one]],
  ],
  [
    'timestamps compare with texts',
    "SELECT ivoid FROM rr.resource WHERE created BETWEEN '2020-01-01' AND '2020-01-02T03:04:05Z'",
    [[one]],
  ],
  ['timestamps are texts for LIKE', "SELECT ivoid FROM rr.resource WHERE created LIKE '2020-%T03:%'", [[one]]],
  [
    'an ivoid known from WHERE reaches joined tables without changing the result',
    "SELECT ivoid, cap_index FROM rr.resource NATURAL LEFT OUTER JOIN rr.capability WHERE ivoid = 'ivo://b/three' OR ivoid = 'ivo://a/two' ORDER BY 1",
    [
      [two, 1],
      [three, null],
    ],
  ],
]

describe.each(testedEngines)('queries in %s', (_, open) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
    await createUpload(database, sky)
  }, 60_000)
  afterAll(() => database[Symbol.asyncDispose]())

  it.each(cases)('%s: %s', async (_rule, query, expected) => {
    expect(await ask(database, query, [sky])).toEqual(expected)
  })

  it('M-182 at most as many rows as wanted, whatever TOP says', async () => {
    const count = async (query: string, maxRows: number): Promise<number> =>
      (await database.run(compileAdql(query, { schemas, dialect: database.dialect, maxRows }).sql)).length
    expect(await count('SELECT TOP 2 ivoid FROM rr.interface', 3)).toBe(2)
    expect(await count('SELECT TOP 4 ivoid FROM rr.interface', 3)).toBe(3)
    expect(await count('SELECT TOP 0 ivoid FROM rr.interface', 3)).toBe(0)
    expect(await count('SELECT ivoid FROM rr.interface UNION ALL SELECT ivoid FROM rr.interface', 3)).toBe(3)
  })
})
