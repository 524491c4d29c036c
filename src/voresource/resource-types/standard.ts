// vstd:Standard, vstd:ServiceStandard and vstd:StandardKeyEnumeration: standards and their keys (StandardsRegExt 1.0 §3).
import type { XmlWriter } from '../../xml/writer.js'
import { fittingProfile, interfaceShape, writeInterface } from '../interfaces.js'
import { httpPattern } from '../names.js'
import { group, type Infer, type InferGroup, list, object, oneOf, text } from '../shape.js'
import { type ResourceType, resourceShape } from './resource-type.js'

const keysShape = list(
  'Terms the standard defines, referred to as IVOID#key.',
  object(
    'A term.',
    {
      name: text('Name of the key; new ones in lower case.', {
        pattern: "^([A-Za-z0-9;/?:@&=+$,\\-_.!~*'()]|%[A-Fa-f0-9]{2})+$",
      }),
      description: text('What it means.'),
    },
    {},
  ),
)

const standardGroup = group(
  {
    endorsedVersions: list(
      'Versions.',
      object(
        'A version.',
        { version: text('Version as in its documents.') },
        {
          status: oneOf('How far it has come.', ['rec', 'pr', 'wd', 'iwd', 'note', 'n/a']),
          use: oneOf('Whether to use it.', ['preferred', 'deprecated']),
        },
      ),
      { minItems: 1 },
    ),
  },
  {
    schemas: list(
      'XML schemas of the standard.',
      object(
        'A schema.',
        { namespace: text('Namespace URI.'), location: text('Where to get it.', { pattern: httpPattern }) },
        {
          description: text('What it is for.'),
          examples: list('Example documents.', text('Address.', { pattern: httpPattern })),
        },
      ),
    ),
    deprecated: text('Why it should not be used any more.'),
    keys: keysShape,
  },
)

const standardShape = resourceShape('vstd:Standard', 'A standard.', standardGroup.required, standardGroup.optional)
const serviceShape = resourceShape('vstd:ServiceStandard', 'A standard of services.', standardGroup.required, {
  ...standardGroup.optional,
  interfaces: list('Interfaces of services that follow it.', interfaceShape),
})
const keysOnlyShape = resourceShape(
  'vstd:StandardKeyEnumeration',
  'A list of keys.',
  { keys: { ...keysShape, minItems: 1 } },
  {},
)

export type Standard = Infer<typeof standardShape>
export type ServiceStandard = Infer<typeof serviceShape>
export type StandardKeyEnumeration = Infer<typeof keysOnlyShape>

const common = `description: How services of the Example Archive tell the state of their instruments.
referenceUrl: https://archive.example.edu/standards/state
subjects: [virtual-observatories]
publisher: { name: Example Archive, ivoid: ivo://archive.example.edu/organisation }
contacts: [{ name: Help desk, email: help@archive.example.edu }]
`
const versions = `endorsedVersions:
  - { version: '1.1', status: rec, use: preferred }
  - { version: '1.0', status: rec, use: deprecated }
schemas:
  - { namespace: 'http://archive.example.edu/xml/State/v1', location: 'http://archive.example.edu/xml/State-v1.1.xsd' }
keys:
  - { name: state-1.1, description: The resource that tells the state. }
`

export const standard: ResourceType<Standard> = {
  type: 'vstd:Standard',
  title: 'a standard',
  shape: standardShape,
  example: `type: vstd:Standard
ivoid: ivo://archive.example.edu/std/state
title: Instrument state
${common}${versions}`,
  build: writeStandard,
}

export const serviceStandard: ResourceType<ServiceStandard> = {
  type: 'vstd:ServiceStandard',
  title: 'a standard of services',
  shape: serviceShape,
  example: `type: vstd:ServiceStandard
ivoid: ivo://archive.example.edu/std/state-service
title: Instrument state service
${common}${versions}`,
  build(descriptor, xml, context) {
    writeStandard(descriptor, xml)
    for (const one of fittingProfile(descriptor.interfaces ?? [], context.profile)) writeInterface(one, xml)
  },
}

export const standardKeyEnumeration: ResourceType<StandardKeyEnumeration> = {
  type: 'vstd:StandardKeyEnumeration',
  title: 'a list of keys',
  shape: keysOnlyShape,
  example: `type: vstd:StandardKeyEnumeration
ivoid: ivo://archive.example.edu/std/states
title: States of instruments
${common}keys:
  - { name: observing, description: Light reaches the detector. }
  - { name: closed, description: The dome is closed. }
`,
  build: writeKeys,
}

function writeStandard(one: InferGroup<typeof standardGroup>, xml: XmlWriter): void {
  for (const { version, status, use } of one.endorsedVersions) xml.text('endorsedVersion', version, { status, use })
  for (const schema of one.schemas ?? []) {
    xml.element('schema', { namespace: schema.namespace }, () => {
      xml.token('location', schema.location)
      xml.token('description', schema.description)
      xml.tokens('example', schema.examples)
    })
  }
  xml.token('deprecated', one.deprecated)
  writeKeys(one, xml)
}

function writeKeys(one: { readonly keys?: Infer<typeof keysShape> }, xml: XmlWriter): void {
  for (const key of one.keys ?? []) {
    xml.element('key', {}, () => {
      xml.token('name', key.name)
      xml.token('description', key.description)
    })
  }
}
