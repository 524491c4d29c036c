// The searches of registry clients → ADQL with parameters that change from run to run, and the time each may take.
import { randomNumbers, type Task } from './measure.js'
import type { TapClient } from './tap-client.js'

/** A kind of search at VO scale. */
export interface QueryClass {
  readonly name: string
  /** Share in the mix of eight clients, in percent. */
  readonly weight: number
  /** Median that one client may wait at 30,000 resources on DuckDB; undefined where none is set. */
  readonly targetMs?: number
  /** ADQL of the given repetition. */
  adql(repetition: number): string
}

// Words from very common to rare, beyond ASCII too; in the synthetic texts "galaxies" is in a third of all, "meteor" in few.
const words = [
  'quasar',
  'gaia',
  'redshift',
  'galaxies',
  'pulsar',
  'supernova',
  'dwarf',
  'microlensing',
  'meteor',
  'halo',
]
const authors = ['Hubble', 'Demleitner', 'Taylor', 'Ochsenbein', 'Müller', 'Núñez', 'Žižek', 'Allen']
const ucds = ['phot.mag;em.ir.%', 'src.redshift%', 'pos.parallax%', 'phys.temperature%', 'time.period%']
const wavebands = ['radio', 'infrared', 'optical', 'x-ray', 'gamma-ray']
const standards = ['tap', 'conesearch', 'ssa', 'sia']

/** Asking a search of that kind over HTTP. */
export function taskOf(one: QueryClass, client: TapClient): Task {
  return {
    name: one.name,
    weight: one.weight,
    run: async (repetition) => void (await client.time(one.adql(repetition))),
  }
}

/** The classes; `ivoids` are resources that are looked up one after the other. */
export function queryClasses(ivoids: readonly string[]): readonly QueryClass[] {
  const ivoid = (repetition: number): string => pick(ivoids, repetition * 7919)
  return [
    {
      name: 'resolve an IVOID',
      weight: 25,
      targetMs: 8,
      adql: (n) =>
        `SELECT res_title, standard_id, intf_type, access_url FROM rr.resource NATURAL JOIN rr.capability NATURAL JOIN rr.interface WHERE ivoid='${ivoid(n)}'`,
    },
    {
      name: 'columns of a resource',
      weight: 15,
      targetMs: 8,
      adql: (n) =>
        `SELECT name, ucd, unit, utype, datatype, arraysize, extended_type, column_description, table_index FROM rr.table_column WHERE ivoid='${ivoid(n)}'`,
    },
    {
      name: 'pyvo, keyword',
      weight: 20,
      targetMs: 120,
      adql: (n) => pyvoSearch([hasKeyword(pick(words, n))]),
    },
    {
      name: 'pyvo, two keywords and service type',
      weight: 5,
      adql: (n) =>
        pyvoSearch([
          hasKeyword(pick(words, n)),
          hasKeyword(pick(words, n + 3)),
          "standard_id IN ('ivo://ivoa.net/std/conesearch')",
        ]),
    },
    {
      name: 'TOPCAT, dialog',
      weight: 5,
      targetMs: 120,
      adql: (n) => topcatSearch(pick(standards, n), pick(words, n)),
    },
    {
      name: 'MOC, point',
      weight: 5,
      targetMs: 10,
      adql: (n) => {
        const [ra, dec] = position(n)
        return `SELECT ivoid FROM rr.stc_spatial WHERE 1=CONTAINS(POINT(${ra}, ${dec}), coverage)`
      },
    },
    {
      name: 'pyvo, cone on the sky',
      weight: 5,
      adql: (n) => {
        const [ra, dec] = position(n)
        return pyvoSearch([
          `ivoid IN (SELECT DISTINCT ivoid FROM rr.stc_spatial WHERE 1 = INTERSECTS(MOC(6, CIRCLE(${ra}, ${dec}, 2)), coverage))`,
          "standard_id IN ('ivo://ivoa.net/std/ssa')",
        ])
      },
    },
    {
      name: 'author',
      weight: 5,
      targetMs: 150,
      adql: (n) =>
        pyvoSearch([
          `ivoid IN (SELECT DISTINCT ivoid FROM rr.res_role WHERE role_name LIKE '%${pick(authors, n)}%' AND base_role='creator')`,
        ]),
    },
    {
      name: 'UCD and description word',
      weight: 5,
      targetMs: 150,
      adql: (n) =>
        `SELECT DISTINCT ivoid FROM rr.table_column NATURAL JOIN rr.resource WHERE ucd LIKE '${pick(ucds, n)}' AND 1=ivo_hasword(res_description, '${pick(words, n)}')`,
    },
    {
      name: 'column description',
      weight: 5,
      targetMs: 150,
      adql: (n) =>
        `SELECT TOP 2000 ivoid, name, ucd, column_description FROM rr.table_column WHERE 1=ivo_hasword(column_description, '${pick(words, n)}')`,
    },
    {
      name: 'pyvo, waveband and service type',
      weight: 5,
      adql: (n) =>
        pyvoSearch([
          `1 = ivo_hashlist_has(rr.resource.waveband, '${pick(wavebands, n)}')`,
          "standard_id IN ('ivo://ivoa.net/std/ssa')",
        ]),
    },
    {
      name: 'TOPCAT, services with table counts',
      weight: 0,
      adql: () =>
        'SELECT ivoid, short_name, res_title, access_url, ntable FROM (SELECT svcid AS ivoid, COUNT(*) AS ntable FROM rr.tap_table GROUP BY svcid) AS tt ' +
        'NATURAL JOIN rr.resource NATURAL JOIN rr.capability NATURAL JOIN rr.interface ' +
        "WHERE standard_id = 'ivo://ivoa.net/std/tap' AND intf_type = 'vs:paramhttp' ORDER BY ntable DESC",
    },
    {
      name: 'UCD statistics over all columns',
      weight: 0,
      adql: () => 'SELECT TOP 100 ucd, COUNT(*) AS n FROM rr.table_column GROUP BY ucd ORDER BY n DESC',
    },
  ]
}

