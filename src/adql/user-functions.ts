// User-defined functions (ADQL 2.1 §4.3): those of RegTAP and of the catalogue, which TAPRegExt announces.
import { healpixFunctions } from './healpix-functions.js'
import { isAscii, type KnownFunction, type Parameter, predicate } from './known-function.js'
import { double, inLiteralUnit, textMeaning } from './resolved.js'

const number: Parameter = 'number'

/** RegTAP 1.2 §9.2 and the catalogue of user-defined functions; names that data centres made popular are kept as aliases. */
export const userFunctions: readonly KnownFunction[] = [
  predicate(
    'ivo_hasword',
    ['text', 'text'],
    'ivo_hasword(haystack VARCHAR(*), needle VARCHAR(*)) -> INTEGER',
    '1 if each word of the needle occurs in the haystack as a whole word: upper and lower case are the same, and a word ends at anything that is no letter. Words of the needle are separated by blanks. Else 0, also for NULL.',
  ),
  predicate(
    'ivo_nocasematch',
    ['text', 'text'],
    'ivo_nocasematch(value VARCHAR(*), pattern VARCHAR(*)) -> INTEGER',
    '1 if the value as a whole matches the pattern of LIKE (% and _) when upper and lower case are taken for the same, else 0, also for NULL.',
  ),
  predicate(
    'ivo_hashlist_has',
    ['text', 'text'],
    'ivo_hashlist_has(hashlist VARCHAR(*), item VARCHAR(*)) -> INTEGER',
    '1 if the item is one of the words of a list separated by #, when upper and lower case are taken for the same, else 0, also for NULL and for items that contain #.',
  ),
  predicate(
    'ivo_interval_overlaps',
    [number, number, number, number],
    'ivo_interval_overlaps(l1 NUMERIC, h1 NUMERIC, l2 NUMERIC, h2 NUMERIC) -> INTEGER',
    '1 if the intervals l1 to h1 and l2 to h2 have a point in common, touching ends included, else 0, also for NULL and for intervals whose lower end is above the upper one. Beside spectral_start and spectral_end of rr.stc_spectral, two numbers are taken in rising order.',
  ),
  {
    name: 'ivo_string_agg',
    kind: 'aggregate',
    signatures: [['text', 'text']],
    family: 'text',
    meaning: (args) => textMeaning(isAscii(args)),
    form: 'ivo_string_agg(expr VARCHAR(*), delim VARCHAR(*)) -> VARCHAR(*)',
    description:
      'Aggregate: the texts of a group, joined with the delimiter. NULL leaves no trace, a group without texts gives the empty text. All calls in one SELECT join their texts in the same order of rows.',
  },
  conversion('ivo_specconv'),
  conversion('gavo_specconv'),
  ...['ivo_to_mjd', 'gavo_to_mjd'].map((name) =>
    date(name, 'Modified Julian date', '2400000.5 days less than the Julian date'),
  ),
  ...['ivo_to_jd', 'gavo_to_jd'].map((name) => date(name, 'Julian date', 'in days')),
  ...healpixFunctions,
]

function conversion(name: string): KnownFunction {
  return {
    name,
    kind: 'special',
    signatures: [[number, 'text', 'text']],
    family: 'number',
    meaning: ([, , unit]) => inLiteralUnit(unit),
    form: `${name}(expr NUMERIC, expr_unit VARCHAR(*), dest_unit VARCHAR(*)) -> NUMERIC`,
    description:
      'The spectral value expr, given in expr_unit, in dest_unit. Wavelengths, wave numbers, frequencies and energies are turned into each other; both units are literals in the form of VOUnits.',
  }
}

function date(name: string, what: string, detail: string): KnownFunction {
  return {
    name,
    kind: 'special',
    signatures: [['timestamp']],
    family: 'number',
    meaning: () => ({ ...double, unit: 'd' }),
    form: `${name}(d TIMESTAMP) -> DOUBLE PRECISION`,
    description: `The timestamp as ${what} (${detail}). Texts in the form YYYY-MM-DDThh:mm:ss are taken, too.`,
  }
}
