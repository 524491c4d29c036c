// vr:Organisation: a body that publishes or observes (VOResource 1.2 §3.2.1).
import type { Infer } from '../shape.js'
import { observatoryGroup, type ResourceType, resourceShape, writeObservatory } from './resource-type.js'

const shape = resourceShape(
  'vr:Organisation',
  'An organisation, project or archive.',
  observatoryGroup.required,
  observatoryGroup.optional,
)

export type Organisation = Infer<typeof shape>

export const organisation: ResourceType<Organisation> = {
  type: 'vr:Organisation',
  title: 'an organisation, project or archive',
  shape,
  example: `type: vr:Organisation
ivoid: ivo://archive.example.edu/organisation
title: Example Archive
shortName: Example
description: Keeps and publishes the data of the Example Observatory.
referenceUrl: https://archive.example.edu/
subjects: [virtual-observatories]
contentTypes: [Organisation]
publisher: { name: Example Archive, ivoid: ivo://archive.example.edu/organisation, ror: 03yrm5c26 }
contacts: [{ name: Help desk, email: help@archive.example.edu }]
facilities: [Example Observatory]
instruments: [Wide Field Camera]
`,
  build: writeObservatory,
}
