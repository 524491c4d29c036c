// A descriptor → one VOResource document (VOResource 1.2 §3.1). Same input, same bytes; no clock.
import { RegistryError } from '../core/errors.js'
import { XmlWriter } from '../xml/writer.js'
import { digestOf, type ResourceCache } from './cache.js'
import { type Capability, writeAnyCapability } from './capabilities/index.js'
import { writeContent } from './content.js'
import type { BuildContext, RecordTimes } from './context.js'
import { writeCuration } from './curation.js'
import { declareType } from './names.js'
import { type Descriptor, resourceType } from './resource-types/index.js'
import { capabilitiesOf } from './self.js'

/** Stands for `created` and `updated` until the ledger has given them. */
export const undated: { readonly created: string; readonly updated: string } = {
  created: '0001-01-01T00:00:00Z',
  updated: '0001-01-01T00:00:01Z',
}

/** VOResource schema version that each profile keeps to. */
const schemaVersions = { conservative: '1.1', current: '1.2' } as const

/**
 * A checked descriptor → one `ri:Resource` element with all its namespace declarations, without XML declaration.
 * Without `times` the record bears placeholders: the form whose hash tells whether anything changed; `dateRecord` fills them in.
 */
export function buildRecord(descriptor: Descriptor, context: BuildContext, times?: RecordTimes): string {
  const type = resourceType(descriptor.type)
  if (type === undefined) throw new RegistryError('internal', `There is no builder for ${descriptor.type}.`)
  if (descriptor.ivoid === undefined) throw new RegistryError('invalid', `"${descriptor.title}" has no ivoid.`)
  const profile = context.profile ?? 'conservative'
  const xml = new XmlWriter('ri:Resource')
  for (const { level, validatedBy } of descriptor.validationLevels ?? [])
    xml.token('validationLevel', level, { validatedBy })
  xml.token('title', descriptor.title)
  xml.token('shortName', descriptor.shortName)
  xml.token('identifier', descriptor.ivoid)
  xml.tokens('altIdentifier', descriptor.altIdentifiers)
  writeCuration(descriptor, xml, profile)
  writeContent(descriptor, xml, profile)
  type.build(descriptor, xml, context)
  if (descriptor.extension !== undefined) xml.fragment(descriptor.extension)
  const root = {
    'xsi:type': ('xsiType' in descriptor ? declareType(descriptor.xsiType, xml) : undefined) ?? descriptor.type,
    ...undated,
    status: descriptor.status ?? 'active',
    version: schemaVersions[profile],
  }
  const undatedRecord = xml.finish(root, { schemaLocations: true })
  return times === undefined ? undatedRecord : dateRecord(undatedRecord, times)
}

/** Builds records without times in one context; with a cache, each descriptor only once for all runs. */
export function recordBuilder(
  context: BuildContext,
  cache?: ResourceCache,
): (resource: { readonly descriptor: Descriptor; readonly digest: string }) => string {
  if (cache === undefined) return ({ descriptor }) => buildRecord(descriptor, context)
  const contextDigest = digestOf(JSON.stringify(context))
  return ({ descriptor, digest }) =>
    cache.remember('record', digestOf(`${digest} ${contextDigest}`), () => buildRecord(descriptor, context))
}

/** A record with placeholders → the same with its times. */
export function dateRecord(undatedRecord: string, times: RecordTimes): string {
  return undatedRecord
    .replace(`created="${undated.created}"`, `created="${times.created}"`)
    .replace(`updated="${undated.updated}"`, `updated="${times.updated}"`)
}

/** The capabilities of a descriptor → the VOSI capabilities document of its service (VOSI 1.1 §2.1), without XML declaration. */
export function buildCapabilities(descriptor: Descriptor, context: BuildContext): string {
  const xml = new XmlWriter('vosi:capabilities')
  for (const capability of capabilitiesOf(descriptor, context)) writeAnyCapability(capability, xml, context)
  return xml.finish({}, { schemaLocations: true })
}

/**
 * For each `capability` element of the record, which capability of the descriptor it comes from (from 0); undefined for
 * those that this program supplies. One capability may write several elements: its VOSI endpoints are elements of their own.
 */
export function capabilityOrigins(descriptor: Descriptor, context: BuildContext): readonly (number | undefined)[] {
  const stated: readonly Capability[] = ('capabilities' in descriptor ? descriptor.capabilities : undefined) ?? []
  return capabilitiesOf(descriptor, context).flatMap((capability) => {
    const xml = new XmlWriter('vosi:capabilities')
    writeAnyCapability(capability, xml, context)
    const elements = xml.finish({}, { schemaLocations: false }).match(/<capability[\s/>]/g)?.length ?? 0
    const index = stated.indexOf(capability)
    return Array.from({ length: elements }, () => (index < 0 ? undefined : index))
  })
}
