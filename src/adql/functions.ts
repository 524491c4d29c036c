// The functions a query may call: what they take, what they give, and where they are defined. Nothing outside this
// list can be reached.
import type { Family, Meaning, Resolved } from './resolved.js'
import { double, long, textMeaning, whole, widest } from './resolved.js'

/** What an argument may be. `shape`: a point, circle, polygon, MOC, or a column that holds one. */
export type Parameter = Family | 'any' | 'shape'

/**
 * How the translator treats a function. `plain`: spelled by the dialect. `predicate`: a condition that the standard
 * writes as 1 = f(…). `shape`: builds a geometry. `special`: has a rule of its own in the translator.
 */
export type FunctionKind = 'plain' | 'aggregate' | 'predicate' | 'shape' | 'special'

export interface KnownFunction {
  /** In lower case. */
  readonly name: string
  readonly kind: FunctionKind
  /** The ways to call it. */
  readonly signatures: readonly (readonly Parameter[])[]
  /** The last parameter of the last signature may come again any number of times. */
  readonly repeats?: boolean
  readonly meaning: (args: readonly Resolved[]) => Meaning
  readonly family: Family
  /** How to call it, for people and for TAPRegExt. */
  readonly form: string
  /** For user-defined functions, which TAPRegExt lists (ADQL 2.1 §4.3). */
  readonly description?: string
}

const number: Parameter = 'number'

function maths(name: string, counts: readonly number[], form: string): KnownFunction {
  return {
    name,
    kind: 'plain',
    signatures: counts.map((count) => Array<Parameter>(count).fill(number)),
    family: 'number',
    // Rounding keeps the unit; nothing else does.
    meaning: ([first]) =>
      ['abs', 'round', 'truncate', 'floor', 'ceiling'].includes(name) && first?.meaning.unit !== undefined
        ? { ...double, unit: first.meaning.unit }
        : double,
    form,
  }
}

/** ADQL 2.1 §2.3 */
const mathsFunctions: readonly KnownFunction[] = [
  ...['abs', 'ceiling', 'degrees', 'exp', 'floor', 'log', 'log10', 'radians', 'sqrt'].map((name) =>
    maths(name, [1], `${name.toUpperCase()}(x)`),
  ),
  ...['acos', 'asin', 'atan', 'cos', 'cot', 'sin', 'tan'].map((name) => maths(name, [1], `${name.toUpperCase()}(x)`)),
  maths('atan2', [2], 'ATAN2(y, x)'),
  maths('mod', [2], 'MOD(x, y)'),
  maths('pi', [0], 'PI()'),
  maths('power', [2], 'POWER(x, y)'),
  maths('rand', [0, 1], 'RAND() or RAND(seed)'),
  maths('round', [1, 2], 'ROUND(x) or ROUND(x, digits)'),
  maths('truncate', [1, 2], 'TRUNCATE(x) or TRUNCATE(x, digits)'),
]

function sameMeaning([first]: readonly Resolved[]): Meaning {
  return first?.meaning ?? double
}

/** The unit survives, the rest of the meaning does not. */
function withUnit(meaning: Meaning, [first]: readonly Resolved[]): Meaning {
  return first?.meaning.unit === undefined ? meaning : { ...meaning, unit: first.meaning.unit }
}

function sumMeaning(args: readonly Resolved[]): Meaning {
  const [first] = args
  const isWhole = first !== undefined && !['float', 'double'].includes(first.meaning.datatype)
  return withUnit(isWhole ? long : double, args)
}

const aggregates: readonly KnownFunction[] = [
  {
    name: 'count',
    kind: 'aggregate',
    signatures: [['any']],
    family: 'number',
    meaning: () => long,
    form: 'COUNT(*) or COUNT(x)',
  },
  { name: 'sum', kind: 'aggregate', signatures: [[number]], family: 'number', meaning: sumMeaning, form: 'SUM(x)' },
  {
    name: 'avg',
    kind: 'aggregate',
    signatures: [[number]],
    family: 'number',
    meaning: (args) => withUnit(double, args),
    form: 'AVG(x)',
  },
  { name: 'min', kind: 'aggregate', signatures: [['any']], family: 'number', meaning: sameMeaning, form: 'MIN(x)' },
  { name: 'max', kind: 'aggregate', signatures: [['any']], family: 'number', meaning: sameMeaning, form: 'MAX(x)' },
]

function isAscii(values: readonly Resolved[]): boolean {
  return values.every((value) => value.meaning.datatype !== 'unicodeChar')
}

/** LOWER, UPPER (ADQL 2.1 §4.4), COALESCE (§4.8), IN_UNIT (§4.9) */
const generalFunctions: readonly KnownFunction[] = [
  {
    name: 'lower',
    kind: 'plain',
    signatures: [['text']],
    family: 'text',
    meaning: (args) => textMeaning(isAscii(args)),
    form: 'LOWER(text)',
  },
  {
    name: 'upper',
    kind: 'plain',
    signatures: [['text']],
    family: 'text',
    meaning: (args) => textMeaning(isAscii(args)),
    form: 'UPPER(text)',
  },
  {
    name: 'coalesce',
    kind: 'special',
    signatures: [['any', 'any']],
    repeats: true,
    family: 'null',
    meaning: commonMeaning,
    form: 'COALESCE(x, y, …)',
  },
  {
    name: 'in_unit',
    kind: 'special',
    signatures: [[number, 'text']],
    family: 'number',
    meaning: () => double,
    form: "IN_UNIT(x, 'unit')",
  },
]

