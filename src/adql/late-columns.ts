// GROUP BY all columns of a table → GROUP BY its key; the other columns are fetched for the groups that are left.
//
// pyvo groups by sixteen columns of rr.resource, long descriptions among them, and means one group for each resource.
// Of a table whose rows a key tells apart, the key fixes all other columns.

import { qualifiedName } from '../tables/metadata.js'
import type { JoinedValues, UniqueKeys } from './aggregate-order.js'
import { sourcesOf } from './resolve-joins.js'
import type { BaseSource, Relation, Resolved, ResolvedSelect, Source, SourceColumn } from './resolved.js'
import { sourcesRead } from './sources-read.js'
import { partsOf } from './walk.js'

export interface LateColumns {
  readonly source: BaseSource
  /** Columns that tell its rows apart; GROUP BY keeps them. */
  readonly keys: readonly SourceColumn[]
  /** What GROUP BY keeps of the query's own terms, the keys among them. */
  readonly groupBy: readonly Resolved[]
  /** Something besides GROUP BY and aggregates reads a key. */
  readonly areKeysRead: boolean
}

/** Fewer columns than this are grouped as quickly. */
const worthwhileColumns = 3

/** The table whose columns are fetched late, or undefined where that would gain nothing or could change the answer. */
export function lateColumns(select: ResolvedSelect, uniqueKeys: UniqueKeys): LateColumns | undefined {
  const [from] = select.from
  const source = from && select.from.length === 1 ? firstOfJoins(from) : undefined
  if (source?.origin.kind !== 'declared') return undefined
  const names = uniqueKeys.get(qualifiedName(source.origin.table)) ?? []
  const keys = source.columns.filter(({ name }) => names.includes(name))
  const isOf = (value: Resolved): boolean => value.kind === 'column' && value.column.relation === source
  const isKey = (value: Resolved): boolean => value.kind === 'column' && keys.includes(value.column)
  const late = select.groupBy.filter((value) => isOf(value) && !isKey(value))
  if (keys.length === 0 || late.length < worthwhileColumns) return undefined
  if (!keys.every((key) => select.groupBy.some((value) => value.kind === 'column' && value.column === key)))
    return undefined
  const isEarly = (value: Resolved): boolean => isFixed(value, (part) => isOf(part) && !isKey(part))
  const others = select.items.map((item) => item.value).filter((value) => !isOf(value))
  const groupBy = select.groupBy.filter((value) => !isOf(value))
  const early = [...others, ...groupBy, ...(select.having ? [select.having] : [])]
  if (!early.every(isEarly)) return undefined
  const areKeysRead = !early.every((value) => isFixed(value, isKey))
  return { source, keys, groupBy: [...select.groupBy.filter(isKey), ...groupBy], areKeysRead }
}

/** FROM begins with a table, and every row of the joins has one of its rows. */
function firstOfJoins(relation: Relation): BaseSource | undefined {
  if (relation.kind === 'join')
    return relation.type === 'INNER' || relation.type === 'LEFT' ? firstOfJoins(relation.left) : undefined
  return relation.kind === 'base' ? relation : undefined
}

/** Can be computed without those columns, but in aggregates, which see the rows of the group. */
function isFixed(value: Resolved, isLate: (part: Resolved) => boolean): boolean {
  if (value.kind === 'aggregate') return true
  if (value.kind === 'subquery' || value.kind === 'exists' || (value.kind === 'in' && 'kind' in value.choices))
    return false
  return !isLate(value) && partsOf(value).every((part) => isFixed(part, isLate))
}

/** The value of an item that is a late column itself. */
export function isLateItem(value: Resolved, { source }: LateColumns): value is Resolved & { readonly kind: 'column' } {
  return value.kind === 'column' && value.column.relation === source
}

/** A text of the select list that is joined in groups. */
export interface JoinedItem {
  readonly text: Resolved
  readonly delimiter: string
}

/**
 * Do the joins of a SELECT bring the same texts again and again, because a table that gives none takes part? pyvo 1.4 joins
 * rr.table_column to ask for a UCD, and a resource with a hundred such columns has each of its interfaces a hundred times.
 * Only where its items are late columns and texts that are joined.
 */
export function hasRepeatedTexts(select: ResolvedSelect, late: LateColumns, { order, texts }: JoinedValues): boolean {
  const giving = new Set<Source>([late.source, ...[...order, ...texts].flatMap((value) => [...sourcesRead(value)])])
  if (select.from.flatMap(sourcesOf).every((one) => giving.has(one))) return false
  if (select.having || late.groupBy.length > late.keys.length) return false
  return select.items.every(({ value }) => isLateItem(value, late) || joinedItem(value) !== undefined)
}

/** The text and its delimiter, if a value is nothing but texts that are joined. */
export function joinedItem(value: Resolved): JoinedItem | undefined {
  if (value.kind !== 'aggregate' || value.called.name !== 'ivo_string_agg' || value.distinct) return undefined
  const [text, delimiter] = value.args
  if (text === undefined || (delimiter !== undefined && delimiter.kind !== 'text')) return undefined
  return { text, delimiter: delimiter?.value ?? '' }
}
