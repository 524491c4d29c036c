// Tokens → the two expressions with words inside their parentheses: CAST (ADQL 2.1 §4.7) and CASE (our extension).
import type { CastType, Expression, ExpressionOf } from './ast.js'
import type { Cursor } from './cursor.js'

type Rule = (cursor: Cursor) => Expression

/** CAST(expression AS type) */
export function parseCast(cursor: Cursor, parseExpression: Rule): Expression {
  const first = cursor.expect('CAST')
  cursor.expect('(')
  const operand = parseExpression(cursor)
  cursor.expect('AS', ' and a type')
  const type = parseType(cursor)
  cursor.expect(')', ' after the type')
  return { kind: 'cast', operand, type, ...cursor.spanFrom(first) }
}

const typeNames: Readonly<Record<string, CastType['name']>> = {
  SMALLINT: 'SMALLINT',
  INTEGER: 'INTEGER',
  INT: 'INTEGER',
  BIGINT: 'BIGINT',
  REAL: 'REAL',
  FLOAT: 'DOUBLE PRECISION',
  DOUBLE: 'DOUBLE PRECISION',
  CHAR: 'CHAR',
  CHARACTER: 'CHAR',
  VARCHAR: 'VARCHAR',
  TIMESTAMP: 'TIMESTAMP',
  POINT: 'POINT',
  CIRCLE: 'CIRCLE',
  POLYGON: 'POLYGON',
}

function parseType(cursor: Cursor): CastType {
  const token = cursor.peek()
  const name = Object.hasOwn(typeNames, token.key) ? typeNames[token.key] : undefined
  if (name === undefined)
    cursor.unexpected(
      'a type (SMALLINT, INTEGER, BIGINT, REAL, DOUBLE PRECISION, CHAR, VARCHAR, TIMESTAMP, POINT, CIRCLE or POLYGON)',
      Object.keys(typeNames),
    )
  cursor.next()
  if (token.key === 'DOUBLE') cursor.takes('PRECISION')
  if ((name !== 'CHAR' && name !== 'VARCHAR') || !cursor.takes('(')) return { name, ...cursor.spanFrom(token) }
  if (cursor.takes('*')) {
    cursor.expect(')')
    return { name, ...cursor.spanFrom(token) }
  }
  const length = cursor.peek()
  if (length.kind !== 'number' || !/^[1-9]\d{0,8}$/.test(length.text)) cursor.unexpected('a length, as in VARCHAR(20),')
  cursor.next()
  cursor.expect(')')
  return { name, length: Number(length.text), ...cursor.spanFrom(token) }
}

/** CASE [subject] WHEN … THEN … [ELSE …] END */
export function parseCase(cursor: Cursor, parseExpression: Rule): Expression {
  const first = cursor.expect('CASE')
  const subject = cursor.sees('WHEN') ? undefined : parseExpression(cursor)
  const branches: { when: Expression; value: Expression }[] = []
  while (cursor.takes('WHEN')) {
    const when = parseExpression(cursor)
    cursor.expect('THEN')
    branches.push({ when, value: parseExpression(cursor) })
  }
  cursor.limit(branches, 1_000, 'branches of CASE')
  if (branches.length === 0) cursor.unexpected('WHEN', ['WHEN'])
  const otherwise = cursor.takes('ELSE') ? parseExpression(cursor) : undefined
  cursor.expect('END', ' at the end of CASE')
  const found: Omit<ExpressionOf<'case'>, 'start' | 'end'> = {
    kind: 'case',
    branches,
    ...(subject && { subject }),
    ...(otherwise && { otherwise }),
  }
  return { ...found, ...cursor.spanFrom(first) }
}