/** Names of the classes that read one resource by its IVOID: the look-ups that must stay quick beside others. */
export const lookupClasses: readonly string[] = ['resolve an IVOID', 'columns of a resource']

function pick(list: readonly string[], at: number): string {
  return list[at % list.length] ?? ''
}

/** Evenly spread over the sphere, the same for the same repetition; degrees. */
function position(repetition: number): readonly [string, string] {
  const random = randomNumbers(repetition * 31 + 7)
  const declination = (Math.asin(2 * random() - 1) * 180) / Math.PI
  return [(random() * 360).toFixed(4), declination.toFixed(4)]
}

/** As pyvo 1.6 and later ask: one row for each resource, its interfaces joined into strings. */
function pyvoSearch(conditions: readonly string[]): string {
  const columns =
    'ivoid, res_type, short_name, res_title, content_level, res_description, reference_url, creator_seq, created, updated, ' +
    'rights, content_type, source_format, source_value, region_of_regard, waveband'
  const joined = ['access_url', 'standard_id', 'intf_type', 'intf_role', 'cap_description'].map(
    (column) => `ivo_string_agg(COALESCE(${column}, ''), ':::py VO sep:::') AS ${column}s`,
  )
  return (
    `SELECT ${columns}, ${joined.join(', ')} FROM rr.resource NATURAL LEFT OUTER JOIN rr.capability NATURAL LEFT OUTER JOIN rr.interface ` +
    `WHERE ${conditions.map((condition) => `(${condition})`).join(' AND ')} GROUP BY ${columns}`
  )
}

function hasKeyword(word: string): string {
  return (
    `ivoid IN (SELECT DISTINCT ivoid FROM rr.resource WHERE 1=ivo_hasword(res_description, '${word}') ` +
    `UNION ALL SELECT DISTINCT ivoid FROM rr.resource WHERE 1=ivo_hasword(res_title, '${word}') ` +
    `UNION ALL SELECT DISTINCT ivoid FROM rr.res_subject WHERE rr.res_subject.res_subject ILIKE '%${word}%')`
  )
}

/** As the registry dialogs of TOPCAT ask a registry they do not know: conditions on three tables joined by OR. */
function topcatSearch(standard: string, word: string): string {
  return (
    'SELECT ivoid, short_name, res_title, reference_url, base_role, role_name, email, intf_index, access_url, standard_id, cap_type, cap_description, std_version, res_subjects ' +
    'FROM rr.resource AS res NATURAL JOIN rr.interface NATURAL JOIN rr.capability NATURAL LEFT OUTER JOIN rr.res_role ' +
    "NATURAL LEFT OUTER JOIN (SELECT ivoid,  ivo_string_agg(res_subject, ', ') AS res_subjects FROM rr.res_subject GROUP BY ivoid) AS sbj " +
    "WHERE (base_role='contact' OR base_role='publisher' OR base_role IS NULL) " +
    `AND standard_id IN ('ivo://ivoa.net/std/${standard}') AND intf_role='std' ` +
    `AND ((1=ivo_nocasematch(short_name, '%${word}%') OR 1=ivo_hasword(res_title, '${word}') OR 1=ivo_nocasematch(res_subjects, '%${word}%') ` +
    `OR 1=ivo_nocasematch(ivoid, '%${word}%') OR (base_role='publisher' AND 1=ivo_nocasematch(role_name, '%${word}%'))))`
  )
}
