// The arguments of a request, as sent → a checked request. One table says what each verb takes (OAI-PMH 2.0 §4).
import { type Datestamp, parseDatestamp, parseDay } from '../core/datestamp.js'
import { type OaiArgument, OaiError, type OaiProblem, quoted } from './problem.js'

interface VerbRule {
  readonly required: readonly string[]
  readonly optional: readonly string[]
  /** When present, nothing but the verb may stand beside it. */
  readonly exclusive?: 'resumptionToken'
}

const selective: VerbRule = {
  required: ['metadataPrefix'],
  optional: ['from', 'until', 'set'],
  exclusive: 'resumptionToken',
}

/** OAI-PMH 2.0 §4.1 to §4.6. */
const verbRules = {
  Identify: { required: [], optional: [] },
  ListMetadataFormats: { required: [], optional: ['identifier'] },
  ListSets: { required: [], optional: [], exclusive: 'resumptionToken' },
  ListIdentifiers: selective,
  ListRecords: selective,
  GetRecord: { required: ['identifier', 'metadataPrefix'], optional: [] },
} as const satisfies Record<string, VerbRule>

export type OaiVerb = keyof typeof verbRules
export type ListVerb = 'ListIdentifiers' | 'ListRecords'

/** What a list is to hold. `from` and `until` are inclusive and already at seconds. */
export interface ListArguments {
  readonly metadataPrefix: string
  readonly set?: string
  readonly from?: Datestamp
  readonly until?: Datestamp
}

export type OaiRequest =
  | { readonly verb: 'Identify' | 'ListSets' }
  | { readonly verb: 'ListMetadataFormats'; readonly identifier?: string }
  | { readonly verb: ListVerb | 'ListSets'; readonly resumptionToken: string }
  | ({ readonly verb: ListVerb } & ListArguments)
  | { readonly verb: 'GetRecord'; readonly identifier: string; readonly metadataPrefix: string }

/**
 * Arguments in the order they were sent → the request they make.
 * Throws OaiError with every badVerb or badArgument found.
 */
export function readArguments(sent: readonly OaiArgument[]): OaiRequest {
  const verb = readVerb(sent)
  const rule: VerbRule = verbRules[verb]
  const problems = [...misplaced(sent, verb, rule)]
  const values = new Map(sent.map((argument) => [argument.name, argument.value]))
  const token = values.get('resumptionToken')
  if (rule.exclusive !== undefined && token !== undefined) {
    // OAI-PMH 2.0 §3.5: an exclusive argument takes the place of all others, the required ones included.
    refuse(problems)
    return { verb: verb as ListVerb | 'ListSets', resumptionToken: token }
  }
  for (const name of rule.required) {
    if (!values.has(name)) problems.push(badArgument(`${verb} needs the argument ${name}; it is missing.`))
  }
  const list = readListArguments(values, problems)
  refuse(problems)
  const identifier = values.get('identifier')
  switch (verb) {
    case 'Identify':
    case 'ListSets':
      return { verb }
    case 'ListMetadataFormats':
      return identifier === undefined ? { verb } : { verb, identifier }
    case 'GetRecord':
      return { verb, identifier: identifier ?? '', metadataPrefix: list.metadataPrefix }
    case 'ListIdentifiers':
    case 'ListRecords':
      return { verb, ...list }
  }
}

function readVerb(sent: readonly OaiArgument[]): OaiVerb {
  const verbs = sent.filter((argument) => argument.name === 'verb').map((argument) => argument.value)
  const [verb] = verbs
  if (verbs.length === 1 && verb !== undefined && Object.hasOwn(verbRules, verb)) return verb as OaiVerb
  const found =
    verb === undefined
      ? 'The argument verb is missing'
      : verbs.length > 1
        ? `The argument verb was sent ${verbs.length} times`
        : `There is no verb ${quoted(verb)}`
  throw new OaiError([{ code: 'badVerb', message: `${found}; expected one of ${Object.keys(verbRules).join(', ')}.` }])
}

