// Expressions of the syntax tree → typed expressions with their columns found.
import type { Expression, ExpressionOf, Query } from './ast.js'
import { castToTimestamp, comparable, familyNames, requireOneFamily, toText, toTimestamp } from './coercion.js'
import type { Source } from './errors.js'
import { commonMeaning } from './functions.js'
import { findFunction, resolveCall } from './resolve-calls.js'
import { castMeaning, checkNumber, productMeaning, sumMeaning } from './resolve-numbers.js'
import { familyOf, type Resolved, type ResolvedQuery, textMeaning, truth, widest } from './resolved.js'
import { findColumn, type Scope } from './scope.js'

/** What expressions are resolved against. */
export interface Surroundings {
  readonly source: Source
  readonly scope: Scope
  /** Why aggregate functions are not allowed here; absent where they are. */
  readonly noAggregates?: string
  readonly resolveQuery: (query: Query, scope: Scope) => ResolvedQuery
}

/** An expression that must be a value. */
export function resolveValue(around: Surroundings, expression: Expression): Resolved {
  const value = resolveExpression(around, expression)
  if (value.family === 'truth' && isCondition(value))
    around.source.fail(
      expression,
      'Expected a value, but this is a condition. CASE WHEN … THEN 1 ELSE 0 END makes a value of it.',
    )
  return value
}

/** An expression that must be true or false. 1 = f(…) has become f(…) itself. */
export function resolveCondition(around: Surroundings, expression: Expression): Resolved {
  const value = resolveExpression(around, expression)
  if (value.family === 'truth') return value
  // Written without "1 =", which the standard wants but people forget.
  if (value.kind === 'indicator') return value.condition
  around.source.fail(
    expression,
    `Expected a condition, but found ${familyNames[value.family]}. Compare it with something, as x = 1.`,
  )
}

function isCondition(value: Resolved): boolean {
  return !['column', 'merged', 'truth', 'aggregate', 'subquery', 'case', 'call'].includes(value.kind)
}

/** Either. */
export function resolveExpression(around: Surroundings, expression: Expression): Resolved {
  const { start, end } = expression
  const span = { start, end }
  switch (expression.kind) {
    case 'number':
      return checkNumber(around.source, expression)
    case 'text': {
      const meaning = textMeaning(/^[\x00-\x7f]*$/.test(expression.value))
      return { kind: 'text', value: expression.value, family: 'text', meaning, ...span }
    }
    case 'null':
      return { kind: 'null', family: 'null', meaning: textMeaning(true), ...span }
    case 'truth':
      return { kind: 'truth', value: expression.value, family: 'truth', meaning: truth, ...span }
    case 'column':
      return findColumn(around.source, around.scope, expression.path, span)
    case 'call':
      return resolveFunction(around, expression)
    case 'cast':
      return resolveCast(around, expression)
    case 'case':
      return resolveCase(around, expression)
    case 'sign': {
      const operand = numberOnly(around, expression.operand)
      return { kind: 'sign', sign: expression.sign, operand, family: 'number', meaning: sumMeaning([operand]), ...span }
    }
    case 'sum':
    case 'product':
      return resolveArithmetic(around, expression)
    case 'join': {
      const operands = expression.operands.map((operand) => toText(around.source, resolveValue(around, operand)))
      const isAscii = operands.every((operand) => operand.meaning.datatype === 'char')
      return { kind: 'join', operands, family: 'text', meaning: textMeaning(isAscii), ...span }
    }
    case 'subquery': {
      const query = single(around, expression.query)
      const [column] = query.columns
      if (column === undefined) throw new RangeError('a subquery has a column')
      return { kind: 'subquery', query, family: column.family, meaning: column.meaning, ...span }
    }
    case 'exists':
      return {
        kind: 'exists',
        query: around.resolveQuery(expression.query, around.scope),
        family: 'truth',
        meaning: truth,
        ...span,
      }
    case 'not':
      return {
        kind: 'not',
        operand: resolveCondition(around, expression.operand),
        family: 'truth',
        meaning: truth,
        ...span,
      }
    case 'and':
    case 'or': {
      const operands = expression.operands.map((operand) => resolveCondition(around, operand))
      return { kind: expression.kind, operands, family: 'truth', meaning: truth, ...span }
    }
    default:
      return resolvePredicate(around, expression)
  }
}