/** What several alternatives have in common: the first one's meaning, in a type that holds them all. */
export function commonMeaning(values: readonly Resolved[]): Meaning {
  const known = values.filter((value) => value.family !== 'null')
  const [first] = known
  if (first === undefined) return textMeaning(true)
  if (first.family === 'number') return { ...first.meaning, ...widest(known.map((value) => value.meaning)) }
  if (first.family !== 'text') return first.meaning
  const { arraysize: _, ...rest } = first.meaning
  return { ...rest, ...textMeaning(isAscii(known)) }
}

/** The geometry functions of ADQL 2.1 §4.2. The deprecated coordinate system is taken off before arguments are checked. */
const geometryFunctions: readonly KnownFunction[] = [
  shape('point', [[number, number]], 'POINT(longitude, latitude)', '2'),
  shape(
    'circle',
    [
      [number, number, number],
      ['point', number],
    ],
    'CIRCLE(longitude, latitude, radius) or CIRCLE(point, radius)',
    '3',
  ),
  shape(
    'polygon',
    [
      ['point', 'point', 'point'],
      [number, number, number, number, number, number],
    ],
    'POLYGON(longitude1, latitude1, …) with at least three corners',
    '*',
    true,
  ),
  shape(
    'box',
    [
      [number, number, number, number],
      ['point', number, number],
    ],
    'BOX(longitude, latitude, width, height) or BOX(point, width, height)',
    '*',
  ),
  shape('region', [['text']], "REGION('CIRCLE ICRS 10 20 1')", '*'),
  shape('moc', [['text'], [number, 'shape']], "MOC('6/1-3') or MOC(order, geometry)", '*'),
  special(
    'distance',
    [
      ['point', 'point'],
      [number, number, number, number],
    ],
    'DISTANCE(point, point) or DISTANCE(lon1, lat1, lon2, lat2)',
    { ...double, unit: 'deg', ucd: 'pos.angDistance' },
  ),
  special('area', [['shape']], 'AREA(geometry)', { ...double, unit: 'deg**2', ucd: 'phys.angArea' }),
  shape('centroid', [['shape']], 'CENTROID(geometry)', '2'),
  special('coord1', [['point']], 'COORD1(point)', { ...double, unit: 'deg' }),
  special('coord2', [['point']], 'COORD2(point)', { ...double, unit: 'deg' }),
  {
    name: 'coordsys',
    kind: 'special',
    signatures: [['shape']],
    family: 'text',
    meaning: () => textMeaning(true),
    form: 'COORDSYS(geometry)',
  },
  predicate('contains', ['shape', 'shape'], 'CONTAINS(inner, outer)'),
  predicate('intersects', ['shape', 'shape'], 'INTERSECTS(geometry, geometry)'),
]

function shape(
  name: string,
  signatures: KnownFunction['signatures'],
  form: string,
  arraysize: string,
  repeats = false,
): KnownFunction {
  const family: Family =
    name === 'box' || name === 'region'
      ? 'polygon'
      : name === 'centroid'
        ? 'point'
        : (name as 'point' | 'circle' | 'polygon' | 'moc')
  const meaning: Meaning =
    family === 'moc'
      ? { datatype: 'char', arraysize, xtype: family }
      : { datatype: 'double', arraysize, xtype: family, unit: 'deg' }
  return { name, kind: 'shape', signatures, repeats, family, meaning: () => meaning, form }
}

function special(name: string, signatures: KnownFunction['signatures'], form: string, meaning: Meaning): KnownFunction {
  return { name, kind: 'special', signatures, family: 'number', meaning: () => meaning, form }
}

function predicate(name: string, parameters: readonly Parameter[], form: string, description?: string): KnownFunction {
  return {
    name,
    kind: 'predicate',
    signatures: [parameters],
    family: 'number',
    meaning: () => whole,
    form,
    ...(description !== undefined && { description }),
  }
}

/** RegTAP 1.2 §9.2 and the catalogue of user-defined functions; names that data centres made popular are kept as aliases. */
const userFunctions: readonly KnownFunction[] = [
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
    '1 if the intervals l1 to h1 and l2 to h2 have a point in common, touching ends included, else 0, also for NULL and for intervals whose lower end is above the upper one.',
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
]

function conversion(name: string): KnownFunction {
  return {
    name,
    kind: 'special',
    signatures: [[number, 'text', 'text']],
    family: 'number',
    meaning: () => double,
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

/** Every function, by lower-case name. */
export const knownFunctions: ReadonlyMap<string, KnownFunction> = new Map(
  [...mathsFunctions, ...aggregates, ...generalFunctions, ...geometryFunctions, ...userFunctions].map((known) => [
    known.name,
    known,
  ]),
)
