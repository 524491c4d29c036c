// A payload → the OAI-PMH document around it, as text (OAI-PMH 2.0 §3.2). The OAI-PMH namespace is the default one and
// the root has no prefix: the validator of openarchives.org and HTTP::OAI read nothing else.
import type { Datestamp } from '../core/datestamp.js'
import { foldIvoid } from '../core/ivoid.js'
import type { ResourceRecord } from '../core/record.js'
import { escapeAttribute, escapeText } from '../xml/escape.js'
import { namespaceUri, xsiNamespace } from '../xml/namespaces.js'
import { rootStart, rootTag } from '../xml/root-tag.js'
import { isMetadataPrefix, isSetSpec } from './arguments.js'
import type { OaiArgument, OaiProblem } from './problem.js'

const oaiNamespace = namespaceUri('oai')
const oaiSchema = 'http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd'

/** What all answers of a registry share. */
export interface EnvelopeFrame {
  /** The URL harvesters use; also Identify's baseURL. */
  readonly baseUrl: string
}

/** Everything before the element of the verb or the error. `sent` are the arguments to mirror. */
export function openEnvelope(frame: EnvelopeFrame, responseDate: Datestamp, sent: readonly OaiArgument[]): string {
  const attributes = sent
    .filter(isMirrored)
    .map(({ name, value }) => ` ${name}="${escapeAttribute(value)}"`)
    .join('')
  return `<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="${oaiNamespace}" xmlns:xsi="${xsiNamespace}" xsi:schemaLocation="${oaiNamespace} ${oaiSchema}">
<responseDate>${responseDate}</responseDate>
<request${attributes}>${escapeText(frame.baseUrl)}</request>
`
}

export const closeEnvelope = '</OAI-PMH>\n'

/** The `error` elements (OAI-PMH 2.0 §3.6). */
export function errorElements(problems: readonly OaiProblem[]): string {
  return problems.map(({ code, message }) => `<error code="${code}">${escapeText(message)}</error>\n`).join('')
}

/** OAI-PMH 2.0 §2.5: identifier as the publisher spells it, datestamp, all sets of the record. */
export function headerElement(record: ResourceRecord, sets: readonly string[]): string {
  const status = record.status === 'deleted' ? ' status="deleted"' : ''
  const specs = sets.map((set) => `<setSpec>${set}</setSpec>`).join('')
  return `<header${status}><identifier>${escapeText(record.ivoid)}</identifier><datestamp>${record.datestamp}</datestamp>${specs}</header>\n`
}

/** A record with its payload; a deleted one has none (OAI-PMH 2.0 §2.5.1). */
export function recordElement(header: string, payload: string | undefined): string {
  return payload === undefined
    ? `<record>\n${header}</record>\n`
    : `<record>\n${header}<metadata>\n${payload}\n</metadata>\n</record>\n`
}

/** The end of one part of a list; an empty token says that the list is complete (OAI-PMH 2.0 §3.5). */
export function resumptionTokenElement(
  token: string,
  facts: { readonly cursor: number; readonly completeListSize?: number; readonly expirationDate?: Datestamp },
): string {
  const expiration = facts.expirationDate === undefined ? '' : ` expirationDate="${facts.expirationDate}"`
  const size = facts.completeListSize === undefined ? '' : ` completeListSize="${facts.completeListSize}"`
  return `<resumptionToken${expiration}${size} cursor="${facts.cursor}">${token}</resumptionToken>\n`
}

/**
 * A document element as it may stand inside an OAI-PMH answer: the default namespace of the envelope is taken off,
 * because the elements of VOResource are in no namespace.
 */
export function asPayload(xml: string): string {
  const start = rootStart(xml)
  const tag = /^<[^\s/>]+/.exec(xml.slice(start, start + 200))?.[0]
  if (tag === undefined) return xml
  const names = rootTag(xml, start).replace(/"[^"]*"|'[^']*'/g, '""')
  if (/\sxmlns\s*=/.test(names)) return xml.slice(start)
  return `${tag} xmlns=""${xml.slice(start + tag.length)}`
}

/** Only what the schema of the `request` element accepts can be mirrored. */
function isMirrored({ name, value }: OaiArgument): boolean {
  switch (name) {
    case 'metadataPrefix':
      return isMetadataPrefix(value)
    case 'set':
      return isSetSpec(value)
    case 'identifier':
      return isPlainUri(value)
    default:
      return true
  }
}

function isPlainUri(text: string): boolean {
  return text.length <= 1000 && /^[a-z][a-z0-9+.-]*:[\w\-.~:/?@!$&'()*+,;=]*$/.test(foldIvoid(text))
}
