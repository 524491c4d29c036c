// YAML or JSON text → plain values, and from a path inside them back to line and column.
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { digestOf, type ResourceCache } from './cache.js'
import type { Finding, SourcePosition } from './finding.js'
import type { RuleName } from './rule-help.js'

/** Steps from the root of a document to a value. */
export type Path = readonly (string | number)[]

/** One file of the resources folder. */
export interface SourceFile {
  /** Path below the resources folder, with slashes. */
  readonly file: string
  readonly text: string
  /** The content; undefined when it could not be read as YAML. */
  readonly value: unknown
  readonly findings: readonly Finding[]
  /** Finds lines and columns again. */
  readonly positions: PositionFinder
}

const options = { uniqueKeys: true, prettyErrors: false, strict: true, version: '1.2' } as const

/** What the parser calls a mistake → our rule, and what to do. */
const syntaxRules: Readonly<Record<string, { readonly rule: RuleName; readonly hint: string }>> = {
  DUPLICATE_KEY: { rule: 'yaml-duplicate-key', hint: 'keep one of the two' },
  TAB_AS_INDENT: { rule: 'yaml-tab', hint: 'indent with spaces; YAML does not allow tabs there' },
  BAD_INDENT: { rule: 'yaml-indent', hint: 'bring the line in step with its neighbours' },
  MULTILINE_IMPLICIT_KEY: {
    rule: 'yaml-syntax',
    hint: 'a colon is missing, or a text with a colon wants quotation marks',
  },
  MISSING_CHAR: { rule: 'yaml-syntax', hint: 'a quotation mark, bracket or colon is missing' },
}

/** What a run keeps for all its files. */
export interface ReadingAids {
  readonly positions: PositionFinder
  readonly cache?: ResourceCache
}

/** Reads a file's text. Never throws: what is wrong stands in `findings`. */
export function readSourceFile(
  file: string,
  text: string,
  aids: ReadingAids = { positions: new PositionFinder() },
): SourceFile {
  const { positions, cache } = aids
  // Infinity and not-a-number would not survive in JSON; they are no values of descriptors anyway.
  const isKeepable = cache !== undefined && !/\.(inf|nan)\b/i.test(text)
  const parsed = isKeepable ? cache.remember('parsed', digestOf(text), () => parseText(text)) : parseText(text)
  const findings = parsed.faults.map((fault): Finding => ({ file, severity: 'error', ...fault }))
  return { file, text, value: findings.length > 0 ? undefined : parsed.value, findings, positions }
}

interface ParsedText {
  readonly value: unknown
  readonly faults: readonly Pick<Finding, 'line' | 'column' | 'message' | 'rule' | 'hint'>[]
}

function parseText(text: string): ParsedText {
  const document = parseDocument(text, options)
  if (document.errors.length > 0 || document.warnings.length > 0) return { value: null, faults: syntaxFaults(text) }
  try {
    // An alias costs nothing to write and much to expand.
    return { value: document.toJS({ maxAliasCount: 100 }), faults: [] }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { value: null, faults: [{ line: 1, column: 1, message, rule: 'yaml-alias', hint: 'write the parts out' }] }
  }
}

function syntaxFaults(text: string): ParsedText['faults'] {
  const lines = new LineCounter()
  const document = parseDocument(text, { ...options, lineCounter: lines })
  return [...document.errors, ...document.warnings].map((error) => {
    const { line, col } = lines.linePos(error.pos[0])
    const known = syntaxRules[error.code] ?? { rule: 'yaml-syntax', hint: 'see https://yaml.org/spec/1.2.2/' }
    return { line: Math.max(line, 1), column: Math.max(col, 1), message: firstLine(error.message), ...known }
  })
}

/** Parses files again when a place in them is asked for; the last few stay parsed. */
export class PositionFinder {
  readonly #recent = new Map<string, ParsedFile>()

  parsed(source: SourceFile): ParsedFile {
    const known = this.#recent.get(source.file)
    if (known !== undefined) return known
    const lines = new LineCounter()
    const parsed = { lines, document: parseDocument(source.text, { ...options, lineCounter: lines }) }
    const oldest = this.#recent.keys().next()
    if (this.#recent.size >= 4 && !oldest.done) this.#recent.delete(oldest.value)
    this.#recent.set(source.file, parsed)
    return parsed
  }
}

interface ParsedFile {
  readonly lines: LineCounter
  readonly document: ReturnType<typeof parseDocument>
}

/** Line and column of a value, or of the nearest thing around it that exists. `key` gives the place of its key. */
export function locate(source: SourceFile, path: Path, part: 'key' | 'value' = 'value'): SourcePosition {
  // The whole file is meant; no need to look into it.
  if (path.length === 0) return { file: source.file, line: 1, column: 1 }
  const { lines, document } = source.positions.parsed(source)
  let node: unknown = document.contents
  let offset = rangeStart(node) ?? 0
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document)
    let key: unknown
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
      if (pair === undefined) break
      key = pair.key
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(step)]
      if (node === undefined) break
    } else break
    const isLast = index === path.length - 1
    offset = (part === 'key' && isLast ? rangeStart(key) : undefined) ?? rangeStart(node) ?? rangeStart(key) ?? offset
  }
  const { line, col } = lines.linePos(offset)
  return { file: source.file, line: Math.max(line, 1), column: Math.max(col, 1) }
}

function rangeStart(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message
}
