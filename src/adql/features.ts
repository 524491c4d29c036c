// What the language can do beyond its core → the languageFeatures that TAPRegExt announces (TAPRegExt 1.1 §2.4).
import { knownFunctions } from './functions.js'

export interface LanguageFeature {
  /** How it is written: a keyword, or the signature of a function. */
  readonly form: string
  readonly description?: string
}

export interface LanguageFeatures {
  /** IVOID of the kind of feature; in lower case (ADQL 2.1 §4.1). */
  readonly type: string
  readonly features: readonly LanguageFeature[]
}

const standard = 'ivo://ivoa.net/std/tapregext#features-'

function forms(...names: readonly string[]): readonly LanguageFeature[] {
  return names.map((form) => ({ form }))
}

/** Every optional feature of ADQL that works here. What is not in this list need not be expected to work. */
export const languageFeatures: readonly LanguageFeatures[] = [
  {
    type: `${standard}udf`,
    features: [...knownFunctions.values()].flatMap(({ form, description }) =>
      description === undefined ? [] : [{ form, description }],
    ),
  },
  {
    type: `${standard}adqlgeo`,
    features: forms(
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
    ),
  },
  { type: `${standard}adql-string`, features: forms('LOWER', 'UPPER', 'ILIKE') },
  { type: `${standard}adql-common-table`, features: forms('WITH') },
  { type: `${standard}adql-sets`, features: forms('UNION', 'EXCEPT', 'INTERSECT') },
  { type: `${standard}adql-type`, features: forms('CAST') },
  { type: `${standard}adql-conditional`, features: forms('COALESCE') },
  { type: `${standard}adql-unit`, features: forms('IN_UNIT') },
  { type: `${standard}adql-offset`, features: forms('OFFSET') },
  {
    // pyvo refuses searches by position unless it finds MOC under this name (clients.md 1.16).
    type: 'ivo://org.gavo.dc/std/exts#extra-adql-keywords',
    features: [
      {
        form: 'MOC',
        description:
          "A set of HEALPix cells, from a text as in MOC('6/1-3 7/5') or from a geometry as in MOC(6, CIRCLE(10, 20, 1)); compared with coverages by CONTAINS and INTERSECTS.",
      },
    ],
  },
]
