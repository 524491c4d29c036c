// What every capability has in common, and the list's element: shape, type and XML of one capability, side by side.
import type { XmlElement } from '../../xml/reader.js'
import type { XmlWriter } from '../../xml/writer.js'
import type { BuildContext } from '../context.js'
import type { ElementRule } from '../element-rules.js'
import { type Interface, interfaceShape, mirrorUrlShape, writeInterface } from '../interfaces.js'
import { httpPattern, ivoUriPattern } from '../names.js'
import { flag, group, type Infer, type InferGroup, integer, list, map, object, type Shape, text } from '../shape.js'

export const validationLevelsShape = list(
  'Who has checked it, and how deeply.',
  object(
    'One judgement.',
    {
      level: integer('0 described, 1 answers, 2 checked by the publisher, 3 by others too, 4 inspected by people.', {
        minimum: 0,
        maximum: 4,
      }),
      validatedBy: text('IVOID of the registry that judged.', { pattern: ivoUriPattern }),
    },
    {},
  ),
)

const formerAccessUrlShape = object(
  'An address where the service was before.',
  { url: text('The former address.', { pattern: httpPattern }) },
  {
    until: text('First day on which it did not answer any more, as 2025-06-26.', { pattern: '^\\d{4}-\\d\\d-\\d\\d$' }),
    note: text('What users of the old address should know.'),
    renamedTables: map('Tables that got other names in the move: old name to new name.', text('New name.')),
  },
)

/** Properties of every capability. */
export const capabilityGroup = group(
  {},
  {
    description: text('What this capability offers; clients show it where a resource has several.'),
    accessUrl: text('Address of the one standard interface; `interfaces` is the full form.', { pattern: httpPattern }),
    interfaceVersion: text('Version of the standard that the interface at accessUrl speaks.'),
    mirrorUrls: list('Other addresses of the interface at accessUrl.', mirrorUrlShape),
    securityMethods: list(
      'Ways to log in at accessUrl: one more interface each. "anonymous" stands for none.',
      text('IVOID of a method, or anonymous.', { pattern: `^anonymous$|${ivoUriPattern}` }),
    ),
    interfaces: list('All ways to reach it.', interfaceShape),
    formerAccessUrls: list(
      'Addresses where it was before; they go to the list of moved services.',
      formerAccessUrlShape,
    ),
    validationLevels: validationLevelsShape,
    self: flag('True when this program serves it: addresses and facts are filled in.'),
    extension: text('XML elements put at the end of the capability as they stand.'),
  },
)

export type CapabilityCommon = InferGroup<typeof capabilityGroup>
export type FormerAccessUrl = Infer<typeof formerAccessUrlShape>

/** One entry of the list of capabilities. */
export interface CapabilityType<C extends { readonly type: string }> {
  /** Value of `type` in a descriptor. */
  readonly type: C['type']
  /** The xsi:type written. */
  readonly xsiType: string
  /** What it is for, in a few words. */
  readonly title: string
  readonly shape: Shape<C>
  /** One complete example, in YAML; documentation shows it and a test builds it. */
  readonly example: string
  /** Its own elements after the interfaces: `build` writes them by this list, and records are read back by it. */
  readonly elements?: readonly ElementRule[]
  /** Reads back own elements that are too involved for a list. */
  readonly read?: (capability: XmlElement) => Readonly<Record<string, unknown>>
  /**
   * Among capabilities of the same xsi:type, tells by the standardID whether one is of this kind: gives the keys that
   * follow from it, undefined when it is another's. Without it all of the xsi:type are.
   */
  readonly recognise?: (standardId: string | undefined) => Readonly<Record<string, unknown>> | undefined
  /** Writes the `capability` elements. */
  build(capability: C, xml: XmlWriter, context: BuildContext): void
}

/** The interface that `accessUrl` stands for. */
export type StandardInterface = Pick<Interface, 'type'> & Partial<Interface>

/** Writes one `capability`: the common part, then what `ownPart` adds after the interfaces. */
export function writeCapability(
  capability: CapabilityCommon,
  standard: {
    readonly xsiType: string
    readonly standardId?: string | undefined
    readonly interface: StandardInterface
  },
  xml: XmlWriter,
  ownPart: () => void = () => {},
): void {
  // The Registry of Registries finds searchable registries by an explicit vr:Capability.
  xml.element('capability', { 'xsi:type': standard.xsiType, standardID: standard.standardId }, () => {
    for (const { level, validatedBy } of capability.validationLevels ?? [])
      xml.token('validationLevel', level, { validatedBy })
    xml.text('description', capability.description)
    for (const one of interfacesOf(capability, standard.interface)) writeInterface(one, xml)
    ownPart()
    if (capability.extension !== undefined) xml.fragment(capability.extension)
  })
}

/** All interfaces of a capability, those that `accessUrl` stands for first. */
export function interfacesOf(capability: CapabilityCommon, standard: StandardInterface): readonly Interface[] {
  const { accessUrl, mirrorUrls, interfaceVersion } = capability
  const full = capability.interfaces ?? []
  if (accessUrl === undefined) return full
  // At most one securityMethod per interface (VOResource 1.1 schema), and none where anybody may enter.
  const methods = capability.securityMethods ?? ['anonymous']
  const short = methods.map((method) => ({
    ...standard,
    accessUrl,
    ...(interfaceVersion === undefined ? {} : { version: interfaceVersion }),
    ...(mirrorUrls === undefined ? {} : { mirrorUrls }),
    ...(method === 'anonymous' ? {} : { securityMethod: method }),
  }))
  return [...short, ...full]
}
