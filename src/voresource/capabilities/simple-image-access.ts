// sia:SimpleImageAccess and sia2: images that overlap a region (SimpleDALRegExt 1.2 §3.2; SIA 2.0 §4).
import { elementRules, writeElements } from '../element-rules.js'
import { type Infer, integer, number, object, oneOf, text } from '../shape.js'
import { type CapabilityType, capabilityGroup, writeCapability } from './capability.js'

const pairOfDegrees = (description: string) =>
  object(
    description,
    { longitudeDeg: number('Along longitude, in degrees.'), latitudeDeg: number('Along latitude, in degrees.') },
    {},
  )

const imageProperties = {
  ...capabilityGroup.optional,
  imageServiceType: oneOf('How images come about; Pointed (as they were taken) when not said.', [
    'Cutout',
    'Mosaic',
    'Atlas',
    'Pointed',
  ]),
  maxQueryRegionSize: pairOfDegrees('Largest region of a query.'),
  maxImageExtent: pairOfDegrees('Largest image on the sky.'),
  maxImageSizePixels: integer('Largest image in pixels along a side.', { minimum: 1 }),
  maxFileSizeBytes: integer('Largest file in bytes.', { minimum: 1 }),
  maxRecords: integer('Most images of an answer.', { minimum: 1 }),
  testQuery: object(
    'A query that gives at least one image.',
    {},
    {
      position: pairOfDegrees('Centre of the region.'),
      size: pairOfDegrees('Size of the region.'),
      verbosity: integer('Value of VERB.', { minimum: 1, maximum: 3 }),
      extras: text('Further parameters as query string.'),
    },
  ),
}

const shape = object(
  'An image service of version 1.',
  { type: oneOf('SIA 1.', ['sia:SimpleImageAccess']) },
  imageProperties,
  {
    title: 'SIA 1',
  },
)

const shape2 = object('An image service of version 2.', { type: oneOf('SIA 2.', ['sia2']) }, imageProperties, {
  title: 'SIA 2',
})

export type SimpleImageAccess = Infer<typeof shape>
export type SimpleImageAccess2 = Infer<typeof shape2>

const position = [
  { element: 'long', property: 'longitudeDeg' },
  { element: 'lat', property: 'latitudeDeg' },
] as const

const elements = elementRules<Omit<SimpleImageAccess, 'type'>>([
  { element: 'imageServiceType', property: 'imageServiceType', fallback: 'Pointed' },
  { element: 'maxQueryRegionSize', property: 'maxQueryRegionSize', inside: position },
  { element: 'maxImageExtent', property: 'maxImageExtent', inside: position },
  { element: 'maxImageSize', property: 'maxImageSizePixels' },
  { element: 'maxFileSize', property: 'maxFileSizeBytes' },
  { element: 'maxRecords', property: 'maxRecords' },
  {
    element: 'testQuery',
    property: 'testQuery',
    inside: [
      { element: 'pos', property: 'position', inside: position },
      { element: 'size', property: 'size', inside: position },
      { element: 'verb', property: 'verbosity' },
      { element: 'extras', property: 'extras' },
    ],
  },
])

export const simpleImageAccess: CapabilityType<SimpleImageAccess> = {
  type: 'sia:SimpleImageAccess',
  xsiType: 'sia:SimpleImageAccess',
  title: 'SIA version 1: images of a region',
  shape,
  example: `type: sia:SimpleImageAccess
accessUrl: https://archive.example.edu/sia?
imageServiceType: Pointed
maxQueryRegionSize: { longitudeDeg: 10, latitudeDeg: 10 }
maxImageExtent: { longitudeDeg: 2, latitudeDeg: 2 }
maxImageSizePixels: 4096
maxFileSizeBytes: 100000000
maxRecords: 500
testQuery:
  position: { longitudeDeg: 56.75, latitudeDeg: 24.12 }
  size: { longitudeDeg: 0.5, latitudeDeg: 0.5 }
`,
  elements,
  recognise: (standardId) => (isVersion2(standardId) ? undefined : {}),
  build(capability, xml) {
    const standard = { type: 'vs:ParamHTTP', role: 'std', version: '1.0', use: 'base' } as const
    const standardId = 'ivo://ivoa.net/std/SIA'
    writeCapability(capability, { xsiType: 'sia:SimpleImageAccess', standardId, interface: standard }, xml, () =>
      writeElements(elements, capability, xml),
    )
  },
}

export const simpleImageAccess2: CapabilityType<SimpleImageAccess2> = {
  type: 'sia2',
  xsiType: 'sia:SimpleImageAccess',
  title: 'SIA version 2: images by region, time, energy',
  shape: shape2,
  example: `type: sia2
accessUrl: https://archive.example.edu/sia2/query
imageServiceType: Pointed
maxRecords: 1000
`,
  elements,
  recognise: (standardId) => (isVersion2(standardId) ? {} : undefined),
  build(capability, xml) {
    const standard = { type: 'vs:ParamHTTP', role: 'std', version: '2.0', use: 'base' } as const
    const standardId = 'ivo://ivoa.net/std/SIA#query-2.0'
    writeCapability(capability, { xsiType: 'sia:SimpleImageAccess', standardId, interface: standard }, xml, () =>
      writeElements(elements, capability, xml),
    )
  },
}

/** SIA 2.0 §4.1 and its erratum: the key of the standard tells version 2. */
function isVersion2(standardId: string | undefined): boolean {
  return /#query-2/i.test(standardId ?? '')
}
