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

/** One way in which a request for a former address can be written, and where it goes. */
export interface RedirectForm {
  /**
   * For the path and query of a request as sent. Its groups are what the location puts in, in that order. Points stand
   * in brackets, so that no writer has to escape anything.
   */
  readonly pattern: string
  /**
   * The new address, undefined for 410. `{path}` stands for the rest of the path, `{search}` for the query with `?`,
   * `{query}` for what follows `queryStart` in the query; a `?` before `{query}` is there already.
   */
  readonly location: string | undefined
  /** Pattern of the part of the query that belongs to the former address and is left out. */
  readonly queryStart: string
}

/**
 * The forms of a rule; the first that matches counts. Most have one. Where one of the two addresses has a query of
 * its own, parameters have to be put behind it with the right sign, as the look-up does it.
 */
export function redirectForms(rule: RedirectRule): readonly RedirectForm[] {
  const { segments, query, isExact, except, target } = rule
  const stays = except.map((path) => `(?!${pathPattern(path)}(?:[/?]|$))`).join('')
  const path = segments.length === 0 ? '/+' : pathPattern(segments)
  const form = (pattern: string, location: string | undefined, queryStart = ''): RedirectForm => ({
    pattern: `^${pattern}$`,
    location,
    queryStart,
  })
  if (query !== undefined) return formsOfQuery(form, `${stays}${path}`, literal(query), target)
  if (isExact) return [form(`${path}/*(?:[?].*)?`, target)]
  if (target === undefined) return [form(`${stays}${path}(?:/[^?]*)?(?:[?].*)?`, undefined)]
  const { base, own } = takenApart(target)
  if (!target.includes('?')) return [form(`${stays}${path}(/[^?]*)?([?].*)?`, `${base}{path}{search}`)]
  return [
    form(`${stays}${path}/*[?]?`, target),
    form(`${stays}${path}(/[^?]*)?[?](.+)`, `${base}{path}?${own === '' ? '' : `${own}&`}{query}`),
    form(`${stays}${path}(/[^?]+)[?]?`, `${base}{path}${own === '' ? '' : `?${own}`}`),
  ]
}

/** Forms for a former address with a query: `cat=1` is no beginning of `cat=12`, but `id=` is one of `id=7`. */
function formsOfQuery(
  form: (pattern: string, location: string | undefined, queryStart?: string) => RedirectForm,
  path: string,
  query: string,
  target: string | undefined,
): readonly RedirectForm[] {
  const isOpen = query.endsWith('=')
  if (target === undefined) return [form(`${path}[?]${query}${isOpen ? '.*' : '(?:[?&].*)?'}`, undefined)]
  const { base, own } = takenApart(target)
  const next = `${base}?${own === '' ? '' : `${own}&`}{query}`
  return [
    form(`${path}[?]${query}[?&]*`, target),
    form(`${path}[?]${query}[?&](.+)`, next, `${query}[?&]`),
    ...(isOpen ? [form(`${path}[?]${query}(.+)`, target.includes('?') ? `${target}{query}` : next, query)] : []),
  ]
}

/** Address without its query and without slashes at the end, and the query without signs at its end. */
function takenApart(target: string): { readonly base: string; readonly own: string } {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  return { base: path.replace(/\/+$/, ''), own: mark === -1 ? '' : target.slice(mark + 1).replace(/[?&]+$/, '') }
}

/** The path alone as pattern: one slash or more between segments. */
export function pathPattern(segments: readonly string[]): string {
  return segments.map((segment) => `/+${literal(segment)}`).join('')
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
