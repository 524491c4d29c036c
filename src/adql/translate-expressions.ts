// Resolved expression → Sql. Everything is in parentheses of its own, so that no precedence has to be thought of.
import { identifier, joinSql, literal, numeral, type Sql, sql } from '../core/sql.js'
import { type Dialect, type JoinedTexts, repeatedText, spell } from './dialect.js'
import type { Source } from './errors.js'
import { mergeChoices } from './merge-choices.js'
import type { Resolved, ResolvedOf, ResolvedQuery, SourceColumn } from './resolved.js'
import { compareDistance, shapeValue } from './sky-geometry.js'
import { translateCall, translatePredicate } from './translate-calls.js'
import { equalPair, memberPair, type Twins } from './twin-columns.js'

/** What translating an expression needs to know. */
export interface Translation extends Twins {
  readonly dialect: Dialect
  readonly source: Source
  readonly query: (query: ResolvedQuery) => Sql
  /** A query of which only matters what is in its answer, not how often. */
  readonly members: (query: ResolvedQuery) => Sql
  /** What the texts that aggregates of one SELECT join have in common. */
  readonly joined?: JoinedTexts
}

/** A column as the engine knows it: alias and stored name. */
export function columnSql(column: SourceColumn): Sql {
  return sql`${identifier(column.relation.sqlAlias)}.${identifier(column.sqlName)}`
}

export function translate(to: Translation, value: Resolved): Sql {
  const translated = translateKind(to, value)
  if (translated.text.length > longestExpression)
    to.source.fail(
      value,
      `This expression would take more than ${longestExpression / 1e6} MB for the database. Functions of the sky within each other multiply its length: compute the inner ones in a subquery.`,
    )
  return translated
}

/**
 * Characters of SQL. Some functions need an argument several times, so nested ones grow with the power of their depth;
 * half a kilobyte of DISTANCE(0, DISTANCE(0, …)) would fill the memory. The longest queries that are taken stay below.
 */
const longestExpression = 16_000_000

function translateKind(to: Translation, value: Resolved): Sql {
  switch (value.kind) {
    case 'number':
      // Engines take 1.5 for an exact decimal; ADQL has doubles only.
      return value.meaning.datatype === 'double'
        ? sql`CAST(${numeral(value.digits)} AS DOUBLE PRECISION)`
        : numeral(value.digits)
    case 'text':
      return literal(value.value)
    case 'null':
      return sql`NULL`
    case 'truth':
      return value.value ? sql`TRUE` : sql`FALSE`
    case 'column':
      return columnSql(value.column)
    case 'merged':
      return sql`COALESCE(${list(to, value.choices)})`
    case 'call':
      return value.called.kind === 'predicate' ? translatePredicate(to, value) : translateCall(to, value)
    case 'aggregate':
      return translateAggregate(to, value)
    case 'cast':
      return translateCast(to, value)
    case 'case':
      return translateCase(to, value)
    case 'sign':
      return value.sign === '-' ? sql`(- ${translate(to, value.operand)})` : translate(to, value.operand)
    case 'sum':
    case 'product':
      return translateArithmetic(to, value)
    case 'join':
      checkTerms(to, value, value.operands.length)
      return sql`(${joinSql(
        value.operands.map((operand) => translate(to, operand)),
        ' || ',
      )})`
    case 'subquery':
      return sql`(${to.query(value.query)})`
    case 'indicator':
      return sql`CASE WHEN ${translate(to, value.condition)} THEN 1 ELSE 0 END`
    case 'compare':
      return compareDistance(to, value) ?? translateComparison(to, value)
    case 'between':
      return sql`(${translate(to, value.operand)} ${not(value.negated)}BETWEEN ${translate(to, value.low)} AND ${translate(to, value.high)})`
    case 'in': {
      if (!('kind' in value.choices))
        return sql`(${translate(to, value.operand)} ${not(value.negated)}IN (${list(to, value.choices)}))`
      const [operand, query] = memberPair(to, value.operand, value.choices)
      return sql`(${translate(to, operand)} ${not(value.negated)}IN (${to.members(query)}))`
    }
    case 'like':
      return likeSql(to, translate(to, value.operand), value.pattern, value)
    case 'isNull':
      return sql`(${translate(to, value.operand)} IS ${not(value.negated)}NULL)`
    case 'exists':
      return sql`EXISTS (${to.query(value.query)})`
    case 'not':
      return sql`(NOT ${translate(to, value.operand)})`
    case 'untrue':
      return sql`(NOT COALESCE(${translate(to, value.operand)}, FALSE))`
    case 'and':
    case 'or':
      return translateChain(to, value)
  }
}

