// GROUP BY → its expressions, and the check that all else is grouped or aggregated (ADQL 2.1 §2.2.4).
import type { Expression, Select } from './ast.js'
import type { Source as QueryText } from './errors.js'
import { resolveExpression, resolveValue, type Surroundings } from './resolve-expressions.js'
import type { Resolved, Source } from './resolved.js'
import { matchesName } from './scope.js'
import { keyOf, partsOf, someOf } from './walk.js'

/** Columns of the tables come first, then names of the select list. */
export function resolveGroups(around: Surroundings, select: Select): readonly Resolved[] {
  const inGroup = { ...around, noAggregates: 'cannot stand in GROUP BY' }
  return select.groupBy.map((term) => {
    if (term.kind === 'number')
      around.source.fail(term, 'GROUP BY takes columns and expressions, not positions. Write the column itself.')
    return resolveValue(inGroup, aliased(around, select, term) ?? term)
  })
}

function aliased(around: Surroundings, select: Select, term: Expression): Expression | undefined {
  if (term.kind !== 'column' || term.path.length !== 1) return undefined
  const [name] = term.path
  if (name === undefined || around.scope.visible.some((column) => matchesName(name, column.name))) return undefined
  const item = select.items.find(
    (one) => one.kind === 'item' && one.alias !== undefined && matchesName(name, one.alias.text),
  )
  if (item?.kind !== 'item') return undefined
  // Resolving here gives the message its place in the select list, where the expression stands.
  resolveExpression({ ...around, noAggregates: 'cannot be grouped by' }, item.expression)
  return item.expression
}

interface Grouping {
  /** Tables of this SELECT; columns of queries around it are constants here. */
  readonly sources: ReadonlySet<Source>
  readonly groupBy: readonly Resolved[]
  /** Select list, HAVING, ORDER BY. */
  readonly values: readonly Resolved[]
  readonly isGrouped: boolean
}

/** Throws AdqlError for a column that has no single value in a group. */
export function checkGrouping(text: QueryText, grouping: Grouping): void {
  const isGrouped =
    grouping.isGrouped ||
    grouping.groupBy.length > 0 ||
    grouping.values.some((value) => someOf(value, (part) => part.kind === 'aggregate'))
  if (!isGrouped) return
  const keys = new Set(grouping.groupBy.map(keyOf))
  for (const value of grouping.values) check(text, grouping, keys, value)
}

function check(text: QueryText, grouping: Grouping, keys: ReadonlySet<string>, value: Resolved): void {
  if (value.kind === 'aggregate' || keys.has(keyOf(value))) return
  if (value.kind === 'column' && grouping.sources.has(value.column.relation)) {
    const name = value.column.name
    const advice =
      grouping.groupBy.length === 0
        ? `Without GROUP BY, aggregate functions make one row of all; ${name} has many values there. Add GROUP BY ${name}, or aggregate it.`
        : `${name} is not in GROUP BY, so it has many values in a group. Add it to GROUP BY, or use it in an aggregate function such as MIN.`
    text.fail(value, advice)
  }
  for (const part of partsOf(value)) check(text, grouping, keys, part)
}
