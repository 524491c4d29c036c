// NATURAL, USING and ON → pairs of equal values and a condition; the columns a join lets be seen (ADQL 2.1 §2.2.2).
// Joins are expanded here, so that the engine's own columns can never take part in them.
import type { JoinedTable, Name } from './ast.js'
import { comparable } from './coercion.js'
import { resolveCondition } from './resolve-expressions.js'
import type { FromPart, TableNames } from './resolve-tables.js'
import type { Resolved, ResolvedJoin, Source } from './resolved.js'
import type { Scope, Visible } from './scope.js'
import { matchesName } from './scope.js'

/** A join of two parts of FROM. */
export function resolveJoin(
  names: TableNames,
  join: JoinedTable,
  left: FromPart,
  right: FromPart,
  parent: Scope | undefined,
): FromPart {
  const tables = [...left.tables, ...right.tables]
  const common = join.natural ? naturalColumns(names, join, left, right) : usingColumns(names, join, left, right)
  const merged = common.map((pair): Visible => ({ name: pair.name, value: mergedValue(join, pair.left, pair.right) }))
  const visible = [...merged, ...without(left.visible, common), ...without(right.visible, common)]
  const equalities = common.map((pair) => {
    const [one, other] = comparable(names.source, { ...pair.left, ...pair.at }, { ...pair.right, ...pair.at })
    return { left: one, right: other }
  })
  const scope: Scope = { tables, visible, ...(parent && { parent }) }
  const on =
    join.on &&
    resolveCondition(
      {
        source: names.source,
        scope,
        noAggregates: 'cannot stand in a join condition',
        resolveQuery: names.resolveQuery,
      },
      join.on,
    )
  const found = on ? splitCondition(on, left, right) : { equalities: [], rest: [] }
  const relation: ResolvedJoin = {
    kind: 'join',
    type: join.type,
    left: left.relation,
    right: right.relation,
    equalities: [...equalities, ...found.equalities],
    ...restOf(on, found.rest),
  }
  return { relation, tables, visible }
}

interface CommonColumn {
  readonly name: string
  readonly left: Resolved
  readonly right: Resolved
  readonly at: { readonly start: number; readonly end: number }
}

function naturalColumns(
  names: TableNames,
  join: JoinedTable,
  left: FromPart,
  right: FromPart,
): readonly CommonColumn[] {
  const at = { start: join.right.start, end: join.right.end }
  const byName = new Map<string, Visible[]>()
  for (const column of right.visible) {
    const key = column.name.toLowerCase()
    byName.set(key, [...(byName.get(key) ?? []), column])
  }
  const seen = new Set<string>()
  const common: CommonColumn[] = []
  for (const column of left.visible) {
    const key = column.name.toLowerCase()
    const [other, second] = byName.get(key) ?? []
    if (other === undefined) continue
    if (second !== undefined || seen.has(key))
      names.source.fail(
        at,
        `NATURAL JOIN compares ${column.name}, but that name occurs several times on one side. Use ON or USING.`,
      )
    seen.add(key)
    common.push({ name: column.name, left: column.value, right: other.value, at })
  }
  return common
}

function usingColumns(names: TableNames, join: JoinedTable, left: FromPart, right: FromPart): readonly CommonColumn[] {
  return (join.using ?? []).map((name) => ({
    name: name.text,
    left: sideColumn(names, left, name, 'before'),
    right: sideColumn(names, right, name, 'after'),
    at: { start: name.start, end: name.end },
  }))
}

function sideColumn(names: TableNames, part: FromPart, name: Name, side: string): Resolved {
  const [found, second] = part.visible.filter((column) => matchesName(name, column.name))
  if (found === undefined)
    names.source.fail(name, `USING needs a column of both sides, but the one ${side} the JOIN has no ${name.text}.`)
  if (second !== undefined)
    names.source.fail(name, `${name.text} occurs several times on the side ${side} the JOIN. Use ON instead of USING.`)
  return found.value
}

function mergedValue(join: JoinedTable, left: Resolved, right: Resolved): Resolved {
  if (join.type === 'FULL') {
    const { family, meaning, start, end } = left
    return { kind: 'merged', choices: [left, right], family, meaning, start, end }
  }
  return join.type === 'RIGHT' ? right : left
}

function without(columns: readonly Visible[], common: readonly CommonColumn[]): readonly Visible[] {
  if (common.length === 0) return columns
  const names = new Set(common.map((column) => column.name.toLowerCase()))
  return columns.filter((column) => !names.has(column.name.toLowerCase()))
}

/** Equalities between a column of the left and one of the right come out of ON, because knowledge travels along them. */
function splitCondition(
  on: Resolved,
  left: FromPart,
  right: FromPart,
): { equalities: ResolvedJoin['equalities']; rest: readonly Resolved[] } {
  const equalities: { left: Resolved; right: Resolved }[] = []
  const rest: Resolved[] = []
  const leftSources = new Set(sourcesOf(left.relation))
  const rightSources = new Set(sourcesOf(right.relation))
  for (const term of on.kind === 'and' ? on.operands : [on]) {
    if (
      term.kind === 'compare' &&
      term.operator === '=' &&
      term.left.kind === 'column' &&
      term.right.kind === 'column'
    ) {
      if (leftSources.has(term.left.column.relation) && rightSources.has(term.right.column.relation)) {
        equalities.push({ left: term.left, right: term.right })
        continue
      }
      if (leftSources.has(term.right.column.relation) && rightSources.has(term.left.column.relation)) {
        equalities.push({ left: term.right, right: term.left })
        continue
      }
    }
    rest.push(term)
  }
  return { equalities, rest }
}

function restOf(on: Resolved | undefined, rest: readonly Resolved[]): { on?: Resolved } {
  const [first] = rest
  if (on === undefined || first === undefined) return {}
  return { on: rest.length === 1 ? first : { ...on, kind: 'and', operands: rest } }
}

/** The tables and subqueries within a relation. */
export function sourcesOf(relation: ResolvedJoin | Source): readonly Source[] {
  return relation.kind === 'join' ? [...sourcesOf(relation.left), ...sourcesOf(relation.right)] : [relation]
}
