// What is done to make searches fast changes no answer: the same queries, translated as they stand and with a plan, against
// resources of all sorts. Each search finds something, or the test says nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileAdql } from '../../src/adql/compile.js'
import { randomNumbers } from '../bench/measure.js'
import { ask, type Database, type Rows, schemas, testedEngines } from './database.js'

const random = randomNumbers(11)
const pick = <Item>(list: readonly Item[]): Item => list[Math.floor(random() * list.length)]!
const some = <Item>(most: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: Math.floor(random() * (most + 1)) }, (_, index) => make(index))

const names = ['Quasar Group', 'Gaia, and friends', 'Müller', 'quasars', 'nobody', null]
const texts = ['Quasars and halos', 'gaia', 'A halo of pan-starrs', 'nothing', 'Gaia quasar', null]
const ivoids = Array.from({ length: 60 }, (_, index) => `ivo://${index % 9 === 0 ? 'gaia' : 'x'}/${index}`)

const registry: Rows = {
  resource: ivoids.map((ivoid) => ({
    ivoid,
    res_type: pick(['vs:catalogservice', 'vr:service']),
    short_name: pick(['Q', 'Halo', 'gaia dr3', null]),
    res_title: pick(texts),
    res_description: pick(texts),
    waveband: pick(['optical#x-ray', 'radio', null]),
  })),
  capability: ivoids.flatMap((ivoid) =>
    some(2, (index) => ({
      ivoid,
      cap_index: index + 1,
      standard_id: pick(['ivo://ivoa.net/std/tap', 'ivo://ivoa.net/std/conesearch', null]),
      cap_description: pick([null, 'b', 'a']),
    })),
  ),
  interface: ivoids.flatMap((ivoid) =>
    some(3, (index) => ({
      ivoid,
      cap_index: 1 + (index % 2),
      intf_index: index + 1,
      intf_role: pick(['std', null]),
      access_url: pick(['http://b', 'http://a', null]),
      authenticated_only: 0,
    })),
  ),
  res_role: ivoids.flatMap((ivoid) =>
    some(3, () => ({ ivoid, role_name: pick(names), base_role: pick(['publisher', 'contact', 'creator', null]) })),
  ),
  res_subject: ivoids.flatMap((ivoid) =>
    some(3, (index) => ({ ivoid, res_subject: `${pick(['Quasars', 'halo', 'x, y', 'gaia'])} ${index}` })),
  ),
  table_column: ivoids.flatMap((ivoid) =>
    some(4, () => ({
      ivoid,
      table_index: 1,
      name: 'n',
      ucd: pick(['phot.mag;em.ir', 'pos', null]),
      column_description: pick(texts),
    })),
  ),
  stc_spatial: ivoids.flatMap((ivoid) => some(1, () => ({ ivoid, coverage: pick(['0/0-11', '6/19284', '3/5']) }))),
}

const wide = 'ivoid, res_type, short_name, res_title, res_description, waveband'
const joined = ['access_url', 'standard_id', 'cap_description'].map(
  (column) =>
    `ivo_string_agg(COALESCE(${column}, ''), '|') AS ${column}s, ivo_string_agg(${column}, '|') AS plain_${column}s`,
)
const services = 'rr.resource NATURAL LEFT OUTER JOIN rr.capability NATURAL LEFT OUTER JOIN rr.interface'
const pyvo = (where: string, from = services, more = ''): string =>
  `SELECT ${wide}, ${joined.join(', ')} FROM ${from} WHERE ${where} GROUP BY ${wide} ${more}`

const topcat = (where: string, delimiter = ', '): string =>
  'SELECT ivoid, short_name, res_title, base_role, role_name, access_url, standard_id, res_subjects FROM rr.resource AS res ' +
  'NATURAL JOIN rr.interface NATURAL JOIN rr.capability NATURAL LEFT OUTER JOIN rr.res_role ' +
  `NATURAL LEFT OUTER JOIN (SELECT ivoid, ivo_string_agg(res_subject, '${delimiter}') AS res_subjects FROM rr.res_subject GROUP BY ivoid) AS sbj ` +
  `WHERE (base_role='contact' OR base_role='publisher' OR base_role IS NULL) AND ${where}`
