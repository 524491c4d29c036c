// Names in a query → the columns they mean; what is visible where, and good advice when nothing is found.
import type { Name } from './ast.js'
import type { Source as Query, Span } from './errors.js'
import type { Resolved } from './resolved.js'
import { didYouMean } from './words.js'

/** A column that can be named, with what it stands for. */
export interface Visible {
  readonly name: string
  readonly value: Resolved
}

/** A table by which columns can be qualified. */
export interface ScopeTable {
  /** What the table is called here: an alias, or schema and name. */
  readonly path: readonly string[]
  /** The name of the table behind an alias, for advice only. */
  readonly hidden?: string
  readonly columns: readonly Visible[]
}

export interface Scope {
  readonly tables: readonly ScopeTable[]
  /** Columns that need no qualifier, in the order of `*`; merged ones once and first (ADQL 2.1 §2.2.2). */
  readonly visible: readonly Visible[]
  /** The scope around a subquery. */
  readonly parent?: Scope
  /** Names given in the select list, for advice only. */
  readonly aliases?: readonly string[]
  /** Tables that have a column of that name although they are not in FROM, for advice only. */
  readonly elsewhere?: (column: string) => readonly string[]
}

/** Delimited names are compared exactly, all others without case (ADQL 2.1 §2.1). */
export function matchesName(name: Name, stored: string): boolean {
  // Regular names are ASCII, which keeps its length when folded; most names differ in that already.
  if (name.text === stored) return true
  return !name.delimited && name.text.length === stored.length && name.text.toLowerCase() === stored.toLowerCase()
}

export function samePath(path: readonly Name[], stored: readonly string[]): boolean {
  // Schema names are compared without case even in quotation marks: clients write both TAP_SCHEMA and tap_schema.
  return (
    path.length <= stored.length &&
    path.every((name, index) => {
      const other = stored[stored.length - path.length + index] ?? ''
      return index === path.length - 1 ? matchesName(name, other) : name.text.toLowerCase() === other.toLowerCase()
    })
  )
}

/** The value a column reference stands for. Throws AdqlError when it is unknown or could mean several columns. */
export function findColumn(query: Query, scope: Scope, path: readonly Name[], span: Span): Resolved {
  const name = path.at(-1)
  if (name === undefined) throw new RangeError('a column reference has a name')
  const qualifier = path.slice(0, -1)
  for (let around: Scope | undefined = scope; around !== undefined; around = around.parent) {
    if (qualifier.length === 0) {
      const found = choose(query, around.visible, name, span, () => qualifiersOf(around, name))
      if (found) return { ...found.value, ...span }
      continue
    }
    const tables = around.tables.filter((table) => samePath(qualifier, table.path))
    if (tables.length > 1)
      query.fail(
        span,
        `${show(qualifier)} could mean ${tables.map((table) => table.path.join('.')).join(' or ')}. Give the tables aliases.`,
      )
    const [table] = tables
    if (table === undefined) continue
    const found = choose(query, table.columns, name, span, () => [])
    if (found) return { ...found.value, ...span }
    query.fail(
      name,
      `${table.path.join('.')} has no column ${show([name])}.${advice(
        name,
        table.columns.map((column) => column.name),
        scope.elsewhere?.(name.text) ?? [],
      )}`,
    )
  }
  if (qualifier.length > 0) failQualifier(query, scope, qualifier, span)
  return failColumn(query, scope, name)
}

/** All tables that a qualifier before `.*` could mean in this scope, without those around it. */
export function findTable(query: Query, scope: Scope, qualifier: readonly Name[], span: Span): ScopeTable {
  const tables = scope.tables.filter((table) => samePath(qualifier, table.path))
  const [table] = tables
  if (table === undefined) failQualifier(query, scope, qualifier, span)
  if (tables.length > 1) query.fail(span, `${show(qualifier)} names several tables here. Give them aliases.`)
  return table
}

