// One descriptor file and a move → the same text with addresses changed, comments and layout kept.
//
// The text is edited where it differs and nowhere else: a YAML writer would wrap lines and change quotation marks of
// everything around.
import { isMap, isScalar, isSeq, type Pair, parseDocument, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml'
import { addressKey, appendRest, parseAddress, restBehind } from './moves-address.js'
import type { MoveFile, MoveFileAddress } from './moves-file.js'

/** One change of a file, as a person wants to see it. */
export interface AddressEdit {
  /** From 1. */
  readonly line: number
  /** Key whose value changes: accessUrl, referenceUrl, url of a mirror. */
  readonly key: string
  readonly from: string
  readonly to: string
  /** Spellings added to formerAccessUrls. */
  readonly former: readonly string[]
}

export interface EditedText {
  readonly text: string
  readonly edits: readonly AddressEdit[]
}

/** Text put in place of a stretch of the original. */
interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Keys whose values are addresses of the resource itself. */
const addressKeys = new Set(['accessUrl', 'referenceUrl', 'url'])

/** Applies a move to the text of a YAML or JSON file; without a former address in it the text comes back as it is. */
export function editAddresses(text: string, move: MoveFile): EditedText {
  const document = parseDocument(text, { uniqueKeys: false, strict: false })
  const editor = new Editor(text, move)
  editor.visit(document.contents, undefined)
  return editor.result()
}

class Editor {
  readonly #splices: Splice[] = []
  readonly #edits: AddressEdit[] = []

  constructor(
    readonly text: string,
    readonly move: MoveFile,
  ) {}

  /** Walks through the document; `capability` is the nearest map that may carry formerAccessUrls. */
  visit(node: unknown, capability: YAMLMap | undefined): void {
    if (isSeq(node)) for (const item of node.items) this.visit(item, capability)
    if (!isMap(node)) return
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : ''
      // Former addresses stay what they are.
      if (key === 'formerAccessUrls') continue
      if (isScalar(pair.value) && typeof pair.value.value === 'string' && addressKeys.has(key))
        this.#replace(key, pair, pair.value as Scalar<string>, capability ?? node)
      else if (key === 'capabilities' && isSeq(pair.value))
        for (const item of pair.value.items) this.visit(item, isMap(item) ? item : undefined)
      else this.visit(pair.value, capability)
    }
  }

  result(): EditedText {
    let text = this.text
    for (const splice of [...this.#splices].sort((a, b) => b.start - a.start || b.end - a.end))
      text = text.slice(0, splice.start) + splice.text + text.slice(splice.end)
    return { text, edits: this.#edits }
  }

  #replace(key: string, pair: Pair, value: Scalar<string>, capability: YAMLMap): void {
    const target = this.#target(value.value, key)
    const range = value.range
    if (target === undefined || range === null || range === undefined) return
    const { address, to, isWhole } = target
    this.#splices.push({ start: range[0], end: range[1], text: quoted(to, this.text.slice(range[0], range[1])) })
    const former = key === 'accessUrl' && isWhole ? this.#addFormer(value.value, pair, address, capability) : []
    this.#edits.push({ line: lineOf(this.text, range[0]), key, from: value.value, to, former })
  }

  #target(
    value: string,
    key: string,
  ): { readonly address: MoveFileAddress; readonly to: string; readonly isWhole: boolean } | undefined {
    const written = parseAddress(value)
    if (written === undefined) return undefined
    for (const address of this.move.addresses) {
      const kind = address.kind ?? 'service'
      if (address.present === undefined || kind === 'successor' || kind === 'mistake') continue
      for (const former of address.former) {
        const base = parseAddress(former)
        const rest = base === undefined ? undefined : restBehind(addressKey(base), written)
        if (rest === undefined) continue
        const isWhole = /^[/?&]*$/.test(rest)
        // A page is replaced as a whole, and only where people are sent to.
        if (kind === 'page' && (!isWhole || key !== 'referenceUrl')) continue
        return { address, to: appendRest(address.present, rest), isWhole }
      }
    }
    return undefined
  }

  /** Puts all spellings that are not there yet into formerAccessUrls of the capability. */
  #addFormer(value: string, pair: Pair, address: MoveFileAddress, capability: YAMLMap): readonly string[] {
    const present = capability.get('formerAccessUrls', true)
    const known = new Set(
      isSeq(present) ? present.items.map((item) => (isMap(item) ? String(item.get('url')) : '')) : [],
    )
    const former = [...new Set([value, ...address.former])].filter((url) => !known.has(url))
    if (former.length === 0) return []
    const entries = former.map((url) => this.#entry(url, url === value, address))
    if (isSeq(present) && present.items.length > 0) this.#append(present, entries)
    else this.#insertList(pair, entries, capability)
    return former
  }

  #entry(url: string, isOwn: boolean, address: MoveFileAddress): string {
    const until = address.closed ?? this.move.closed
    const renamed = isOwn && address.renamedTables !== undefined ? JSON.stringify(address.renamedTables) : undefined
    if (this.#isJson)
      return JSON.stringify({
        url,
        ...(until === undefined ? {} : { until }),
        ...(renamed === undefined ? {} : { renamedTables: address.renamedTables }),
      })
    const parts = [
      `url: ${single(url)}`,
      ...(until === undefined ? [] : [`until: ${until}`]),
      ...(renamed === undefined ? [] : [`renamedTables: ${renamed}`]),
    ]
    return `{ ${parts.join(', ')} }`
  }

  /** Behind the last entry of a list that is there. */
  #append(list: YAMLSeq, entries: readonly string[]): void {
    const last = list.items.at(-1)
    const first = list.items[0]
    const end = isMap(last) || isScalar(last) ? last.range?.[1] : undefined
    const start = isMap(first) || isScalar(first) ? first.range?.[0] : undefined
    if (end === undefined || start === undefined) return
    if (list.flow === true) {
      this.#splices.push({ start: end, end, text: entries.map((entry) => `, ${entry}`).join('') })
      return
    }
    // A block entry begins with a dash; its column is that of the list.
    const lineStart = this.text.lastIndexOf('\n', start - 1) + 1
    const indent = /^[ ]*/.exec(this.text.slice(lineStart, start))?.[0] ?? ''
    this.#insertLines(
      end,
      entries.map((entry) => `${indent}- ${entry}`),
    )
  }

  /** A new list behind the access URL. */
  #insertList(pair: Pair, entries: readonly string[], capability: YAMLMap): void {
    const anchor = capability.items.find((one) => one === pair) ?? capability.items.at(-1)
    const value = anchor?.value
    const key = anchor?.key
    if (!isScalar(key) || key.range === null || key.range === undefined) return
    const end = isScalar(value) || isMap(value) || isSeq(value) ? value.range?.[1] : key.range[1]
    if (end === undefined) return
    if (capability.flow === true) {
      const name = this.#isJson ? '"formerAccessUrls"' : 'formerAccessUrls'
      this.#splices.push({ start: end, end, text: `, ${name}: [${entries.join(', ')}]` })
      return
    }
    const lineStart = this.text.lastIndexOf('\n', key.range[0] - 1) + 1
    const indent = ' '.repeat(key.range[0] - lineStart)
    this.#insertLines(end, [`${indent}formerAccessUrls:`, ...entries.map((entry) => `${indent}  - ${entry}`)])
  }

  /** Whole lines behind the line that holds this place. */
  #insertLines(place: number, lines: readonly string[]): void {
    // The range of a block value ends behind its line break.
    const from = this.text[place - 1] === '\n' ? place - 1 : place
    const lineEnd = this.text.indexOf('\n', from)
    const at = lineEnd === -1 ? this.text.length : lineEnd
    this.#splices.push({ start: at, end: at, text: lines.map((line) => `\n${line}`).join('') })
  }

  get #isJson(): boolean {
    return this.text.trimStart().startsWith('{')
  }
}

/** A text in the quotation marks that the one before it had; plain where that can be read back. */
function quoted(text: string, before: string): string {
  if (before.startsWith('"')) return JSON.stringify(text)
  if (before.startsWith("'")) return single(text)
  return /^[A-Za-z][\w:/.~%@!$+=?&-]*$/.test(text) ? text : single(text)
}

function single(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
