// Addresses as people write them → a form in which two spellings of the same address are equal.

/** An address taken apart so that its beginning can be compared and its rest kept. */
export interface Address {
  /** Host and path, query and fragment behind the scheme, as written but with single slashes. */
  readonly text: string
  /** `text` in lower case, of the same length: a prefix of it cuts `text` at the same place. */
  readonly folded: string
}

/** Longer texts are no addresses; nobody needs them looked up. */
export const addressLimitCharacters = 4000

// A scheme in front, or the bare // of a reference without one.
const schemePattern = /^(?:https?:)?\/\//i
const hostPattern = /^[\w.-]+(?::\d+)?(?=[/?#]|$)/

/**
 * Reads `http://Host/Path`, `https://…`, `//host/path` or `host/path`; undefined for everything that is no web
 * address: identifiers (`ivo://…` names a resource, never a place), other schemes, control characters, huge texts.
 */
export function parseAddress(written: string): Address | undefined {
  const trimmed = written.trim()
  if (trimmed.length > addressLimitCharacters || /[\s\u0000-\u001f\u007f]/.test(trimmed)) return undefined
  const withoutScheme = trimmed.replace(schemePattern, '')
  const host = hostPattern.exec(withoutScheme)?.[0]
  // Without a scheme only a name with a dot can be told from ordinary words.
  if (host === undefined || (withoutScheme === trimmed && !/\w\.[a-z]/i.test(host))) return undefined
  const afterHost = unescapeAmpersands(withoutScheme.slice(host.length))
  const pathEnd = afterHost.search(/[?#]/)
  const path = pathEnd === -1 ? afterHost : afterHost.slice(0, pathEnd)
  const text = host.replace(/:(80|443)$/, '') + path.replace(/\/{2,}/g, '/') + afterHost.slice(path.length)
  return { text, folded: foldAscii(text) }
}

/** The address as key of the table of moves: without scheme, in lower case, without `/`, `?` or `&` at the end. */
export function addressKey(address: Address): string {
  return trimBase(address.folded)
}

/** A base without `/`, `?` or `&` at its end. Not a regular expression: those go back and forth on `&&&&…`. */
export function trimBase(text: string): string {
  let end = text.length
  while (end > 0 && '/?&'.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

/**
 * What stands behind a base in an address, or undefined when the address does not begin with it.
 * The base ends where a path segment or a query does: `…/caom` is no base of `…/caom2`.
 */
export function restBehind(base: string, address: Address): string | undefined {
  if (!address.folded.startsWith(base)) return undefined
  const rest = address.text.slice(base.length)
  return rest === '' || /^[/?#&]/.test(rest) || /[=&?/]$/.test(base) ? rest : undefined
}

/**
 * A base and the rest of an address. Either may have a query: `https://new/cone` and `&RA=1`, which stood behind
 * `http://old/cone?cat=1`, make `https://new/cone?RA=1`. A rest of nothing but `/` and `?` is dropped; a `&` alone stood
 * behind a query that programs append to, and so becomes what they can append to here.
 */
export function appendRest(base: string, rest: string): string {
  if (rest !== '&' && /^[/?&]*$/.test(rest)) return base
  const present = trimBase(base)
  const mark = present.indexOf('?')
  if (rest.startsWith('?') || rest.startsWith('&')) return present + (mark === -1 ? '?' : '&') + rest.slice(1)
  if (mark === -1 || !rest.startsWith('/')) return present + rest
  // A path goes before the query.
  const pathEnd = /^[^?#]*/.exec(rest)?.[0].length ?? 0
  return appendRest(present.slice(0, mark) + rest.slice(0, pathEnd) + present.slice(mark), rest.slice(pathEnd))
}

/** `&amp;`, also escaped several times over, as harvested records have it. */
function unescapeAmpersands(text: string): string {
  return text.replace(/&(?:amp;)+/gi, '&')
}

/** Lower case of A to Z only, so that the length stays the same whatever else the text holds. */
function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
