// The xsi:type of an element, with whatever prefix its document chose → the name descriptors know it by.
import { canonicalTypeName } from '../regtap/type-names.js'
import type { ForeignType } from '../voresource/names.js'
import { knownNamespaces, xsiNamespace } from '../xml/namespaces.js'
import { attributeOf, type XmlElement } from '../xml/reader.js'

const knownPrefixes = new Set(knownNamespaces.map((one) => one.prefix))

/** `vs:CatalogService` for whatever prefix and version of the schema; undefined when the element has no xsi:type. */
export function xsiTypeName(element: XmlElement): string | undefined {
  const written = attributeOf(element, 'type', xsiNamespace)?.trim()
  if (written === undefined || written === '') return undefined
  const canonical = canonicalTypeName(written, element.scope)
  const local = written.slice(written.indexOf(':') + 1)
  // RegTAP folds the case of type names; VOResource does not.
  return canonical.slice(0, canonical.length - local.length) + local
}

/** The xsi:type as a descriptor states one it has no entry for: with its namespace, unless its prefix is a usual one. */
export function foreignType(element: XmlElement): ForeignType | undefined {
  const name = xsiTypeName(element)
  if (name === undefined) return undefined
  const prefix = name.split(':', 1)[0] ?? ''
  if (knownPrefixes.has(prefix)) return name
  const written = attributeOf(element, 'type', xsiNamespace)?.trim() ?? ''
  const namespace = written.includes(':') ? element.scope[written.split(':', 1)[0] ?? ''] : element.scope['']
  return namespace === undefined || namespace === '' ? name : { name, namespace }
}
