// JOIN (SELECT x, … GROUP BY x) ON x = y → the same with WHERE x = y inside, so that groups nobody joins are not made.
import type { Resolved, ResolvedJoin, ResolvedQuery } from './resolved.js'
import { keyOf } from './walk.js'

/**
 * The query of the right side with the equalities of the join in its WHERE, for use as LATERAL; undefined where the right
 * side is no plain grouped query. Groups are of rows with equal x, so a condition on x leaves whole groups.
 */
export function groupedByJoin({ type, right, equalities }: ResolvedJoin): ResolvedQuery | undefined {
  if ((type !== 'INNER' && type !== 'LEFT') || right.kind !== 'derived') return undefined
  const { query } = right
  const { body } = query
  if (body.kind !== 'select' || body.groupBy.length === 0) return undefined
  if (body.top !== undefined || query.offset !== undefined || query.commonTables.length > 0) return undefined
  const groups = new Set(body.groupBy.map(keyOf))
  const conditions = equalities.flatMap((pair): readonly Resolved[] => {
    if (pair.right.kind !== 'column' || pair.right.column.relation !== right) return []
    const { sqlName } = pair.right.column
    const inner = body.items.find(({ column }) => column.sqlName === sqlName)?.value
    if (inner?.kind !== 'column' || !groups.has(keyOf(inner))) return []
    const { start, end } = pair.left
    const typed = { family: 'truth', meaning: { datatype: 'boolean' }, start, end } as const
    return [{ kind: 'compare', operator: '=', left: inner, right: pair.left, ...typed }]
  })
  const [first] = conditions
  if (first === undefined) return undefined
  const operands = [...(body.where ? [body.where] : []), ...conditions]
  const { family, meaning, start, end } = first
  const where: Resolved = operands.length === 1 ? first : { kind: 'and', operands, family, meaning, start, end }
  return { ...query, body: { ...body, where } }
}
