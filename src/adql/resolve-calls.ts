// A function call → the known function with checked arguments.
import { counted } from '../core/counted.js'
import type { ExpressionOf } from './ast.js'
import { familyNames, requireOneFamily, toDouble, toInteger, toText, toTimestamp } from './coercion.js'
import type { Source } from './errors.js'
import { commonMeaning, knownFunctions } from './functions.js'
import type { KnownFunction, Parameter } from './known-function.js'
import { familyOf, type Resolved, truth, whole } from './resolved.js'
import { didYouMean } from './words.js'

/** The function of that name; throws AdqlError with the nearest one when there is none. */
export function findFunction(source: Source, call: ExpressionOf<'call'>): KnownFunction {
  const known = knownFunctions.get(call.name.text.toLowerCase())
  if (known === undefined)
    source.fail(
      call.name,
      `There is no function ${call.name.text.slice(0, 60)}.${substitutes[call.name.text.toLowerCase()] ?? didYouMean(call.name.text, knownFunctions.keys())}`,
    )
  if (call.distinct && known.kind !== 'aggregate')
    source.fail(call, `DISTINCT stands in aggregate functions only, and ${known.name.toUpperCase()} is none.`)
  if (call.star && known.name !== 'count') source.fail(call, `Only COUNT takes *. Expected ${known.form}.`)
  return known
}

const substitutes: Readonly<Record<string, string>> = {
  ceil: ' Did you mean CEILING?',
  trunc: ' Did you mean TRUNCATE?',
  pow: ' Did you mean POWER?',
  ln: ' ADQL calls the natural logarithm LOG.',
  random: ' Did you mean RAND?',
  ifnull: ' Did you mean COALESCE?',
  nvl: ' Did you mean COALESCE?',
  isnull: ' Did you mean COALESCE, or x IS NULL?',
  nullif: ' ADQL 2.1 has no NULLIF; use CASE.',
  string_agg: ' Did you mean ivo_string_agg?',
  group_concat: ' Did you mean ivo_string_agg?',
  now: " Compare with a timestamp, as CAST('2026-01-01' AS TIMESTAMP).",
  ucase: ' Did you mean UPPER?',
  lcase: ' Did you mean LOWER?',
  q3c_radial_query: ' Use DISTANCE(lon1, lat1, lon2, lat2) < radius.',
  substring: ' ADQL 2.1 has no SUBSTRING; compare with LIKE.',
  concat: ' Texts are joined with ||.',
  length: ' ADQL 2.1 has no length of texts.',
}

const coordinateSystemFirst: ReadonlySet<string> = new Set(['point', 'circle', 'polygon', 'box'])
const icrs: ReadonlySet<string> = new Set(['', 'ICRS', 'FK5', 'UNKNOWN', 'UNKNOWNFRAME'])

/** Checks number and kind of arguments and gives the call, its value typed. */
export function resolveCall(
  source: Source,
  call: ExpressionOf<'call'>,
  known: KnownFunction,
  given: readonly Resolved[],
): Resolved {
  const { start, end } = call
  const args = coordinateSystemFirst.has(known.name) ? withoutSystem(source, known, given) : given
  const checked = checkArguments(source, call, known, args)
  if (known.kind === 'aggregate') {
    const [first] = checked
    const follows = known.name === 'min' || known.name === 'max'
    const family = follows && first ? first.family : known.family
    return {
      kind: 'aggregate',
      called: known,
      args: checked,
      star: call.star,
      distinct: call.distinct,
      family,
      meaning: known.meaning(checked),
      start,
      end,
    }
  }
  if (known.name === 'coalesce') requireOneFamily(source, checked)
  const meaning = known.name === 'coalesce' ? commonMeaning(checked) : known.meaning(checked)
  const family = known.name === 'coalesce' ? familyOf(meaning) : known.family
  const region = known.name === 'region' ? regionShape(checked[0]) : undefined
  if (region)
    return {
      kind: 'call',
      called: known,
      args: checked,
      family: region.family,
      meaning: region.meaning([]),
      start,
      end,
    }
  if (known.kind !== 'predicate') return { kind: 'call', called: known, args: checked, family, meaning, start, end }
  const condition: Resolved = {
    kind: 'call',
    called: known,
    args: checked,
    family: 'truth',
    meaning: truth,
    start,
    end,
  }
  return { kind: 'indicator', condition, family: 'number', meaning: whole, start, end }
}

