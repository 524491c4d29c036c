// XML text, in pieces → start tags, end tags and text. Written by hand because registries of the whole VO are hundreds
// of megabytes: it looks for the next `<` instead of at each character, some four times faster than a general parser.
// Namespaces and nesting are the reader's business.
import { RegistryError } from '../core/errors.js'

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

/** What the scanner tells; offsets count the characters of all pieces. */
export interface ScannerEvents {
  /** `attributes`: name, value, name, value …, as written but for references and white space. */
  open(name: string, attributes: readonly string[], isEmpty: boolean, start: number, end: number): void
  close(name: string, end: number): void
  text(text: string): void
  /** A document type declaration has ended; it says nothing of use, but it has its one place. */
  doctype(): void
}

const openName = /<([^\s/>=<"'&!?]+)/y
const attribute = /\s+([^\s=/>"'<&]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y
const tagEnd = /\s*(\/?)>/y
/** What may follow the part of a start tag that was understood, when the piece ends before the tag does. */
const unfinished = /(?:\s+(?:[^\s=/>"'<&]+(?:\s*(?:=\s*(?:"[^"<]*|'[^'<]*)?)?)?)?|\s*\/)?$/y
const closeTag = /<\/([^\s/>=<"'&]+)\s*>/y
const asciiName = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/
// XML 1.0 §2.3, with at most one colon inside (Namespaces in XML §4).
const anyName =
  /^[\p{L}_\u{10000}-\u{EFFFF}][\p{L}\p{N}\p{M}_.\-·\u{10000}-\u{EFFFF}]*(?::[\p{L}_][\p{L}\p{N}\p{M}_.\-·]*)?$/u
const illegalCharacter = /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/
/** One tag, comment or section (characters); text may be of any length. */
const longestMarkup = 20_000_000

const predefined: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Scans a document piece by piece: `write` any number of times, then `end`. */
export class XmlScanner {
  readonly #events: ScannerEvents
  /** What could not be understood yet; `#at` is where to go on in it. */
  #buffer = ''
  #at = 0
  /** Offset of the buffer's first character in the document. */
  #base = 0
  /** Where the document begins: behind the byte order mark, if it has one. */
  #beginning = 0
  #line = 1
  /** Offset up to which lines are counted, and where the present one begins. */
  #counted = 0
  #lineStart = 0

  constructor(events: ScannerEvents) {
    this.#events = events
  }

  /** Offset up to which the document is understood. */
  get position(): number {
    return this.#base + this.#at
  }

  /** Line of that place, from 1. */
  get line(): number {
    const end = this.#at
    let from = this.#counted - this.#base
    for (
      let feed = this.#buffer.indexOf('\n', from);
      feed >= 0 && feed < end;
      feed = this.#buffer.indexOf('\n', from)
    ) {
      this.#line++
      from = feed + 1
      this.#lineStart = this.#base + from
    }
    this.#counted = this.#base + end
    return this.#line
  }

  write(piece: string): void {
    if (illegalCharacter.test(piece)) throw this.error('a character that XML does not allow')
    // Count what is dropped before it goes.
    void this.line
    this.#base += this.#at
    this.#buffer = this.#at === this.#buffer.length ? piece : this.#buffer.slice(this.#at) + piece
    this.#at = 0
    if (this.#base === 0 && this.#buffer.startsWith('\uFEFF')) this.#at = this.#beginning = 1
    while (this.#at < this.#buffer.length && this.#step());
    if (this.#buffer.length - this.#at > longestMarkup) throw this.error('a tag or comment without end')
  }

  end(): void {
    if (this.#at === this.#buffer.length) return
    const rest = this.#buffer.slice(this.#at)
    if (rest.startsWith('<')) throw this.error('the document ends inside a tag')
    this.#at = this.#buffer.length
    this.#events.text(this.#plain(rest))
  }

  error(message: string, isRefused = false): XmlError {
    const line = this.line
    return new XmlError(message, line, this.position - this.#lineStart + 1, isRefused)
  }

  /** Understands one piece of markup or text; false when it needs more of the document. */
  #step(): boolean {
    const buffer = this.#buffer
    const at = this.#at
    if (buffer.charCodeAt(at) !== 0x3c) return this.#scanText()
    switch (buffer.charCodeAt(at + 1)) {
      case 0x2f: // </
        return this.#scanCloseTag()
      case 0x21: // <!
        return this.#scanDeclaration()
      case 0x3f: // <?
        return this.#scanInstruction()
      default:
        return this.#scanOpenTag()
    }
  }

  #scanText(): boolean {
    const buffer = this.#buffer
    const next = buffer.indexOf('<', this.#at)
    if (next >= 0) {
      const text = buffer.slice(this.#at, next)
      this.#at = next
      this.#events.text(this.#plain(text))
      return true
    }
    // Give away what is sure; a reference, a line end or `]]>` may be cut in two.
    const sure = buffer.length - 16
    if (sure - this.#at < 1 << 16) return false
    const reference = buffer.lastIndexOf('&', buffer.length)
    const end = reference >= sure - 100 && reference > this.#at ? reference : sure
    if (/[\r\]\uD800-\uDBFF]/.test(buffer.charAt(end - 1))) return false
    const text = buffer.slice(this.#at, end)
    this.#at = end
    this.#events.text(this.#plain(text))
    return true
  }

  #scanOpenTag(): boolean {
    const buffer = this.#buffer
    const start = this.#at
    openName.lastIndex = start
    const name = openName.exec(buffer)?.[1]
    if (name === undefined) {
      if (start + 1 === buffer.length) return false
      throw this.error('"<" begins no tag here; as text it is written &lt;')
    }
    let at = openName.lastIndex
    if (at === buffer.length) return false
    const attributes: string[] = []
    for (;;) {
      attribute.lastIndex = at
      const match = attribute.exec(buffer)
      if (match === null) break
      at = attribute.lastIndex
      attributes.push(match[1] ?? '', match[2] ?? match[3] ?? '')
    }
    tagEnd.lastIndex = at
    const end = tagEnd.exec(buffer)
    if (end === null) {
      unfinished.lastIndex = at
      if (unfinished.test(buffer)) return false
      throw this.error(`the tag <${name.slice(0, 100)}> is not written as name="value" pairs`)
    }
    this.#checkName(name)
    for (let index = 0; index < attributes.length; index += 2) {
      this.#checkName(attributes[index] ?? '')
      attributes[index + 1] = this.#attributeValue(attributes[index + 1] ?? '')
    }
    this.#at = tagEnd.lastIndex
    this.#events.open(name, attributes, end[1] === '/', this.#base + start, this.position)
    return true
  }

  #scanCloseTag(): boolean {
    closeTag.lastIndex = this.#at
    const name = closeTag.exec(this.#buffer)?.[1]
    if (name === undefined) {
      if (!this.#buffer.includes('>', this.#at)) return false
      throw this.error('an end tag holds nothing but a name')
    }
    this.#at = closeTag.lastIndex
    this.#events.close(name, this.position)
    return true
  }

  #scanInstruction(): boolean {
    const end = this.#buffer.indexOf('?>', this.#at + 2)
    if (end < 0) return false
    if (/^<\?xml\s/i.test(this.#buffer.slice(this.#at, this.#at + 6)) && this.position > this.#beginning)
      throw this.error('the XML declaration stands at the very beginning or nowhere')
    this.#at = end + 2
    return true
  }

  #scanDeclaration(): boolean {
    const buffer = this.#buffer
    const at = this.#at
    const start = buffer.slice(at, at + 9)
    if (start.startsWith('<!--')) {
      const end = buffer.indexOf('--', at + 4)
      if (end < 0 || end + 2 >= buffer.length) return false
      if (buffer.charAt(end + 2) !== '>') throw this.error('a comment with -- inside')
      this.#at = end + 3
      return true
    }
    if (start === '<![CDATA[') {
      const end = buffer.indexOf(']]>', at + 9)
      if (end < 0) return false
      this.#at = end + 3
      this.#events.text(withLineFeeds(buffer.slice(at + 9, end)))
      return true
    }
    if (start === '<!DOCTYPE') return this.#scanDoctype()
    if ('<!--'.startsWith(start) || '<![CDATA['.startsWith(start) || '<!DOCTYPE'.startsWith(start)) return false
    throw this.error('"<!" begins neither comment nor CDATA section')
  }

  #scanDoctype(): boolean {
    const buffer = this.#buffer
    let depth = 0
    let quote = ''
    for (let at = this.#at + 9; at < buffer.length; at++) {
      const character = buffer.charAt(at)
      if (quote !== '') {
        if (character === quote) quote = ''
      } else if (character === '"' || character === "'") quote = character
      else if (character === '[') depth++
      else if (character === ']') depth--
      else if (character === '>' && depth <= 0) {
        this.#at = at + 1
        this.#events.doctype()
        return true
      } else if (character === '<' && /^<!ENTITY/i.test(buffer.slice(at, at + 8)))
        throw this.error('entity declarations are refused', true)
    }
    return false
  }

  #checkName(name: string): void {
    if (!asciiName.test(name) && !anyName.test(name)) throw this.error(`"${name.slice(0, 100)}" is not a name`)
  }

  #attributeValue(written: string): string {
    const spaced = /[\t\n\r]/.test(written) ? written.replace(/\r\n|[\t\n\r]/g, ' ') : written
    return spaced.includes('&') ? this.#resolve(spaced) : spaced
  }

  #plain(text: string): string {
    if (text.includes(']]>')) throw this.error('"]]>" inside text; it is written ]]&gt;')
    const lines = withLineFeeds(text)
    return lines.includes('&') ? this.#resolve(lines) : lines
  }

  /** Character references and the five predefined entities (XML 1.0 §4.6); there are no others. */
  #resolve(text: string): string {
    return text.replace(/&([^;&\s]{0,40});?/g, (reference, name: string) => {
      if (!reference.endsWith(';')) throw this.error('"&" begins no reference here; as text it is written &amp;')
      if (!name.startsWith('#')) {
        const character = Object.hasOwn(predefined, name) ? predefined[name] : undefined
        if (character === undefined) throw this.error(`the entity &${name}; is not declared`)
        return character
      }
      const digits = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name)
      const code =
        digits === null ? -1 : Number.parseInt(digits[1] ?? digits[2] ?? '', digits[1] === undefined ? 10 : 16)
      if (!isXmlCharacter(code)) throw this.error(`&${name}; is no character that XML allows`)
      return String.fromCodePoint(code)
    })
  }
}

function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

/** XML 1.0 §2.2. */
function isXmlCharacter(code: number): boolean {
  if (code === 9 || code === 10 || code === 13) return true
  return (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff)
}
