// An element of a larger document → XML text that stands alone, with every namespace binding it lived under.
// Registries declare prefixes on outer elements and use them inside attribute values (`xsi:type="vs:CatalogService"`),
// so what looks unused must come along (ARCHITECTURE 3.2).
import { escapeAttribute } from './escape.js'
import { knownNamespaces } from './namespaces.js'
import { childElements, type XmlElement } from './reader.js'

const startTag = /^<[^\s/>]+(?:\s+[^\s=>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*(?=\/?>)/
const declaration = /\sxmlns(?::([^\s=]+))?\s*=\s*(?:"[^"]*"|'[^']*')/g
const envelope = 'http://www.openarchives.org/OAI/2.0/'
const usualNamespaces = new Map(knownNamespaces.filter((one) => !one.readOnly).map((one) => [one.prefix, one.uri]))

/**
 * The text of `element`, as it stands in its document, with the declarations of its surroundings added to its start
 * tag. Prefixes that nobody declared get their usual namespace, so that the text is well-formed for everyone.
 */
export function standAlone(text: string, element: XmlElement): string {
  const tag = startTag.exec(text)?.[0]
  if (tag === undefined) return text
  const declaredHere = new Set(Array.from(tag.matchAll(declaration), (match) => match[1] ?? ''))
  const missing = new Map<string, string>()
  for (const [prefix, uri] of Object.entries(element.scope)) {
    if (declaredHere.has(prefix) || prefix === 'xml' || prefix === 'xmlns') continue
    // Names without prefix inside a prefixed resource belong to no namespace; OAI's is there by mistake of the sender.
    if (prefix === '' && (uri === '' || (uri === envelope && element.prefix !== ''))) continue
    missing.set(prefix, uri)
  }
  for (const prefix of undeclaredPrefixes(element))
    missing.set(prefix, usualNamespaces.get(prefix) ?? `urn:undeclared:${prefix}`)
  if (missing.size === 0) return text
  const name = /^<[^\s/>]+/.exec(text)?.[0] ?? ''
  const added = Array.from(
    missing,
    ([prefix, uri]) => ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeAttribute(uri)}"`,
  )
  return name + added.join('') + text.slice(name.length)
}

/** Prefixes of names and of xsi:type values in the element that no declaration covers. */
function undeclaredPrefixes(element: XmlElement, found = new Set<string>()): ReadonlySet<string> {
  const check = (prefix: string): void => {
    if (prefix !== '' && prefix !== 'xml' && element.scope[prefix] === undefined) found.add(prefix)
  }
  check(element.prefix)
  for (const attribute of element.attributes) {
    const colon = attribute.qualifiedName.indexOf(':')
    if (colon < 0) continue
    check(attribute.qualifiedName.slice(0, colon))
    const inValue = attribute.name === 'type' ? /^\s*([A-Za-z_][\w.-]*):/.exec(attribute.value)?.[1] : undefined
    if (inValue !== undefined) check(inValue)
  }
  for (const child of childElements(element)) undeclaredPrefixes(child, found)
  return found
}