type Predicate = ExpressionOf<'compare' | 'between' | 'in' | 'like' | 'isNull'>

function resolvePredicate(around: Surroundings, expression: Predicate): Resolved {
  const { start, end } = expression
  const typed = { family: 'truth', meaning: truth, start, end } as const
  switch (expression.kind) {
    case 'compare': {
      const left = resolveExpression(around, expression.left)
      const right = resolveExpression(around, expression.right)
      const test = indicatorTest(left, right, expression.operator) ?? indicatorTest(right, left, expression.operator)
      if (test) return { ...test, start, end }
      const [one, other] = comparable(around.source, left, right)
      return { kind: 'compare', operator: expression.operator, left: one, right: other, ...typed }
    }
    case 'between': {
      const operand = resolveValue(around, expression.operand)
      const low = resolveValue(around, expression.low)
      const high = resolveValue(around, expression.high)
      // A timestamp on either side makes the others timestamps.
      if ([operand, low, high].some((value) => value.family === 'timestamp')) {
        const [x, y, z] = [operand, low, high].map((value) => toTimestamp(around.source, value))
        if (x && y && z) return { kind: 'between', negated: expression.negated, operand: x, low: y, high: z, ...typed }
      }
      const [value, from] = comparable(around.source, operand, low)
      const [, to] = comparable(around.source, operand, high)
      return { kind: 'between', negated: expression.negated, operand: value, low: from, high: to, ...typed }
    }
    case 'in':
      return { ...resolveIn(around, expression), start, end }
    case 'like': {
      const operand = toText(around.source, resolveValue(around, expression.operand))
      const pattern = resolveValue(around, expression.pattern)
      if (pattern.family !== 'text' && pattern.family !== 'null')
        around.source.fail(pattern, `The pattern of LIKE must be a text, but this is ${familyNames[pattern.family]}.`)
      return { kind: 'like', negated: expression.negated, caseless: expression.caseless, operand, pattern, ...typed }
    }
    case 'isNull': {
      const operand = resolveExpression(around, expression.operand)
      return { kind: 'isNull', negated: expression.negated, operand, ...typed }
    }
  }
}

function resolveIn(around: Surroundings, expression: ExpressionOf<'in'>): Resolved {
  const { start, end } = expression
  const typed = { family: 'truth', meaning: truth, start, end } as const
  let operand = resolveValue(around, expression.operand)
  if ('kind' in expression.choices) {
    const choices = single(around, expression.choices)
    const [column] = choices.columns
    // Only to complain: a subquery's column cannot be cast from outside.
    if (column)
      comparable(around.source, operand, { kind: 'null', family: column.family, meaning: column.meaning, start, end })
    return { kind: 'in', negated: expression.negated, operand, choices, ...typed }
  }
  const choices = expression.choices.map((choice) => {
    const [one, other] = comparable(around.source, operand, resolveValue(around, choice))
    operand = one
    return other
  })
  return { kind: 'in', negated: expression.negated, operand, choices, ...typed }
}

/** 1 = ivo_hasword(…) and its relatives → the condition alone, or its opposite (ARCHITECTURE 8.1). */
function indicatorTest(side: Resolved, other: Resolved, operator: string): Resolved | undefined {
  if (side.kind !== 'indicator' || other.kind !== 'number' || (operator !== '=' && operator !== '<>')) return undefined
  if (other.digits !== '1' && other.digits !== '0') return undefined
  const wanted = (other.digits === '1') === (operator === '=')
  if (wanted) return side.condition
  return { kind: 'untrue', operand: side.condition, family: 'truth', meaning: truth, start: side.start, end: side.end }
}

