// Function calls → Sql: what the dialect spells, and the user-defined functions of RegTAP as plain conditions.
import { literal, type Sql, sql } from '../core/sql.js'
import { spell } from './dialect.js'
import type { Resolved, ResolvedOf } from './resolved.js'
import { likeSql, spellCall, type Translation, translate } from './translate-expressions.js'
import { hasWord } from './word-search.js'

type Call = ResolvedOf<'call'>

/** A function that gives a value. */
export function translateCall(to: Translation, call: Call): Sql {
  const { called, args } = call
  switch (called.name) {
    case 'coalesce':
      return sql`COALESCE(${args.map((arg) => translate(to, arg)).reduce((one, other) => sql`${one}, ${other}`)})`
    default:
      return spellCall(to, called.name, args)
  }
}

/** A function that RegTAP and ADQL compare with 1 → a condition. */
export function translatePredicate(to: Translation, call: Call): Sql {
  const [first, second, third, fourth] = call.args
  if (first === undefined || second === undefined) throw new RangeError(`${call.called.name} has two arguments`)
  switch (call.called.name) {
    case 'ivo_hasword':
      return hasWord(to, first, second)
    case 'ivo_nocasematch':
      return likeSql(translate(to, first), second, translate(to, second), { negated: false, caseless: true })
    case 'ivo_hashlist_has':
      return hashlistHas(to, first, second)
    case 'ivo_interval_overlaps':
      if (third === undefined || fourth === undefined) throw new RangeError('intervals have four ends')
      return intervalOverlaps(to, [first, second, third, fourth])
    default:
      throw new TypeError(`no predicate ${call.called.name}`)
  }
}

/** One item of a list that is separated by #: #infrared#optical# contains #optical#. */
function hashlistHas(to: Translation, listing: Resolved, item: Resolved): Sql {
  // UDF catalogue: an item with # in it is never there.
  if (item.kind === 'text' && item.value.includes('#')) return sql`FALSE`
  const hashed = sql`('#' || ${spellCall(to, 'lower', [listing])} || '#')`
  if (item.kind === 'text')
    return spell(to.dialect, 'contains_text', [hashed, literal(`#${item.value.toLowerCase()}#`)])
  const wanted = translate(to, item)
  const found = spell(to.dialect, 'contains_text', [hashed, sql`('#' || ${spellCall(to, 'lower', [item])} || '#')`])
  return sql`(${found} AND NOT ${spell(to.dialect, 'contains_text', [wanted, sql`'#'`])})`
}

/**
 * RegTAP 1.2 §9.2: closed intervals with a common point. UDF catalogue: an interval from high to low overlaps nothing,
 * and its test vector (-2, 55.3, 3, 2) has the reversed pair in second place. pyvo up to 1.10 sends such pairs: it turns
 * wavelengths into energies and leaves their order.
 */
function intervalOverlaps(to: Translation, ends: readonly [Resolved, Resolved, Resolved, Resolved]): Sql {
  const [low, high, otherLow, otherHigh] = ends.map((end) => translate(to, end))
  return sql`(${low ?? ''} <= ${high ?? ''} AND ${otherLow ?? ''} <= ${otherHigh ?? ''} AND ${low ?? ''} <= ${otherHigh ?? ''} AND ${otherLow ?? ''} <= ${high ?? ''})`
}
