// doc:Document: tutorials and other texts for people (DocRegExt 1.0 §3).
import type { Infer } from '../shape.js'
import { tablesetShape, writeTableset } from '../tableset.js'
import { dataGroup, type ResourceType, resourceShape, writeData } from './resource-type.js'

const shape = resourceShape(
  'doc:Document',
  'A text for people.',
  {},
  { ...dataGroup.optional, tableset: tablesetShape },
)

export type DocumentDescriptor = Infer<typeof shape>

export const document: ResourceType<DocumentDescriptor> = {
  type: 'doc:Document',
  title: 'a tutorial or other text for people',
  shape,
  example: `type: doc:Document
ivoid: ivo://archive.example.edu/tutorials/bright
title: Bright stars with pyvo
shortName: Bright tutorial
description: Finds the brightest stars of an open cluster, from the search for a service to the plot.
referenceUrl: https://archive.example.edu/tutorials/bright
subjects: [virtual-observatories]
contentTypes: [Education]
contentLevels: [Amateur]
publisher: { name: Example Archive, ivoid: ivo://archive.example.edu/organisation }
creators: ['Doe, J.']
contacts: [{ name: Help desk, email: help@archive.example.edu }]
rights: [{ text: CC BY 4.0, uri: https://spdx.org/licenses/CC-BY-4.0.html }]
relationships:
  - { type: Cites, resources: [ivo://archive.example.edu/tap] }
capabilities:
  - type: doc:Edition
    languageCode: en
    interfaces:
      - { type: 'vr:WebBrowser', role: rendered, accessUrl: 'https://archive.example.edu/tutorials/bright.html', use: full }
`,
  build(descriptor, xml, context) {
    writeData(descriptor, xml, context)
    writeTableset(descriptor.tableset, xml)
  },
}
