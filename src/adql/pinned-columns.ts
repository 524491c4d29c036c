// ivoid = 'ivo://…' in WHERE → the same for every table joined by ivoid. Engines lose their time in look-ups where they
// have to find that out by themselves (ARCHITECTURE 8.1, rule 9).
import { identifier, type Sql } from '../core/sql.js'
import type { Dialect } from './dialect.js'
import { choicesOf, mergeChoices } from './merge-choices.js'
import type { Relation, Resolved, ResolvedJoin, ResolvedSelect, Source } from './resolved.js'
import { keyOf } from './walk.js'

/** Longer lists are joined faster than they are repeated. */
const listLimit = 200

/** What WHERE says about a column: it is one of these literals. */
type Pins = Map<string, { readonly column: Resolved; readonly choices: readonly Resolved[] }>

export interface Pinned {
  /** Further conditions for the ON of each join. */
  readonly conditions: ReadonlyMap<ResolvedJoin, readonly Resolved[]>
  /** Further conditions for WHERE. */
  readonly where: readonly Resolved[]
  /** Tables whose ivoid is one of some literals. */
  readonly sources: ReadonlySet<Source>
}

/** Follows equalities of columns from those that WHERE compares with literals. */
export function pinColumns(select: ResolvedSelect): Pinned {
  const pins: Pins = new Map()
  const terms = termsOf(select.where)
  for (const term of terms) {
    const found = pinIn(term)
    if (found) pins.set(keyOf(found.operand), { column: found.operand, choices: found.choices })
  }
  const conditions = new Map<ResolvedJoin, Resolved[]>()
  const where: Resolved[] = []
  if (pins.size > 0) {
    const joins = select.from.flatMap(joinsOf)
    // What is learnt at one join may tell something about another; each round reaches one further at least.
    for (let before = -1; before < pins.size; ) {
      before = pins.size
      for (const join of joins) learnFromJoin(join, pins, conditions)
      for (const term of terms)
        if (
          term.kind === 'compare' &&
          term.operator === '=' &&
          term.left.kind === 'column' &&
          term.right.kind === 'column'
        ) {
          learn(term.left, term.right, pins, where)
          learn(term.right, term.left, pins, where)
        }
    }
  }
  const sources = new Set<Source>()
  for (const { column } of pins.values())
    if (column.kind === 'column' && column.column.name === 'ivoid') sources.add(column.column.relation)
  return { conditions, where, sources }
}

/** Knowledge goes to the side whose rows may be left out without a trace: not to the preserved side of an outer join. */
function learnFromJoin(join: ResolvedJoin, pins: Pins, conditions: Map<ResolvedJoin, Resolved[]>): void {
  const learnt: Resolved[] = []
  for (const { left, right } of join.equalities) {
    if (join.type === 'INNER' || join.type === 'LEFT') learn(left, right, pins, learnt)
    if (join.type === 'INNER' || join.type === 'RIGHT') learn(right, left, pins, learnt)
  }
  if (learnt.length > 0) conditions.set(join, [...(conditions.get(join) ?? []), ...learnt])
}

function learn(from: Resolved, to: Resolved, pins: Pins, conditions: Resolved[]): void {
  if (from.kind !== 'column' || to.kind !== 'column') return
  const pin = pins.get(keyOf(from))
  if (pin === undefined || pins.has(keyOf(to))) return
  pins.set(keyOf(to), { column: to, choices: pin.choices })
  const { start, end } = from
  const typed = { family: 'truth', meaning: { datatype: 'boolean' }, start, end } as const
  const [only] = pin.choices
  conditions.push(
    pin.choices.length === 1 && only
      ? { kind: 'compare', operator: '=', left: to, right: only, ...typed }
      : { kind: 'in', negated: false, operand: to, choices: pin.choices, ...typed },
  )
}

function joinsOf(relation: Relation): readonly ResolvedJoin[] {
  return relation.kind === 'join' ? [relation, ...joinsOf(relation.left), ...joinsOf(relation.right)] : []
}

function termsOf(condition: Resolved | undefined): readonly Resolved[] {
  if (condition === undefined) return []
  return condition.kind === 'and' ? condition.operands : [condition]
}

/** The column that a term compares with a few literals, and the literals. */
function pinIn(term: Resolved): ReturnType<typeof choicesOf> {
  const alternatives = term.kind === 'or' ? mergeChoices(term.operands) : [term]
  const found = alternatives.length === 1 && alternatives[0] ? choicesOf(alternatives[0]) : undefined
  return found && found.choices.length <= listLimit ? found : undefined
}

/** What the engine wants to hear besides conditions of a WHERE or an ON; `from` is the FROM they belong to. */
export function narrowing(
  conditions: readonly (Resolved | undefined)[],
  from: readonly Relation[],
  dialect: Dialect,
): readonly Sql[] {
  const { narrowed } = dialect
  if (narrowed === undefined) return []
  return conditions.flatMap(termsOf).flatMap((term) => {
    const found = pinIn(term)
    if (found?.operand.kind !== 'column') return []
    const { relation, name } = found.operand.column
    if (relation.kind !== 'base' || relation.origin.kind !== 'declared') return []
    // A table of an outer SELECT may be grouped, and then has no other columns than those it is grouped by.
    if (!from.some((part) => includes(part, relation))) return []
    const texts = found.choices.flatMap((choice) => (choice.kind === 'text' ? [choice.value] : []))
    if (texts.length < found.choices.length) return []
    return narrowed(relation.origin.table, identifier(relation.sqlAlias), name, texts) ?? []
  })
}

function includes(relation: Relation, source: Source): boolean {
  return relation.kind === 'join'
    ? includes(relation.left, source) || includes(relation.right, source)
    : relation === source
}