/** The text of a REGION says what shape it is. */
function regionShape(text: Resolved | undefined): KnownFunction | undefined {
  if (text?.kind !== 'text') return undefined
  const word = text.value.trim().split(/\s/, 1)[0]?.toUpperCase()
  return knownFunctions.get(
    word === 'CIRCLE' ? 'circle' : word === 'POSITION' || word === 'POINT' ? 'point' : 'polygon',
  )
}

/** ADQL 2.1 §4.2.5: the first argument may name a coordinate system, in vain. */
function withoutSystem(source: Source, known: KnownFunction, args: readonly Resolved[]): readonly Resolved[] {
  const [first] = args
  if (first === undefined || first.family !== 'text') return args
  if (first.kind !== 'text')
    source.fail(first, `The coordinate system of ${known.name.toUpperCase()} must be a literal such as 'ICRS'.`)
  const frame = first.value.trim().toUpperCase().split(/\s+/)[0] ?? ''
  if (!icrs.has(frame))
    source.fail(
      first,
      `The coordinate system '${first.value.slice(0, 40)}' is not known here; all positions are ICRS. Leave it out, or write 'ICRS'.`,
    )
  return args.slice(1)
}

function checkArguments(
  source: Source,
  call: ExpressionOf<'call'>,
  known: KnownFunction,
  args: readonly Resolved[],
): readonly Resolved[] {
  if (call.star) return []
  const withNumber = known.signatures.filter((signature) => accepts(known, signature, args.length))
  if (withNumber.length === 0)
    source.fail(
      call,
      `${known.name.toUpperCase()} cannot be called with ${counted(args.length, 'argument')}. Expected ${known.form}.`,
    )
  const fitting = withNumber.find((signature) => args.every((arg, index) => fits(parameterOf(signature, index), arg)))
  if (fitting === undefined) {
    const last = withNumber.at(-1) ?? []
    const wrong = args.find((arg, index) => !fits(parameterOf(last, index), arg)) ?? call
    const found = 'family' in wrong ? familyNames[wrong.family] : 'that'
    source.fail(wrong, `${known.name.toUpperCase()} does not take ${found} here. Expected ${known.form}.`)
  }
  return args.map((arg, index) => {
    const wanted = wholeArguments[known.name]?.[index]
    return wanted === undefined ? convert(source, parameterOf(fitting, index), arg, known) : toInteger(arg, wanted)
  })
}

/** Arguments that are numbers of digits, orders of cells and numbers of cells: by function and place. */
const wholeArguments: Readonly<Record<string, readonly ('int' | 'long' | undefined)[]>> = {
  round: [undefined, 'int'],
  truncate: [undefined, 'int'],
  ivo_healpix_index: ['int'],
  ivo_healpix_center: ['int', 'long'],
}

function accepts(known: KnownFunction, signature: readonly Parameter[], count: number): boolean {
  if (signature.length === count) return true
  if (known.repeats !== true || count < signature.length) return false
  // Coordinates come in pairs.
  return signature.at(-1) !== 'number' || (count - signature.length) % 2 === 0
}

function parameterOf(signature: readonly Parameter[], index: number): Parameter {
  return signature[Math.min(index, signature.length - 1)] ?? 'any'
}

function fits(parameter: Parameter, arg: Resolved): boolean {
  if (parameter === arg.family || arg.family === 'null') return true
  switch (parameter) {
    case 'any':
      return arg.family !== 'truth'
    case 'shape':
      return ['point', 'circle', 'polygon', 'moc'].includes(arg.family)
    case 'timestamp':
      return arg.family === 'text'
    case 'text':
      return arg.family === 'moc' || arg.family === 'timestamp'
    default:
      return false
  }
}

function convert(source: Source, parameter: Parameter, arg: Resolved, known: KnownFunction): Resolved {
  if (parameter === 'number' && known.kind !== 'aggregate') return toDouble(arg)
  if (parameter === 'timestamp') return toTimestamp(source, arg)
  if (parameter === 'text') return toText(source, arg)
  return arg
}
