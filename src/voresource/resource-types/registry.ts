// vg:Registry: a registry, publishing or searchable (Registry Interfaces 1.1 §3.2).
import { flag, type Infer, list, text } from '../shape.js'
import { tablesetOf, tablesetShape, writeTableset } from '../tableset.js'
import { type ResourceType, resourceShape, serviceGroup, writeService } from './resource-type.js'

const shape = resourceShape(
  'vg:Registry',
  'A registry.',
  { full: flag('True when it collects all records of the Virtual Observatory (and offers them to searches).') },
  {
    ...serviceGroup.optional,
    managedAuthorities: list(
      'Authorities whose records it publishes.',
      text('Authority without ivo://.', { pattern: "^[A-Za-z0-9][A-Za-z0-9_\\-.!~*'()+=]{2,}$" }),
    ),
    tableset: tablesetShape,
  },
)

export type RegistryDescriptor = Infer<typeof shape>

export const registry: ResourceType<RegistryDescriptor> = {
  type: 'vg:Registry',
  title: 'a registry, publishing or searchable',
  shape,
  example: `type: vg:Registry
ivoid: ivo://archive.example.edu/registry
title: Example Archive publishing registry
shortName: Example Reg
description: Publishes the resources of the Example Archive to the Virtual Observatory.
referenceUrl: https://registry.example.edu/
subjects: [virtual-observatories]
publisher: { name: Example Archive, ivoid: ivo://archive.example.edu/organisation }
contacts: [{ name: Help desk, email: help@archive.example.edu }]
full: false
managedAuthorities: [archive.example.edu]
capabilities:
  - type: vg:Harvest
    accessUrl: https://registry.example.edu/oai
    maxRecords: 250
  - type: vosi
    accessUrl: https://registry.example.edu/oai
    endpoints: [capabilities, availability]
`,
  build(descriptor, xml, context) {
    const isSelf = descriptor.self === true
    writeService(descriptor, xml, context)
    xml.token('full', descriptor.full)
    const managed = descriptor.managedAuthorities ?? (isSelf ? context.self.managedAuthorities : undefined)
    xml.tokens('managedAuthority', managed)
    // A searchable registry shows its tables here (Registry Interfaces 1.1 §5.2; RegTAP 1.2 §7).
    const own = isSelf && descriptor.full ? context.self.tables : undefined
    writeTableset(descriptor.tableset ?? (own && tablesetOf(own)), xml)
  },
}
