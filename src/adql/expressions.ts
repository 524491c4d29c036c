// Tokens → expressions: conditions, comparisons, values, functions (ADQL 2.1 §2.2.3, §2.3, appendix A).
import type { Comparison, Expression, Name, Query } from './ast.js'
import type { Cursor } from './cursor.js'
import { parseCase, parseCast } from './special-forms.js'

/** A condition or a value; which of them is wanted is the resolver's business. */
export function parseExpression(cursor: Cursor): Expression {
  return cursor.nested(() => parseChain(cursor, 'OR'))
}

/** OR of ANDs, each chain one node. */
function parseChain(cursor: Cursor, word: 'OR' | 'AND'): Expression {
  const first = cursor.peek()
  const operands: Expression[] = []
  do operands.push(word === 'OR' ? parseChain(cursor, 'AND') : parseNot(cursor))
  while (cursor.takes(word))
  const [only] = operands
  if (operands.length === 1 && only) return only
  return { kind: word === 'OR' ? 'or' : 'and', operands, ...cursor.spanFrom(first) }
}

function parseNot(cursor: Cursor): Expression {
  const first = cursor.peek()
  if (!cursor.takes('NOT')) return parsePredicate(cursor)
  const operand = cursor.nested(() => parseNot(cursor))
  return { kind: 'not', operand, ...cursor.spanFrom(first) }
}

const comparisons: Readonly<Record<string, Comparison>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '>': '>',
  '<=': '<=',
  '>=': '>=',
}

function parsePredicate(cursor: Cursor): Expression {
  const first = cursor.peek()
  if (cursor.sees('EXISTS', '(')) {
    cursor.next()
    const query = parseSubquery(cursor)
    return { kind: 'exists', query, ...cursor.spanFrom(first) }
  }
  const operand = parseValue(cursor)
  const operator = comparisons[cursor.peek().key]
  if (operator !== undefined) {
    cursor.next()
    if (cursor.sees('='))
      cursor.source.fail(
        cursor.peek(),
        'Expected a value after the comparison, but found another =. ADQL compares with one =, and with <=, >= and <>.',
      )
    const right = parseValue(cursor)
    return { kind: 'compare', operator, left: operand, right, ...cursor.spanFrom(first) }
  }
  if (cursor.takes('IS')) {
    const negated = cursor.takes('NOT')
    cursor.expect('NULL', ' after IS (values are compared with =)')
    return { kind: 'isNull', negated, operand, ...cursor.spanFrom(first) }
  }
  const negated = cursor.takes('NOT')
  if (cursor.takes('BETWEEN')) {
    const low = parseValue(cursor)
    cursor.expect('AND', ' between the two bounds of BETWEEN')
    const high = parseValue(cursor)
    return { kind: 'between', negated, operand, low, high, ...cursor.spanFrom(first) }
  }
  if (cursor.takes('IN')) {
    const choices = parseChoices(cursor)
    return { kind: 'in', negated, operand, choices, ...cursor.spanFrom(first) }
  }
  if (cursor.sees('LIKE') || cursor.sees('ILIKE')) {
    const caseless = cursor.next().key === 'ILIKE'
    const pattern = parseValue(cursor)
    if (cursor.sees('ESCAPE'))
      cursor.source.fail(
        cursor.peek(),
        'LIKE has no ESCAPE in ADQL: % and _ in a pattern always stand for other characters.',
      )
    return { kind: 'like', negated, caseless, operand, pattern, ...cursor.spanFrom(first) }
  }
  if (negated) cursor.unexpected('BETWEEN, IN, LIKE or ILIKE', ['BETWEEN', 'IN', 'LIKE', 'ILIKE'])
  return operand
}

function parseChoices(cursor: Cursor): readonly Expression[] | Query {
  if (cursor.sees('(') && cursor.seesSubquery()) return parseSubquery(cursor)
  cursor.expect('(', ' after IN, then values or a subquery')
  return parseList(cursor)
}

/** Expressions with commas between them up to the closing parenthesis, which is taken. */
function parseList(cursor: Cursor): readonly Expression[] {
  const items: Expression[] = []
  do items.push(parseExpression(cursor))
  while (cursor.takes(','))
  if (!cursor.takes(')')) cursor.unexpected('a comma or a closing parenthesis')
  return items
}

/** A query in parentheses. */
export function parseSubquery(cursor: Cursor): Query {
  cursor.expect('(')
  const query = cursor.nested(() => cursor.parseQuery(cursor))
  cursor.expect(')', ' at the end of the subquery')
  return query
}

/** Texts joined with bars, or a number. */
function parseValue(cursor: Cursor): Expression {
  const first = cursor.peek()
  const operands = [parseSum(cursor)]
  while (cursor.takes('||')) operands.push(parseSum(cursor))
  const [only] = operands
  if (operands.length === 1 && only) return only
  return { kind: 'join', operands, ...cursor.spanFrom(first) }
}

function parseSum(cursor: Cursor): Expression {
  return parseArithmetic(cursor, 'sum', ['+', '-'], parseProduct)
}

function parseProduct(cursor: Cursor): Expression {
  return parseArithmetic(cursor, 'product', ['*', '/'], parseFactor)
}