function resolveFunction(around: Surroundings, call: ExpressionOf<'call'>): Resolved {
  const known = findFunction(around.source, call)
  if (known.kind === 'aggregate' && around.noAggregates !== undefined)
    around.source.fail(call, `${known.name.toUpperCase()} is an aggregate function, which ${around.noAggregates}.`)
  const inside = known.kind === 'aggregate' ? { ...around, noAggregates: 'cannot stand within another one' } : around
  const args = call.args.map((arg) => resolveValue(inside, arg))
  return resolveCall(around.source, call, known, args)
}

function resolveCast(around: Surroundings, expression: ExpressionOf<'cast'>): Resolved {
  const { start, end, type } = expression
  const operand = resolveValue(around, expression.operand)
  const meaning = castMeaning(type)
  const family = familyOf(meaning)
  if (operand.family === family && family !== 'number' && family !== 'text') return { ...operand, start, end }
  if (family === 'timestamp') return { ...toTimestampCast(around, operand), start, end }
  const allowed =
    family === 'number'
      ? ['number', 'text', 'truth', 'null']
      : family === 'text'
        ? ['number', 'text', 'truth', 'timestamp', 'moc', 'null']
        : ['text', 'null']
  if (!allowed.includes(operand.family))
    around.source.fail(expression, `${familyNames[operand.family]} cannot be cast to ${type.name}.`)
  const text = family === 'text' ? toText(around.source, operand) : operand
  return {
    kind: 'cast',
    operand: text,
    ...(type.length !== undefined && { length: type.length }),
    family,
    meaning,
    start,
    end,
  }
}

/** Unlike a literal beside a timestamp, any text may be cast; the engine complains about single values. */
function toTimestampCast(around: Surroundings, operand: Resolved): Resolved {
  if (operand.kind === 'text' || operand.family !== 'text') return toTimestamp(around.source, operand)
  return castToTimestamp(operand)
}

function resolveCase(around: Surroundings, expression: ExpressionOf<'case'>): Resolved {
  const { start, end } = expression
  const subject = expression.subject && resolveValue(around, expression.subject)
  const branches = expression.branches.map(({ when, value }) => ({
    when: subject ? comparable(around.source, subject, resolveValue(around, when))[1] : resolveCondition(around, when),
    value: resolveValue(around, value),
  }))
  const otherwise = expression.otherwise && resolveValue(around, expression.otherwise)
  const values = [...branches.map((branch) => branch.value), ...(otherwise ? [otherwise] : [])]
  requireOneFamily(around.source, values)
  const meaning = commonMeaning(values)
  return {
    kind: 'case',
    branches,
    ...(subject && { subject }),
    ...(otherwise && { otherwise }),
    family: familyOf(meaning),
    meaning,
    start,
    end,
  }
}

function numberOnly(around: Surroundings, expression: Expression): Resolved {
  const value = resolveValue(around, expression)
  if (value.family !== 'number' && value.family !== 'null')
    around.source.fail(
      expression,
      `Expected a number, but found ${familyNames[value.family]}.${value.family === 'text' ? ' Texts are joined with ||.' : ''}`,
    )
  return value.family === 'null' ? { ...value, family: 'number', meaning: widest([]) } : value
}

function resolveArithmetic(around: Surroundings, expression: ExpressionOf<'sum' | 'product'>): Resolved {
  const { start, end, kind } = expression
  const first = numberOnly(around, expression.first)
  const rest = expression.rest.map(({ operator, operand }) => ({ operator, operand: numberOnly(around, operand) }))
  const operands = [first, ...rest.map((one) => one.operand)]
  const meaning = kind === 'sum' ? sumMeaning(operands) : productMeaning(operands)
  return { kind, first, rest, family: 'number', meaning, start, end }
}

function single(around: Surroundings, query: Query): ResolvedQuery {
  const resolved = around.resolveQuery(query, around.scope)
  if (resolved.columns.length !== 1)
    around.source.fail(
      query,
      `A subquery in this place must have exactly one column, but this one has ${resolved.columns.length}.`,
    )
  return resolved
}
