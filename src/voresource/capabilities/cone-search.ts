// cs:ConeSearch: sources around a position (SimpleDALRegExt 1.2 §3.1).
import { elementRules, writeElements } from '../element-rules.js'
import { flag, type Infer, integer, number, object, oneOf, text } from '../shape.js'
import { type CapabilityType, capabilityGroup, writeCapability } from './capability.js'

const shape = object(
  'A cone search service.',
  { type: oneOf('Cone search.', ['cs:ConeSearch']) },
  {
    ...capabilityGroup.optional,
    maxSearchRadiusDeg: number('Largest radius in degrees.', { minimum: 0 }),
    maxRecords: integer('Most rows of an answer.', { minimum: 1 }),
    verbosity: flag('True when the service knows the parameter VERB; false when not said.'),
    testQuery: object(
      'A query that gives at least one row.',
      {
        raDeg: number('Right ascension in degrees (ICRS).'),
        decDeg: number('Declination in degrees (ICRS).'),
        radiusDeg: number('Radius in degrees.', { minimum: 0 }),
      },
      {
        verbosity: integer('Value of VERB.', { minimum: 1, maximum: 3 }),
        catalog: text('Value of CATALOG.'),
        extras: text('Further parameters as query string.'),
      },
    ),
  },
  { title: 'Cone search' },
)

export type ConeSearch = Infer<typeof shape>

const elements = elementRules<ConeSearch>([
  { element: 'maxSR', property: 'maxSearchRadiusDeg' },
  { element: 'maxRecords', property: 'maxRecords' },
  { element: 'verbosity', property: 'verbosity', fallback: false },
  {
    element: 'testQuery',
    property: 'testQuery',
    inside: [
      { element: 'ra', property: 'raDeg' },
      { element: 'dec', property: 'decDeg' },
      { element: 'sr', property: 'radiusDeg' },
      { element: 'verb', property: 'verbosity' },
      { element: 'catalog', property: 'catalog' },
      { element: 'extras', property: 'extras' },
    ],
  },
])

export const coneSearch: CapabilityType<ConeSearch> = {
  type: 'cs:ConeSearch',
  xsiType: 'cs:ConeSearch',
  title: 'cone search: sources around a position',
  shape,
  example: `type: cs:ConeSearch
description: Stars around a position.
accessUrl: https://archive.example.edu/cone?
maxSearchRadiusDeg: 5
maxRecords: 10000
verbosity: true
testQuery: { raDeg: 56.75, decDeg: 24.12, radiusDeg: 0.5 }
`,
  elements,
  build(capability, xml) {
    const standard = { type: 'vs:ParamHTTP', role: 'std', version: '1.1', use: 'base' } as const
    const standardId = 'ivo://ivoa.net/std/ConeSearch'
    writeCapability(capability, { xsiType: 'cs:ConeSearch', standardId, interface: standard }, xml, () =>
      writeElements(elements, capability, xml),
    )
  },
}
