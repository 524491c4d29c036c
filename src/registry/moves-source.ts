// Descriptors with the records made of them → what the tables of moves need to know of each resource.

import type { Descriptor } from '../voresource/resource-types/index.js'
import { readXml, type XmlElement } from '../xml/reader.js'
import type { FormerUrl, MovableCapability, MovableResource } from './moves-rows.js'

/** A descriptor and its record. */
export interface BuiltDescriptor {
  readonly ivoid: string
  readonly descriptor: Descriptor
  readonly xml: string
}

/** The part of a capability in a descriptor that moves are about. */
interface DescribedCapability {
  readonly type: string
  readonly accessUrl?: string
  readonly formerAccessUrls?: readonly FormerUrl[]
}

/** Resources with former addresses; the others are left out, and their records not even read. */
export function movableResources(built: readonly BuiltDescriptor[]): readonly MovableResource[] {
  return built.flatMap(({ ivoid, descriptor, xml }) => {
    const capabilities = describedCapabilities(descriptor).filter((one) => (one.formerAccessUrls ?? []).length > 0)
    if (capabilities.length === 0) return []
    const record = readXml(xml)
    const movable = capabilities.flatMap((one) => movableCapability(one, record))
    return [{ ivoid, title: descriptor.title, capabilities: movable }]
  })
}

function describedCapabilities(descriptor: Descriptor): readonly DescribedCapability[] {
  return 'capabilities' in descriptor ? (descriptor.capabilities ?? []) : []
}

/** Standard and present address are read from the record, which is what clients see. */
function movableCapability(described: DescribedCapability, record: XmlElement): readonly MovableCapability[] {
  const inRecord = elements(record, 'capability').map((element) => ({
    standardId: attribute(element, 'standardID'),
    type: attribute(element, 'type') ?? 'vr:Capability',
    accessUrls: elements(element, 'interface').flatMap((one) => elements(one, 'accessURL').map(textOf)),
  }))
  const { accessUrl } = described
  const match = inRecord.find((one) =>
    accessUrl === undefined ? one.type === described.type : one.accessUrls.includes(accessUrl),
  )
  const present = accessUrl ?? match?.accessUrls[0]
  if (match === undefined || present === undefined) return []
  return [{ standardId: match.standardId, accessUrl: present, formerAccessUrls: described.formerAccessUrls ?? [] }]
}

/** Children of that name. */
export function elements(parent: XmlElement, name: string): readonly XmlElement[] {
  return parent.children.filter((child): child is XmlElement => typeof child !== 'string' && child.name === name)
}

/** Value of the attribute of that local name. */
export function attribute(element: XmlElement, name: string): string | null {
  return element.attributes.find((one) => one.name === name)?.value ?? null
}

/** Text directly inside an element, trimmed. */
export function textOf(element: XmlElement): string {
  return element.children
    .filter((child) => typeof child === 'string')
    .join('')
    .trim()
}
