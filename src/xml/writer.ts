// Calls of builders → one XML document: the small part of xmlbuilder2 used here. For documents, not for row loops.
import { create } from 'xmlbuilder2'
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js'
import { RegistryError } from '../core/errors.js'
import { withoutIllegalCharacters } from './escape.js'
import { knownNamespaces, namespaceUri, xsiNamespace } from './namespaces.js'
import { childElements, readXml, type XmlElement } from './reader.js'

const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/'

/** Attribute values by name; undefined ones are left out. `xsi:type` is the only name that may have a prefix. */
export type Attributes = Readonly<Record<string, string | undefined>>

/**
 * Writes one element tree. All elements below the root are in no namespace, as VOResource wants it (VOResource 1.2 §2.1).
 * Prefixes used in `xsi:type` are remembered and declared on the root, so that the tree stays whole when it is cut
 * out of its surroundings.
 */
export class XmlWriter {
  readonly #root: XMLBuilder
  readonly #prefixes = new Set<string>()
  readonly #otherNamespaces = new Map<string, string>()
  #current: XMLBuilder

  /** The root as `prefix:name`; its prefix must be a canonical one. */
  constructor(rootName: string) {
    this.#root = create().ele(namespaceUri(this.#declare(rootName)), rootName)
    this.#current = this.#root
  }

  /** A prefix for xsi:type values that is not a canonical one; it is declared on the root. */
  declareNamespace(prefix: string, uri: string): void {
    if (canonicalScope[prefix] !== undefined && canonicalScope[prefix] !== uri)
      throw new RegistryError(
        'invalid',
        `The prefix ${prefix} stands for ${canonicalScope[prefix]}; choose another one for ${uri}.`,
      )
    if (canonicalScope[prefix] === undefined) this.#otherNamespaces.set(prefix, uri)
  }

  /** An element with whatever `content` writes inside it. */
  element(name: string, attributes: Attributes, content: () => void): void {
    const parent = this.#current
    this.#current = this.#open(parent, name, attributes)
    content()
    this.#current = parent
  }

  /** An element with text of the type xs:token: white space is collapsed. Nothing is written without text. */
  token(name: string, value: string | number | boolean | undefined, attributes: Attributes = {}): void {
    if (value === undefined) return
    this.text(name, String(value).replace(/\s+/g, ' '), attributes)
  }

  /** One element for each text. */
  tokens(name: string, values: readonly (string | number)[] | undefined): void {
    for (const value of values ?? []) this.token(name, value)
  }

  /** An element with text of the type xs:string: inner line ends stay, since a blank line is a new paragraph. */
  text(name: string, value: string | undefined, attributes: Attributes = {}): void {
    if (value === undefined) return
    this.#open(this.#current, name, attributes).txt(literal(value.replace(/\r\n?/g, '\n').trim()))
  }

  /** An element without content. */
  empty(name: string, attributes: Attributes): void {
    this.#open(this.#current, name, attributes)
  }

  /** Elements given as XML text; canonical prefixes need no declaration. Throws XmlError when it is not well-formed. */
  fragment(xml: string): void {
    for (const element of readFragment(xml)) this.#copy(this.#current, element, undefined)
  }

  /** Attributes of the root, in this order, after the namespace declarations; then the document without XML declaration. */
  finish(attributes: Attributes, options: { readonly schemaLocations: boolean }): string {
    const type = attributes['xsi:type']
    if (type !== undefined) this.#declare(type)
    const known = knownNamespaces.filter((one) => !one.readOnly && this.#prefixes.has(one.prefix))
    for (const { prefix, uri } of known) this.#root.att(xmlnsNamespace, `xmlns:${prefix}`, uri)
    for (const [prefix, uri] of this.#otherNamespaces) this.#root.att(xmlnsNamespace, `xmlns:${prefix}`, uri)
    this.#root.att(xmlnsNamespace, 'xmlns:xsi', xsiNamespace)
    if (options.schemaLocations) {
      // VOResource 1.2 §2.1: each namespace is its own schema location.
      const pairs = known.flatMap(({ uri, schema }) => (schema === undefined ? [] : [`${uri} ${uri}`])).join(' ')
      this.#root.att(xsiNamespace, 'xsi:schemaLocation', pairs)
    }
    this.#setAttributes(this.#root, attributes)
    return this.#root.toString({ prettyPrint: true, headless: true })
  }

  #open(parent: XMLBuilder, name: string, attributes: Attributes): XMLBuilder {
    const element = parent.ele('', name)
    this.#setAttributes(element, attributes)
    return element
  }

  #setAttributes(element: XMLBuilder, attributes: Attributes): void {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined) continue
      if (name === 'xsi:type') {
        this.#declare(value)
        element.att(xsiNamespace, name, value)
      } else element.att(name, literal(value))
    }
  }

  #declare(qualifiedName: string): string {
    const prefix = qualifiedName.split(':', 1)[0] ?? ''
    if (this.#otherNamespaces.has(prefix)) return prefix
    namespaceUri(prefix)
    this.#prefixes.add(prefix)
    return prefix
  }

  #copy(parent: XMLBuilder, element: XmlElement, outerScope: XmlElement['scope'] | undefined): void {
    const name = element.prefix === '' ? element.name : `${element.prefix}:${element.name}`
    const copy = parent.ele(element.namespace, name)
    for (const [prefix, uri] of Object.entries(element.scope)) {
      if ((outerScope ?? canonicalScope)[prefix] === uri) continue
      if (prefix !== '') copy.att(xmlnsNamespace, `xmlns:${prefix}`, uri)
    }
    for (const attribute of element.attributes) {
      const prefix =
        attribute.name === 'type' && attribute.namespace === xsiNamespace && attribute.value.split(':', 1)[0]
      if (prefix && element.scope[prefix] === canonicalScope[prefix]) this.#declare(attribute.value)
      // Declared on the root, since xmlbuilder2 would declare it once for each attribute.
      const own = attribute.qualifiedName.split(':', 1)[0] ?? ''
      if (attribute.namespace !== '' && attribute.namespace === canonicalScope[own] && own !== 'xsi')
        this.#declare(attribute.qualifiedName)
      if (attribute.namespace === '') copy.att(attribute.name, literal(attribute.value))
      else copy.att(attribute.namespace, attribute.qualifiedName, literal(attribute.value))
    }
    for (const child of element.children) {
      if (typeof child !== 'string') this.#copy(copy, child, element.scope)
      else if (child.trim() !== '') copy.txt(literal(child))
    }
  }
}

/** xmlbuilder2 takes `&nbsp;` in a text for an entity and lets it through; here every ampersand means itself. */
function literal(text: string): string {
  return withoutIllegalCharacters(text).replaceAll('&', '&amp;')
}

const canonicalScope: Readonly<Record<string, string>> = Object.fromEntries(
  knownNamespaces.filter((one) => !one.readOnly).map((one) => [one.prefix, one.uri]),
)

/** XML text of zero or more elements → their trees; canonical prefixes are in scope. */
export function readFragment(xml: string): readonly XmlElement[] {
  const declarations = Object.entries(canonicalScope).map(([prefix, uri]) => `xmlns:${prefix}="${uri}"`)
  return childElements(readXml(`<fragment ${declarations.join(' ')}>${xml}</fragment>`))
}
