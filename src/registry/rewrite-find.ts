// Text of any kind → the former addresses in it, where they stand and what should stand there instead.
import { addressKey, parseAddress } from './moves-address.js'
import type { MoveAnswer, MovedAddress, MoveIndex } from './moves-lookup.js'

/**
 * `moved`: a service; the address can be replaced. `page`: for people; replaced on request only, because programs put
 * addresses together from parts. `successor`, `gone`, `mistake`: as in look-ups; a person has to decide.
 */
export type FoundKind = 'moved' | 'page' | 'successor' | 'gone' | 'mistake'

/** A former address in a text. */
export interface FoundAddress {
  /** Offsets in the text. */
  readonly start: number
  readonly end: number
  /** As it stands there. */
  readonly written: string
  readonly kind: FoundKind
  /** What should stand there, written in the manner of the old one; undefined when that is not known. */
  readonly replacement: string | undefined
  readonly answer: MoveAnswer
}

/** A stretch of a text, end not included. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** Finds former addresses; made once for many texts. */
export interface AddressFinder {
  /** Cheap: false when no host of a former address is named at all. */
  mayHold(text: string): boolean
  find(text: string, stretches: readonly Stretch[]): readonly FoundAddress[]
}

/** A line with these words is left as it is. */
export const keepMark = 'waymark: keep'

