// What a document brought → resource records ready for ingest, and quarantine entries for the rest.
import type { Clock } from '../core/clock.js'
import { type Datestamp, readTimestamp, toDatestamp } from '../core/datestamp.js'
import { type Ivoid, isIvoid } from '../core/ivoid.js'
import type { ResourceRecord } from '../core/record.js'
import { attributeOf, firstChild, textOf, type XmlElement } from '../xml/reader.js'
import type { QuarantinedDocument } from './quarantine.js'
import { type FoundResource, readResources } from './resource-reader.js'

/** A record on its way in; with the parsed element, if that is at hand, so that it need not be parsed again. */
export type IncomingRecord = ResourceRecord & {
  readonly element?: XmlElement
  /** Its datestamp in the registry it comes from, when it is handed on under another one. */
  readonly sourceDatestamp?: Datestamp
}

export type Incoming = IncomingRecord | QuarantinedDocument

export interface IncomingOptions {
  /** IVOID of the registry the records come from. */
  readonly origin: Ivoid
  /** File or request, for the report on what is set aside. */
  readonly source: string
  readonly clock: Clock
}

/** Reads a document of any kind: records, tombstones, and what must be set aside with the reason. */
export async function* incomingRecords(
  document: string | AsyncIterable<string>,
  options: IncomingOptions,
): AsyncGenerator<Incoming, void, undefined> {
  for await (const found of readResources(document)) yield toIncoming(found, options)
}

/** One thing found → a record or a quarantine entry. */
export function toIncoming(found: FoundResource, options: IncomingOptions): Incoming {
  const { origin, clock } = options
  switch (found.kind) {
    case 'unreadable':
      return quarantined(found.reason, found.xml, found.identifier, options)
    case 'deleted': {
      const identifier = found.header.identifier
      if (!isIvoid(identifier)) return quarantined(notAnIvoid(identifier), '', identifier, options)
      const datestamp = readTimestamp(found.header.datestamp) ?? toDatestamp(clock())
      return { ivoid: identifier, datestamp, origin, status: 'deleted' }
    }
    case 'resource':
      return fromResource(found, options)
  }
}

function fromResource(found: Extract<FoundResource, { kind: 'resource' }>, options: IncomingOptions): Incoming {
  const { element, xml, header } = found
  const identifierElement = firstChild(element, 'identifier')
  const identifier = (identifierElement === undefined ? header?.identifier : textOf(identifierElement))?.trim() ?? ''
  const generation = /^http:\/\/www\.ivoa\.net\/xml\/(?:RegistryInterface|VOResource)\/v0\.\d+/.exec(element.namespace)
  if (generation !== null) {
    const reason = `a record of the generation before VOResource 1.0 (${generation[0]}); it has neither capabilities nor roles that could be read`
    return quarantined(reason, xml, identifier, options)
  }
  if (!isIvoid(identifier)) return quarantined(notAnIvoid(identifier), xml, identifier, options)
  const fixed = { ivoid: identifier, datestamp: datestampOf(found, options.clock), origin: options.origin }
  const status = attributeOf(element, 'status')?.trim().toLowerCase()
  if (header?.isDeleted || status === 'deleted') return { ...fixed, status: 'deleted' }
  return { ...fixed, status: status === 'inactive' ? 'inactive' : 'active', xml, element }
}

function datestampOf(found: Extract<FoundResource, { kind: 'resource' }>, clock: Clock): Datestamp {
  return (
    readTimestamp(found.header?.datestamp ?? '') ??
    readTimestamp(attributeOf(found.element, 'updated') ?? '') ??
    toDatestamp(clock())
  )
}

function notAnIvoid(identifier: string): string {
  return identifier === ''
    ? 'the record has no identifier'
    : `the identifier "${identifier.slice(0, 200)}" is not an IVOID`
}

function quarantined(
  reason: string,
  xml: string,
  identifier: string | undefined,
  { origin, source, clock }: IncomingOptions,
): QuarantinedDocument {
  const name = identifier === undefined || identifier === '' ? {} : { ivoid: identifier.slice(0, 1000) }
  return { status: 'quarantined', source, origin, noticed: toDatestamp(clock()), reason, xml, ...name }
}