function translateComparison(to: Translation, { left, right, operator }: ResolvedOf<'compare'>): Sql {
  const [one, other] = operator === '=' ? equalPair(to, left, right) : [left, right]
  return sql`(${translate(to, one)} ${comparisons[operator]} ${translate(to, other)})`
}

const comparisons = { '=': sql`=`, '<>': sql`<>`, '<': sql`<`, '>': sql`>`, '<=': sql`<=`, '>=': sql`>=` } as const

function not(negated: boolean): Sql {
  return negated ? sql`NOT ` : sql``
}

function list(to: Translation, values: readonly Resolved[]): Sql {
  return joinSql(values.map((value) => translate(to, value)))
}

/** LIKE without any escape character, which ADQL does not have (ADQL 2.1 §2.2.3). */
export function likeSql(
  to: Translation,
  operand: Sql,
  pattern: Resolved,
  how: { readonly negated: boolean; readonly caseless: boolean },
): Sql {
  const patternSql = translate(to, pattern)
  const part = how.caseless && pattern.kind === 'text' ? /^%([^%_\\]+)%$/.exec(pattern.value)?.[1] : undefined
  const contains = part === undefined ? undefined : to.dialect.containsCaseless?.(operand, literal(part))
  if (contains !== undefined) return how.negated ? sql`(NOT ${contains})` : contains
  const word = how.caseless ? sql`ILIKE` : sql`LIKE`
  // Engines plan a plain LIKE with a literal better; PostgreSQL alone takes a backslash for an escape.
  const isPlain = pattern.kind === 'text' && !pattern.value.includes('\\')
  return sql`(${operand} ${not(how.negated)}${word} ${patternSql}${isPlain ? sql`` : sql` ESCAPE ''`})`
}

/** Longest chain of conditions, and of terms in sums, products and joined texts, that is handed to an engine. */
export const chainLimits = { conditions: 5_000, terms: 500 } as const

function checkTerms(to: Translation, value: Resolved, count: number): void {
  if (count > chainLimits.terms)
    to.source.fail(
      value,
      `This expression has ${count} terms; at most ${chainLimits.terms} are computed. Split it, or use SUM over an uploaded table.`,
    )
}

function translateChain(to: Translation, value: ResolvedOf<'and' | 'or'>): Sql {
  const operands = value.kind === 'or' ? mergeChoices(flatten(value)) : flatten(value)
  if (operands.length > chainLimits.conditions)
    to.source.fail(
      { start: value.start, end: value.start + 1 },
      `From here on ${operands.length} conditions are joined by ${value.kind.toUpperCase()}; at most ${chainLimits.conditions} are checked. Use IN, or join an uploaded table.`,
    )
  return balance(
    operands.map((operand) => translate(to, operand)),
    value.kind === 'or' ? ' OR ' : ' AND ',
  )
}

/** Parentheses between conditions of the same kind mean nothing. */
function flatten(value: ResolvedOf<'and' | 'or'>): readonly Resolved[] {
  const flat: Resolved[] = []
  const waiting: Resolved[] = [...value.operands].reverse()
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === value.kind) waiting.push(...[...next.operands].reverse())
    else flat.push(next)
  }
  return flat
}

/** Engines read a chain as a tree as deep as the chain is long; a balanced one stays shallow. */
function balance(parts: readonly Sql[], separator: ' OR ' | ' AND '): Sql {
  if (parts.length <= 16) return sql`(${joinSql(parts, separator)})`
  const size = Math.ceil(parts.length / 16)
  const groups: Sql[] = []
  for (let start = 0; start < parts.length; start += size)
    groups.push(balance(parts.slice(start, start + size), separator))
  return sql`(${joinSql(groups, separator)})`
}

function translateArithmetic(to: Translation, value: ResolvedOf<'sum' | 'product'>): Sql {
  checkTerms(to, value, value.rest.length + 1)
  const parts = [
    operandSql(to, value.first),
    ...value.rest.map(
      ({ operator, operand }) =>
        sql`${operators[operator]} ${operator === '/' ? divisorSql(to, operand) : operandSql(to, operand)}`,
    ),
  ]
  return sql`(${joinSql(parts, ' ')})`
}

const operators = { '+': sql`+`, '-': sql`-`, '*': sql`*`, '/': sql`/` } as const

