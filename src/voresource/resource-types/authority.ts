// vg:Authority: a naming authority, the first part of IVOIDs (Registry Interfaces 1.1 §3.1).
import { resourceNameShape, writeResourceName } from '../names.js'
import type { Infer } from '../shape.js'
import { type ResourceType, resourceShape } from './resource-type.js'

const shape = resourceShape('vg:Authority', 'A naming authority.', { managingOrg: resourceNameShape }, {})

export type Authority = Infer<typeof shape>

export const authority: ResourceType<Authority> = {
  type: 'vg:Authority',
  title: 'a naming authority: the first part of IVOIDs',
  shape,
  example: `type: vg:Authority
ivoid: ivo://archive.example.edu
title: Example Archive naming authority
shortName: Example Auth
description: Under this authority the Example Archive names its own resources.
referenceUrl: https://archive.example.edu/
subjects: [virtual-observatories]
publisher: { name: Example Archive, ivoid: ivo://archive.example.edu/organisation }
contacts: [{ name: Help desk, email: help@archive.example.edu }]
managingOrg: { name: Example Archive, ivoid: ivo://archive.example.edu/organisation }
`,
  build(descriptor, xml, context) {
    writeResourceName('managingOrg', descriptor.managingOrg, xml, context.profile ?? 'conservative')
  },
}
