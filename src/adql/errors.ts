// A mistake in a query → an error that shows the place, says what was expected and names the nearest known thing.
import { RegistryError } from '../core/errors.js'

/** Where something stands in the query: offsets in UTF-16 units, the end is exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A query that cannot be understood or answered. The message has the sentence, then the line of the query, marked. */
export class AdqlError extends RegistryError {
  override readonly name = 'AdqlError'
  /** Counted from 1. */
  readonly line: number
  /** Counted from 1, in characters as a reader sees them. */
  readonly column: number
  /** The offending line and a line of marks below it. */
  readonly excerpt: string
  constructor(
    /** What is wrong and what would be right, without the place. */
    readonly sentence: string,
    query: string,
    readonly span: Span,
  ) {
    const place = locate(query, span)
    super('invalid', `Line ${place.line}, column ${place.column}: ${sentence}\n${place.excerpt}`)
    this.line = place.line
    this.column = place.column
    this.excerpt = place.excerpt
  }
}

/** The text of a query, for those who have to complain about it. */
export class Source {
  constructor(readonly text: string) {}
  /** Throws an AdqlError about the part of the query at `span`. */
  fail(span: Span, sentence: string): never {
    throw new AdqlError(sentence, this.text, span)
  }
  slice(span: Span): string {
    return this.text.slice(span.start, span.end)
  }
}

const excerptWidth = 100

function locate(query: string, span: Span): { line: number; column: number; excerpt: string } {
  const start = Math.min(span.start, query.length)
  const before = query.slice(0, start).split(/\r\n|\n|\r/)
  const head = before.at(-1) ?? ''
  const rest = query.slice(start).split(/[\r\n]/, 1)[0] ?? ''
  // Long lines are cut around the place.
  const from = Math.max(0, head.length - excerptWidth / 2)
  const tail = rest.slice(0, excerptWidth)
  const shown = `${from > 0 ? '…' : ''}${head.slice(from)}${tail}${tail.length < rest.length ? '…' : ''}`
  const lead = [...head.slice(from)].length + (from > 0 ? 1 : 0)
  const marked = [...tail.slice(0, Math.max(1, span.end - span.start))].length
  return {
    line: before.length,
    column: [...head].length + 1,
    excerpt: `  ${shown.replaceAll('\t', ' ')}\n  ${' '.repeat(lead)}${'^'.repeat(Math.max(1, marked))}`,
  }
}
