// Syntax tree → ADQL text that has the same tree: for messages, examples and tests.
import type { Expression, Name, Query, Select, SelectItem, SetOperand, SetOperation, TableReference } from './ast.js'

/** The query on one line; keywords in upper case. */
export function printAdql(query: Query): string {
  const parts: string[] = []
  if (query.commonTables.length > 0)
    parts.push(
      `WITH ${query.commonTables.map((table) => `${name(table.name)} AS (${printAdql(table.query)})`).join(', ')}`,
    )
  parts.push(body(query.body))
  if (query.orderBy.length > 0)
    parts.push(
      `ORDER BY ${query.orderBy.map((item) => `${printExpression(item.by)}${item.descending ? ' DESC' : ''}`).join(', ')}`,
    )
  if (query.offset !== undefined) parts.push(`OFFSET ${query.offset}`)
  return parts.join(' ')
}

function body(part: Select | SetOperation): string {
  if (part.kind === 'select') return select(part)
  return [
    operand(part.first),
    ...part.rest.map((one) => `${one.operator}${one.all ? ' ALL' : ''} ${operand(one.operand)}`),
  ].join(' ')
}

function operand(part: SetOperand): string {
  if (part.kind === 'select') return select(part)
  return `(${part.kind === 'query' ? printAdql(part) : body(part)})`
}

function select(part: Select): string {
  const clauses = [
    `SELECT ${part.distinct ? 'DISTINCT ' : ''}${part.top === undefined ? '' : `TOP ${part.top} `}${part.items.map(item).join(', ')}`,
  ]
  clauses.push(`FROM ${part.from.map(table).join(', ')}`)
  if (part.where) clauses.push(`WHERE ${printExpression(part.where)}`)
  if (part.groupBy.length > 0) clauses.push(`GROUP BY ${part.groupBy.map((term) => printExpression(term)).join(', ')}`)
  if (part.having) clauses.push(`HAVING ${printExpression(part.having)}`)
  return clauses.join(' ')
}

function item(part: SelectItem): string {
  if (part.kind === 'all') return '*'
  if (part.kind === 'allOf') return `${path(part.qualifier)}.*`
  return `${printExpression(part.expression)}${part.alias ? ` AS ${name(part.alias)}` : ''}`
}

function name(part: Name): string {
  // A regular name that is a keyword somewhere can only come from a place where it was read as a name.
  return part.delimited ? `"${part.text.replaceAll('"', '""')}"` : part.text
}

function path(names: readonly Name[]): string {
  return names.map(name).join('.')
}

function table(part: TableReference): string {
  const alias = part.kind !== 'join' && part.alias ? ` AS ${name(part.alias)}` : ''
  switch (part.kind) {
    case 'table':
      return `${path(part.path)}${alias}`
    case 'derived':
      return `(${part.source.kind === 'query' ? printAdql(part.source) : table(part.source)})${alias}`
    case 'join': {
      const type = part.type === 'INNER' ? 'JOIN' : `${part.type} JOIN`
      const condition = part.on
        ? ` ON ${printExpression(part.on)}`
        : part.using
          ? ` USING (${part.using.map(name).join(', ')})`
          : ''
      // Joins are read from left to right; one on the right side was in parentheses.
      const right = part.right.kind === 'join' ? `(${table(part.right)})` : table(part.right)
      return `${table(part.left)} ${part.natural ? 'NATURAL ' : ''}${type} ${right}${condition}`
    }
  }
}

/** How tightly an expression holds together; a weaker one inside a stronger one needs parentheses. */
const strength: Readonly<Record<string, number>> = { or: 1, and: 2, not: 3, join: 5, sum: 6, product: 7, sign: 8 }
const predicates: ReadonlySet<Expression['kind']> = new Set(['compare', 'between', 'in', 'like', 'isNull'])

function strengthOf(expression: Expression): number {
  return predicates.has(expression.kind) ? 4 : (strength[expression.kind] ?? 9)
}

/** An expression; in parentheses when it is weaker than what is around it wants. */
export function printExpression(expression: Expression, wanted = 0): string {
  const own = strengthOf(expression)
  const text = bare(expression, own)
  return own < wanted ? `(${text})` : text
}

function bare(expression: Expression, own: number): string {
  const inside = (part: Expression, extra = 1): string => printExpression(part, own + extra)
  const not = 'negated' in expression && expression.negated ? 'NOT ' : ''
  switch (expression.kind) {
    case 'number':
      return expression.digits
    case 'text':
      return `'${expression.value.replaceAll("'", "''")}'`
    case 'null':
      return 'NULL'
    case 'truth':
      return expression.value ? 'TRUE' : 'FALSE'
    case 'column':
      return path(expression.path)
    case 'call': {
      const args = expression.star ? '*' : expression.args.map((arg) => printExpression(arg)).join(', ')
      return `${name(expression.name)}(${expression.distinct ? 'DISTINCT ' : ''}${args})`
    }
    case 'cast': {
      const length = expression.type.length === undefined ? '' : `(${expression.type.length})`
      return `CAST(${printExpression(expression.operand)} AS ${expression.type.name}${length})`
    }
    case 'case': {
      const branches = expression.branches.map(
        (branch) => ` WHEN ${printExpression(branch.when)} THEN ${printExpression(branch.value)}`,
      )
      const subject = expression.subject ? ` ${printExpression(expression.subject)}` : ''
      const otherwise = expression.otherwise ? ` ELSE ${printExpression(expression.otherwise)}` : ''
      return `CASE${subject}${branches.join('')}${otherwise} END`
    }
    case 'sign':
      // Two minus signs side by side begin a comment.
      return `${expression.sign} ${inside(expression.operand, 0)}`
    case 'sum':
    case 'product':
      return [inside(expression.first), ...expression.rest.map((one) => `${one.operator} ${inside(one.operand)}`)].join(
        ' ',
      )
    case 'join':
      return expression.operands.map((part) => inside(part)).join(' || ')
    case 'subquery':
      return `(${printAdql(expression.query)})`
    case 'compare':
      return `${inside(expression.left)} ${expression.operator} ${inside(expression.right)}`
    case 'between':
      return `${inside(expression.operand)} ${not}BETWEEN ${inside(expression.low)} AND ${inside(expression.high)}`
    case 'in': {
      const { choices } = expression
      const list = 'kind' in choices ? printAdql(choices) : choices.map((choice) => printExpression(choice)).join(', ')
      return `${inside(expression.operand)} ${not}IN (${list})`
    }
    case 'like':
      return `${inside(expression.operand)} ${not}${expression.caseless ? 'ILIKE' : 'LIKE'} ${inside(expression.pattern)}`
    case 'isNull':
      return `${inside(expression.operand)} IS ${not}NULL`
    case 'exists':
      return `EXISTS (${printAdql(expression.query)})`
    case 'not':
      return `NOT ${inside(expression.operand, 0)}`
    case 'and':
    case 'or':
      return expression.operands.map((part) => inside(part)).join(expression.kind === 'and' ? ' AND ' : ' OR ')
  }
}
