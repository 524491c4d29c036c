// Text of a query → syntax tree (ADQL 2.1 §2.2, appendix A). By hand, for errors that teach (ARCHITECTURE 8.6).
import type { CommonTable, Query, Select, SelectItem, SetOperand, SetOperation, SetOperator, SortItem } from './ast.js'
import { Cursor } from './cursor.js'
import { Source } from './errors.js'
import { parseExpression, parseSubquery } from './expressions.js'
import { parseFrom } from './from-clause.js'
import { failFrom, failRest, failStatement } from './habits.js'
import { tokenize } from './lexer.js'

/** One query, a trailing semicolon allowed. Throws AdqlError. */
export function parseAdql(text: string): Query {
  return parseSource(new Source(text))
}

/** The same from a source that later steps complain about, too. */
export function parseSource(source: Source): Query {
  const cursor: Cursor = new Cursor(source, tokenize(source), parseQuery)
  const first = cursor.peek()
  if (first.kind === 'end') source.fail(first, 'The query is empty. Expected SELECT … FROM ….')
  const query = parseQuery(cursor)
  // A semicolon at the end is no part of the grammar, but everybody's habit.
  while (cursor.takes(';'));
  if (cursor.peek().kind === 'end') return query
  failRest(cursor)
}

function parseQuery(cursor: Cursor): Query {
  const first = cursor.peek()
  const commonTables = cursor.sees('WITH') ? parseCommonTables(cursor) : []
  const body = parseSetOperation(cursor)
  const orderBy = cursor.takes('ORDER') ? parseOrderBy(cursor) : []
  const offset = cursor.takes('OFFSET') ? parseCount(cursor, 'OFFSET') : undefined
  const span = cursor.spanFrom(first)
  if (body.kind !== 'query')
    return { kind: 'query', commonTables, body, orderBy, ...(offset !== undefined && { offset }), ...span }
  if (commonTables.length === 0 && orderBy.length === 0 && offset === undefined) return body
  // (SELECT … ORDER BY x) ORDER BY y: the outer sorting is of the inner result.
  return {
    kind: 'query',
    commonTables,
    body: { kind: 'set', first: body, rest: [], start: body.start, end: body.end },
    orderBy,
    ...(offset !== undefined && { offset }),
    ...span,
  }
}

function parseCommonTables(cursor: Cursor): readonly CommonTable[] {
  cursor.expect('WITH')
  const tables: CommonTable[] = []
  do {
    const first = cursor.peek()
    if (cursor.sees('RECURSIVE'))
      cursor.source.fail(first, 'ADQL has no recursive queries. Expected the name of a table after WITH.')
    const name = cursor.name('a name for the table that WITH defines')
    cursor.expect('AS', ' after the name')
    const query = parseSubquery(cursor)
    tables.push({ name, query, ...cursor.spanFrom(first) })
  } while (cursor.takes(','))
  return tables
}

/** UNION and EXCEPT from left to right; INTERSECT binds tighter (ADQL 2.1 §4.6). */
function parseSetOperation(cursor: Cursor): SetOperand {
  return parseSetChain(cursor, ['UNION', 'EXCEPT'], () =>
    parseSetChain(cursor, ['INTERSECT'], () => parseSetOperand(cursor)),
  )
}

function parseSetChain(cursor: Cursor, operators: readonly SetOperator[], parseOperand: () => SetOperand): SetOperand {
  const start = cursor.peek()
  const first = parseOperand()
  const rest: { operator: SetOperator; all: boolean; operand: SetOperand }[] = []
  for (;;) {
    const operator = operators.find((one) => cursor.takes(one))
    if (operator === undefined) break
    const all = cursor.takes('ALL')
    if (!all) cursor.takes('DISTINCT')
    rest.push({ operator, all, operand: parseOperand() })
  }
  if (rest.length === 0) return first
  cursor.limit(rest, 100, 'UNION, EXCEPT or INTERSECT in a row')
  const found: SetOperation = { kind: 'set', first, rest, ...cursor.spanFrom(start) }
  return found
}

