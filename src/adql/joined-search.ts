// LIKE on texts that a subquery has joined → the same search in the texts before they were joined.
//
// TOPCAT asks for res_subjects like '%word%', where res_subjects is ivo_string_agg(res_subject, ', ') of each resource. A
// word that has no letter in common with the delimiter is in the joined text exactly if it is in one of its pieces.
import type { BaseSource, DerivedSource, Resolved, ResolvedSelect, SourceColumn } from './resolved.js'
import { keyOf } from './walk.js'

/** Where to search instead: a condition on rows of one table, and the column that names their group. */
export interface PieceSearch {
  readonly source: BaseSource
  readonly ivoid: SourceColumn
  readonly condition: Resolved
}

/** The search in pieces, if the condition is one on joined texts; `isKey` tells by which column the groups are joined. */
export function textSearched(
  condition: Resolved,
  derived: DerivedSource,
  isKey: (column: SourceColumn) => boolean,
): PieceSearch | undefined {
  const search = likeOf(condition)
  const { body } = derived.query
  if (search === undefined || body.kind !== 'select' || body.groupBy.length === 0 || body.having) return undefined
  if (isLimited(derived, body)) return undefined
  const joined = itemOf(body, search.operand)
  const key = derived.columns.filter(isKey).map((column) => itemOf(body, column))[0]
  if (joined?.kind !== 'aggregate' || joined.called.name !== 'ivo_string_agg' || key?.kind !== 'column')
    return undefined
  const [piece, delimiter] = joined.args
  const { relation } = key.column
  if (piece?.kind !== 'column' || piece.column.relation !== relation || relation.kind !== 'base') return undefined
  if (relation.origin.kind !== 'declared' || !isGroupedBy(body, key)) return undefined
  const word = /^%([^%_]+)%$/.exec(search.pattern.value)?.[1]
  if (word === undefined || (delimiter !== undefined && delimiter.kind !== 'text')) return undefined
  if (haveCommonLetters(word, delimiter?.kind === 'text' ? delimiter.value : '')) return undefined
  return { source: relation, ivoid: key.column, condition: withOperand(condition, piece) }
}

function isLimited({ query }: DerivedSource, body: ResolvedSelect): boolean {
  return body.top !== undefined || query.offset !== undefined || query.commonTables.length > 0
}

function isGroupedBy({ groupBy }: ResolvedSelect, value: Resolved): boolean {
  return groupBy.some((one) => keyOf(one) === keyOf(value))
}

/** What a column of a derived table is computed from. */
function itemOf({ items }: ResolvedSelect, { sqlName }: SourceColumn): Resolved | undefined {
  return items.find(({ column }) => column.sqlName === sqlName)?.value
}

/** The column and the pattern of LIKE, ILIKE and ivo_nocasematch with a literal. */
function likeOf(
  condition: Resolved,
): { readonly operand: SourceColumn; readonly pattern: Resolved & { readonly kind: 'text' } } | undefined {
  if (condition.kind === 'like' && !condition.negated) return columnAndText(condition.operand, condition.pattern)
  if (condition.kind !== 'call' || condition.called.name !== 'ivo_nocasematch') return undefined
  const [operand, pattern] = condition.args
  return operand && pattern && columnAndText(operand, pattern)
}

function columnAndText(operand: Resolved, pattern: Resolved): ReturnType<typeof likeOf> {
  return operand.kind === 'column' && pattern.kind === 'text' ? { operand: operand.column, pattern } : undefined
}

function withOperand(condition: Resolved, operand: Resolved): Resolved {
  if (condition.kind === 'like') return { ...condition, operand }
  return condition.kind === 'call' ? { ...condition, args: [operand, ...condition.args.slice(1)] } : condition
}

function haveCommonLetters(one: string, other: string): boolean {
  const letters = new Set([...one.toLowerCase(), ...one.toUpperCase()])
  return [...other.toLowerCase(), ...other.toUpperCase()].some((letter) => letters.has(letter))
}
