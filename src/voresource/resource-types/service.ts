// vr:Service, vs:DataService and vs:DataResource: services and data without tables (VOResource 1.2 §3.2; VODataService 1.2 §3.1).
import { ivoidPattern } from '../names.js'
import { type Infer, text } from '../shape.js'
import { dataGroup, type ResourceType, resourceShape, serviceGroup, writeData, writeService } from './resource-type.js'

/** `servedBy` of data without a service of their own. */
export const servedByShape = text(
  'IVOID of the service that has the data: adds the auxiliary capability and the relationship IsServedBy.',
  { pattern: ivoidPattern },
)

const serviceShape = resourceShape('vr:Service', 'A service that gives no data of its own.', {}, serviceGroup.optional)
const dataServiceShape = resourceShape('vs:DataService', 'A service of data without tables.', {}, dataGroup.optional)
const dataResourceShape = resourceShape(
  'vs:DataResource',
  'Data without tables, served by another resource.',
  {},
  {
    ...dataGroup.optional,
    servedBy: servedByShape,
  },
)

export type Service = Infer<typeof serviceShape>
export type DataService = Infer<typeof dataServiceShape>
export type DataResource = Infer<typeof dataResourceShape>

const common = `referenceUrl: https://archive.example.edu/images
subjects: [sky-surveys]
contentLevels: [Research]
publisher: { name: Example Archive, ivoid: ivo://archive.example.edu/organisation }
creators: ['Doe, J.']
contacts: [{ name: Help desk, email: help@archive.example.edu }]
rights: [CC BY 4.0]
`

export const service: ResourceType<Service> = {
  type: 'vr:Service',
  title: 'a service that gives no data of its own',
  shape: serviceShape,
  example: `type: vr:Service
ivoid: ivo://archive.example.edu/converter
title: Coordinate converter
description: Converts positions between the frames in use in astronomy.
${common}capabilities:
  - { type: web-browser, accessUrl: 'https://archive.example.edu/converter' }
`,
  build: writeService,
}

export const dataService: ResourceType<DataService> = {
  type: 'vs:DataService',
  title: 'a service of images, spectra or other data',
  shape: dataServiceShape,
  example: `type: vs:DataService
ivoid: ivo://archive.example.edu/sia
title: Example images
description: All images that the Wide Field Camera has taken since 1998.
${common}facilities: [Example Observatory]
instruments: [{ name: Wide Field Camera, ivoid: ivo://archive.example.edu/camera }]
coverage:
  temporal: [[1998-03-01, 2024-12-31]]
  wavebands: [Optical, Infrared]
capabilities:
  - type: sia2
    accessUrl: https://archive.example.edu/sia2/query
`,
  build: writeData,
}

export const dataResource: ResourceType<DataResource> = {
  type: 'vs:DataResource',
  title: 'data that other resources serve',
  shape: dataResourceShape,
  example: `type: vs:DataResource
ivoid: ivo://archive.example.edu/atlas
title: Example atlas
description: Sixty plates of the northern sky, scanned at 20 micrometres.
${common}coverage: { wavebands: [Optical] }
relationships:
  - { type: IsServedBy, resources: [ivo://archive.example.edu/sia] }
capabilities:
  - { type: auxiliary, standard: SIA2, accessUrl: 'https://archive.example.edu/sia2/query' }
`,
  build: writeData,
}
