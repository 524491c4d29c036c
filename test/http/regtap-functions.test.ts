// The functions and language features that RegTAP asks for (RegTAP 1.2 §9; checklist section G), over TAP.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { knownFunctions } from '../../src/adql/functions.js'
import { ingestRecords } from '../../src/registry/ingest.js'
import { sampleRecord } from '../support/sample-records.js'
import { openService, records, type TestService, tables } from '../tap/service.js'

/** One cell of order 8, about 0.2° wide, around (45, 0.15), and the whole sky but for one base cell. */
const covered = [
  ['ivo://example.edu/small', '<spatial>8/0</spatial>'],
  ['ivo://example.edu/large', '<spatial>0/1-11</spatial>'],
] as const

let service: TestService
beforeAll(async () => {
  service = await openService()
  const added = covered.map(([ivoid, spatial]) =>
    sampleRecord({ ivoid, title: 'Covered', rest: `<coverage>${spatial}</coverage>` }),
  )
  await service.engine.renew(async (next) => {
    await ingestRecords(next, [...records, ...added], { schemas: tables })
  })
}, 30_000)
afterAll(() => service[Symbol.asyncDispose]())

interface JsonTable {
  readonly data: readonly (readonly unknown[])[]
}

async function ask(adql: string): Promise<readonly (readonly unknown[])[]> {
  const parameters = new URLSearchParams({ LANG: 'ADQL', RESPONSEFORMAT: 'json', QUERY: adql })
  const response = await service.app.inject(`/tap/sync?${parameters.toString()}`)
  expect(response.statusCode, response.body).toBe(200)
  return response.json<JsonTable>().data
}

/** The value of an expression. */
async function evaluate(expression: string): Promise<unknown> {
  const [row] = await ask(`SELECT TOP 1 ${expression} AS v FROM rr.resource`)
  return row?.[0]
}

describe('coverage', () => {
  const inCoverage = (condition: string) =>
    ask(`SELECT ivoid FROM rr.stc_spatial WHERE ${condition} AND ivoid LIKE 'ivo://example.edu/%' ORDER BY ivoid`)
  const large = ['ivo://example.edu/large']
  const small = ['ivo://example.edu/small']

  it.each([
    ['a point', '1 = CONTAINS(POINT(45.0, 0.15), coverage)', [small]],
    ['a point elsewhere', '1 = CONTAINS(POINT(135.0, 0.15), coverage)', [large]],
    ['a circle that touches', '1 = INTERSECTS(CIRCLE(45.0, 0.15, 2), coverage)', [large, small]],
    ['a circle within', '1 = CONTAINS(CIRCLE(45.0, 0.15, 0.01), coverage)', [small]],
    ['a polygon that touches', '1 = INTERSECTS(coverage, POLYGON(44, -1, 46, -1, 46, 1, 44, 1))', [large, small]],
    ['coverage within a polygon', '1 = CONTAINS(coverage, POLYGON(44, -1, 46, -1, 46, 1, 44, 1))', [small]],
  ])('M-155: %s', async (_, condition, expected) => {
    expect(await inCoverage(condition)).toEqual(expected)
  })

  // The corners of the cell are at distances of 0.156° from its centre along the axes, and halfway less than 0.12°.
  it.each([
    ['beside its edge', 'CIRCLE(45.16, 0.31, 0.01)'],
    ['beyond its tip', 'CIRCLE(45.30, 0.15, 0.01)'],
  ])('S-049: a small circle %s does not touch a cell, although it lies in the box around it', async (_, circle) => {
    expect(await inCoverage(`1 = INTERSECTS(${circle}, coverage)`)).not.toContainEqual(small)
  })
})

describe('language', () => {
  it('M-158: ADQL 2.1 is declared', async () => {
    const capabilities = (await service.app.inject('/tap/capabilities')).body
    expect(capabilities).toContain('ivo-id="ivo://ivoa.net/std/ADQL#v2.1"')
  })

  it.each([
    ['COALESCE', "SELECT COALESCE(short_name, 'none') FROM rr.resource WHERE ivoid = 'ivo://example.edu/tap'", 'none'],
    ['ILIKE', "SELECT ivoid FROM rr.resource WHERE res_title ILIKE 'EXAMPLE tap%'", 'ivo://example.edu/tap'],
    [
      'WITH',
      "WITH services AS (SELECT ivoid FROM rr.resource WHERE res_type = 'vs:catalogservice') SELECT ivoid FROM services",
      'ivo://example.edu/tap',
    ],
  ])('M-159: %s works', async (_, adql, expected) => {
    expect(await ask(adql)).toEqual([[expected]])
  })
})

