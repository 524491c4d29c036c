// Resolved select list → columns of the result: their names, and names the engine can tell apart.
import type { ColumnDescription } from '../tables/metadata.js'
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
  const sqlNames: TakenNames = new Map()
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

/** Names used up, in lower case, each with the number that its next double gets. */
export type TakenNames = Map<string, number>

/** A name for the engine that differs from all in `taken`, to which it is added. */
export function uniqueSqlName(wanted: string, taken: TakenNames): string {
  const base = wanted.slice(0, sqlNameLimit).replace(/[^\x20-\x7e]/g, '_') || '_'
  const folded = base.toLowerCase()
  let number = taken.get(folded)
  if (number === undefined) {
    taken.set(folded, 2)
    return base
  }
  while (taken.has(`${folded}_${number}`)) number++
  taken.set(folded, number + 1)
  taken.set(`${folded}_${number}`, 2)
  return `${base}_${number}`
}

/** What the query wrote for a column that it selects by name. */
export function writtenName(path: readonly Name[]): string {
  return path.at(-1)?.text ?? ''
}

/** A column of the result as formats need it, without what a declaration says beyond that. */
export function describeOutput({ name, meaning }: OutputColumn): ColumnDescription {
  const { datatype, arraysize, xtype, unit, ucd, utype, description } = meaning
  return {
    name,
    datatype,
    ...(arraysize !== undefined && { arraysize }),
    ...(xtype !== undefined && { xtype }),
    ...(unit !== undefined && { unit }),
    ...(ucd !== undefined && { ucd }),
    ...(utype !== undefined && { utype }),
    ...(description !== undefined && { description }),
  }
}
