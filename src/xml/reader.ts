// XML text → a light element tree that knows its namespaces and its lines. Streaming: whoever wants can have each
// element of a name as it closes, so that a harvest page of any size costs the memory of one record.
import { knownNamespaces } from './namespaces.js'
import { XmlScanner } from './scanner.js'

export { XmlError } from './scanner.js'

export interface XmlAttribute {
  /** Local name. */
  readonly name: string
  /** Namespace URI; empty for none. */
  readonly namespace: string
  /** As written, prefix included. */
  readonly qualifiedName: string
  readonly value: string
}

export interface XmlElement {
  /** Local name. */
  readonly name: string
  /** Namespace URI; empty for none. */
  readonly namespace: string
  readonly prefix: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: readonly (XmlElement | string)[]
  /** Prefix → URI as in force here; the default namespace under the empty prefix. */
  readonly scope: Readonly<Record<string, string>>
  /** Where the start tag ends, from 1. */
  readonly line: number
  /** Offsets of the element's text in the source, start tag to end tag; only for whole texts. */
  readonly start: number
  readonly end: number
}

/** What to do with a document while it is read. */
export interface ReadOptions {
  /** Called for each element of this name (any namespace) when it closes; the element is not kept in its parent. */
  readonly onElement?: { readonly name: string; readonly handle: (element: XmlElement) => void }
  /** Called for each element when it closes, with the elements around it; true means it is not kept in its parent. */
  readonly take?: (element: XmlElement, around: readonly XmlElement[]) => boolean
  /** Refuse deeper nesting; entity tricks and rubbish end here. */
  readonly maxDepth?: number
}

interface OpenElement {
  name: string
  namespace: string
  prefix: string
  attributes: readonly XmlAttribute[]
  children: (XmlElement | string)[]
  scope: Readonly<Record<string, string>>
  line: number
  start: number
  end: number
}

/** A whole text → its root element. DTDs with entity declarations are refused (no external entities, no bombs). */
export function readXml(text: string, options: ReadOptions = {}): XmlElement {
  const reader = new XmlReader(options)
  reader.write(text)
  return reader.close()
}

/** Reads a document piece by piece. */
export class XmlReader {
  readonly #scanner: XmlScanner
  readonly #stack: OpenElement[] = []
  readonly #options: ReadOptions
  readonly #maxDepth: number
  #root: XmlElement | undefined
  #hasDoctype = false

  constructor(options: ReadOptions = {}) {
    this.#options = options
    this.#maxDepth = options.maxDepth ?? 100
    this.#scanner = new XmlScanner({
      open: (name, attributes, isEmpty, start, end) => {
        this.#open(name, attributes, start)
        if (isEmpty) this.#close(end)
      },
      close: (name, end) => {
        const open = this.#stack.at(-1)
        if (open === undefined || qualifiedName(open) !== name)
          throw this.#scanner.error(
            open === undefined ? `</${name}> ends nothing` : `</${name}> in place of </${qualifiedName(open)}>`,
          )
        this.#close(end)
      },
      text: (text) => {
        const open = this.#stack.at(-1)
        if (open !== undefined) open.children.push(text)
        else if (text.trim() !== '') throw this.#scanner.error('text outside the root element')
      },
      doctype: () => {
        if (this.#hasDoctype || this.#root !== undefined || this.#stack.length > 0)
          throw this.#scanner.error('a document type declaration stands once, before the root element')
        this.#hasDoctype = true
      },
    })
  }

  write(text: string): void {
    this.#scanner.write(text)
  }

  /** How far the document is understood, as an offset in all text written. */
  get position(): number {
    return this.#scanner.position
  }

  /** The elements that are open now, the root first; their ends and last children are still to come. */
  get open(): readonly XmlElement[] {
    return this.#stack
  }

  /** Ends the document; gives its root. */
  close(): XmlElement {
    this.#scanner.end()
    const open = this.#stack.at(-1)
    if (open !== undefined) throw this.#scanner.error(`the document ends inside <${qualifiedName(open)}>`)
    if (this.#root === undefined) throw this.#scanner.error('the document has no element')
    return this.#root
  }

  #open(name: string, written: readonly string[], start: number): void {
    const parent = this.#stack.at(-1)
    if (parent === undefined && this.#root !== undefined) throw this.#scanner.error('a second root element')
    if (this.#stack.length >= this.#maxDepth)
      throw this.#scanner.error(`elements are nested deeper than ${this.#maxDepth}`)
    const scope = written.length === 0 ? (parent?.scope ?? noScope) : scopeWith(parent?.scope ?? noScope, written)
    const colon = name.indexOf(':')
    const prefix = colon < 0 ? '' : name.slice(0, colon)
    this.#stack.push({
      name: colon < 0 ? name : name.slice(colon + 1),
      namespace: namespaceOf(prefix, scope),
      prefix,
      attributes: written.length === 0 ? noAttributes : this.#attributes(written, scope),
      children: [],
      scope,
      line: this.#scanner.line,
      start,
      end: 0,
    })
  }

  #attributes(written: readonly string[], scope: Readonly<Record<string, string>>): readonly XmlAttribute[] {
    const attributes: XmlAttribute[] = []
    const seen = new Set<string>()
    for (let index = 0; index < written.length; index += 2) {
      const qualified = written[index] ?? ''
      if (seen.has(qualified)) throw this.#scanner.error(`the attribute ${qualified} stands twice`)
      seen.add(qualified)
      if (qualified === 'xmlns' || qualified.startsWith('xmlns:')) continue
      const colon = qualified.indexOf(':')
      attributes.push({
        name: colon < 0 ? qualified : qualified.slice(colon + 1),
        // Attributes without prefix are in no namespace, whatever the default one is (Namespaces in XML §6.2).
        namespace: colon < 0 ? '' : namespaceOf(qualified.slice(0, colon), scope),
        qualifiedName: qualified,
        value: written[index + 1] ?? '',
      })
    }
    return attributes
  }

  #close(end: number): void {
    const element = this.#stack.pop()
    if (element === undefined) return
    element.end = end
    const parent = this.#stack.at(-1)
    if (this.#options.onElement?.name === element.name) this.#options.onElement.handle(element)
    else if (this.#options.take?.(element, this.#stack) !== true) parent?.children.push(element)
    if (parent === undefined) this.#root = element
  }
}