function choose(
  query: Query,
  columns: readonly Visible[],
  name: Name,
  span: Span,
  qualifiers: () => readonly string[],
): Visible | undefined {
  let found = columns.filter((column) => matchesName(name, column.name))
  // Columns that differ in case only, as uploads may have them: the exact spelling wins.
  if (found.length > 1) {
    const exact = found.filter((column) => column.name === name.text)
    if (exact.length > 0) found = exact
  }
  if (found.length <= 1) return found[0]
  const choices = qualifiers()
  const which =
    choices.length > 1 ? `: ${choices.join(', ')}. Put the name of the table before it` : ' of the subquery or table'
  query.fail(span, `${show([name])} could mean several columns${which}.`)
}

function qualifiersOf(scope: Scope, name: Name): readonly string[] {
  return scope.tables
    .filter((table) => table.columns.some((column) => matchesName(name, column.name)))
    .map((table) => `${table.path.join('.')}.${name.text}`)
}

function failQualifier(query: Query, scope: Scope, qualifier: readonly Name[], span: Span): never {
  const wanted = qualifier.map((name) => name.text).join('.')
  const known: string[] = []
  for (let around: Scope | undefined = scope; around !== undefined; around = around.parent)
    for (const table of around.tables) {
      const hidden = table.hidden?.toLowerCase()
      if (hidden === wanted.toLowerCase() || hidden?.split('.').at(-1) === wanted.toLowerCase())
        query.fail(span, `${wanted} goes by the name ${table.path.join('.')} in this query. Use that name.`)
      known.push(table.path.join('.'))
    }
  const list = known.length === 0 ? '' : ` Tables in this query: ${known.slice(0, 10).join(', ')}.`
  query.fail(span, `There is no table ${wanted} in this part of the query.${didYouMean(wanted, known)}${list}`)
}

function failColumn(query: Query, scope: Scope, name: Name): never {
  const known: string[] = []
  for (let around: Scope | undefined = scope; around !== undefined; around = around.parent)
    known.push(...around.visible.map((column) => column.name))
  if (scope.aliases?.some((alias) => matchesName(name, alias)))
    query.fail(
      name,
      `${show([name])} is a name from the select list, which is not known yet here. Repeat the expression, or use a subquery.`,
    )
  if (!name.delimited && /^CURRENT_(DATE|TIME|TIMESTAMP)$/i.test(name.text))
    query.fail(name, `ADQL has no ${name.text}. Write the moment itself, as CAST('2026-01-31T12:00:00' AS TIMESTAMP).`)
  const present = new Set(scope.tables.map((table) => table.hidden ?? table.path.join('.')))
  const there = (scope.elsewhere?.(name.text) ?? []).filter((table) => !present.has(table))
  query.fail(name, `There is no column ${show([name])} here.${advice(name, known, there)}`)
}

/** What may have been meant. `elsewhere` are tables that have a column of that name, but are not asked here. */
function advice(name: Name, known: readonly string[], elsewhere: readonly string[]): string {
  const wanted = name.text.toLowerCase()
  if (name.delimited) {
    const folded = known.find((column) => column.toLowerCase() === wanted)
    if (folded !== undefined)
      return ` Names in quotation marks are compared exactly: write "${folded}", or leave the marks away.`
    return ` Quotation marks enclose names; a text value stands in apostrophes, as '${name.text.slice(0, 40)}'.`
  }
  // People know that there is a title, but not that it is called res_title.
  const part = wanted.length > 2 ? known.find((column) => column.toLowerCase().split('_').includes(wanted)) : undefined
  if (part !== undefined) return ` Did you mean ${part}?`
  if (elsewhere.length > 0) return ` It is a column of ${elsewhere.slice(0, 4).join(', ')}, which must be joined first.`
  const near = didYouMean(name.text, known)
  if (near !== '' || known.length === 0) return near
  const names = [...new Set(known)]
  const list = `${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`
  return ` Columns here: ${list}. A text value would stand in apostrophes, as '${name.text.slice(0, 40)}'.`
}

/** A name as the user wrote it. */
export function show(path: readonly Name[]): string {
  const text = path.map((name) => (name.delimited ? `"${name.text}"` : name.text)).join('.')
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
