// vs:CatalogService and vs:CatalogResource: tables with or without a service of their own (VODataService 1.2 §3.1).
import { contentGroup } from '../content.js'
import { curationGroup } from '../curation.js'
import { identityGroup, resourceGroup } from '../descriptor.js'
import { ivoidShape } from '../names.js'
import { type Infer, list, object, text } from '../shape.js'
import { tablesetOf, tablesetShape, writeTableset } from '../tableset.js'
import { dataGroup, type ResourceType, resourceShape, writeData } from './resource-type.js'
import { servedByShape } from './service.js'

/** A catalog in the list of its service: it inherits what it does not say. */
const catalogEntryShape = object(
  'A catalog of this service; what it does not say it inherits from the service.',
  { ...identityGroup.required, ivoid: ivoidShape },
  {
    ...curationGroup.required,
    ...contentGroup.required,
    ...resourceGroup.optional,
    ...dataGroup.optional,
    schemas: list('Schemas of the tableset of the service that make up the catalog.', text('Name of a schema.')),
    tableset: tablesetShape,
  },
)

const service = resourceShape(
  'vs:CatalogService',
  'A service with tables.',
  {},
  {
    ...dataGroup.optional,
    tableset: tablesetShape,
    catalogs: list(
      'Catalogs that get a record of their own: a vs:CatalogResource with an auxiliary TAP capability each.',
      catalogEntryShape,
    ),
  },
)

const resource = resourceShape(
  'vs:CatalogResource',
  'Tables served by another resource.',
  {},
  {
    ...dataGroup.optional,
    servedBy: servedByShape,
    tableset: tablesetShape,
  },
)

export type CatalogService = Infer<typeof service>
export type CatalogResource = Infer<typeof resource>

const common = `description: Positions and magnitudes of 9,110 stars brighter than magnitude 6.5.
referenceUrl: https://archive.example.edu/bright
subjects: [catalogs]
contentTypes: [Catalog]
contentLevels: [Research]
publisher: { name: Example Archive, ivoid: ivo://archive.example.edu/organisation }
creators: [{ name: 'Doe, J.', orcid: 0000-0002-1825-0097 }]
contacts: [{ name: Help desk, email: help@archive.example.edu }]
rights: [{ text: CC BY 4.0, uri: https://spdx.org/licenses/CC-BY-4.0.html }]
coverage: { spatial: 1/0-47, spectral: { unit: nm, intervals: [[330, 1050]] }, wavebands: [Optical] }
tableset:
  schemas:
    - name: bright
      tables:
        - name: bright.star
          description: One row per star
          nrows: 9110
          columns:
            - { name: id, datatype: int, ucd: meta.id;meta.main, description: Number of the star, flags: [primary] }
            - { name: ra, datatype: double, unit: deg, ucd: pos.eq.ra;meta.main, description: Right ascension (ICRS) }
`

export const catalogService: ResourceType<CatalogService> = {
  type: 'vs:CatalogService',
  title: 'a service with tables: TAP, cone search',
  shape: service,
  example: `type: vs:CatalogService
ivoid: ivo://archive.example.edu/tap
title: Example Archive TAP service
shortName: Example TAP
${common}capabilities:
  - type: tr:TableAccess
    accessUrl: https://archive.example.edu/tap
    endpoints: [capabilities, tables]
    languages: [{ name: ADQL, versions: ['2.0'] }]
    outputFormats: [{ mime: application/x-votable+xml, aliases: [votable] }]
`,
  build(descriptor, xml, context) {
    writeData(descriptor, xml, context)
    const own = descriptor.self === true ? context.self.tables : undefined
    writeTableset(descriptor.tableset ?? (own && tablesetOf(own)), xml)
  },
}

export const catalogResource: ResourceType<CatalogResource> = {
  type: 'vs:CatalogResource',
  title: 'tables that other resources serve',
  shape: resource,
  example: `type: vs:CatalogResource
ivoid: ivo://archive.example.edu/bright
title: Bright Stars
shortName: Bright
${common}servedBy: ivo://archive.example.edu/tap
`,
  build(descriptor, xml, context) {
    writeData(descriptor, xml, context)
    writeTableset(descriptor.tableset, xml)
  },
}
