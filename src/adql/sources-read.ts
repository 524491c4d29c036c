// Expression → the tables whose columns it reads, also inside its subqueries.
import { sourcesOf } from './resolve-joins.js'
import type { Relation, Resolved, ResolvedOperand, ResolvedQuery, ResolvedSelect, Source } from './resolved.js'
import { partsOf } from './walk.js'

/** Tables that an expression reads, without those that its subqueries bring along themselves. */
export function sourcesRead(value: Resolved): ReadonlySet<Source> {
  const reading = new Reading()
  reading.value(value)
  for (const source of reading.own) reading.found.delete(source)
  return reading.found
}

class Reading {
  readonly found = new Set<Source>()
  /** Tables in the FROM of subqueries. */
  readonly own = new Set<Source>()

  value(value: Resolved): void {
    if (value.kind === 'column') this.found.add(value.column.relation)
    if (value.kind === 'subquery' || value.kind === 'exists') this.query(value.query)
    if (value.kind === 'in' && 'kind' in value.choices) this.query(value.choices)
    for (const part of partsOf(value)) this.value(part)
  }

  private query({ commonTables, body, orderBy }: ResolvedQuery): void {
    for (const table of commonTables) this.query(table.query)
    this.operand(body)
    for (const { by } of orderBy) if (typeof by !== 'number') this.value(by)
  }

  private operand(operand: ResolvedOperand): void {
    if (operand.kind === 'query') this.query(operand)
    else if (operand.kind === 'set')
      for (const one of [operand.first, ...operand.rest]) this.operand('operand' in one ? one.operand : one)
    else this.select(operand)
  }

  private select({ items, from, where, groupBy, having }: ResolvedSelect): void {
    for (const relation of from) this.relation(relation)
    for (const value of [...items.map((item) => item.value), ...groupBy]) this.value(value)
    if (where) this.value(where)
    if (having) this.value(having)
  }

  private relation(relation: Relation): void {
    for (const source of sourcesOf(relation)) this.own.add(source)
    if (relation.kind === 'derived') this.query(relation.query)
    if (relation.kind !== 'join') return
    this.relation(relation.left)
    this.relation(relation.right)
    for (const { left, right } of relation.equalities) {
      this.value(left)
      this.value(right)
    }
    if (relation.on) this.value(relation.on)
  }
}
