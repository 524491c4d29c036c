// Resolved expression → its parts, and a key that two expressions share when they are the same.
import type { Resolved, Source } from './resolved.js'

/** The operands of an expression, without those inside its subqueries. */
export function partsOf(value: Resolved): readonly Resolved[] {
  switch (value.kind) {
    case 'number':
    case 'text':
    case 'null':
    case 'truth':
    case 'column':
    case 'subquery':
    case 'exists':
      return []
    case 'merged':
      return value.choices
    case 'call':
    case 'aggregate':
      return value.args
    case 'cast':
    case 'sign':
    case 'isNull':
    case 'not':
    case 'untrue':
      return [value.operand]
    case 'indicator':
      return [value.condition]
    case 'case':
      return [
        ...(value.subject ? [value.subject] : []),
        ...value.branches.flatMap((branch) => [branch.when, branch.value]),
        ...(value.otherwise ? [value.otherwise] : []),
      ]
    case 'sum':
    case 'product':
      return [value.first, ...value.rest.map((one) => one.operand)]
    case 'join':
    case 'and':
    case 'or':
      return value.operands
    case 'compare':
      return [value.left, value.right]
    case 'between':
      return [value.operand, value.low, value.high]
    case 'in':
      return 'kind' in value.choices ? [value.operand] : [value.operand, ...value.choices]
    case 'like':
      return [value.operand, value.pattern]
  }
}

/** True for the expression or any part of it. */
export function someOf(value: Resolved, test: (part: Resolved) => boolean): boolean {
  return test(value) || partsOf(value).some((part) => someOf(part, test))
}

const silent: ReadonlySet<string> = new Set(['start', 'end', 'meaning', 'family', 'query'])

/** Equal for expressions that differ only in where they stand. Subqueries are never equal. */
export function keyOf(value: Resolved): string {
  if (value.kind === 'column') return columnKey(value.column.relation, value.column.sqlName)
  if (value.kind === 'subquery' || value.kind === 'exists') return `${value.kind} at ${value.start}`
  const own = Object.entries(value)
    .filter(([name, part]) => !silent.has(name) && typeof part !== 'object')
    .map(([name, part]) => `${name}=${JSON.stringify(part)}`)
  const called = value.kind === 'call' || value.kind === 'aggregate' ? value.called.name : ''
  const operators =
    value.kind === 'sum' || value.kind === 'product' ? value.rest.map((one) => one.operator).join('') : ''
  const place = value.kind === 'in' && 'kind' in value.choices ? `at ${value.start}` : ''
  const type = value.kind === 'cast' ? `${value.meaning.datatype}${value.meaning.arraysize ?? ''}` : ''
  return `(${own.join(' ')} ${called}${operators}${place}${type} ${partsOf(value).map(keyOf).join(' ')})`
}

export function columnKey(relation: Source, sqlName: string): string {
  return `${relation.sqlAlias}.${sqlName}`
}