// What cannot be part of an address in programs and prose. `\/` is how some writers of JSON put a slash.
const addressRest = /(?::\d+)?(?:\\\/|[^\s"'`<>(){}[\]|^,;\\\u0000-\u0020]){0,2000}/y
const longestPrefixCharacters = 2000

/** Looks for the hosts of the former addresses and asks the index about what stands around them. */
export function createAddressFinder(addresses: readonly MovedAddress[], index: MoveIndex): AddressFinder {
  const hosts = [...new Set(addresses.flatMap(({ formerUrl }) => hostOf(formerUrl)))]
  // Without former addresses a pattern that never matches.
  const source = hosts.length === 0 ? '(?!)' : hosts.map((host) => host.replace(/[.]/g, '\\.')).join('|')
  const anyHost = new RegExp(source, 'i')
  const everyHost = new RegExp(source, 'gi')

  function find(text: string, stretches: readonly Stretch[]): readonly FoundAddress[] {
    const found: FoundAddress[] = []
    for (const { start, end } of stretches) {
      everyHost.lastIndex = start
      for (let hit = everyHost.exec(text); hit !== null && hit.index < end; hit = everyHost.exec(text)) {
        const one = judge(text, hit.index, hit[0], end)
        if (one !== undefined && !isKept(text, one.start)) {
          found.push(one)
          everyHost.lastIndex = one.end
        }
      }
    }
    return found
  }

  function judge(text: string, hostStart: number, host: string, limit: number): FoundAddress | undefined {
    const prefix = prefixBefore(text, hostStart)
    if (prefix === undefined) return undefined
    addressRest.lastIndex = hostStart + host.length
    const rest = addressRest.exec(text)?.[0] ?? ''
    // A longer host name: vao.stsci.edu.example, or the name in a sentence that ends there.
    if (/^(?:[\w-]|\.\w)/.test(rest)) return undefined
    const start = hostStart - prefix.length
    const whole = text.slice(start, Math.min(limit, hostStart + host.length + rest.length))
    // `&amp;` ends an address as `&` does: the semicolon is no part of it.
    const isEscaped = /&amp$/i.test(whole) && text[start + whole.length] === ';'
    const written = (isEscaped ? whole.slice(0, -4) : whole).replace(/[.:!?*&]+$/, '')
    const separator = separatorAt(text, start + written.length, limit)
    const escapesSlashes = written.includes('\\/')
    const url = written.replaceAll('\\/', '/')
    const answer = index.lookUp(url)
    const kind = kindOf(answer)
    // A host named in passing is no address of a page.
    if (kind === undefined || (kind !== 'moved' && prefix === '')) return undefined
    const present = kind === 'moved' || kind === 'page' ? replacementFor(url, answer, index) : undefined
    const joined = present === undefined ? undefined : withSeparator(present, written, separator)
    const styled = joined === undefined ? undefined : inManner(joined.present, prefix)
    const end = start + written.length + (joined?.taken ?? 0)
    return {
      start,
      end,
      written: text.slice(start, end),
      kind,
      replacement: escapesSlashes ? styled?.replaceAll('/', '\\/') : styled,
      answer,
    }
  }

  return { mayHold: (text) => anyHost.test(text), find }
}

function hostOf(url: string): readonly string[] {
  const address = parseAddress(url)
  const host = address === undefined ? undefined : /^[\w.-]+/.exec(addressKey(address))?.[0]
  return host === undefined ? [] : [host]
}

/**
 * The scheme before a host: `http://`, `https://`, `//` or nothing. Undefined where the host belongs to something else:
 * an identifier (`ivo://…`), a user name, a longer host name, the path or the query of another address.
 */
function prefixBefore(text: string, hostStart: number): string | undefined {
  const before = text.slice(Math.max(0, hostStart - longestPrefixCharacters), hostStart)
  const prefix = /(?:https?:)?(?:\\?\/){2}$/i.exec(before)?.[0] ?? ''
  const outside = before.slice(0, before.length - prefix.length)
  const isBehindEscape = /(?:^|[^\\])(?:\\\\)*\\(?:[nrtbf]|u[0-9a-f]{4})$/i.test(outside)
  if (!isBehindEscape && /[\w.@+:/\\-]$/.test(outside)) {
    // `key:http://…` is a value behind a colon; `ivo://…` and `file:host` are something else.
    if (!(outside.endsWith(':') && /^http/i.test(prefix))) return undefined
  }
  const token = /[^\s"'`<>(){}[\]|,;]*$/.exec(outside)?.[0] ?? ''
  return /:(?:\\?\/){2}|%3a%2f%2f/i.test(token) ? undefined : prefix
}

function isKept(text: string, offset: number): boolean {
  const lineStart = text.lastIndexOf('\n', offset) + 1
  const lineEnd = text.indexOf('\n', offset)
  return text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd).includes(keepMark)
}

function kindOf({ status, steps, newUrl }: MoveAnswer): FoundKind | undefined {
  switch (status) {
    case 'moved':
      if (newUrl === null) return undefined
      return steps.some((step) => step.kind === 'page') ? 'page' : 'moved'
    case 'gone':
    case 'successor':
    case 'mistake':
      return status
    default:
      return undefined
  }
}

const separatorPattern = /&amp;|\\u0026|[?&]/iy

/** What a program appends parameters behind, as it is written there; empty when there is nothing such. */
function separatorAt(text: string, offset: number, limit: number): string {
  separatorPattern.lastIndex = offset
  const separator = separatorPattern.exec(text)?.[0] ?? ''
  return offset + separator.length > limit ? '' : separator
}

/**
 * `cone?cat=1&` with a present address without a query becomes `cone?`, and the other way round: parameters that are
 * appended must still arrive. `taken`: characters of the separator that the replacement takes the place of.
 */
function withSeparator(
  present: string,
  written: string,
  separator: string,
): { readonly present: string; readonly taken: number } {
  const plain = present.replace(/[?&]{1,9}$/, '')
  if (separator === '' || !(written.includes('?') || plain.includes('?'))) return { present, taken: 0 }
  const wanted = plain.includes('?') ? '&' : '?'
  const isThere = (separator === '?' ? '?' : '&') === wanted
  return isThere ? { present: plain, taken: 0 } : { present: plain + wanted, taken: separator.length }
}

/** The base is replaced; what stands behind it stays letter for letter. */
function replacementFor(url: string, answer: MoveAnswer, index: MoveIndex): string | undefined {
  const path = /^[^?#&]*/.exec(url)?.[0] ?? url
  const ofPath = index.lookUp(path)
  // A base with a query in it cannot be cut there.
  const isApart = ofPath.status !== answer.status || ofPath.accessUrl !== answer.accessUrl
  if (isApart || ofPath.newUrl === null || ofPath.newUrl.includes('?')) return answer.newUrl ?? undefined
  // Programs append to an address that ends with a slash.
  const slash = path.endsWith('/') && !ofPath.newUrl.endsWith('/') ? '/' : ''
  return ofPath.newUrl + slash + url.slice(path.length)
}

/** Without a scheme where there was none: the program puts one in front. */
function inManner(present: string, prefix: string): string {
  if (/^http/i.test(prefix)) return present
  return present.replace(/^https?:\/\//i, prefix === '' ? '' : '//')
}
