// The common order of rows in which all ivo_string_agg of one SELECT join their texts: pyvo pairs the pieces of several
// by position (clients.md 3.3), and the same query should give the same text twice.
import { qualifiedName, type Schema } from '../tables/metadata.js'
import { sourcesOf } from './resolve-joins.js'
import type { Relation, Resolved, ResolvedSelect, Source, SourceColumn } from './resolved.js'
import { familyOf } from './resolved.js'
import { columnKey, keyOf, partsOf } from './walk.js'

/** Columns that tell the rows of a table apart, by qualified name: what foreign keys of other tables point to. */
export type UniqueKeys = ReadonlyMap<string, readonly string[]>

const known = new WeakMap<readonly Schema[], UniqueKeys>()

/** Of all tables of a service; looked for once. */
export function uniqueKeys(schemas: readonly Schema[]): UniqueKeys {
  const found = known.get(schemas) ?? keysOf(schemas)
  known.set(schemas, found)
  return found
}

function keysOf(schemas: readonly Schema[]): UniqueKeys {
  const keys = new Map<string, readonly string[]>()
  for (const { tables } of schemas)
    for (const { foreignKeys } of tables)
      for (const key of foreignKeys)
        keys.set(
          key.targetTable,
          key.columns.map((pair) => pair.target),
        )
  return keys
}

/** The texts that a SELECT joins in groups, each once, and the order of the rows they are joined in. */
export interface JoinedValues {
  readonly order: readonly Resolved[]
  readonly texts: readonly Resolved[]
}

/**
 * The order has for each table that gives texts its key without what GROUP BY fixes, or, where no key is known, the texts
 * themselves. Rows that are still equal then give equal texts.
 */
export function joinedValues(select: ResolvedSelect, keys: UniqueKeys): JoinedValues {
  const columns = new Map<string, Resolved>()
  const joined = new Map<string, Resolved>()
  for (const value of [...select.items.map((item) => item.value), ...(select.having ? [select.having] : [])])
    collectTexts(value, columns, joined)
  const texts = [...joined.values()]
  if (columns.size === 0) return { order: [], texts }
  const isKnown = new Set(select.groupBy.map(keyOf))
  const equal = equalColumns(select.from)
  const order: Resolved[] = []
  const add = (value: Resolved): void => {
    // A column that equals another one by a join is sorted by once.
    const key = equal.get(keyOf(value)) ?? keyOf(value)
    if (isKnown.has(key) || isKnown.has(keyOf(value))) return
    isKnown.add(key)
    isKnown.add(keyOf(value))
    order.push(value)
  }
  for (const source of select.from.flatMap(sourcesOf)) {
    const own = [...columns.values()].filter((value) => value.kind === 'column' && value.column.relation === source)
    if (own.length === 0) continue
    const key = keyColumns(source, keys)
    for (const value of key.length > 0 ? key.map(asValue) : own) add(value)
  }
  return { order, texts }
}

/** The texts that are joined, and the columns in them. */
function collectTexts(
  value: Resolved,
  columns: Map<string, Resolved>,
  texts: Map<string, Resolved>,
  inside = false,
): void {
  if (value.kind === 'column' && inside) columns.set(keyOf(value), value)
  const isTextAggregate = value.kind === 'aggregate' && value.called.name === 'ivo_string_agg' && !value.distinct
  const [text] = partsOf(value)
  if (isTextAggregate && text) texts.set(keyOf(text), text)
  for (const part of partsOf(value)) collectTexts(part, columns, texts, inside || isTextAggregate)
}

function keyColumns(source: Source, keys: UniqueKeys): readonly SourceColumn[] {
  if (source.kind !== 'base' || source.origin.kind !== 'declared') return []
  const names = keys.get(qualifiedName(source.origin.table)) ?? []
  return names.flatMap((name) => source.columns.filter((column) => column.name === name))
}

function asValue(column: SourceColumn): Resolved {
  const { meaning } = column
  return { kind: 'column', column, family: familyOf(meaning), meaning, start: 0, end: 0 }
}

/** Key of a column → key of the column on the left that a join makes it equal to. */
function equalColumns(from: readonly Relation[]): ReadonlyMap<string, string> {
  const equal = new Map<string, string>()
  const visit = (relation: Relation): void => {
    if (relation.kind !== 'join') return
    visit(relation.left)
    visit(relation.right)
    for (const { left, right } of relation.equalities) {
      if (left.kind !== 'column' || right.kind !== 'column') continue
      const one = columnKey(left.column.relation, left.column.sqlName)
      equal.set(columnKey(right.column.relation, right.column.sqlName), equal.get(one) ?? one)
    }
  }
  for (const relation of from) visit(relation)
  return equal
}
