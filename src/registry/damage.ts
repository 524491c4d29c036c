// A place where a document stops being well-formed → the next place from which it can be read again.
import { escapeAttribute } from '../xml/escape.js'
import type { XmlElement } from '../xml/reader.js'

const longestTag = 200

/** Skips over one damaged record: to its end tag, or to where the next record begins if that comes first. */
export class DamageSkipper {
  /** What was skipped so far. */
  text = ''
  readonly #end: RegExp
  readonly #around: readonly XmlElement[]
  #searched = 0
  #resumeInside: readonly XmlElement[]

  /** `open`: the elements open at the damage; `unit`: which of them is the damaged record, -1 for none. */
  constructor(
    readonly reason: string,
    open: readonly XmlElement[],
    unit: number,
  ) {
    const resource = open[unit]
    this.#around = resource === undefined ? [...open] : open.slice(0, unit)
    this.#resumeInside = this.#around
    const name = resource === undefined ? undefined : qualifiedName(resource).replace(/[.\-\\]/g, '\\$&')
    const next = String.raw`<(?:[\w.-]+:)?(?:Resource|record)[\s>]`
    this.#end = new RegExp(name === undefined ? next : String.raw`</${name}\s*>|(?!^)${next}`, 'g')
  }

  /** Takes more text; gives what follows the damage once its end is found. */
  skip(text: string): string | undefined {
    this.text += text
    this.#end.lastIndex = this.#searched
    const match = this.#end.exec(this.text)
    if (match === null) {
      // A tag may be cut in two by the end of this piece.
      this.#searched = Math.max(0, this.text.length - longestTag)
      return undefined
    }
    const isEndTag = match[0].startsWith('</')
    const end = isEndTag ? match.index + match[0].length : match.index
    const rest = this.text.slice(end)
    this.text = this.text.slice(0, end)
    if (/record[\s>]$/.test(match[0])) {
      const record = this.#around.findIndex((element) => element.name === 'record')
      if (record >= 0) this.#resumeInside = this.#around.slice(0, record)
    }
    return rest
  }

  /** Start tags that put a new parser where the old one was. */
  get openTags(): string {
    return this.#resumeInside
      .map((element) => {
        const bindings = Object.entries(element.scope).map(
          ([prefix, uri]) => ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeAttribute(uri)}"`,
        )
        return `<${qualifiedName(element)}${bindings.join('')}>`
      })
      .join('')
  }
}

function qualifiedName(element: XmlElement): string {
  return element.prefix === '' ? element.name : `${element.prefix}:${element.name}`
}
