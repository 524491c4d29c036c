// vr:Resource: anything else that has a record, and the types that no list here knows (VOResource 1.2 §3.1).
import { foreignTypeShape } from '../names.js'
import type { Infer } from '../shape.js'
import { type ResourceType, resourceShape } from './resource-type.js'

const shape = resourceShape(
  'vr:Resource',
  'A resource of a type that has no descriptor of its own; what such a type adds goes into `extension`.',
  {},
  { xsiType: foreignTypeShape },
)

export type OtherResource = Infer<typeof shape>

export const otherResource: ResourceType<OtherResource> = {
  type: 'vr:Resource',
  title: 'anything else, such as a program',
  shape,
  example: `type: vr:Resource
ivoid: ivo://archive.example.edu/viewer
title: Example viewer
description: A program that shows the images of the Example Archive beside those of other archives.
referenceUrl: https://archive.example.edu/viewer
subjects: [astronomy-software]
contentTypes: [Other]
publisher: { name: Example Archive, ivoid: ivo://archive.example.edu/organisation }
contacts: [{ name: Help desk, email: help@archive.example.edu }]
`,
  // Nothing is known of its own elements; the extension has them.
  build() {},
}