// Without prototype: a prefix may be called "constructor".
const noScope: Readonly<Record<string, string>> = Object.freeze(Object.create(null) as Record<string, string>)
const noAttributes: readonly XmlAttribute[] = []

function scopeWith(outer: Readonly<Record<string, string>>, written: readonly string[]) {
  let scope: Record<string, string> | undefined
  for (let index = 0; index < written.length; index += 2) {
    const name = written[index] ?? ''
    if (!name.startsWith('xmlns')) continue
    const prefix = name === 'xmlns' ? '' : name.startsWith('xmlns:') ? name.slice(6) : undefined
    if (prefix === undefined) continue
    scope ??= Object.assign(Object.create(null) as Record<string, string>, outer)
    scope[prefix] = (written[index + 1] ?? '').trim()
  }
  return scope ?? outer
}

function namespaceOf(prefix: string, scope: Readonly<Record<string, string>>): string {
  const uri = scope[prefix]
  if (uri !== undefined || prefix === '') return uri ?? ''
  if (prefix === 'xml') return 'http://www.w3.org/XML/1998/namespace'
  // Records lose declarations when they are cut out of other documents; usual prefixes still mean what they mean.
  return usualNamespace(prefix)
}

function qualifiedName(element: { readonly prefix: string; readonly name: string }): string {
  return element.prefix === '' ? element.name : `${element.prefix}:${element.name}`
}

const usualNamespaces = new Map(knownNamespaces.filter((one) => !one.readOnly).map((one) => [one.prefix, one.uri]))

/** What a prefix means that nobody declared: the namespace it is canonical for, else none. */
function usualNamespace(prefix: string): string {
  return usualNamespaces.get(prefix) ?? ''
}

/** The child elements, of that local name if one is given. */
export function childElements(element: XmlElement, name?: string): XmlElement[] {
  const found: XmlElement[] = []
  for (const child of element.children)
    if (typeof child !== 'string' && (name === undefined || child.name === name)) found.push(child)
  return found
}

/** The first child element of that local name. */
export function firstChild(element: XmlElement, name: string): XmlElement | undefined {
  for (const child of element.children) if (typeof child !== 'string' && child.name === name) return child
  return undefined
}

/** All text inside, white space as it stands. */
export function textOf(element: XmlElement): string {
  const [only] = element.children
  if (element.children.length === 1 && typeof only === 'string') return only
  let text = ''
  for (const child of element.children) text += typeof child === 'string' ? child : textOf(child)
  return text
}

/** The value of an attribute in no namespace, or in the given one. */
export function attributeOf(element: XmlElement, name: string, namespace = ''): string | undefined {
  for (const attribute of element.attributes)
    if (attribute.name === name && attribute.namespace === namespace) return attribute.value
  return undefined
}
