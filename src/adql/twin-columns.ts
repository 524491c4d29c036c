// Columns that engines compare sooner than those a query names → put in their place where only equality matters.
//
// DuckDB keeps a number beside each IVOID (`Dialect.twin`). Joins, `ivoid IN (SELECT ivoid …)` and groups come out the same
// by either, and reading, hashing and comparing numbers takes a fraction of the time.
import type { Dialect } from './dialect.js'
import type {
  Resolved,
  ResolvedOperand,
  ResolvedQuery,
  ResolvedSelect,
  ResolvedSet,
  Source,
  SourceColumn,
} from './resolved.js'
import { keyOf } from './walk.js'

/** What finding a twin needs to know. */
export interface Twins {
  readonly dialect: Pick<Dialect, 'twin'>
  /** Tables whose rows are in groups where the value stands: only what GROUP BY names is left of them. */
  readonly grouped: ReadonlySet<Source>
}

/** The column that is equal exactly where this one is. */
export function twinOf({ dialect, grouped }: Twins, column: SourceColumn): SourceColumn | undefined {
  const { relation, name } = column
  if (dialect.twin === undefined || relation.kind !== 'base' || relation.origin.kind !== 'declared') return undefined
  const twin = grouped.has(relation) ? undefined : dialect.twin(relation.origin.table, name)
  return twin === undefined ? undefined : { ...column, sqlName: twin }
}

/** Columns to be compared with one another: the twins of all, or all as they are. */
export function comparedColumns(twins: Twins, columns: readonly SourceColumn[]): readonly SourceColumn[] {
  const found = columns.flatMap((column) => twinOf(twins, column) ?? [])
  return found.length === columns.length ? found : columns
}

function twinValue(twins: Twins, value: Resolved): Resolved | undefined {
  const twin = value.kind === 'column' ? twinOf(twins, value.column) : undefined
  return twin && value.kind === 'column' ? { ...value, column: twin } : undefined
}

/** Two values to be compared for equality: the twins of both, or both as they are. */
export function equalPair(twins: Twins, left: Resolved, right: Resolved): readonly [Resolved, Resolved] {
  const [one, other] = [twinValue(twins, left), twinValue(twins, right)]
  return one && other ? [one, other] : [left, right]
}

/** A value and the query it shall be in the answer of: with twins in both places, or both as they are. */
export function memberPair(twins: Twins, value: Resolved, query: ResolvedQuery): readonly [Resolved, ResolvedQuery] {
  const [one, other] = [twinValue(twins, value), queryOfTwins(twins, query)]
  return one && other ? [one, other] : [value, query]
}

function queryOfTwins(twins: Twins, query: ResolvedQuery): ResolvedQuery | undefined {
  // Which rows a limit leaves may hang on their order.
  if (query.orderBy.length > 0 || query.offset !== undefined) return undefined
  const { body } = query
  const twin = body.kind === 'select' ? selectOfTwins(twins, body) : setOfTwins(twins, body)
  return twin && { ...query, body: twin }
}

function setOfTwins(twins: Twins, set: ResolvedSet): ResolvedSet | undefined {
  const first = operandOfTwins(twins, set.first)
  const rest = set.rest.flatMap((one) => {
    const operand = operandOfTwins(twins, one.operand)
    return operand ? [{ ...one, operand }] : []
  })
  return first && rest.length === set.rest.length ? { ...set, first, rest } : undefined
}

function operandOfTwins(twins: Twins, operand: ResolvedOperand): ResolvedOperand | undefined {
  if (operand.kind === 'query') return queryOfTwins(twins, operand)
  return operand.kind === 'set' ? setOfTwins(twins, operand) : selectOfTwins(twins, operand)
}

function selectOfTwins(twins: Twins, select: ResolvedSelect): ResolvedSelect | undefined {
  const [item, ...others] = select.items
  if (item === undefined || others.length > 0 || select.top !== undefined || select.having) return undefined
  const { value } = item
  const twin = twinValue(twins, value)
  if (twin === undefined || !select.groupBy.every((term) => keyOf(term) === keyOf(value))) return undefined
  return { ...select, items: [{ ...item, value: twin }], groupBy: select.groupBy.map(() => twin) }
}
