// Tables of FROM → SQL: as they are, or with only the rows that a plan or a quick condition leaves of them.
import { identifier, joinSql, type Sql, sql } from '../core/sql.js'
import type { BaseSource, ResolvedSelect, Source, SourceColumn } from './resolved.js'
import { type Alternative, flattened, type SearchPlan } from './search-plan.js'
import { columnSql, type Translation, translate } from './translate-expressions.js'
import { comparedColumns } from './twin-columns.js'
import { quickCondition, resourcesWithWords } from './word-search.js'

/** A table with its alias. */
export function baseTable(to: Translation, { sqlAlias, origin }: BaseSource): Sql {
  const alias = identifier(sqlAlias)
  switch (origin.kind) {
    case 'declared':
      return sql`${identifier(origin.table.schema)}.${identifier(origin.table.name)} AS ${alias}`
    case 'upload':
      return sql`${to.dialect.uploadTable(origin.name)} AS ${alias}`
    case 'common':
      return sql`${identifier(origin.sqlName)} AS ${alias}`
  }
}

/** The first table of a plan, of which only the rows are left that its conditions allow. */
export function chosenRows(to: Translation, { first, ivoid, own, alternatives }: SearchPlan): Sql {
  const lists = alternatives.map((found) => {
    const [compared = ivoid, ...names] = comparedColumns(to, [ivoid, ...found.map((one) => one.ivoid)])
    return sql`(${columnSql(compared)} IN (${union(to, found, names)}))`
  })
  const conditions = [...own.map((term) => translate(to, term)), ...lists]
  return sql`(SELECT * FROM ${baseTable(to, first)} WHERE ${joinSql(conditions, ' AND ')}) AS ${identifier(first.sqlAlias)}`
}

/** For tables of FROM, what tells quickly that a row cannot meet WHERE. */
export function quickConditions(to: Translation, { where }: ResolvedSelect): ReadonlyMap<Source, readonly Sql[]> {
  const found = new Map<Source, Sql[]>()
  for (const term of where === undefined ? [] : flattened(where, 'and')) {
    const quick = quickCondition(to, term)
    if (quick) found.set(quick.source, [...(found.get(quick.source) ?? []), quick.sql])
  }
  return found
}

/** A table without the rows that a quick condition excludes. OFFSET keeps engines from reading texts in the same pass. */
export function quickRows(to: Translation, source: BaseSource, conditions: readonly Sql[]): Sql {
  return sql`(SELECT * FROM ${baseTable(to, source)} WHERE ${joinSql(conditions, ' AND ')} OFFSET 0) AS ${identifier(source.sqlAlias)}`
}

/** The resources that one search or another finds; `names` are the columns that name them, one for each search. */
function union(to: Translation, alternatives: readonly Alternative[], names: readonly SourceColumn[]): Sql {
  const queries = alternatives.flatMap(({ source, ivoid, conditions }, index) => {
    const named = names[index] ?? ivoid
    const found = conditions.map((condition) => resourcesWithWords(to, condition, named.sqlName))
    const words = found.flatMap((one) => one ?? [])
    const others = conditions.filter((_, place) => found[place] === undefined)
    if (others.length === 0) return words
    const any = joinSql(
      others.map((condition) => translate(to, condition)),
      ' OR ',
    )
    return [...words, sql`SELECT ${columnSql(named)} FROM ${baseTable(to, source)} WHERE ${any}`]
  })
  return joinSql(queries, ' UNION ALL ')
}
