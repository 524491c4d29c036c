// What TAPRegExt announces works, and what works is announced.
import { describe, expect, it } from 'vitest'
import { compileAdql } from '../../src/adql/compile.js'
import { languageFeatures } from '../../src/adql/features.js'
import { duckdbDialect } from '../../src/engines/duckdb-dialect.js'
import { schemas } from './database.js'

function forms(type: string): readonly string[] {
  return languageFeatures.find((list) => list.type.endsWith(type))?.features.map((feature) => feature.form) ?? []
}

/** One query for each feature that is a word. */
const uses: Readonly<Record<string, string>> = {
  AREA: 'SELECT AREA(CIRCLE(1, 2, 3)) FROM rr.resource',
  BOX: 'SELECT BOX(10, 20, 1, 2) FROM rr.resource',
  CENTROID: 'SELECT CENTROID(POLYGON(0, 0, 1, 0, 0, 1)) FROM rr.resource',
  CIRCLE: 'SELECT CIRCLE(1, 2, 3) FROM rr.resource',
  CONTAINS: 'SELECT CONTAINS(POINT(1, 2), CIRCLE(1, 2, 3)) FROM rr.resource',
  COORD1: 'SELECT COORD1(POINT(1, 2)) FROM rr.resource',
  COORD2: 'SELECT COORD2(POINT(1, 2)) FROM rr.resource',
  COORDSYS: 'SELECT COORDSYS(POINT(1, 2)) FROM rr.resource',
  DISTANCE: 'SELECT DISTANCE(POINT(1, 2), POINT(3, 4)) + DISTANCE(1, 2, 3, 4) FROM rr.resource',
  INTERSECTS: 'SELECT INTERSECTS(CIRCLE(1, 2, 3), CIRCLE(4, 5, 6)) FROM rr.resource',
  POINT: "SELECT POINT('ICRS', 1, 2), POINT(1, 2) FROM rr.resource",
  POLYGON: "SELECT POLYGON('', 0, 0, 1, 0, 0, 1) FROM rr.resource",
  REGION: "SELECT REGION('POLYGON ICRS 0 0 1 0 0 1') FROM rr.resource",
  LOWER: "SELECT LOWER('A') FROM rr.resource",
  UPPER: "SELECT UPPER('a') FROM rr.resource",
  ILIKE: "SELECT ivoid FROM rr.resource WHERE ivoid ILIKE 'A%'",
  WITH: 'WITH a AS (SELECT ivoid FROM rr.resource) SELECT * FROM a',
  UNION: 'SELECT ivoid FROM rr.resource UNION ALL SELECT ivoid FROM rr.capability',
  EXCEPT: 'SELECT ivoid FROM rr.resource EXCEPT SELECT ivoid FROM rr.capability',
  INTERSECT: 'SELECT ivoid FROM rr.resource INTERSECT SELECT ivoid FROM rr.capability',
  CAST: "SELECT CAST('1' AS BIGINT) FROM rr.resource",
  COALESCE: "SELECT COALESCE(short_name, '') FROM rr.resource",
  IN_UNIT: "SELECT IN_UNIT(DISTANCE(0, 0, 1, 1), 'arcsec') FROM rr.resource",
  OFFSET: 'SELECT ivoid FROM rr.resource OFFSET 1',
  MOC: "SELECT ivoid FROM rr.stc_spatial WHERE 1 = CONTAINS(MOC(6, POINT(1, 2)), coverage) OR 1 = CONTAINS(MOC('1/1'), coverage)",
}

describe('language features', () => {
  it('M-043 have types in lower case, under which clients look for them', () => {
    for (const { type } of languageFeatures)
      if (type.startsWith('ivo://ivoa.net/')) expect(type).toBe(type.toLowerCase())
    expect(languageFeatures.map(({ type }) => type)).toContain('ivo://org.gavo.dc/std/exts#extra-adql-keywords')
  })

  it('M-042 state functions as name(arg TYPE, …) -> TYPE', () => {
    for (const form of forms('features-udf'))
      expect(form).toMatch(/^[a-z]\w+\((\w+ [A-Z]+(\(\*\))?(, )?)+\) -> [A-Z ]+(\(\*\))?$/)
  })

  it('M-166 have all functions of RegTAP', () => {
    const names = forms('features-udf').map((form) => form.replace(/\(.*/, ''))
    expect(names).toEqual(
      expect.arrayContaining([
        'ivo_nocasematch',
        'ivo_hasword',
        'ivo_hashlist_has',
        'ivo_string_agg',
        'ivo_interval_overlaps',
      ]),
    )
  })

  it('S-082 that are words all work', () => {
    const words = languageFeatures
      .filter(({ type }) => !type.endsWith('udf'))
      .flatMap(({ features }) => features.map((feature) => feature.form))
    expect([...words].sort()).toEqual(Object.keys(uses).sort())
    for (const word of words)
      expect(() => compileAdql(uses[word] ?? '', { schemas, dialect: duckdbDialect })).not.toThrow()
  })
})
