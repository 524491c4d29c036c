// XML text → a light element tree that knows its namespaces and its lines. Streaming: whoever wants can have each
// element of a name as it closes, so that a harvest page of any size costs the memory of one record.
import { SaxesParser, type SaxesTagNS } from 'saxes'
import { RegistryError } from '../core/errors.js'
import { knownNamespaces } from './namespaces.js'

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
  attributes: XmlAttribute[]
  children: (XmlElement | string)[]
  scope: Record<string, string>
  line: number
  start: number
  end: number
}

/** Thrown for text that is not well-formed XML, with the place; kind `invalid`. */
export class XmlError extends RegistryError {
  override readonly name = 'XmlError'
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
    /** The document may not be read any further, not even the parts that are well-formed. */
    readonly isRefused = false,
  ) {
    super('invalid', `not well-formed XML, line ${line}, column ${column}: ${message}`)
  }
}

/** A whole text → its root element. DTDs with entity declarations are refused (no external entities, no bombs). */
export function readXml(text: string, options: ReadOptions = {}): XmlElement {
  const reader = new XmlReader(options)
  reader.write(text)
  return reader.close()
}

/** Reads a document piece by piece. */
export class XmlReader {
  readonly #parser = new SaxesParser({ xmlns: true, position: true })
  readonly #stack: OpenElement[] = []
  readonly #options: ReadOptions
  #root: XmlElement | undefined
  #tagStart = 0
  #chunk = ''
  #chunkStart = 0
  #lastOpening = 0

  constructor(options: ReadOptions = {}) {
    this.#options = options
    const parser = this.#parser
    parser.on('error', (error) => {
      // Records lose declarations when they are cut out of other documents; usual prefixes still mean what they mean.
      if (error.message.includes('unbound namespace prefix')) return
      throw new XmlError(error.message.replace(/^\d+:\d+: /, ''), parser.line, parser.column)
    })
    parser.on('doctype', (doctype) => {
      if (/<!ENTITY/i.test(doctype))
        throw new XmlError('entity declarations are refused', parser.line, parser.column, true)
    })
    parser.on('opentagstart', () => {
      // The parser stands behind the name; the tag began at the last `<`, perhaps in the piece before.
      const inChunk = this.#chunk.lastIndexOf('<', parser.position - this.#chunkStart - 1)
      this.#tagStart = inChunk < 0 ? this.#lastOpening : this.#chunkStart + inChunk
    })
    parser.on('opentag', (tag) => this.#open(tag))
    parser.on('text', (text) => this.#text(text))
    parser.on('cdata', (text) => this.#text(text))
    parser.on('closetag', () => this.#close())
  }

  write(text: string): void {
    const opening = this.#chunk.lastIndexOf('<')
    if (opening >= 0) this.#lastOpening = this.#chunkStart + opening
    this.#chunkStart += this.#chunk.length
    this.#chunk = text
    this.#parser.write(text)
  }

  /** How far the parser has come, as an offset in all text written. */
  get position(): number {
    return this.#parser.position
  }

  /** The elements that are open now, the root first; their ends and last children are still to come. */
  get open(): readonly XmlElement[] {
    return this.#stack
  }

  /** Ends the document; gives its root. */
  close(): XmlElement {
    this.#parser.close()
    if (this.#root === undefined)
      throw new XmlError('the document has no element', this.#parser.line, this.#parser.column)
    return this.#root
  }

  #open(tag: SaxesTagNS): void {
    const parent = this.#stack.at(-1)
    if (this.#stack.length >= (this.#options.maxDepth ?? 100)) {
      throw new XmlError(
        `elements are nested deeper than ${this.#options.maxDepth ?? 100}`,
        this.#parser.line,
        this.#parser.column,
      )
    }
    const attributes: XmlAttribute[] = []
    for (const attribute of Object.values(tag.attributes)) {
      if (attribute.prefix === 'xmlns' || attribute.name === 'xmlns') continue
      attributes.push({
        name: attribute.local,
        namespace: attribute.uri === attribute.prefix ? usualNamespace(attribute.prefix) : attribute.uri,
        qualifiedName: attribute.name,
        value: attribute.value,
      })
    }
    const declares = Object.keys(tag.ns).length > 0
    this.#stack.push({
      name: tag.local,
      // The parser gives the prefix in place of the URI where nothing is declared.
      namespace: tag.uri === tag.prefix ? usualNamespace(tag.prefix) : tag.uri,
      prefix: tag.prefix,
      attributes,
      children: [],
      scope: declares ? { ...parent?.scope, ...tag.ns } : (parent?.scope ?? {}),
      line: this.#parser.line,
      start: this.#tagStart,
      end: 0,
    })
  }

  #text(text: string): void {
    const current = this.#stack.at(-1)
    if (current !== undefined && text !== '') current.children.push(text)
  }

  #close(): void {
    const element = this.#stack.pop()
    if (element === undefined) return
    element.end = this.#parser.position
    const parent = this.#stack.at(-1)
    if (this.#options.onElement?.name === element.name) this.#options.onElement.handle(element)
    else if (this.#options.take?.(element, this.#stack) !== true) parent?.children.push(element)
    if (parent === undefined) this.#root = element
  }
}

const usualNamespaces = new Map(knownNamespaces.filter((one) => !one.readOnly).map((one) => [one.prefix, one.uri]))

/** What a prefix means that nobody declared: the namespace it is canonical for, else none. */
function usualNamespace(prefix: string): string {
  return usualNamespaces.get(prefix) ?? ''
}

/** The child elements, of that local name if one is given. */
export function childElements(element: XmlElement, name?: string): XmlElement[] {
  return element.children.filter(
    (child): child is XmlElement => typeof child !== 'string' && (name === undefined || child.name === name),
  )
}

/** The first child element of that local name. */
export function firstChild(element: XmlElement, name: string): XmlElement | undefined {
  return childElements(element, name)[0]
}

/** All text inside, white space as it stands. */
export function textOf(element: XmlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('')
}

/** The value of an attribute in no namespace, or in the given one. */
export function attributeOf(element: XmlElement, name: string, namespace = ''): string | undefined {
  return element.attributes.find((attribute) => attribute.name === name && attribute.namespace === namespace)?.value
}
