// Text of a query → tokens with positions (ADQL 2.1 §2.1).
import type { Source, Span } from './errors.js'

export type TokenKind = 'word' | 'delimited' | 'string' | 'number' | 'symbol' | 'end'

export interface Token extends Span {
  readonly kind: TokenKind
  /** Words as written, strings and delimited names without their quotes, numbers and symbols as written. */
  readonly text: string
  /** Words in upper case, symbols as they are; empty for the rest. What the parser compares with. */
  readonly key: string
}

/** Longest query that is read, in characters: ten times what the longest client query needs. */
export const queryLengthLimit = 2_000_000

const blank = /(?:[\s\uFEFF]+|--[^\r\n]*)*/y
const word = /[A-Za-z_][A-Za-z0-9_]*/y
const number = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
// Without the last part a text that is never closed would be read as closed at its first doubled apostrophe.
const text = /'([^']*(?:''[^']*)*)'(?!')/y
const delimited = /"([^"]*(?:""[^"]*)*)"(?!")/y
const symbol = /<>|!=|<=|>=|\|\||[-+*/=<>(),.;]/y

/** All tokens, with one of kind `end` after the last. Throws AdqlError at the first thing that is no token. */
export function tokenize(source: Source): readonly Token[] {
  const query = source.text
  if (query.length > queryLengthLimit)
    source.fail(
      { start: queryLengthLimit, end: queryLengthLimit + 1 },
      `The query has ${query.length} characters; at most ${queryLengthLimit} are read. Put long lists into an uploaded table.`,
    )
  const tokens: Token[] = []
  let at = 0
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(query)
    return found
  }
  const add = (kind: TokenKind, length: number, value: string, key: string): void => {
    tokens.push({ kind, start: at, end: at + length, text: value, key })
    at += length
  }
  for (;;) {
    at += match(blank)?.[0].length ?? 0
    if (at >= query.length) break
    let found = match(word)
    if (found) {
      add('word', found[0].length, found[0], found[0].toUpperCase())
      continue
    }
    found = match(number)
    if (found) {
      const after = at + found[0].length
      if (/[A-Za-z_]/.test(query[after] ?? '')) failNumber(source, at)
      add('number', found[0].length, found[0], '')
      continue
    }
    found = match(text)
    if (found) {
      add('string', found[0].length, (found[1] ?? '').replaceAll("''", "'"), '')
      continue
    }
    found = match(delimited)
    if (found) {
      if (found[1] === '') source.fail({ start: at, end: at + 2 }, 'A name in quotation marks cannot be empty.')
      add('delimited', found[0].length, (found[1] ?? '').replaceAll('""', '"'), '')
      continue
    }
    found = match(symbol)
    if (!found) failCharacter(source, at)
    add('symbol', found[0].length, found[0], found[0])
  }
  tokens.push({ kind: 'end', start: query.length, end: query.length, text: '', key: '' })
  return tokens
}

function failNumber(source: Source, at: number): never {
  const run = /[\w.]+/y
  run.lastIndex = at
  const length = run.exec(source.text)?.[0].length ?? 1
  const span = { start: at, end: at + length }
  source.fail(
    span,
    `"${source.slice(span)}" is neither a number nor a name. Names begin with a letter; others need quotation marks, as "${source.slice(span)}". Numbers are written as 12, .5 or 1.2E-3.${/^0x/i.test(source.slice(span)) ? ' ADQL 2.1 has no hexadecimal ones.' : ''}`,
  )
}

function failCharacter(source: Source, at: number): never {
  const character = String.fromCodePoint(source.text.codePointAt(at) ?? 0)
  const span = { start: at, end: at + character.length }
  const sentence = character === ':' ? colonHint(source.text, at) : hints.find(([one]) => one.test(character))?.[1]
  source.fail(
    span,
    sentence ??
      `The character "${character}" means nothing in ADQL here. Text stands in apostrophes, unusual names in quotation marks.`,
  )
}

function colonHint(query: string, at: number): string {
  if (query[at + 1] === ':') return 'ADQL has no ::. Write CAST(x AS VARCHAR) for a change of type.'
  if (query.startsWith('://', at))
    return "An address or identifier is a text, which stands in apostrophes, as 'ivo://a/b'."
  return 'ADQL has no parameters. A text stands in apostrophes, a type is changed with CAST(x AS VARCHAR).'
}

const hints: readonly (readonly [RegExp, string])[] = [
  [/'/, "This apostrophe opens a text that is never closed. An apostrophe inside a text is doubled, as 'Barnard''s'."],
  [/"/, 'This quotation mark opens a name that is never closed. Text values stand in apostrophes.'],
  [
    /`/,
    'ADQL does not quote with this mark. Unusual names stand in quotation marks, as "name", texts in apostrophes, as \'text\'.',
  ],
  [/[‘’‚′´]/, "This is not the apostrophe ADQL knows. Text stands between straight apostrophes, as 'text'."],
  [/[“”„″«»]/, 'This is not the quotation mark ADQL knows. Use " for names and \' for text values.'],
  [/[–—−]/, 'This dash is not a minus sign. Use - instead.'],
  [/[[\]]/, 'Square brackets mean nothing in ADQL. A name that needs quoting stands in quotation marks, as "name".'],
  [/%/, 'ADQL has no operator %. Use MOD(x, y).'],
  [/#/, 'ADQL does not know #. Comments begin with -- and end with the line.'],
  [/~/, "ADQL has no regular expressions. Use LIKE or ILIKE with % and _, as in x ILIKE '%word%'."],
  [/[&|^]/, 'ADQL 2.1 has no bitwise operators; two bars (||) join texts.'],
  [/[?$@{}]/, 'ADQL has no parameters or variables. Write the value itself.'],
  [/!/, 'Write "not equal" as <> or !=, and "not" as NOT.'],
  [/\p{L}/u, 'Names are made of the letters A to Z, digits and _. Any other name needs quotation marks, as "größe".'],
]