describe('functions', () => {
  it.each([
    ["ivo_nocasematch('abcabc', 'ab%')", 1],
    ["ivo_nocasematch('ABcabc', 'ab__bc')", 1],
    ["ivo_nocasematch('abcabc', '%BC')", 1],
    ["ivo_nocasematch('abcabc', 'ABCABC')", 1],
    ["ivo_nocasematch('abcabc', 'abcab')", 0],
  ])('M-160: %s is %i', async (call, expected) => {
    expect(await evaluate(call)).toBe(expected)
  })

  it.each([
    ["ivo_hasword('Dwarfs, giants and nebulae', 'dwarfs')", 1],
    ["ivo_hasword('Dwarfs, giants and nebulae', 'NEBULAE')", 1],
    ["ivo_hasword('Dwarfs, giants and nebulae', 'nebulae giants')", 1],
    ["ivo_hasword('Dwarfs, giants and nebulae', 'giants stars')", 0],
    ["ivo_hasword('Dwarfs, giants and nebulae', 'galaxy')", 0],
    ["ivo_hasword(NULL, 'galaxy')", 0],
  ])('M-161: %s is %i', async (call, expected) => {
    expect(await evaluate(call)).toBe(expected)
  })

  it.each([
    ["ivo_hashlist_has('radio#x-ray#optical', 'radio')", 1],
    ["ivo_hashlist_has('Radio#X-ray#Optical', 'x-RAY')", 1],
    ["ivo_hashlist_has('radio#x-ray#optical', 'x')", 0],
  ])('M-162: %s is %i', async (call, expected) => {
    expect(await evaluate(call)).toBe(expected)
  })

  it.each(["ivo_hashlist_has('radio#x-ray', 'radio#x-ray')", "ivo_hashlist_has('radio#x-ray', '#')"])(
    'S-053: no item of a list contains its separator: %s is 0',
    async (call) => {
      expect(await evaluate(call)).toBe(0)
    },
  )

  it.each([
    ['ivo_interval_overlaps(-3, -2, 2, 3)', 0],
    ['ivo_interval_overlaps(-2, 55.3, 2, 3)', 1],
    ['ivo_interval_overlaps(2, 3, -2, 55.3)', 1],
    ['ivo_interval_overlaps(-2, 2, 2, 3)', 1],
    ['ivo_interval_overlaps(-2, 55.3, 3, 2)', 0],
  ])('M-164, S-054: %s is %i', async (call, expected) => {
    expect(await evaluate(call)).toBe(expected)
  })

  it.each([
    // 2000-01-01 noon is the epoch J2000: JD 2451545.
    ["ivo_to_jd('2000-01-01T12:00:00')", 2451545],
    ["ivo_to_mjd('2000-01-01T12:00:00')", 51544.5],
    ['ivo_to_mjd(NULL)', null],
    ["ivo_specconv(500, 'nm', 'm')", 5e-7],
  ])('M-165: %s is %s, as the catalogue of functions has it', async (call, expected) => {
    if (typeof expected === 'number') expect(await evaluate(call)).toBeCloseTo(expected, 12)
    else expect(await evaluate(call)).toBe(expected)
  })
})

describe('NULL as an argument', () => {
  const samples: Readonly<Record<string, string>> = {
    number: '2',
    text: "'a'",
    timestamp: "'2000-01-01'",
    shape: 'POINT(1, 2)',
    point: 'POINT(1, 2)',
    any: "'a'",
  }
  const calls = [...knownFunctions.values()].flatMap(({ name, signatures }) =>
    signatures.flatMap((signature) =>
      signature.map((_, nulled) => {
        const given = signature.map((parameter, index) => (index === nulled ? 'NULL' : (samples[parameter] ?? "'a'")))
        return `${name}(${given.join(', ')})`
      }),
    ),
  )

  it.each(calls)('%s is answered, or refused with the reason', async (call) => {
    const parameters = new URLSearchParams({ LANG: 'ADQL', QUERY: `SELECT TOP 1 ${call} AS v FROM rr.resource` })
    const response = await service.app.inject(`/tap/sync?${parameters.toString()}`)
    expect([200, 400], response.body).toContain(response.statusCode)
  })
})
