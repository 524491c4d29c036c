// sia:SimpleImageAccess and sia2: images that overlap a region (SimpleDALRegExt 1.2 §3.2; SIA 2.0 §4).
import type { XmlWriter } from '../../xml/writer.js'
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
  build(capability, xml) {
    const standard = { type: 'vs:ParamHTTP', role: 'std', version: '1.0', use: 'base' } as const
    const standardId = 'ivo://ivoa.net/std/SIA'
    writeCapability(capability, { xsiType: 'sia:SimpleImageAccess', standardId, interface: standard }, xml, () =>
      writeImages(capability, xml),
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
  build(capability, xml) {
    const standard = { type: 'vs:ParamHTTP', role: 'std', version: '2.0', use: 'base' } as const
    const standardId = 'ivo://ivoa.net/std/SIA#query-2.0'
    writeCapability(capability, { xsiType: 'sia:SimpleImageAccess', standardId, interface: standard }, xml, () =>
      writeImages(capability, xml),
    )
  },
}

function writeImages(images: Omit<SimpleImageAccess, 'type'>, xml: XmlWriter): void {
  xml.token('imageServiceType', images.imageServiceType ?? 'Pointed')
  writePair('maxQueryRegionSize', images.maxQueryRegionSize, xml)
  writePair('maxImageExtent', images.maxImageExtent, xml)
  xml.token('maxImageSize', images.maxImageSizePixels)
  xml.token('maxFileSize', images.maxFileSizeBytes)
  xml.token('maxRecords', images.maxRecords)
  const query = images.testQuery
  if (query === undefined) return
  xml.element('testQuery', {}, () => {
    writePair('pos', query.position, xml)
    writePair('size', query.size, xml)
    xml.token('verb', query.verbosity)
    xml.token('extras', query.extras)
  })
}

function writePair(
  name: string,
  pair: { readonly longitudeDeg: number; readonly latitudeDeg: number } | undefined,
  xml: XmlWriter,
): void {
  if (pair === undefined) return
  xml.element(name, {}, () => {
    xml.token('long', pair.longitudeDeg)
    xml.token('lat', pair.latitudeDeg)
  })
}
