// ivo_hasword(text, words) → a look-up of words in a sorted table where there is one, a search in the text elsewhere.
//
// The needle is split at blanks; each part must occur, in any order, bounded by characters that are no letters
// (RegTAP 1.2 §9.2 and the catalogue of user-defined functions). A part may hold other characters than letters
// (pan-starrs, 2mass); its runs of letters are then looked up first and the whole part is compared with what remains.
import { identifier, joinSql, literal, type Sql, sql } from '../core/sql.js'
import { spell } from './dialect.js'
import type { BaseSource, Resolved, SourceColumn } from './resolved.js'
import { columnSql, spellCall, type Translation, translate } from './translate-expressions.js'
import { type Twins, twinOf } from './twin-columns.js'

/** Columns of rr.resource whose words the table x.word(word, field, ivoid) holds, sorted by word. Twins of ivoid serve as well. */
const indexedFields: ReadonlySet<string> = new Set(['res_title', 'res_description'])

const wordLimit = 100

/** A condition, NULL for a text that is NULL. */
export function hasWord(to: Translation, text: Resolved, needle: Resolved): Sql {
  if (needle.kind !== 'text') {
    if (needle.kind === 'null') return sql`FALSE`
    to.source.fail(
      needle,
      "The words that ivo_hasword looks for must be a literal, as in ivo_hasword(res_title, 'quasar').",
    )
  }
  const parts = [...new Set(needle.value.toLowerCase().split(/\s+/u).filter(Boolean))]
  if (parts.length > wordLimit)
    to.source.fail(needle, `ivo_hasword looks for at most ${wordLimit} words, but these are ${parts.length}.`)
  // Every text has all of no words; as a search, that is nothing to find.
  if (parts.length === 0) return sql`FALSE`
  const conditions = [
    ...lookUps(to, text, parts),
    ...parts.filter((part) => needsSearch(to, text, part)).map((part) => searchText(to, text, part)),
  ]
  return conditions.length === 1 && conditions[0] ? conditions[0] : sql`(${joinSql(conditions, ' AND ')})`
}

interface WordIndex {
  readonly field: string
  /** The column of rr.resource to compare, which x.word has by the same name. */
  readonly compared: SourceColumn
}

function indexOf(to: Twins, text: Resolved): WordIndex | undefined {
  if (text.kind !== 'column' || text.column.relation.kind !== 'base') return undefined
  const { relation, name } = text.column
  if (relation.origin.kind !== 'declared') return undefined
  const { table } = relation.origin
  if (table.schema !== 'rr' || table.name !== 'resource' || !indexedFields.has(name)) return undefined
  const key = relation.columns.find((column) => column.name === 'ivoid')
  // In a group of texts the IVOIDs of its rows are not there to be looked up.
  if (key === undefined || to.grouped.has(relation)) return undefined
  return { field: name, compared: twinOf(to, key) ?? key }
}

/** The letter runs of a part, as x.word holds them. */
function wordsOf(part: string): readonly string[] {
  return part.match(/\p{L}+/gu) ?? []
}

/** One semi-join for each word; the fewest rows come first, which the engine sees from its statistics. */
function lookUps(to: Translation, text: Resolved, parts: readonly string[]): readonly Sql[] {
  const index = indexOf(to, text)
  if (index === undefined) return []
  const { compared, field } = index
  return [...new Set(parts.flatMap(wordsOf))].map(
    (word) => sql`(${columnSql(compared)} IN (${rowsOfWord(word, field, compared.sqlName)}))`,
  )
}

function rowsOfWord(word: string, field: string, name: string): Sql {
  return sql`SELECT ${identifier(name)} FROM ${identifier('x')}.${identifier('word')} WHERE ${identifier('word')} = ${word} AND ${identifier('field')} = ${field}`
}

/**
 * A condition on one table of FROM that is true wherever this one is, and quicker, if the engine has one; it may be
 * checked before the table is joined, on whichever side it stands: where it is not true, this one is not either.
 */
export function quickCondition(
  to: Pick<Translation, 'dialect'>,
  condition: Resolved,
): { readonly source: BaseSource; readonly sql: Sql } | undefined {
  if (condition.kind !== 'call' || condition.called.name !== 'ivo_hasword') return undefined
  const [text, needle] = condition.args
  if (text?.kind !== 'column' || needle?.kind !== 'text' || text.column.relation.kind !== 'base') return undefined
  const { relation, name } = text.column
  const words = [...new Set(wordsOf(needle.value.toLowerCase()))]
  if (relation.origin.kind !== 'declared' || words.length === 0 || words.length > wordLimit) return undefined
  const found = to.dialect.holdingWords?.(relation.origin.table, identifier(relation.sqlAlias), name, words)
  return found && { source: relation, sql: found }
}

/**
 * A query for the resources, each once, whose text has the words, where the table of words alone can tell; every resource
 * in it is in rr.resource as well. `name` is the column that names them: `ivoid` or its twin.
 */
export function resourcesWithWords(to: Twins, condition: Resolved, name: string): Sql | undefined {
  if (condition.kind !== 'call' || condition.called.name !== 'ivo_hasword') return undefined
  const [text, needle] = condition.args
  if (text === undefined || needle?.kind !== 'text') return undefined
  const index = indexOf(to, text)
  const words = [...new Set(needle.value.toLowerCase().split(/\s+/u).filter(Boolean))]
  if (index === undefined || words.length === 0 || words.length > wordLimit) return undefined
  if (words.some((word) => needsSearch(to, text, word))) return undefined
  const [first, ...others] = words.map((word) => rowsOfWord(word, index.field, name))
  return first && joinSql([first, ...others.map((other) => sql`${identifier(name)} IN (${other})`)], ' AND ')
}

function needsSearch(to: Twins, text: Resolved, part: string): boolean {
  return indexOf(to, text) === undefined || !/^\p{L}+$/u.test(part)
}

/** A plain search in the text is quick and finds candidates; the regular expression decides. */
function searchText(to: Translation, text: Resolved, part: string): Sql {
  const lower = spellCall(to, 'lower', [text])
  const escaped = part.replace(/[^\p{L}\p{N}\s_-]/gu, (character) => `\\${character}`)
  const expression = literal(`(^|${to.dialect.nonLetter})${escaped}(${to.dialect.nonLetter}|$)`)
  const contains = spell(to.dialect, 'contains_text', [lower, literal(part)])
  return spell(to.dialect, 'exactly', [
    contains,
    spell(to.dialect, 'matches', [lower, expression]),
    translate(to, text),
  ])
}