/** A value that divides: NULL instead of zero. */
export function divisorSql(to: Translation, operand: Resolved): Sql {
  const translated = operandSql(to, operand)
  // A literal that is not zero needs no care.
  const isSafe = operand.kind === 'number' && Number(operand.digits) !== 0
  return isSafe ? translated : spell(to.dialect, 'divisor', [translated])
}

/** Small integers are widened: engines would compute with 16 bits. */
function operandSql(to: Translation, operand: Resolved): Sql {
  const translated = translate(to, operand)
  const isSmall = operand.meaning.datatype === 'short' || operand.meaning.datatype === 'unsignedByte'
  return isSmall ? sql`CAST(${translated} AS INTEGER)` : translated
}

function translateAggregate(to: Translation, value: ResolvedOf<'aggregate'>): Sql {
  if (value.star) return sql`count(*)`
  const [first, delimiter] = value.args.map((arg) => translate(to, arg))
  if (first === undefined) throw new RangeError('an aggregate has an argument')
  const distinct = value.distinct ? sql`DISTINCT ` : sql``
  switch (value.called.name) {
    case 'count':
      return sql`count(${distinct}${first})`
    case 'sum': {
      // Sums of integers are wider than any VOTable type in both engines.
      const type = value.meaning.datatype === 'long' ? sql`BIGINT` : sql`DOUBLE PRECISION`
      return sql`CAST(sum(${distinct}${first}) AS ${type})`
    }
    case 'avg':
      return sql`CAST(avg(${distinct}${first}) AS DOUBLE PRECISION)`
    case 'min':
      return sql`min(${first})`
    case 'max':
      return sql`max(${first})`
    case 'ivo_string_agg':
      return value.distinct
        ? sql`COALESCE(string_agg(DISTINCT ${first}, ${delimiter ?? sql`''`} ORDER BY ${first}), '')`
        : joinedTexts(to, first, delimiter ?? sql`''`)
    default:
      throw new TypeError(`no aggregate ${value.called.name}`)
  }
}

/** The texts of a group, joined in the common order; RegTAP 1.2 §9.2: an empty group gives the empty text. */
export function joinedTexts(to: Translation, text: Sql, delimiter: Sql): Sql {
  const { joined: known } = to
  const isKnown = known?.texts.some((one) => one.text === text.text) === true
  const together: JoinedTexts = known && isKnown ? known : { order: known?.order ?? [], texts: [text] }
  const { joinedTexts: steps } = to.dialect
  const joined = steps
    ? steps.text(steps.rows(together), text, delimiter, together)
    : spell(to.dialect, 'joined_texts', [repeatedText(text, delimiter, together.times), delimiter, ...together.order])
  return sql`COALESCE(${joined}, '')`
}

function translateCast(to: Translation, value: ResolvedOf<'cast'>): Sql {
  if (['point', 'circle', 'polygon'].includes(value.family)) return shapeValue(to, value)
  const operand = translate(to, value.operand)
  const type = sqlType(to.dialect, value)
  const cast = sql`CAST(${operand} AS ${type})`
  // DuckDB ignores the length of VARCHAR(n), PostgreSQL cuts.
  return value.length === undefined ? cast : sql`left(${cast}, ${value.length})`
}

function sqlType(dialect: Dialect, value: Resolved): Sql {
  if (value.family === 'text') return sql`VARCHAR`
  if (value.family === 'timestamp') return sql`TIMESTAMP`
  switch (value.meaning.datatype) {
    case 'short':
      return sql`SMALLINT`
    case 'int':
      return sql`INTEGER`
    case 'long':
      return sql`BIGINT`
    case 'float':
      return sql`REAL`
    case 'double':
      return sql`DOUBLE PRECISION`
    default:
      throw new TypeError(`${dialect.name} has no cast to ${value.meaning.datatype}`)
  }
}

function translateCase(to: Translation, value: ResolvedOf<'case'>): Sql {
  const subject = value.subject ? sql`${translate(to, value.subject)} ` : sql``
  const branches = value.branches.map(
    (branch) => sql`WHEN ${translate(to, branch.when)} THEN ${translate(to, branch.value)}`,
  )
  const otherwise = value.otherwise ? sql` ELSE ${translate(to, value.otherwise)}` : sql``
  return sql`(CASE ${subject}${joinSql(branches, ' ')}${otherwise} END)`
}

/** A function spelled by the dialect. */
export function spellCall(to: Translation, name: string, args: readonly Resolved[]): Sql {
  return spell(
    to.dialect,
    name,
    args.map((arg) => translate(to, arg)),
  )
}