function* misplaced(sent: readonly OaiArgument[], verb: OaiVerb, rule: VerbRule): Generator<OaiProblem> {
  const known = new Set(['verb', ...rule.required, ...rule.optional, ...(rule.exclusive ? [rule.exclusive] : [])])
  const seen = new Map<string, number>()
  for (const { name } of sent) seen.set(name, (seen.get(name) ?? 0) + 1)
  for (const [name, times] of seen) {
    if (!known.has(name)) {
      const allowed = [...known].filter((one) => one !== 'verb')
      yield badArgument(
        `${verb} takes no argument ${quoted(name)}; ${allowed.length === 0 ? 'it takes none but verb' : `it takes ${allowed.join(', ')}`}.`,
      )
    } else if (times > 1) {
      yield badArgument(`The argument ${name} was sent ${times} times; each may be sent once.`)
    }
  }
  if (rule.exclusive !== undefined && seen.has(rule.exclusive)) {
    const beside = [...seen.keys()].filter((name) => name !== 'verb' && name !== rule.exclusive && known.has(name))
    if (beside.length > 0)
      yield badArgument(`${rule.exclusive} must stand alone beside verb; found ${beside.join(', ')} too.`)
  }
}

function readListArguments(values: ReadonlyMap<string, string>, problems: OaiProblem[]): ListArguments {
  const set = values.get('set')
  if (set !== undefined && !isSetSpec(set))
    problems.push(badArgument(`${quoted(set)} is not the name of a set (OAI-PMH 2.0 section 2.6).`))
  const from = readDate('from', values, problems)
  const until = readDate('until', values, problems)
  if (from !== undefined && until !== undefined) {
    // OAI-PMH 2.0 §2.7.1: the same granularity on both ends, and in order.
    if (from.byDay !== until.byDay)
      problems.push(badArgument('from and until differ in granularity; give both as days or both to the second.'))
    else if (from.datestamp > until.datestamp)
      problems.push(badArgument(`from (${values.get('from')}) is later than until (${values.get('until')}).`))
  }
  return {
    metadataPrefix: values.get('metadataPrefix') ?? '',
    ...(set === undefined ? {} : { set }),
    ...(from === undefined ? {} : { from: from.datestamp }),
    ...(until === undefined ? {} : { until: until.datestamp }),
  }
}

function readDate(
  name: 'from' | 'until',
  values: ReadonlyMap<string, string>,
  problems: OaiProblem[],
): { readonly datestamp: Datestamp; readonly byDay: boolean } | undefined {
  const text = values.get(name)
  if (text === undefined) return undefined
  // Day granularity is always legal, and `until` takes the whole day (OAI-PMH 2.0 §2.7.1). The year 0 is no XML date.
  const day = text.startsWith('0000') ? undefined : parseDay(text, name === 'from' ? 'start' : 'end')
  const second = text.startsWith('0000') ? undefined : parseDatestamp(text)
  const datestamp = day ?? second
  if (datestamp !== undefined) return { datestamp, byDay: day !== undefined }
  problems.push(
    badArgument(
      `${name} is ${quoted(text)}; expected a day, 2001-02-03, or a UTC time to the second, 2001-02-03T04:05:06Z.`,
    ),
  )
  return undefined
}

/** OAI-PMH 2.0 §2.6: groups of unreserved characters, separated by colons. */
export function isSetSpec(text: string): boolean {
  return /^[\w\-.!~*'()]+(:[\w\-.!~*'()]+)*$/.test(text)
}

/** OAI-PMH 2.0 §3.4: unreserved characters. */
export function isMetadataPrefix(text: string): boolean {
  return /^[\w\-.!~*'()]+$/.test(text)
}

function badArgument(message: string): OaiProblem {
  return { code: 'badArgument', message }
}

function refuse(problems: readonly OaiProblem[]): void {
  if (problems.length > 0) throw new OaiError(problems)
}
