// Settings, formats and functions → what the record of our own TAP service says it can do (TAPRegExt 1.0 §2; ADQL 2.1 §4).
import { knownFunctions } from '../adql/functions.js'
import type { Config } from '../config.js'
import { formats } from '../formats/index.js'
import type { TableAccessFacts } from '../voresource/capabilities/table-access.js'
import { tapLimits } from './limits.js'

type Language = NonNullable<TableAccessFacts['languages']>[number]

// Written as TAPRegExt 1.0 has it: TOPCAT and pyvo compare letter by letter.
const featureList = (name: string): string => `ivo://ivoa.net/std/TAPRegExt#features-${name}`

const geometryNames = [
  'AREA',
  'BOX',
  'CENTROID',
  'CIRCLE',
  'CONTAINS',
  'COORD1',
  'COORD2',
  'COORDSYS',
  'DISTANCE',
  'INTERSECTS',
  'POINT',
  'POLYGON',
  'REGION',
]

/** The facts for `SelfContext.tableAccess`. `isFull`: this registry holds the whole VO and may be found as such (RegTAP 1.2 §7). */
export function tableAccessFacts(config: Config, isFull: boolean): TableAccessFacts {
  const limits = tapLimits(config)
  return {
    ...(isFull && { dataModels: regtapModels }),
    languages: [
      {
        name: 'ADQL',
        versions: ['2.0', '2.1'],
        description: 'ADQL 2.1; queries written for ADQL 2.0 run unchanged.',
        features: languageFeatures(),
      },
    ],
    outputFormats: formats.map(({ mediaType, aliases, ivoid }) => ({
      mime: mediaType,
      aliases: [...aliases],
      ...(ivoid !== undefined && { ivoid }),
    })),
    uploadMethods: ['inline', 'http', 'https'],
    retentionPeriodSeconds: { default: limits.keepSecondsDefault, hard: limits.keepSecondsHard },
    executionDurationSeconds: { default: limits.jobSecondsDefault, hard: limits.jobSecondsHard },
    outputLimitRows: { default: limits.maxRowsDefault, hard: limits.maxRowsHard },
    uploadLimitBytes: { hard: limits.uploadBytes },
  }
}

// TOPCAT looks for version 1.0 letter by letter, without case; pyvo for 1.1 and later.
const regtapModels: NonNullable<TableAccessFacts['dataModels']> = ['1.0', '1.1', '1.2'].map((version) => ({
  name: `Registry ${version}`,
  ivoid: `ivo://ivoa.net/std/RegTAP#${version}`,
}))

function languageFeatures(): NonNullable<Language['features']> {
  const userFunctions = [...knownFunctions.values()].flatMap(({ form, description }) =>
    description === undefined ? [] : [{ form, description }],
  )
  return {
    [featureList('udf')]: userFunctions,
    [featureList('adqlgeo')]: geometryNames.filter((name) => knownFunctions.has(name.toLowerCase())),
    [featureList('adql-string')]: ['LOWER', 'UPPER', 'ILIKE'],
    [featureList('adql-common-table')]: ['WITH'],
    [featureList('adql-sets')]: ['UNION', 'EXCEPT', 'INTERSECT'],
    [featureList('adql-type')]: ['CAST'],
    [featureList('adql-conditional')]: ['COALESCE'],
    [featureList('adql-unit')]: ['IN_UNIT'],
    [featureList('adql-offset')]: ['OFFSET'],
    // pyvo asks for MOC under the name that DaCHS gave it; without it no spatial search is sent.
    'ivo://org.gavo.dc/std/exts#extra-adql-keywords': ['MOC'],
  }
}
