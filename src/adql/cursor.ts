// Tokens → the parser's way through them: looking, taking, complaining, and a limit on nesting.
import type { Name, Query } from './ast.js'
import type { Source, Span } from './errors.js'
import type { Token } from './lexer.js'
import { nearest, reservedWords, structuralWords } from './words.js'

/** Deepest nesting of parentheses, functions and subqueries; engines give up at some hundreds. */
export const nestingLimit = 150

export class Cursor {
  private index = 0
  private depth = 0
  /** Index of an opening parenthesis → index of its closing one. */
  private readonly closing = new Map<number, number>()

  constructor(
    readonly source: Source,
    private readonly tokens: readonly Token[],
    /** The rule for subqueries, which expressions and FROM clauses need. */
    readonly parseQuery: (cursor: Cursor) => Query,
  ) {
    const open: number[] = []
    for (const [index, token] of tokens.entries()) {
      if (token.key === '(') open.push(index)
      if (token.key !== ')') continue
      const opening = open.pop()
      if (opening === undefined)
        source.fail(token, 'This closing parenthesis has no opening one before it. Remove it, or add the opening one.')
      this.closing.set(opening, index)
    }
    const unclosed = open[0] === undefined ? undefined : tokens[open.at(-1) ?? 0]
    if (unclosed) source.fail(unclosed, 'This parenthesis is never closed. Add a closing one where its content ends.')
  }

  /** The token `ahead` places further on; the last one again beyond the end. */
  peek(ahead = 0): Token {
    const token = this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)]
    if (token === undefined) throw new RangeError('a token list ends with a token')
    return token
  }

  /** Is the next token this keyword or symbol, and the one after it the other? */
  sees(key: string, following?: string): boolean {
    return this.peek().key === key && (following === undefined || this.peek(1).key === following)
  }

  /** The token taken last; undefined at the beginning. */
  previous(): Token | undefined {
    return this.tokens[this.index - 1]
  }

  next(): Token {
    const token = this.peek()
    this.index = Math.min(this.index + 1, this.tokens.length - 1)
    return token
  }

  /** Takes the keyword or symbol if it is next. */
  takes(key: string): boolean {
    if (this.peek().key !== key) return false
    this.next()
    return true
  }

  expect(key: string, why = ''): Token {
    if (this.peek().key === key) return this.next()
    this.unexpected(`${key}${why}`, [key])
  }

  /** Throws: something else stands where `wanted` should. `keywords` are what a mistyped word is compared with. */
  unexpected(wanted: string, keywords: readonly string[] = []): never {
    const token = this.peek()
    if (token.kind === 'end') this.source.fail(token, `Expected ${wanted}, but the query ends here.`)
    const near = token.kind === 'word' ? nearest(token.text, keywords) : undefined
    const meant = near === undefined ? '' : ` Did you mean ${near}?`
    this.source.fail(token, `Expected ${wanted}, but found ${shorten(this.source.slice(token))}.${meant}`)
  }

  /** A name; `what` it names is for the message. Reserved words are refused only where they could mean something else. */
  name(what: string): Name {
    const token = this.peek()
    if (token.kind === 'delimited' || (token.kind === 'word' && !structuralWords.has(token.key))) {
      this.next()
      return { text: token.text, delimited: token.kind === 'delimited', start: token.start, end: token.end }
    }
    if (token.kind === 'word' && reservedWords.has(token.key) && this.previous()?.key === ',')
      this.source.fail(
        token,
        `Expected ${what} after the comma, but found ${token.text}. Remove the comma; as a name, ${token.text} would need quotation marks.`,
      )
    if (token.kind === 'word' && reservedWords.has(token.key))
      this.source.fail(
        token,
        `Expected ${what}, but found ${token.text}, a reserved word of ADQL; as a name it needs quotation marks: "${token.text}".`,
      )
    if (token.kind === 'string')
      this.source.fail(token, `Expected ${what}, but found a text. Names stand in quotation marks, not in apostrophes.`)
    this.unexpected(what)
  }

  /** A name that may follow without AS: none is seen before a word that goes on with the query. */
  seesAlias(): boolean {
    const token = this.peek()
    // LIMIT 10 is no alias, but a habit from elsewhere that deserves its own message.
    if (token.key === 'LIMIT' && this.peek(1).kind === 'number') return false
    if (token.key === 'TOP' && this.peek(1).kind === 'number') return false
    if (token.key === 'FETCH' && ['FIRST', 'NEXT'].includes(this.peek(1).key)) return false
    return token.kind === 'delimited' || (token.kind === 'word' && !structuralWords.has(token.key))
  }

  /** At an opening parenthesis: does it hold a query (SELECT, WITH, or a parenthesised operand of a set operator)? */
  seesSubquery(): boolean {
    let ahead = 0
    while (this.peek(ahead).key === '(') ahead++
    if (ahead === 0 || (this.peek(ahead).key !== 'SELECT' && this.peek(ahead).key !== 'WITH')) return false
    // ((SELECT …) UNION …) is a query, ((SELECT …) + 1) is not: what follows the inner one decides.
    for (let inner = 1; inner < ahead; inner++) {
      const close = this.closing.get(this.index + inner)
      if (close === undefined || !queryContinues.has(this.tokens[close + 1]?.key ?? '')) return false
    }
    return true
  }

  /** Runs a rule one level deeper; throws when the nesting has become too deep. */
  nested<Result>(rule: () => Result): Result {
    if (++this.depth > nestingLimit)
      this.source.fail(
        this.peek(),
        `Parentheses, functions and subqueries are nested more than ${nestingLimit} deep here. Simplify the query.`,
      )
    const result = rule()
    this.depth--
    return result
  }

  /** Throws when a list has become longer than any engine should be bothered with. */
  limit(items: readonly unknown[], most: number, what: string): void {
    if (items.length > most)
      this.source.fail(
        this.peek(),
        `The ${items.length} ${what} before this place are too many; at most ${most} are read.`,
      )
  }

  /** From the start of `first` to the end of the token taken last. */
  spanFrom(first: Span): Span {
    return { start: first.start, end: this.tokens[this.index - 1]?.end ?? first.end }
  }
}

const queryContinues: ReadonlySet<string> = new Set([')', 'UNION', 'EXCEPT', 'INTERSECT', 'ORDER', 'OFFSET'])

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
