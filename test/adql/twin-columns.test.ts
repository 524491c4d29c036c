// Joins by the numbers of resources: where they are taken, where they must not be, and that they change no answer.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileAdql } from '../../src/adql/compile.js'
import { generationDialect } from '../../src/engines/duckdb-dialect.js'
import { numberColumn } from '../../src/engines/duckdb-numbers.js'
import { ask, type Database, openDuckdb, schemas } from './database.js'

let database: Database
beforeAll(async () => {
  database = await openDuckdb()
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

function sqlOf(adql: string, isPlain = false): string {
  return compileAdql(adql, { schemas, dialect: database.dialect, isPlain }).sql.text
}

const key = numberColumn.name
const searches: readonly (readonly [does: string, adql: string, has: readonly string[]])[] = [
  [
    'NATURAL JOIN',
    'SELECT res_title, standard_id FROM rr.resource NATURAL JOIN rr.capability',
    [`"resource"."${key}" = "capability"."${key}"`],
  ],
  [
    'ON, behind other names',
    'SELECT r.res_title, c.cap_type FROM rr.resource AS r LEFT JOIN rr.capability AS c ON c.ivoid = r.ivoid',
    [`"r"."${key}" = "c"."${key}"`],
  ],
  [
    'a condition in WHERE',
    'SELECT r.res_title FROM rr.resource AS r, rr.capability AS c WHERE r.ivoid = c.ivoid',
    [`"r"."${key}" = "c"."${key}"`],
  ],
  [
    'IN with a query, and what that is made of',
    "SELECT res_title FROM rr.resource WHERE ivoid IN (SELECT DISTINCT ivoid FROM rr.capability UNION SELECT ivoid FROM rr.res_subject WHERE res_subject = 'quasars')",
    [`"resource"."${key}" IN`, `SELECT "capability"."${key}" AS`, `SELECT "res_subject"."${key}" AS`],
  ],
  [
    'NOT IN with a query',
    'SELECT res_title FROM rr.resource WHERE ivoid NOT IN (SELECT ivoid FROM rr.capability GROUP BY ivoid)',
    [`"resource"."${key}" NOT IN`, `GROUP BY "capability"."${key}"`],
  ],
  [
    'words',
    "SELECT ivoid FROM rr.resource WHERE 1 = ivo_hasword(res_title, 'quasars') AND res_type = 'vs:catalogservice'",
    [`"resource"."${key}" IN (SELECT "${key}" FROM "x"."word"`],
  ],
  [
    'words and subjects, as pyvo asks for them',
    "SELECT ivoid FROM rr.resource WHERE ivoid IN (SELECT ivoid FROM rr.resource WHERE 1 = ivo_hasword(res_title, 'quasars') UNION ALL SELECT ivoid FROM rr.res_subject WHERE res_subject ILIKE '%quasar%')",
    [`"resource"."${key}" IN`, `"found"."${key}"`, `"res_subject"."${key}"`],
  ],
  [
    'positions',
    'SELECT ivoid FROM rr.stc_spatial WHERE 1 = CONTAINS(POINT(10, 10), coverage)',
    [`"stc_spatial"."${key}" IN (SELECT c."${key}"`],
  ],
  [
    'circles',
    'SELECT ivoid FROM rr.stc_spatial WHERE 1 = INTERSECTS(CIRCLE(10, 10, 20), coverage)',
    [`"stc_spatial"."${key}" IN (SELECT c."${key}"`],
  ],
  [
    'coverages within a shape',
    'SELECT ivoid FROM rr.stc_spatial WHERE 1 = CONTAINS(coverage, CIRCLE(10, 10, 170))',
    [`GROUP BY c."${key}"`],
  ],
  [
    'groups of resources with all their columns',
    "SELECT ivoid, res_title, res_type, short_name, ivo_string_agg(cap_type, ',') AS types FROM rr.resource NATURAL LEFT JOIN rr.capability GROUP BY ivoid, res_title, res_type, short_name",
    [`SELECT "resource"."${key}" AS "k0"`, `"resource"."${key}" = "resource in groups"."k0"`],
  ],
  [
    'OR over several tables',
    "SELECT res_title FROM rr.resource NATURAL JOIN rr.capability NATURAL LEFT JOIN rr.res_subject WHERE (1 = ivo_hasword(res_title, 'quasars') OR res_subject = 'quasars')",
    [`"resource"."${key}" IN (SELECT "${key}" FROM "x"."word"`, `UNION ALL SELECT "res_subject"."${key}"`],
  ],
]

const untouched: readonly (readonly [what: string, adql: string])[] = [
  ['another column', 'SELECT r.ivoid FROM rr.resource AS r JOIN rr.relationship AS o ON r.ivoid = o.related_id'],
  [
    'a derived table',
    'SELECT r.ivoid FROM rr.resource AS r JOIN (SELECT ivoid FROM rr.capability) AS c ON r.ivoid = c.ivoid',
  ],
  ['a common table', 'WITH c AS (SELECT ivoid FROM rr.capability) SELECT ivoid FROM rr.resource NATURAL JOIN c'],
  [
    'what IN compares with another column',
    'SELECT ivoid FROM rr.resource WHERE ivoid IN (SELECT related_id FROM rr.relationship)',
  ],
  ['a limit', 'SELECT ivoid FROM rr.resource WHERE ivoid IN (SELECT TOP 1 ivoid FROM rr.capability ORDER BY ivoid)'],
  [
    'HAVING',
    'SELECT ivoid, COUNT(*) AS n FROM rr.capability GROUP BY ivoid HAVING ivoid IN (SELECT ivoid FROM rr.res_subject)',
  ],
  [
    'a subquery of a grouped table',
    'SELECT c.ivoid, COUNT(*) AS n FROM rr.capability AS c GROUP BY c.ivoid HAVING EXISTS (SELECT 1 FROM rr.res_subject AS s WHERE s.ivoid = c.ivoid)',
  ],
]

describe('numbers in place of IVOIDs', () => {
  it.each(searches)('%s', async (_, adql, parts) => {
    for (const part of parts) expect(sqlOf(adql)).toContain(part)
    expect(sqlOf(adql, true)).not.toContain(key)
    const rows = await ask(database, adql)
    expect(rows.length).toBeGreaterThan(0)
    expect(sorted(rows)).toEqual(sorted(await ask(database, adql, [], true)))
  })

  it.each(untouched)('but not for %s', async (_, adql) => {
    expect(sqlOf(adql)).not.toContain(key)
    expect(sorted(await ask(database, adql))).toEqual(sorted(await ask(database, adql, [], true)))
  })

  it('in a group of titles, words are looked for in these', async () => {
    const adql =
      "SELECT res_title, COUNT(*) AS n FROM rr.resource GROUP BY res_title HAVING 1 = ivo_hasword(res_title, 'quasars')"
    expect(await ask(database, adql)).toEqual([['Quasars of the 2MASS survey', 1]])
    const chosen =
      "SELECT ivo_hasword(res_title, 'quasars') AS has, COUNT(*) AS n FROM rr.resource GROUP BY res_title ORDER BY 1"
    expect((await ask(database, chosen)).at(-1)).toEqual([1, 1])
  })

  it('not at all where the tables of searches have none', () => {
    const numberedTables = new Set(['rr.resource', 'rr.capability', 'x.word'])
    const dialect = generationDialect({ keyedTables: new Set(), numberedTables, hasWords: true })
    const adql = 'SELECT res_title FROM rr.resource NATURAL JOIN rr.capability'
    expect(compileAdql(adql, { schemas, dialect }).sql.text).not.toContain(key)
  })
})

function sorted(rows: readonly (readonly unknown[])[]): readonly string[] {
  return rows
    .map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? Number(value) : value)))
    .sort()
}
