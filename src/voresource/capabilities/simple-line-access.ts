// slap:SimpleLineAccess: spectral lines (SimpleDALRegExt 1.2 §3.4).
import { elementRules, writeElements } from '../element-rules.js'
import { type Infer, integer, number, object, oneOf, text } from '../shape.js'
import { type CapabilityType, capabilityGroup, writeCapability } from './capability.js'

const shape = object(
  'A service of spectral lines.',
  {
    type: oneOf('SLAP.', ['slap:SimpleLineAccess']),
    dataSource: oneOf('Where the lines come from.', [
      'observational/astrophysical',
      'observational/laboratory',
      'theoretical',
    ]),
  },
  {
    ...capabilityGroup.optional,
    complianceLevel: oneOf('How much of the standard it does; minimal when not said.', ['minimal', 'full']),
    maxRecords: integer('Most lines of an answer.', { minimum: 1 }),
    testQuery: object(
      'A query that gives at least one line.',
      {},
      {
        minWavelengthM: number('Lower bound in metres.', { minimum: 0 }),
        maxWavelengthM: number('Upper bound in metres.', { minimum: 0 }),
        queryDataCmd: text('Further parameters as query string.'),
      },
    ),
  },
  { title: 'SLAP' },
)

export type SimpleLineAccess = Infer<typeof shape>

const elements = elementRules<SimpleLineAccess>([
  { element: 'complianceLevel', property: 'complianceLevel', fallback: 'minimal' },
  { element: 'dataSource', property: 'dataSource' },
  { element: 'maxRecords', property: 'maxRecords' },
  {
    element: 'testQuery',
    property: 'testQuery',
    inside: [
      {
        element: 'wavelength',
        inside: [
          { element: 'minWavelength', property: 'minWavelengthM' },
          { element: 'maxWavelength', property: 'maxWavelengthM' },
        ],
      },
      { element: 'queryDataCmd', property: 'queryDataCmd' },
    ],
  },
])

export const simpleLineAccess: CapabilityType<SimpleLineAccess> = {
  type: 'slap:SimpleLineAccess',
  xsiType: 'slap:SimpleLineAccess',
  title: 'SLAP: spectral lines',
  shape,
  example: `type: slap:SimpleLineAccess
accessUrl: https://archive.example.edu/slap?
dataSource: observational/laboratory
complianceLevel: minimal
maxRecords: 10000
testQuery: { minWavelengthM: 5.0e-7, maxWavelengthM: 5.1e-7 }
`,
  elements,
  build(capability, xml) {
    const standard = { type: 'vs:ParamHTTP', role: 'std', version: '1.0', use: 'base' } as const
    const standardId = 'ivo://ivoa.net/std/SLAP'
    writeCapability(capability, { xsiType: 'slap:SimpleLineAccess', standardId, interface: standard }, xml, () =>
      writeElements(elements, capability, xml),
    )
  },
}
