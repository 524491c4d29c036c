// Tokens → tables and joins (ADQL 2.1 §2.2.2).
import type { Expression, JoinedTable, JoinType, Name, TableReference } from './ast.js'
import type { Cursor } from './cursor.js'
import { parseExpression, parseSubquery } from './expressions.js'

/** Most tables of one FROM clause, joined or not. */
const tableLimit = 100

/** FROM a, b JOIN c … — the word FROM is taken already. */
export function parseFrom(cursor: Cursor): readonly TableReference[] {
  const tables: TableReference[] = []
  do tables.push(parseTableReference(cursor))
  while (cursor.takes(','))
  if (tables.length > tableLimit)
    cursor.source.fail(cursor.peek(), `More than ${tableLimit} tables in one FROM clause; at most that many are read.`)
  return tables
}

/** A table and everything joined to it, from left to right. */
function parseTableReference(cursor: Cursor): TableReference {
  const first = cursor.peek()
  let left = parsePrimaryTable(cursor)
  for (let joins = 1; ; joins++) {
    const natural = cursor.takes('NATURAL')
    const type = parseJoinType(cursor, natural)
    if (type === undefined) return left
    if (joins > tableLimit)
      cursor.source.fail(cursor.peek(), `More than ${tableLimit} joins in a row; at most that many are read.`)
    left = parseJoin(cursor, { type, natural, left, first })
  }
}

/** INNER JOIN, LEFT OUTER JOIN, … up to and with the word JOIN; undefined when no join follows. */
function parseJoinType(cursor: Cursor, natural: boolean): JoinType | undefined {
  const token = cursor.peek()
  switch (token.key) {
    case 'JOIN':
      cursor.next()
      return 'INNER'
    case 'LEFT':
    case 'RIGHT':
    case 'FULL':
      cursor.next()
      cursor.takes('OUTER')
      cursor.expect('JOIN')
      return token.key
    case 'INNER':
    case 'CROSS':
      cursor.next()
      cursor.expect('JOIN')
      return token.key
    default:
      if (natural) cursor.unexpected('JOIN, LEFT, RIGHT or FULL', ['JOIN', 'LEFT', 'RIGHT', 'FULL', 'INNER'])
      return undefined
  }
}

interface JoinStart {
  readonly type: JoinType
  readonly natural: boolean
  readonly left: TableReference
  readonly first: { readonly start: number; readonly end: number }
}

function parseJoin(cursor: Cursor, { type, natural, left, first }: JoinStart): JoinedTable {
  const joinWord = cursor.spanFrom(first)
  const right = parsePrimaryTable(cursor)
  let on: Expression | undefined
  let using: readonly Name[] | undefined
  const conditional = cursor.sees('ON') || cursor.sees('USING')
  if (natural && conditional)
    cursor.source.fail(
      cursor.peek(),
      'NATURAL JOIN compares all columns of equal names and takes no condition. Leave out either NATURAL or the condition.',
    )
  if (cursor.takes('ON')) on = parseExpression(cursor)
  else if (cursor.takes('USING')) using = parseColumnNames(cursor)
  else if (!natural && type !== 'CROSS')
    cursor.source.fail(
      { start: joinWord.end - 4, end: joinWord.end },
      'This JOIN has no condition. Add ON condition or USING (column), or write NATURAL JOIN to compare all columns of equal names.',
    )
  return {
    kind: 'join',
    type,
    natural,
    left,
    right,
    ...(on && { on }),
    ...(using && { using }),
    ...cursor.spanFrom(first),
  }
}

function parseColumnNames(cursor: Cursor): readonly Name[] {
  cursor.expect('(', ' after USING')
  const names: Name[] = []
  do names.push(cursor.name('a column'))
  while (cursor.takes(','))
  cursor.expect(')', ' after the columns of USING')
  return names
}

function parsePrimaryTable(cursor: Cursor): TableReference {
  const first = cursor.peek()
  if (!cursor.sees('(')) {
    const path: Name[] = [cursor.name('a table')]
    while (cursor.takes('.')) path.push(cursor.name('the rest of the table name'))
    if (path.length > 3)
      cursor.source.fail(cursor.spanFrom(first), 'A table is named by at most catalog, schema and table.')
    const span = cursor.spanFrom(first)
    if (cursor.sees('('))
      cursor.source.fail(
        cursor.peek(),
        'Expected an alias, a join or the next clause, but found a parenthesis: functions cannot stand in FROM.',
      )
    const alias = parseAlias(cursor)
    return { kind: 'table', path, ...(alias && { alias }), ...span }
  }
  if (cursor.seesSubquery()) {
    const source = parseSubquery(cursor)
    const alias = parseAlias(cursor)
    return { kind: 'derived', source, ...(alias && { alias }), ...cursor.spanFrom(first) }
  }
  cursor.next()
  const inner = cursor.nested(() => parseTableReference(cursor))
  cursor.expect(')', ' after the joined tables')
  const alias = parseAlias(cursor)
  if (!alias) return inner
  if (inner.kind !== 'join') cursor.source.fail(alias, 'A single table in parentheses takes its alias inside them.')
  return { kind: 'derived', source: inner, alias, ...cursor.spanFrom(first) }
}

function parseAlias(cursor: Cursor): Name | undefined {
  if (cursor.takes('AS')) return cursor.name('an alias')
  return cursor.seesAlias() ? cursor.name('an alias') : undefined
}