const anywhere = (word: string): string =>
  `(1=ivo_nocasematch(short_name, '%${word}%') OR 1=ivo_hasword(res_title, '${word}') OR 1=ivo_nocasematch(res_subjects, '%${word}%') ` +
  `OR 1=ivo_nocasematch(ivoid, '%${word}%') OR (base_role='publisher' AND 1=ivo_nocasematch(role_name, '%${word}%')))`

/** What is searched, and whether the translator is to plan something for it. */
const searches: readonly (readonly [string, string, 'planned' | 'as it stands'])[] = [
  [
    'keyword in three tables by UNION',
    pyvo(
      "ivoid IN (SELECT DISTINCT ivoid FROM rr.resource WHERE 1=ivo_hasword(res_description, 'quasar') UNION ALL SELECT DISTINCT ivoid FROM rr.resource WHERE 1=ivo_hasword(res_title, 'gaia') UNION ALL SELECT DISTINCT ivoid FROM rr.res_subject WHERE res_subject ILIKE '%halo%')",
    ),
    'planned',
  ],
  [
    'keyword in two tables by OR',
    pyvo(
      "1=ivo_hasword(res_description, 'gaia') OR 1=ivo_hasword(res_title, 'halo') OR res_subject ILIKE '%quasar%'",
      `${services} NATURAL LEFT OUTER JOIN rr.res_subject`,
    ),
    'planned',
  ],
  [
    'words that the table of words cannot tell',
    pyvo("1=ivo_hasword(res_description, 'pan-starrs halo') AND ivoid IN (SELECT ivoid FROM rr.res_subject)"),
    'planned',
  ],
  [
    'columns of few resources',
    pyvo("ucd LIKE 'phot.mag%'", `${services} NATURAL LEFT OUTER JOIN rr.table_column`),
    'planned',
  ],
  [
    'groups that HAVING chooses',
    pyvo('ivoid IN (SELECT ivoid FROM rr.res_subject)', services, "HAVING COUNT(*) > 2 AND res_type = 'vr:service'"),
    'as it stands',
  ],
  [
    'groups in the order of a title',
    pyvo('ivoid IN (SELECT ivoid FROM rr.res_subject)', services, 'ORDER BY res_title, ivoid'),
    'planned',
  ],
  [
    'sky and service',
    pyvo(
      "ivoid IN (SELECT DISTINCT ivoid FROM rr.stc_spatial WHERE 1 = INTERSECTS(CIRCLE(40, 5, 3), coverage)) AND standard_id IN ('ivo://ivoa.net/std/tap')",
    ),
    'planned',
  ],
  ['dialog, one word', topcat(anywhere('gaia')), 'planned'],
  ['dialog, both words', topcat(`(${anywhere('quasar')} AND ${anywhere('halo')})`), 'planned'],
  ['dialog, either word', topcat(`(${anywhere('müller')} OR ${anywhere('halo')})`), 'planned'],
  ['dialog, a word over the border of two subjects', topcat(anywhere('1, h')), 'as it stands'],
  ['dialog, a service without a word', topcat("standard_id = 'ivo://ivoa.net/std/tap'"), 'as it stands'],
  [
    'a missing row meets the condition',
    topcat("(base_role IS NULL OR 1=ivo_hasword(res_title, 'gaia'))"),
    'as it stands',
  ],
  ['a negated condition', topcat("(role_name NOT LIKE '%u%' OR res_subjects NOT LIKE '%a%')"), 'as it stands'],
  [
    'an outer join the other way',
    `SELECT ivoid, res_title, res_subject FROM rr.resource NATURAL RIGHT OUTER JOIN rr.res_subject WHERE (res_subject LIKE '%halo%' OR 1=ivo_hasword(res_title, 'gaia'))`,
    'as it stands',
  ],
  [
    'DISTINCT below a limit',
    'SELECT ivoid FROM rr.resource WHERE ivoid IN (SELECT DISTINCT TOP 1000 ivoid FROM rr.res_subject) AND ivoid IN (SELECT ivoid FROM rr.res_subject UNION SELECT ivoid FROM rr.res_role)',
    'as it stands',
  ],
  ['words alone', "SELECT ivoid AS found FROM rr.resource WHERE 1=ivo_hasword(res_title, 'gaia quasar')", 'planned'],
  [
    'words counted',
    "SELECT COUNT(*) AS n FROM (SELECT ivoid FROM rr.resource WHERE 1=ivo_hasword(res_title, 'gaia')) AS t",
    'planned',
  ],
  [
    'a word in a column',
    "SELECT ivoid, column_description FROM rr.table_column WHERE 1=ivo_hasword(column_description, 'halo')",
    'as it stands',
  ],
  [
    'words in a column, and runs of letters in parts with other characters',
    "SELECT ivoid, column_description FROM rr.table_column WHERE 1=ivo_hasword(column_description, 'HALO pan-starrs')",
    'as it stands',
  ],
  [
    'a word in a column of a joined table',
    "SELECT ivoid, res_title, ucd FROM rr.resource NATURAL JOIN rr.table_column WHERE 1=ivo_hasword(column_description, 'quasar') AND ucd = 'pos'",
    'as it stands',
  ],
  [
    'a word in a column of an optional table, which is there where the word is',
    "SELECT ivoid, res_title, ucd FROM rr.resource NATURAL LEFT OUTER JOIN rr.table_column WHERE 1=ivo_hasword(column_description, 'quasar')",
    'as it stands',
  ],
  [
    'a word in a column of one of two tables that are both optional',
    "SELECT t.ivoid, res_subject FROM rr.res_subject AS s FULL OUTER JOIN rr.table_column AS t ON s.ivoid = t.ivoid WHERE 1=ivo_hasword(column_description, 'halo')",
    'as it stands',
  ],
  [
    'a word or something else',
    "SELECT ivoid, column_description FROM rr.table_column WHERE 1=ivo_hasword(column_description, 'halo') OR ucd = 'pos'",
    'as it stands',
  ],
  [
    'resources by a word in a column, as pyvo would join them',
    pyvo("ivoid IN (SELECT DISTINCT ivoid FROM rr.table_column WHERE 1=ivo_hasword(column_description, 'gaia'))"),
    'planned',
  ],
  [
    'columns counted by a word, above a join of the table with itself',
    "SELECT COUNT(*) AS n FROM rr.table_column AS a JOIN rr.table_column AS b ON a.ivoid = b.ivoid WHERE 1=ivo_hasword(a.column_description, 'gaia') AND 1=ivo_hasword(b.column_description, 'halo')",
    'as it stands',
  ],
  [
    'no word in a column',
    "SELECT ivoid, column_description FROM rr.table_column WHERE NOT 1=ivo_hasword(column_description, 'halo')",
    'as it stands',
  ],
]

describe.each(testedEngines)('%s, planned searches', (_, open) => {
  let database: Database
  beforeAll(async () => {
    database = await open(registry)
  }, 60_000)
  afterAll(() => database[Symbol.asyncDispose]())

  it.each(searches)('%s', async (_, query, kind) => {
    const [planned, plain] = [await ask(database, query), await ask(database, query, [], true)]
    expect(sorted(planned)).toEqual(sorted(plain))
    expect(plain.length).toBeGreaterThan(0)
    const { dialect } = database
    const isSame =
      compileAdql(query, { schemas, dialect }).sql.text ===
      compileAdql(query, { schemas, dialect, isPlain: true }).sql.text
    if (kind === 'planned') expect(isSame).toBe(false)
  })
})

function sorted(rows: readonly (readonly unknown[])[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row)).sort()
}
