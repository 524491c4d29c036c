// Conditions of WHERE → which resources to look at before tables are joined.
//
// Clients join rr.resource with all they want to know and say below, in WHERE, which few resources they mean. Engines join
// first where outer joins, or an OR over several tables (TOPCAT's dialog, pyvo 1.4), stand in the way. Two things help, and
// change no answer:
//   - conditions on the first table alone are checked before it is joined (it must not be on the optional side of a join);
//   - from `a.x … OR b.y …`, where both tables are joined by their ivoid, follows that the ivoid of the resource is in
//     (SELECT ivoid FROM a WHERE x … UNION ALL SELECT ivoid FROM b WHERE y …). The OR itself is checked later as ever.
import { textSearched } from './joined-search.js'
import type { BaseSource, Relation, Resolved, ResolvedJoin, ResolvedSelect, SourceColumn } from './resolved.js'
import { sourcesRead } from './sources-read.js'
import { columnKey, someOf } from './walk.js'

/** Rows of one table, by conditions of which one must hold, name resources in a column. */
export interface Alternative {
  readonly source: BaseSource
  readonly ivoid: SourceColumn
  readonly conditions: readonly Resolved[]
}

export interface SearchPlan {
  /** The table that FROM begins with. */
  readonly first: BaseSource
  readonly ivoid: SourceColumn
  /** Conditions on this table alone. */
  readonly own: readonly Resolved[]
  /** For each OR over several tables: where the resource must be found at least once. */
  readonly alternatives: readonly (readonly Alternative[])[]
  /** What is left of WHERE; the ORs are in it. */
  readonly rest: readonly Resolved[]
}

/** Longer chains of conditions are left as they are. */
const longestChain = 200

/** A plan if there is something to gain by it. */
export function planSearch(select: ResolvedSelect): SearchPlan | undefined {
  const [from] = select.from
  if (select.where === undefined || from?.kind !== 'join' || select.from.length > 1) return undefined
  const joins = joinsOf(from)
  if (joins.some(({ type }) => type === 'RIGHT' || type === 'FULL')) return undefined
  const first = firstTable(from)
  const ivoid = first?.columns.find(({ name }) => name === 'ivoid')
  if (first === undefined || ivoid === undefined) return undefined
  const terms = flattened(select.where, 'and')
  if (terms.length > longestChain) return undefined
  const isOwn = (term: Resolved): boolean => {
    const sources = sourcesRead(term)
    return sources.size === 1 && sources.has(first)
  }
  const own = terms.filter(isOwn)
  const rest = terms.filter((term) => !own.includes(term))
  const equal = columnsEqualTo(ivoid, joins)
  const alternatives = rest.flatMap((term) => {
    const found = term.kind === 'or' ? alternativesOf(term, equal) : undefined
    return found === undefined ? [] : [found]
  })
  const isOuter = joins.some(({ type }) => type === 'LEFT')
  const isWorthwhile = alternatives.length > 0 || (isOuter && own.some(isSearch))
  return isWorthwhile ? { first, ivoid, own, alternatives, rest } : undefined
}

function joinsOf(relation: Relation): readonly ResolvedJoin[] {
  return relation.kind === 'join' ? [relation, ...joinsOf(relation.left), ...joinsOf(relation.right)] : []
}

function firstTable(relation: Relation): BaseSource | undefined {
  if (relation.kind === 'join') return firstTable(relation.left)
  return relation.kind === 'base' && relation.origin.kind === 'declared' ? relation : undefined
}

/** The conditions of a chain of AND or OR, whatever the parentheses. */
export function flattened(value: Resolved, kind: 'and' | 'or'): readonly Resolved[] {
  return value.kind === kind ? value.operands.flatMap((operand) => flattened(operand, kind)) : [value]
}

/** Is looked up in another table; plain comparisons engines check early by themselves. */
function isSearch(condition: Resolved): boolean {
  return someOf(condition, (part) => (part.kind === 'in' && 'kind' in part.choices) || isWordSearch(part))
}

function isWordSearch(part: Resolved): boolean {
  return part.kind === 'call' && ['ivo_hasword', 'contains', 'intersects'].includes(part.called.name)
}

/** Keys of columns that equal the given one in every row in which their table is there at all. */
function columnsEqualTo(column: SourceColumn, joins: readonly ResolvedJoin[]): ReadonlySet<string> {
  const equal = new Set([columnKey(column.relation, column.sqlName)])
  for (let before = 0; before < equal.size; ) {
    before = equal.size
    for (const { type, equalities } of joins)
      for (const { left, right } of equalities) {
        if (left.kind !== 'column' || right.kind !== 'column') continue
        const [one, other] = [left, right].map(({ column: { relation, sqlName } }) => columnKey(relation, sqlName))
        if (one === undefined || other === undefined) continue
        if (equal.has(one)) equal.add(other)
        else if (type === 'INNER' && equal.has(other)) equal.add(one)
      }
  }
  return equal
}

function alternativesOf(or: Resolved, equal: ReadonlySet<string>): readonly Alternative[] | undefined {
  const bySource = new Map<BaseSource, { ivoid: SourceColumn; conditions: Resolved[] }>()
  const operands = flattened(or, 'or')
  if (operands.length > longestChain) return undefined
  for (const operand of operands) {
    const found = searchedTable(operand, equal)
    if (found === undefined) return undefined
    const known = bySource.get(found.source) ?? { ivoid: found.ivoid, conditions: [] }
    known.conditions.push(found.condition)
    bySource.set(found.source, known)
  }
  return [...bySource].map(([source, one]) => ({ source, ...one }))
}

/** The one table that a condition needs a row of. */
function searchedTable(
  condition: Resolved,
  equal: ReadonlySet<string>,
): { readonly source: BaseSource; readonly ivoid: SourceColumn; readonly condition: Resolved } | undefined {
  const [source, ...others] = sourcesRead(condition)
  if (source === undefined || others.length > 0) return undefined
  if (source.kind === 'derived') return textSearched(condition, source, (column) => isEqual(column, equal))
  if (source.origin.kind !== 'declared' || !needsRow(condition)) return undefined
  const ivoid = source.columns.find((column) => isEqual(column, equal))
  return ivoid && { source, ivoid, condition }
}

function isEqual({ relation, sqlName }: SourceColumn, equal: ReadonlySet<string>): boolean {
  return equal.has(columnKey(relation, sqlName))
}

/** Predicates that are NULL where their first argument is. */
const strictPredicates: ReadonlySet<string> = new Set(['ivo_hasword', 'ivo_nocasematch', 'ivo_hashlist_has'])

/** Is never true of the NULLs that stand in for a missing row of an outer join. */
function needsRow(condition: Resolved): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.operands.some(needsRow)
    case 'or':
      return condition.operands.every(needsRow)
    case 'compare':
      return condition.left.kind === 'column' || condition.right.kind === 'column'
    case 'like':
      return !condition.negated && condition.operand.kind === 'column'
    case 'in':
      return !condition.negated && condition.operand.kind === 'column'
    case 'isNull':
      return condition.negated && condition.operand.kind === 'column'
    case 'call':
      return strictPredicates.has(condition.called.name) && condition.args[0]?.kind === 'column'
    default:
      return false
  }
}
