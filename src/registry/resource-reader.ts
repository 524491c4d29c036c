// Any XML with resource records in it → the records one by one: a bare ri:Resource, several in one document, or an
// OAI-PMH answer with headers and deletions. What is broken is reported and skipped; the rest is read all the same.

import { standAlone } from '../xml/cut.js'
import { withoutIllegalCharacters } from '../xml/escape.js'
import { attributeOf, firstChild, textOf, type XmlElement, XmlError, XmlReader } from '../xml/reader.js'
import { DamageSkipper } from './damage.js'

/** The OAI-PMH header a record came with. */
export interface OaiHeader {
  readonly identifier: string
  readonly datestamp: string
  readonly isDeleted: boolean
}

/** One thing found in a document, in its order. */
export type FoundResource =
  | {
      readonly kind: 'resource'
      readonly element: XmlElement
      /** The resource element as text that stands alone. */
      readonly xml: string
      readonly header?: OaiHeader
    }
  | { readonly kind: 'deleted'; readonly header: OaiHeader }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly xml: string; readonly identifier?: string }

/** Records larger than this are somebody's mistake or attack (characters). */
const maxResourceLength = 100_000_000
const pieceLength = 1 << 18

/** Reads a document, whole or in pieces. Never throws for what is in it; a source that fails does throw. */
export async function* readResources(
  source: string | AsyncIterable<string>,
): AsyncGenerator<FoundResource, void, undefined> {
  const reader = new ResourceReader()
  for await (const piece of typeof source === 'string' ? [source] : source) {
    for (let start = 0; start < piece.length && !reader.isFinished; start += pieceLength) {
      reader.write(piece.slice(start, start + pieceLength))
      yield* reader.drain()
    }
    if (reader.isFinished) break
  }
  reader.close()
  yield* reader.drain()
}

class ResourceReader {
  #parser: XmlReader
  /** Text that may still be needed, and where it starts in the parser's own count. */
  #kept = ''
  #keptStart = 0
  #found: FoundResource[] = []
  #header: OaiHeader | undefined
  #headerUsed = false
  #sawAnything = false
  #skipper: DamageSkipper | undefined
  /** Half of a character outside the basic plane, waiting for the other half. */
  #half = ''
  isFinished = false

  constructor() {
    this.#parser = this.#newParser()
  }

  drain(): readonly FoundResource[] {
    const found = this.#found
    this.#found = []
    return found
  }

  write(piece: string): void {
    let text = this.#half + piece
    this.#half = /[\uD800-\uDBFF]$/.test(text) ? text.slice(-1) : ''
    text = withoutIllegalCharacters(this.#half === '' ? text : text.slice(0, -1))
    while (text !== '' && !this.isFinished) text = this.#skipper === undefined ? this.#read(text) : this.#skip(text)
  }

  close(): void {
    if (this.isFinished) return
    this.isFinished = true
    if (this.#skipper !== undefined) {
      this.#report(this.#skipper.reason, this.#skipper.text)
      return
    }
    try {
      this.#noteProblem(this.#parser.close())
    } catch (thrown) {
      if (!(thrown instanceof XmlError)) throw thrown
      const open = this.#parser.open.find(isResource)
      if (open !== undefined || !this.#sawAnything) this.#report(thrown.message, this.#keptFrom(open?.start))
      else this.#report(`the document ends too early: ${thrown.message}`, '')
    }
  }

  /** Feeds the parser; gives what is left to do after damage was met. */
  #read(text: string): string {
    this.#kept += text
    try {
      this.#parser.write(text)
    } catch (thrown) {
      if (!(thrown instanceof XmlError)) throw thrown
      return this.#meetDamage(thrown)
    }
    const resource = this.#parser.open.find(isResource)
    const needed = resource === undefined ? this.#kept.lastIndexOf('<') : resource.start - this.#keptStart
    this.#keptStart += needed < 0 ? this.#kept.length : needed
    this.#kept = needed < 0 ? '' : this.#kept.slice(needed)
    if (this.#kept.length > maxResourceLength) {
      this.#report(`a record longer than ${maxResourceLength} characters`, '')
      this.isFinished = true
    }
    return ''
  }

  #meetDamage(error: XmlError): string {
    if (error.isRefused) {
      this.#report(error.message, this.#kept)
      this.isFinished = true
      return ''
    }
    const open = this.#parser.open
    const unit = open.findIndex(isResource)
    this.#skipper = new DamageSkipper(error.message, open, unit)
    // What was read of the damaged record is looked through again for its end; without one, go on from here.
    return this.#keptFrom(open[unit]?.start ?? this.#parser.position + 1)
  }

  #skip(text: string): string {
    const skipper = this.#skipper
    const rest = skipper?.skip(text)
    if (skipper === undefined || rest === undefined) return ''
    this.#report(skipper.reason, skipper.text)
    this.#headerUsed = true
    this.#skipper = undefined
    this.#parser = this.#newParser()
    this.#kept = ''
    this.#keptStart = 0
    return skipper.openTags + rest
  }

  #newParser(): XmlReader {
    return new XmlReader({ take: (element, around) => this.#take(element, around) })
  }

  #take(element: XmlElement, around: readonly XmlElement[]): boolean {
    switch (element.name) {
      case 'Resource':
        if (around.some(isResource)) return false
        this.#sawAnything = true
        this.#headerUsed = true
        this.#found.push({
          kind: 'resource',
          element,
          xml: standAlone(this.#kept.slice(element.start - this.#keptStart, element.end - this.#keptStart), element),
          ...(this.#header === undefined ? {} : { header: this.#header }),
        })
        return true
      case 'header':
        if (around.some(isResource) || around.at(-1)?.name !== 'record') return false
        this.#header = readHeader(element)
        this.#headerUsed = false
        return true
      case 'record':
        if (around.some(isResource)) return false
        this.#endRecord()
        return true
      default:
        return false
    }
  }

  #endRecord(): void {
    const header = this.#header
    this.#header = undefined
    if (header === undefined || this.#headerUsed) return
    this.#sawAnything = true
    if (header.isDeleted) this.#found.push({ kind: 'deleted', header })
    else this.#report('the OAI-PMH record holds no ri:Resource', '', header.identifier)
  }

  #noteProblem(root: XmlElement): void {
    const problem = firstChild(root, 'error')
    if (root.name === 'OAI-PMH' && problem !== undefined)
      this.#report(`an OAI-PMH error in place of records: ${attributeOf(problem, 'code') ?? ''} ${textOf(problem)}`, '')
    else if (!this.#sawAnything) this.#report(`no resource record inside the element ${root.name}`, '')
  }

  #keptFrom(position: number | undefined): string {
    return position === undefined ? this.#kept : this.#kept.slice(position - this.#keptStart)
  }

  #report(reason: string, xml: string, identifier = this.#header?.identifier): void {
    this.#sawAnything = true
    this.#found.push({ kind: 'unreadable', reason, xml, ...(identifier === undefined ? {} : { identifier }) })
  }
}

function isResource(element: XmlElement): boolean {
  return element.name === 'Resource'
}

function readHeader(element: XmlElement): OaiHeader {
  const inside = (name: string): string => {
    const child = firstChild(element, name)
    return child === undefined ? '' : textOf(child).trim()
  }
  return {
    identifier: inside('identifier'),
    datestamp: inside('datestamp'),
    isDeleted: attributeOf(element, 'status')?.trim() === 'deleted',
  }
}
