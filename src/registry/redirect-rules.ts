// Moves → rules for the web server that still answers at a former host: one list, written for nginx, Apache or HAProxy.
import { addressKey, parseAddress } from './moves-address.js'
import type { MoveData, MoveIndex } from './moves-lookup.js'

/** What to do with requests for one former address. Hosts and paths are in lower case and match in any case. */
export interface RedirectRule {
  readonly host: string
  /** Segments of the path, none for the root. */
  readonly segments: readonly string[]
  /** Query that belongs to the address, without `?`; undefined when it has none. */
  readonly query: string | undefined
  /** Only this address, nothing below it. */
  readonly isExact: boolean
  /** Where to go with 308, which keeps method and body; undefined for 410. */
  readonly target: string | undefined
  /** One sentence for people, of printable ASCII without quotation marks: what became of the address. */
  readonly note: string
  /** Paths below that are in use and stay, as segments. */
  readonly except: readonly (readonly string[])[]
}

/**
 * The rules of all former addresses, the most particular first within each host. Guesses that never were addresses
 * have none: they lie on hosts that are in use.
 */
export function redirectRules(data: MoveData, index: MoveIndex): readonly RedirectRule[] {
  const rules = new Map<string, RedirectRule>()
  const present = data.present.flatMap(({ accessUrl }) => partsOf(accessUrl))
  for (const { formerUrl, kind } of data.addresses) {
    const parts = partsOf(formerUrl)[0]
    if (kind === 'mistake' || parts === undefined || rules.has(parts.key)) continue
    const answer = index.lookUp(formerUrl)
    const goes = answer.status === 'moved' && answer.accessUrl !== null
    if (!goes && answer.status !== 'gone' && answer.status !== 'successor') continue
    const { host, segments, query } = parts
    const closed = answer.steps[0]?.closed
    rules.set(parts.key, {
      host,
      segments,
      query,
      isExact: answer.steps.some((step) => step.kind === 'page'),
      target: goes && answer.accessUrl !== null ? plainUrl(answer.accessUrl) : undefined,
      note: plainText(
        [
          closed === undefined || closed === null ? 'This address is closed.' : `This address was closed on ${closed}.`,
          ...(answer.status === 'successor' && answer.newUrl !== null
            ? [`Its successor ${answer.newUrl} speaks another protocol.`]
            : answer.status === 'gone'
              ? ['No replacement is known.']
              : []),
          ...answer.steps.flatMap((step) => (step.note === null ? [] : [step.note])),
        ].join(' '),
      ),
      except: present
        .filter((one) => one.host === host && one.segments.length > segments.length && startsWith(one, segments))
        .map((one) => one.segments),
    })
  }
  return [...rules.values()].sort(
    (a, b) =>
      compare(a.host, b.host) || b.segments.length - a.segments.length || rank(b) - rank(a) || comparePath(a, b),
  )
}

/**
 * Pattern for the path and query of a request as sent. Its first group is the rest of the path, its second the query
 * with `?`; where the address has a query of its own, the only group is what follows it. Points stand in brackets,
 * so that no writer has to escape anything.
 */
export function requestPattern({ segments, query, isExact, except }: RedirectRule): string {
  const stays = except.map((path) => `(?!${pathPattern(path)}(?:[/?]|$))`).join('')
  const path = segments.length === 0 ? '/+' : pathPattern(segments)
  if (query !== undefined) return `^${stays}${path}[?]${literal(query)}&?(.*)$`
  return isExact ? `^${path}/*(?:[?].*)?$` : `^${stays}${path}(/[^?]*)?([?].*)?$`
}

/** The path alone as pattern: one slash or more between segments. */
export function pathPattern(segments: readonly string[]): string {
  return segments.map((segment) => `/+${literal(segment)}`).join('')
}

/** Whether and how the groups of the pattern are put behind the target; `first` and `second` are their names there. */
export function targetWith(rule: RedirectRule, target: string, first: string, second: string): string {
  if (rule.isExact) return target
  if (rule.query !== undefined) return `${target}${target.includes('?') ? '&' : '?'}${first}`
  return target.includes('?') ? target : `${target.replace(/\/+$/, '')}${first}${second}`
}

/** Letters stay; everything with a meaning in patterns goes into brackets, and what cannot is any character. */
function literal(text: string): string {
  return text.replace(/[^a-z0-9_~/=&:@,-]/g, (sign) => (/[.+*?(){}[|]/.test(sign) ? `[${sign}]` : '.'))
}

interface UrlParts {
  readonly key: string
  readonly host: string
  readonly segments: readonly string[]
  readonly query: string | undefined
}

function partsOf(url: string): readonly UrlParts[] {
  const address = parseAddress(url)
  if (address === undefined) return []
  const key = addressKey(address)
  const [path = '', ...queries] = key.split('?')
  const [host = '', ...segments] = path.split('/').filter((segment) => segment !== '')
  return [
    { key, host: host.replace(/:\d+$/, ''), segments, query: queries.length === 0 ? undefined : queries.join('?') },
  ]
}

function startsWith({ segments }: UrlParts, beginning: readonly string[]): boolean {
  return beginning.every((segment, index) => segments[index] === segment)
}

/** With a query of its own before without. */
function rank({ query }: RedirectRule): number {
  return query?.length ?? -1
}

function comparePath(a: RedirectRule, b: RedirectRule): number {
  return compare(a.segments.join('/'), b.segments.join('/'))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** A URL that no configuration language reads anything into. */
function plainUrl(url: string): string {
  const encoded = [...new TextEncoder().encode(url)].map((byte) => {
    const sign = String.fromCharCode(byte)
    return /[A-Za-z0-9\-._~:/?#@!&*+,;=()%]/.test(sign) ? sign : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  })
  return encoded.join('')
}

function plainText(text: string): string {
  return text
    .replace(/\u2026/g, '...')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/["'\\$%`#{}]/g, '')
    .slice(0, 500)
    .trim()
}
