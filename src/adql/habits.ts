// What people bring along from other query languages, standing where ADQL cannot go on → a sentence that names the ADQL way.
import type { SelectItem } from './ast.js'
import type { Cursor } from './cursor.js'
import { nearest } from './words.js'

const clauses = ['WHERE', 'GROUP', 'HAVING', 'ORDER', 'OFFSET', 'UNION', 'EXCEPT', 'INTERSECT', 'AND', 'OR', 'JOIN']
const clauseOrder = 'The clauses come in this order: SELECT, FROM, WHERE, GROUP BY, HAVING, ORDER BY, OFFSET.'
const topFirst = 'TOP stands right after SELECT, as in SELECT TOP 10 ….'

/** Words that other languages test texts with. */
const textTests: ReadonlySet<string> = new Set(['CONTAINS', 'MATCH', 'MATCHES', 'REGEXP', 'RLIKE', 'SIMILAR', 'HAS'])

/** Something follows a query that is complete. */
export function failRest(cursor: Cursor): never {
  const { source } = cursor
  const rest = cursor.peek()
  const before = cursor.previous()
  if (rest.key === 'LIMIT' || rest.key === 'FETCH')
    source.fail(rest, 'ADQL has no LIMIT. Write SELECT TOP 10 … instead; OFFSET goes to the end of the query.')
  if (rest.key === 'TOP') source.fail(rest, topFirst)
  if (rest.key === 'SELECT' || rest.key === 'WITH')
    source.fail(rest, 'One request takes one query; a second one starts here.')
  if (clauses.includes(rest.key)) source.fail(rest, `${rest.text} cannot stand here. ${clauseOrder}`)
  if (textTests.has(rest.key))
    source.fail(
      rest,
      `ADQL has no operator ${rest.text}. Texts are searched with LIKE and ILIKE, as in x ILIKE '%word%', or for whole words with 1 = ivo_hasword(x, 'word').`,
    )
  if (rest.kind === 'string' && (before?.key === 'DATE' || before?.key === 'TIMESTAMP'))
    source.fail(
      before,
      `Expected a value, but found ${before.text}. Timestamps are written as text alone where one is expected, or as CAST('2026-01-31T12:00:00' AS TIMESTAMP).`,
    )
  // A mistyped word has been read as the name of what stands before it.
  const meant = before?.kind === 'word' ? nearest(before.text, clauses) : undefined
  if (before !== undefined && meant !== undefined && !clauses.includes(before.key))
    source.fail(before, `${before.text} was read as a name for what stands before it. Did you mean ${meant}?`)
  cursor.unexpected('the end of the query', clauses)
}

/** The select list is not followed by FROM. */
export function failFrom(cursor: Cursor, last: SelectItem | undefined): never {
  const token = cursor.peek()
  if (last?.kind === 'item' && last.alias && nearest(last.alias.text, ['FROM']) !== undefined)
    cursor.source.fail(
      last.alias,
      `Expected FROM after the select list, but found ${last.alias.text}. Did you mean FROM?`,
    )
  if (token.key === 'TOP') cursor.source.fail(token, topFirst)
  if (token.kind === 'end')
    cursor.source.fail(
      token,
      'Expected a comma or FROM, but the query ends here. Constants alone are asked for with SELECT TOP 1 … FROM TAP_SCHEMA.schemas.',
    )
  if (clauses.includes(token.key))
    cursor.source.fail(token, `Expected a comma or FROM, but found ${token.text}. ${clauseOrder}`)
  cursor.unexpected('a comma or FROM', ['FROM', 'AS'])
}

const otherStatements: Readonly<Record<string, string>> = {
  SHOW: ' The tables stand in TAP_SCHEMA.tables.',
  DESCRIBE: " The columns of a table stand in TAP_SCHEMA.columns, WHERE table_name = 'rr.resource'.",
  DESC: " The columns of a table stand in TAP_SCHEMA.columns, WHERE table_name = 'rr.resource'.",
  FROM: ` ${clauseOrder}`,
}
const writing = ['INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'ALTER', 'SET', 'GRANT', 'TRUNCATE', 'EXPLAIN']

/** A query begins with something else than SELECT. */
export function failStatement(cursor: Cursor): never {
  const token = cursor.peek()
  const hint = otherStatements[token.key]
  if (hint !== undefined || writing.includes(token.key))
    cursor.source.fail(
      token,
      `ADQL only reads: a query begins with SELECT or WITH, not with ${token.key}.${hint ?? ''}`,
    )
  cursor.unexpected('SELECT', ['SELECT', 'WITH'])
}
