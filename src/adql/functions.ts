// The functions a query may call: what they take, what they give, and where they are defined. Nothing outside this
// list can be reached.
import { geometryFunctions } from './geometry-functions.js'
import { isAscii, type KnownFunction, type Parameter } from './known-function.js'
import { double, inLiteralUnit, long, type Meaning, type Resolved, textMeaning, widest } from './resolved.js'
import { userFunctions } from './user-functions.js'

const number: Parameter = 'number'

const roundings: ReadonlySet<string> = new Set(['abs', 'round', 'truncate', 'floor', 'ceiling'])
const angleUnits: Readonly<Record<string, string>> = {
  acos: 'rad',
  asin: 'rad',
  atan: 'rad',
  atan2: 'rad',
  radians: 'rad',
  degrees: 'deg',
}

function maths(name: string, counts: readonly number[], form: string): KnownFunction {
  return {
    name,
    kind: 'plain',
    signatures: counts.map((count) => Array<Parameter>(count).fill(number)),
    family: 'number',
    meaning: ([first]) => {
      // Rounding keeps the unit, angles have theirs by definition; nobody knows that of the rest.
      const unit = roundings.has(name) ? first?.meaning.unit : angleUnits[name]
      return unit === undefined ? double : { ...double, unit }
    },
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
    meaning: ([value, unit]) => {
      const ucd = value?.meaning.ucd
      return { ...inLiteralUnit(unit), ...(ucd !== undefined && { ucd }) }
    },
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

/** Every function, by lower-case name. */
export const knownFunctions: ReadonlyMap<string, KnownFunction> = new Map(
  [...mathsFunctions, ...aggregates, ...generalFunctions, ...geometryFunctions, ...userFunctions].map((known) => [
    known.name,
    known,
  ]),
)