function parseSetOperand(cursor: Cursor): SetOperand {
  if (!cursor.sees('(')) return parseSelect(cursor)
  if (!cursor.seesSubquery()) cursor.unexpected('SELECT', ['SELECT', 'WITH'])
  const query = parseSubquery(cursor)
  // Parentheses without sorting inside mean grouping only.
  return query.commonTables.length === 0 && query.orderBy.length === 0 && query.offset === undefined
    ? query.body
    : query
}

function parseSelect(cursor: Cursor): Select {
  const first = cursor.peek()
  if (!cursor.takes('SELECT')) failStatement(cursor)
  let distinct = false
  let top: number | undefined
  // The grammar wants DISTINCT before TOP; people write both orders.
  for (;;) {
    if (cursor.takes('DISTINCT')) distinct = true
    else if (cursor.sees('ALL')) cursor.next()
    else if (cursor.sees('TOP') && cursor.peek(1).kind === 'number' && top === undefined) {
      cursor.next()
      top = parseCount(cursor, 'TOP')
    } else break
  }
  // A column may be called TOP; one that is taken times or less a number hardly is.
  const following = cursor.peek(1)
  if (cursor.sees('TOP') && (following.kind !== 'symbol' || following.key === '(' || following.key === '-')) {
    cursor.next()
    cursor.unexpected('a whole number after TOP')
  }
  const items: SelectItem[] = []
  do items.push(parseSelectItem(cursor))
  while (cursor.takes(','))
  if (!cursor.takes('FROM')) failFrom(cursor, items.at(-1))
  const from = parseFrom(cursor)
  const where = cursor.takes('WHERE') ? parseExpression(cursor) : undefined
  const groupBy = cursor.takes('GROUP') ? parseGroupBy(cursor) : []
  const having = cursor.takes('HAVING') ? parseExpression(cursor) : undefined
  return {
    kind: 'select',
    distinct,
    ...(top !== undefined && { top }),
    items,
    from,
    ...(where && { where }),
    groupBy,
    ...(having && { having }),
    ...cursor.spanFrom(first),
  }
}

function parseSelectItem(cursor: Cursor): SelectItem {
  const first = cursor.peek()
  if (cursor.takes('*')) return { kind: 'all', ...cursor.spanFrom(first) }
  for (let ahead = 1; ahead <= 5 && cursor.peek(ahead).key === '.'; ahead += 2) {
    if (cursor.peek(ahead + 1).key !== '*') continue
    const qualifier = [cursor.name('a table')]
    while (cursor.takes('.') && !cursor.takes('*')) qualifier.push(cursor.name('a table'))
    return { kind: 'allOf', qualifier, ...cursor.spanFrom(first) }
  }
  if (cursor.sees('FROM'))
    cursor.unexpected(`a column or an expression to select${cursor.previous()?.key === ',' ? ' after the comma' : ''}`)
  const expression = parseExpression(cursor)
  const alias = cursor.takes('AS') || cursor.seesAlias() ? cursor.name('a name for the column') : undefined
  return { kind: 'item', expression, ...(alias && { alias }), ...cursor.spanFrom(first) }
}

function parseGroupBy(cursor: Cursor): Select['groupBy'] {
  cursor.expect('BY', ' after GROUP')
  const terms = []
  do terms.push(parseExpression(cursor))
  while (cursor.takes(','))
  cursor.limit(terms, 1_000, 'terms of GROUP BY')
  return terms
}

function parseOrderBy(cursor: Cursor): readonly SortItem[] {
  cursor.expect('BY', ' after ORDER')
  const items: SortItem[] = []
  do {
    const first = cursor.peek()
    const by = parseExpression(cursor)
    const descending = cursor.takes('DESC')
    if (!descending) cursor.takes('ASC')
    items.push({ by, descending, ...cursor.spanFrom(first) })
  } while (cursor.takes(','))
  cursor.limit(items, 1_000, 'terms of ORDER BY')
  return items
}

function parseCount(cursor: Cursor, word: string): number {
  const token = cursor.peek()
  if (token.kind !== 'number' || !/^\d+$/.test(token.text)) cursor.unexpected(`a whole number after ${word}`)
  cursor.next()
  const count = Number(token.text)
  if (!Number.isSafeInteger(count)) cursor.source.fail(token, `${word} ${token.text} is beyond what can be counted.`)
  return count
}
