// A registered record and the VOSI capabilities of its service → where they disagree.
import { readXml, type XmlElement } from '../xml/reader.js'
import { addressKey, parseAddress } from './moves-address.js'
import { attribute, elements, textOf } from './moves-source.js'

/** What both documents say about one standard. */
export interface CapabilityFacts {
  /** In lower case, without fragment. */
  readonly standard: string
  readonly accessUrls: readonly string[]
  readonly versions: readonly string[]
  readonly formats: readonly string[]
  readonly dataModels: readonly string[]
}

/** Capabilities of a record or a VOSI document. Throws SyntaxError or the reader's error for what is no XML. */
export function capabilityFacts(xml: string): readonly CapabilityFacts[] {
  return elements(readXml(xml), 'capability').flatMap((capability) => {
    const standard = attribute(capability, 'standardID')
    if (standard === null) return []
    const interfaces = elements(capability, 'interface')
    return [
      {
        standard: bare(standard),
        accessUrls: interfaces.flatMap((one) => elements(one, 'accessURL').map(textOf)),
        versions: interfaces.flatMap((one) => attribute(one, 'version') ?? []),
        formats: elements(capability, 'outputFormat').flatMap((one) => texts(one, 'mime')),
        dataModels: elements(capability, 'dataModel').flatMap((one) => attribute(one, 'ivo-id')?.toLowerCase() ?? []),
      },
    ]
  })
}

/** Differences that mislead clients: what is registered and not offered. More on the service's side is fine. */
export function disagreements(registered: CapabilityFacts, offered: readonly CapabilityFacts[]): readonly string[] {
  const same = offered.filter(({ standard }) => standard === registered.standard)
  if (same.length === 0) return [`the standard ${registered.standard} is registered and not among the capabilities`]
  const all = <K extends Exclude<keyof CapabilityFacts, 'standard'>>(key: K): readonly string[] =>
    same.flatMap((one) => one[key])
  const missing = (name: string, wanted: readonly string[], has: readonly string[]): readonly string[] => {
    const left = wanted.filter((one) => !has.includes(one))
    return left.length === 0 ? [] : [`${name} ${left.join(', ')} registered and not offered`]
  }
  return [
    ...missing('access URL', registered.accessUrls.map(keyOf), all('accessUrls').map(keyOf)),
    ...missing('version', registered.versions, all('versions')),
    ...missing('format', registered.formats.map(mediaType), all('formats').map(mediaType)),
    ...missing('data model', registered.dataModels, all('dataModels')),
  ]
}

/** `ivo://ivoa.net/std/TAP#aux` and `ivo://ivoa.net/std/TAP` are the same standard. */
export function bare(standardId: string): string {
  return standardId.toLowerCase().replace(/#.*/, '')
}

function texts(parent: XmlElement, name: string): readonly string[] {
  return elements(parent, name).map(textOf)
}

function mediaType(text: string): string {
  return text.toLowerCase().replace(/\s+/g, '')
}

function keyOf(url: string): string {
  const address = parseAddress(url)
  return address === undefined ? url : addressKey(address)
}
