// Function calls → Sql: what the dialect spells, and the user-defined functions of RegTAP as plain conditions.
import { literal, type Sql, sql } from '../core/sql.js'
import { qualifiedName } from '../tables/metadata.js'
import { spell } from './dialect.js'
import { healpixIndex } from './healpix.js'
import type { Resolved, ResolvedOf } from './resolved.js'
import { area, contains, coordinate, distanceCall, intersects, shapeValue } from './sky-geometry.js'
import { constantOf } from './sky-shapes.js'
import { divisorSql, likeSql, spellCall, type Translation, translate } from './translate-expressions.js'
import { spectralConversion, UnitError, unitConversion } from './units.js'
import { hasWord } from './word-search.js'

type Call = ResolvedOf<'call'>

/** A function that gives a value. */
export function translateCall(to: Translation, call: Call): Sql {
  const { called, args } = call
  switch (called.name) {
    case 'coalesce':
      return sql`COALESCE(${args.map((arg) => translate(to, arg)).reduce((one, other) => sql`${one}, ${other}`)})`
    case 'distance':
      return distanceCall(to, args)
    case 'coord1':
      return coordinate(to, argument(args, 0), 'longitude')
    case 'coord2':
      return coordinate(to, argument(args, 0), 'latitude')
    case 'area':
      return area(to, argument(args, 0))
    case 'coordsys':
      // All geometry here is in one frame.
      return sql`'ICRS'`
    case 'ivo_specconv':
    case 'gavo_specconv':
      return guarded(to, call, () => {
        const value = argument(args, 0)
        return spectralConversion(translate(to, value), divisorSql(to, value), unitText(args, 1), unitText(args, 2))
      })
    case 'in_unit':
      return guarded(to, call, () =>
        unitConversion(translate(to, argument(args, 0)), argument(args, 0).meaning.unit, unitText(args, 1)),
      )
    case 'ivo_healpix_index':
      return healpixIndexCall(to, args)
    case 'ivo_to_mjd':
    case 'gavo_to_mjd':
      return spell(to.dialect, 'modified_julian_date', [translate(to, argument(args, 0))])
    case 'ivo_to_jd':
    case 'gavo_to_jd':
      return sql`(${spell(to.dialect, 'modified_julian_date', [translate(to, argument(args, 0))])} + CAST(2400000.5 AS DOUBLE PRECISION))`
    default:
      return called.kind === 'shape' ? shapeValue(to, call) : spellCall(to, called.name, args)
  }
}

/** The order is a whole number; the position is a point, or two numbers. */
function healpixIndexCall(to: Translation, args: readonly Resolved[]): Sql {
  const order = translate(to, argument(args, 0))
  const position = argument(args, 1)
  const [longitude, latitude] =
    args.length === 2
      ? [coordinate(to, position, 'longitude'), coordinate(to, position, 'latitude')]
      : [translate(to, position), translate(to, argument(args, 2))]
  return healpixIndex(to.dialect, order, longitude, latitude)
}

function argument(args: readonly Resolved[], index: number): Resolved {
  const arg = args[index]
  if (arg === undefined) throw new RangeError(`argument ${index + 1} was checked to be there`)
  return arg
}

function unitText(args: readonly Resolved[], index: number): string {
  const arg = argument(args, index)
  if (arg.kind !== 'text') throw new UnitError("Units are written as literals, as 'km/s'.")
  return arg.value
}

/** Turns complaints about units into complaints about a place in the query. */
function guarded(to: Translation, call: Call, make: () => Sql): Sql {
  try {
    return make()
  } catch (error) {
    if (error instanceof UnitError) to.source.fail(call.args.find((arg) => arg.kind === 'text') ?? call, error.message)
    throw error
  }
}

/** A function that RegTAP and ADQL compare with 1 → a condition. */
export function translatePredicate(to: Translation, call: Call): Sql {
  const [first, second, third, fourth] = call.args
  if (first === undefined || second === undefined) throw new RangeError(`${call.called.name} has two arguments`)
  switch (call.called.name) {
    case 'ivo_hasword':
      return hasWord(to, first, second)
    case 'contains':
      return contains(to, first, second)
    case 'intersects':
      return intersects(to, first, second)
    case 'ivo_nocasematch':
      return likeSql(to, translate(to, first), second, { negated: false, caseless: true })
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
 * RegTAP 1.2 §9.2: closed intervals with a common point. UDF catalogue: an interval from high to low overlaps nothing;
 * its test vector (-2, 55.3, 3, 2) has the reversed one in second place.
 */
function intervalOverlaps(to: Translation, ends: readonly [Resolved, Resolved, Resolved, Resolved]): Sql {
  const [low, high, otherLow, otherHigh] = inRisingOrder(ends).map((end) => translate(to, end))
  if (low === undefined || high === undefined || otherLow === undefined || otherHigh === undefined)
    throw new RangeError('intervals have four ends')
  return sql`(${low} <= ${high} AND ${otherLow} <= ${otherHigh} AND ${low} <= ${otherHigh} AND ${otherLow} <= ${high})`
}

/**
 * One exception: pyvo up to 1.10 turns a pair of wavelengths into energies without turning their order, and sends
 * (spectral_start, spectral_end, 4e-19, 3e-19). Numbers beside the two columns of rr.stc_spectral are therefore taken
 * in rising order, which finds what its users mean; nobody can ask that table for an empty interval on purpose.
 */
function inRisingOrder(ends: readonly [Resolved, Resolved, Resolved, Resolved]): readonly Resolved[] {
  const [low, high, otherLow, otherHigh] = ends
  const isSpectral = isSpectralColumn(low, 'spectral_start') && isSpectralColumn(high, 'spectral_end')
  const [from, until] = [constantOf(otherLow), constantOf(otherHigh)]
  const isFalling = from !== undefined && until !== undefined && from > until
  return isSpectral && isFalling ? [low, high, otherHigh, otherLow] : ends
}

function isSpectralColumn(value: Resolved, name: string): boolean {
  if (value.kind !== 'column' || value.column.relation.kind !== 'base') return false
  const { origin } = value.column.relation
  return origin.kind === 'declared' && qualifiedName(origin.table) === 'rr.stc_spectral' && value.column.name === name
}