function parseArithmetic<Operator extends '+' | '-' | '*' | '/'>(
  cursor: Cursor,
  kind: 'sum' | 'product',
  operators: readonly Operator[],
  parseOperand: (cursor: Cursor) => Expression,
): Expression {
  const start = cursor.peek()
  const first = parseOperand(cursor)
  const rest: { operator: Operator; operand: Expression }[] = []
  for (;;) {
    const operator = operators.find((one) => cursor.takes(one))
    if (operator === undefined) break
    rest.push({ operator, operand: parseOperand(cursor) })
  }
  return rest.length === 0 ? first : { kind, first, rest, ...cursor.spanFrom(start) }
}

function parseFactor(cursor: Cursor): Expression {
  const first = cursor.peek()
  const sign = cursor.takes('-') ? '-' : cursor.takes('+') ? '+' : undefined
  if (sign === undefined) return parsePrimary(cursor)
  const operand = cursor.nested(() => parseFactor(cursor))
  return { kind: 'sign', sign, operand, ...cursor.spanFrom(first) }
}

function parsePrimary(cursor: Cursor): Expression {
  const token = cursor.peek()
  const span = { start: token.start, end: token.end }
  switch (token.kind) {
    case 'number':
      cursor.next()
      return { kind: 'number', digits: token.text, ...span }
    case 'string':
      return parseText(cursor)
    case 'delimited':
      return parseReference(cursor)
    case 'word':
      return parseWord(cursor)
    case 'symbol':
      if (token.key === '(') return parseParenthesis(cursor)
      if (token.key === '/' || (token.key === '*' && cursor.previous()?.key === '/'))
        cursor.source.fail(
          token,
          `Expected a value, but found ${token.text}. Comments begin with -- in ADQL and end with the line.`,
        )
      if (token.key === '*')
        cursor.source.fail(
          token,
          'Expected a value, but found *, which stands alone after SELECT, after a table and a dot there, or in COUNT(*).',
        )
      break
    case 'end':
      break
  }
  cursor.unexpected('a value: a number, a text, a column, a function or a parenthesis')
}

/** Texts that follow each other are one (ADQL 2.1 appendix A, character_string_literal). */
function parseText(cursor: Cursor): Expression {
  const first = cursor.next()
  let value = first.text
  while (cursor.peek().kind === 'string' && cursor.peek().start > cursor.spanFrom(first).end)
    value += cursor.next().text
  return { kind: 'text', value, ...cursor.spanFrom(first) }
}

function parseParenthesis(cursor: Cursor): Expression {
  const first = cursor.peek()
  if (cursor.seesSubquery()) {
    const query = parseSubquery(cursor)
    return { kind: 'subquery', query, ...cursor.spanFrom(first) }
  }
  cursor.next()
  const inner = parseExpression(cursor)
  if (cursor.sees(','))
    cursor.source.fail(
      cursor.peek(),
      'Expected a closing parenthesis, but found a comma. Lists of values stand only after IN.',
    )
  if (!cursor.takes(')'))
    cursor.unexpected('an operator or a closing parenthesis', ['AND', 'OR', 'LIKE', 'IN', 'BETWEEN', 'IS'])
  return inner
}

function parseWord(cursor: Cursor): Expression {
  const token = cursor.peek()
  const span = { start: token.start, end: token.end }
  switch (token.key) {
    case 'NULL':
      cursor.next()
      return { kind: 'null', ...span }
    case 'TRUE':
    case 'FALSE':
      if (cursor.peek(1).key === '.' || cursor.peek(1).key === '(') break
      cursor.next()
      return { kind: 'truth', value: token.key === 'TRUE', ...span }
    case 'CASE':
      return cursor.nested(() => parseCase(cursor, parseExpression))
    case 'CAST':
      if (cursor.peek(1).key === '(') return cursor.nested(() => parseCast(cursor, parseExpression))
  }
  return parseReference(cursor)
}

/** A column, or a function with its arguments. */
function parseReference(cursor: Cursor): Expression {
  const first = cursor.peek()
  const path: Name[] = [cursor.name('a value')]
  while (cursor.sees('.')) {
    cursor.next()
    if (cursor.sees('*'))
      cursor.source.fail(
        cursor.peek(),
        'Expected a column, but found *. All columns of a table can be asked for in the select list only.',
      )
    path.push(cursor.name('the rest of the name'))
  }
  const [name] = path
  if (!cursor.sees('(') || path.length > 1 || name === undefined) {
    if (path.length > 4)
      cursor.source.fail(cursor.spanFrom(first), 'A column is named by at most catalog, schema, table and column.')
    return { kind: 'column', path, ...cursor.spanFrom(first) }
  }
  cursor.next()
  if (cursor.sees('*', ')')) {
    cursor.next()
    cursor.next()
    return { kind: 'call', name, args: [], star: true, distinct: false, ...cursor.spanFrom(first) }
  }
  const distinct = cursor.takes('DISTINCT')
  if (!distinct) cursor.takes('ALL')
  const args = !distinct && cursor.takes(')') ? [] : parseList(cursor)
  cursor.limit(args, 1_000, 'arguments')
  return { kind: 'call', name, args, star: false, distinct, ...cursor.spanFrom(first) }
}
