// ssap:SimpleSpectralAccess: spectra and time series (SimpleDALRegExt 1.2 §3.3).
import { elementRules, writeElements } from '../element-rules.js'
import { type Infer, integer, list, number, object, oneOf, text } from '../shape.js'
import { type CapabilityType, capabilityGroup, writeCapability } from './capability.js'

const frames =
  'FK4 FK5 ECLIPTIC ICRS GALACTIC_I GALACTIC_II SUPER_GALACTIC AZ_EL BODY GEO_C GEO_D MAG GSE GSM HGC HGS HEEQ HRTN HPC HPR HCC HGI MERCURY_C VENUS_C LUNA_C MARS_C JUPITER_C_III SATURN_C_III URANUS_C_III NEPTUNE_C_III PLUTO_C MERCURY_G VENUS_G LUNA_G MARS_G JUPITER_G_III SATURN_G_III URANUS_G_III NEPTUNE_G_III PLUTO_G UNKNOWN'.split(
    ' ',
  )

const shape = object(
  'A service of spectra.',
  {
    type: oneOf('SSA.', ['ssap:SimpleSpectralAccess']),
    dataSources: list(
      'Where the spectra come from.',
      oneOf('A source.', ['survey', 'pointed', 'custom', 'theory', 'artificial']),
      { minItems: 1 },
    ),
    creationTypes: list(
      'How the spectra come about.',
      oneOf('A way.', [
        'archival',
        'cutout',
        'filtered',
        'mosaic',
        'projection',
        'spectralExtraction',
        'catalogExtraction',
      ]),
      { minItems: 1 },
    ),
  },
  {
    ...capabilityGroup.optional,
    complianceLevel: oneOf('How much of the standard it does; query when not said.', ['query', 'minimal', 'full']),
    supportedFrames: list('Frames of positions; ICRS when not said.', oneOf('A frame.', frames), { minItems: 1 }),
    maxSearchRadiusDeg: number('Largest radius in degrees.', { minimum: 0 }),
    maxRecords: integer('Most spectra of an answer.', { minimum: 1 }),
    defaultMaxRecords: integer('Spectra of an answer when nothing is asked for.', { minimum: 1 }),
    maxApertureDeg: number('Largest aperture in degrees.', { minimum: 0 }),
    maxFileSizeBytes: integer('Largest file in bytes.', { minimum: 1 }),
    testQuery: object(
      'A query that gives at least one spectrum.',
      {},
      {
        position: object(
          'Centre.',
          { longitudeDeg: number('Longitude in degrees.'), latitudeDeg: number('Latitude in degrees.') },
          { frame: text('Frame, as ICRS.') },
        ),
        sizeDeg: number('Diameter in degrees.', { minimum: 0 }),
        queryDataCmd: text('Further parameters as query string.'),
      },
    ),
  },
  { title: 'SSA' },
)

export type SimpleSpectralAccess = Infer<typeof shape>

const elements = elementRules<SimpleSpectralAccess>([
  { element: 'complianceLevel', property: 'complianceLevel', fallback: 'query' },
  { element: 'dataSource', property: 'dataSources' },
  { element: 'creationType', property: 'creationTypes' },
  { element: 'supportedFrame', property: 'supportedFrames', fallback: ['ICRS'] },
  { element: 'maxSearchRadius', property: 'maxSearchRadiusDeg' },
  { element: 'maxRecords', property: 'maxRecords' },
  { element: 'defaultMaxRecords', property: 'defaultMaxRecords' },
  { element: 'maxAperture', property: 'maxApertureDeg' },
  { element: 'maxFileSize', property: 'maxFileSizeBytes' },
  {
    element: 'testQuery',
    property: 'testQuery',
    inside: [
      {
        element: 'pos',
        property: 'position',
        inside: [
          { element: 'long', property: 'longitudeDeg' },
          { element: 'lat', property: 'latitudeDeg' },
          { element: 'refframe', property: 'frame' },
        ],
      },
      { element: 'size', property: 'sizeDeg' },
      { element: 'queryDataCmd', property: 'queryDataCmd' },
    ],
  },
])

export const simpleSpectralAccess: CapabilityType<SimpleSpectralAccess> = {
  type: 'ssap:SimpleSpectralAccess',
  xsiType: 'ssap:SimpleSpectralAccess',
  title: 'SSA: spectra and time series',
  shape,
  example: `type: ssap:SimpleSpectralAccess
accessUrl: https://archive.example.edu/ssa?
dataSources: [pointed]
creationTypes: [archival]
complianceLevel: query
supportedFrames: [ICRS]
maxSearchRadiusDeg: 10
maxRecords: 5000
testQuery:
  position: { longitudeDeg: 56.75, latitudeDeg: 24.12, frame: ICRS }
  sizeDeg: 0.5
  queryDataCmd: REQUEST=queryData
`,
  elements,
  build(capability, xml) {
    const standard = { type: 'vs:ParamHTTP', role: 'std', version: '1.1', use: 'base' } as const
    const standardId = 'ivo://ivoa.net/std/SSA'
    writeCapability(capability, { xsiType: 'ssap:SimpleSpectralAccess', standardId, interface: standard }, xml, () =>
      writeElements(elements, capability, xml),
    )
  },
}
