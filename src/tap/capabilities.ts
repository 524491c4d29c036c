// Our own TAP service's record → the VOSI capabilities document: the same elements, so the two cannot disagree (VOSI 1.1 §3.1).
import { RegistryError } from '../core/errors.js'
import { escapeAttribute } from '../xml/escape.js'
import { namespaceUri, xsiNamespace } from '../xml/namespaces.js'
import { childElements, readXml } from '../xml/reader.js'

/** One `ri:Resource` document → `vosi:capabilities` with its capability elements, cut out as they stand. */
export function capabilitiesDocument(recordXml: string): string {
  const resource = readXml(recordXml)
  const capabilities = childElements(resource, 'capability')
  if (capabilities.length === 0) throw new RegistryError('internal', 'The record of the TAP service has no capability.')
  const vosi = namespaceUri('vosi')
  // Prefixes stand in values of xsi:type too, so every declaration in force comes along. The default namespace does
  // not: capabilities are in none.
  const declarations = Object.entries({ ...resource.scope, vosi, xsi: xsiNamespace })
    .filter(([prefix]) => !['', 'xml', 'xmlns'].includes(prefix))
    .map(([prefix, uri]) => ` xmlns:${prefix}="${escapeAttribute(uri)}"`)
  const cut = capabilities.map((capability) => recordXml.slice(capability.start, capability.end).trim())
  return `<?xml version="1.0" encoding="UTF-8"?>\n<vosi:capabilities${declarations.join('')}>\n${cut.join('\n')}\n</vosi:capabilities>\n`
}
