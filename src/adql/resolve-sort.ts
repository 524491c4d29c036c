// ORDER BY terms → positions in the select list or expressions (ADQL 2.1 §2.2.6).
import { counted } from '../core/counted.js'
import type { SortItem } from './ast.js'
import type { Source } from './errors.js'
import { resolveValue, type Surroundings } from './resolve-expressions.js'
import type { OutputColumn, Resolved, ResolvedSort } from './resolved.js'
import { matchesName } from './scope.js'
import { keyOf } from './walk.js'
import { didYouMean } from './words.js'

interface Item {
  readonly value: Resolved
  readonly column: OutputColumn
}

/** A term of a plain SELECT: a position, a name from the select list, or an expression of the tables' columns. */
export function resolveSort(
  around: Surroundings,
  item: SortItem,
  items: readonly Item[],
  distinct: boolean,
): ResolvedSort {
  const { by, descending } = item
  const columns = items.map((one) => one.column)
  const position = positionOf(around.source, item, columns)
  if (position !== undefined) return { by: position, descending }
  if (by.kind === 'column' && by.path.length === 1) {
    const [name] = by.path
    const named = items.flatMap(({ column, value }, index) =>
      name && matchesName(name, column.name) ? [{ index, key: keyOf(value) }] : [],
    )
    const [first] = named
    // The same column selected twice is no ambiguity.
    if (first && new Set(named.map((one) => one.key)).size === 1) return { by: first.index + 1, descending }
  }
  const value = resolveValue(around, by)
  const same = items.findIndex((one) => keyOf(one.value) === keyOf(value))
  if (same >= 0) return { by: same + 1, descending }
  if (distinct)
    around.source.fail(by, 'With SELECT DISTINCT, only what is selected can be sorted by. Add this to the select list.')
  if (['point', 'circle', 'polygon'].includes(value.family))
    around.source.fail(by, 'Geometries have no order. Sort by a coordinate or a DISTANCE.')
  return { by: value, descending }
}

/** A term after a set operator: a position or a name of the result. */
export function sortByName(source: Source, item: SortItem, columns: readonly OutputColumn[]): ResolvedSort {
  const { by, descending } = item
  const position = positionOf(source, item, columns)
  if (position !== undefined) return { by: position, descending }
  const name = by.kind === 'column' ? by.path.at(-1) : undefined
  const found = name ? columns.findIndex((column) => matchesName(name, column.name)) : -1
  if (found < 0) {
    const names = columns.map((column) => column.name)
    source.fail(
      by,
      `After UNION, EXCEPT or INTERSECT, ORDER BY takes names and positions of the result: ${names.slice(0, 12).join(', ')}.${name ? didYouMean(name.text, names) : ''}`,
    )
  }
  return { by: found + 1, descending }
}

function positionOf(source: Source, item: SortItem, columns: readonly OutputColumn[]): number | undefined {
  if (item.by.kind !== 'number') return undefined
  const position = /^\d{1,9}$/.test(item.by.digits) ? Number(item.by.digits) : 0
  if (position < 1 || position > columns.length)
    source.fail(
      item.by,
      `ORDER BY ${item.by.digits} is no position in the select list, which has ${counted(columns.length, 'column')}.`,
    )
  return position
}
