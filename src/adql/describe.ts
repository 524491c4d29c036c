// Resolved select list → columns of the result: their names, and names the engine can tell apart.
import type { Name } from './ast.js'
import type { OutputColumn, Resolved } from './resolved.js'
import { reservedWords } from './words.js'

export interface NamedValue {
  readonly value: Resolved
  /** The alias, or the column's name as the query wrote it; absent for other expressions. */
  readonly name?: string
}

/**
 * One column per value. Written names are kept, doubles included (clients.md 1.10); values without a name get one made
 * from their function, unique in the result.
 */
export function describeColumns(values: readonly NamedValue[]): readonly OutputColumn[] {
  const taken = new Set(values.flatMap(({ name }) => (name === undefined ? [] : [name.toLowerCase()])))
  const names = values.map(({ value, name }) => name ?? makeName(value, taken))
  const sqlNames = new Set<string>()
  return values.map(({ value }, index) => {
    const name = names[index] ?? ''
    return { name, sqlName: uniqueSqlName(name, sqlNames), family: value.family, meaning: value.meaning }
  })
}

function makeName(value: Resolved, taken: Set<string>): string {
  const inner = value.kind === 'indicator' ? value.condition : value
  const base = inner.kind === 'call' || inner.kind === 'aggregate' ? inner.called.name : 'expression'
  for (let number = 0; ; number++) {
    const name = number === 0 ? base : `${base}_${number}`
    // A plain `count` would need quotation marks in a query on the result.
    if (taken.has(name) || reservedWords.has(name.toUpperCase())) continue
    taken.add(name)
    return name
  }
}

/** PostgreSQL cuts names at 63 bytes; DuckDB compares them without case even in quotation marks. */
const sqlNameLimit = 40

/** A name for the engine that differs from all in `taken`, to which it is added. */
export function uniqueSqlName(wanted: string, taken: Set<string>): string {
  const base =
    [...wanted]
      .slice(0, sqlNameLimit)
      .join('')
      .replace(/[^\x20-\x7e]/g, '_') || '_'
  let name = base
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${base}_${number}`
  taken.add(name.toLowerCase())
  return name
}

/** What the query wrote for a column that it selects by name. */
export function writtenName(path: readonly Name[]): string {
  return path.at(-1)?.text ?? ''
}
