// An address that somebody wrote down → where it is now, whose it is, and what else changed on the way.
import { type Address, addressKey, appendRest, parseAddress, restBehind, trimBase } from './moves-address.js'

/** What can stand behind a former address; see the column `kind` of waymark.moved_access_url. */
export const moveKinds = ['service', 'page', 'successor', 'mistake'] as const
export type MoveKind = (typeof moveKinds)[number]

/** One spelling of a former address: a row of waymark.moved_access_url. */
export interface MovedAddress {
  readonly ivoid: string | null
  readonly standardId: string | null
  readonly formerUrl: string
  /** Where this move went; null when no replacement is known. */
  readonly nextUrl: string | null
  /** Day, as 2025-06-26, from which the former address did not answer any more. */
  readonly closed: string | null
  readonly kind: MoveKind
  readonly moveId: string | null
  readonly note: string | null
}

/** A move of one or more services: a row of waymark.move. */
export interface Move {
  readonly moveId: string
  readonly title: string
  readonly announced: string | null
  readonly bothServeFrom: string | null
  readonly closed: string | null
  readonly reason: string | null
  /** What the former host does with requests, by operation, as `sync=redirect,async=error`; null when not said. */
  readonly forwarding: string | null
}

/** Something with another name or value since a move: a row of waymark.move_change. */
export interface MoveChange {
  readonly moveId: string | null
  /** Whose change it is; null when it concerns all services of the move, or its service has no record. */
  readonly ivoid: string | null
  /** The service since the move; null when the change concerns all of them. */
  readonly nextUrl: string | null
  readonly what: string
  readonly former: string | null
  readonly present: string | null
  readonly note: string | null
}

/** A service at its present address, from the records. */
export interface PresentAddress {
  readonly ivoid: string
  readonly title: string
  readonly accessUrl: string
}

/** Everything look-ups need. */
export interface MoveData {
  readonly addresses: readonly MovedAddress[]
  readonly moves: readonly Move[]
  readonly changes: readonly MoveChange[]
  readonly present: readonly PresentAddress[]
}

/** One move on the way from an address to its present one. */
export interface MoveStep {
  readonly from: string
  readonly to: string | null
  readonly kind: MoveKind
  readonly closed: string | null
  readonly note: string | null
  readonly move: Move | undefined
}

/**
 * `moved`: `newUrl` replaces `url`. `gone`: it was an address, no replacement is known. `present`: it is an address in
 * use. `successor`: `newUrl` is the nearest thing, with another protocol. `mistake`: never was an address.
 * `not-an-address`: an identifier or no web address at all.
 */
export type MoveStatus = 'moved' | 'gone' | 'present' | 'successor' | 'mistake' | 'unknown' | 'not-an-address'

export interface MoveAnswer {
  readonly url: string
  readonly status: MoveStatus
  readonly newUrl: string | null
  /** Present address of the service alone, without what stood behind the former one. */
  readonly accessUrl: string | null
  readonly ivoid: string | null
  readonly title: string | null
  readonly steps: readonly MoveStep[]
  readonly changes: readonly MoveChange[]
}

/** Moves arranged for look-ups; made once for each state of the data. */
export interface MoveIndex {
  lookUp(url: string): MoveAnswer
  /** The end of the chain that starts with this former address, as base without rest; null when none is known. */
  accessUrlOf(former: MovedAddress): string | null
}

/** Rows of the tables of moves → index. Where two rows have the same key, the first one counts. */
export function indexMoves(data: MoveData): MoveIndex {
  const byKey = new Map<string, MovedAddress>()
  for (const address of data.addresses) {
    const key = keyOf(address.formerUrl)
    if (key !== undefined && !byKey.has(key)) byKey.set(key, address)
  }
  const present = new Map<string, PresentAddress>()
  for (const service of data.present) {
    const key = keyOf(service.accessUrl)
    if (key !== undefined && !present.has(key)) present.set(key, service)
  }
  const moves = new Map(data.moves.map((move) => [move.moveId, move]))

  function lookUp(url: string): MoveAnswer {
    const found: MovedAddress[] = []
    let here: string | null = url
    let accessUrl: string | null = null
    // Chains end where nothing is found; one that comes back to a row it has seen ends before it.
    while (here !== null) {
      const address = parseAddress(here)
      if (address === undefined) break
      const hit = longestBase(byKey, address)
      if (hit === undefined || found.includes(hit.value) || closerIn(present, address, hit.base)) break
      // Nobody moves to an address that never was one: what was guessed wrong for a service may be right for a page.
      if (hit.value.kind === 'mistake' && found.length > 0) break
      found.push(hit.value)
      accessUrl = hit.value.nextUrl
      here = accessUrl === null ? null : hit.value.kind === 'service' ? appendRest(accessUrl, hit.rest) : accessUrl
    }
    const last = found.at(-1)
    if (last === undefined) return answerWithoutMove(url, present)
    return {
      url,
      status: statusOf(found, last),
      newUrl: here,
      accessUrl,
      ivoid: found.find((one) => one.ivoid !== null)?.ivoid ?? null,
      title: accessUrl === null ? null : (present.get(keyOf(accessUrl) ?? '')?.title ?? null),
      steps: found.map((one) => ({
        from: one.formerUrl,
        to: one.nextUrl,
        kind: one.kind,
        closed: one.closed,
        note: one.note,
        move: one.moveId === null ? undefined : moves.get(one.moveId),
      })),
      changes: data.changes.filter((change) => found.some((one) => concerns(change, one))),
    }
  }
  return { lookUp, accessUrlOf: (former) => lookUp(former.formerUrl).accessUrl }
}

interface BaseFound<V> {
  readonly base: string
  readonly rest: string
  readonly value: V
}

/** The entry whose key is the longest beginning of the address: tried from the whole address towards its host. */
function longestBase<V extends object>(entries: ReadonlyMap<string, V>, address: Address): BaseFound<V> | undefined {
  for (const base of basesOf(address)) {
    const value = entries.get(base)
    const rest = value === undefined ? undefined : restBehind(base, address)
    if (value !== undefined && rest !== undefined && reachesTo(value, rest)) return { base, rest, value }
  }
  return undefined
}

/** Beginnings of an address that could be keys, longest first: cut at / ? # & and behind = . */
function* basesOf(address: Address): Iterable<string> {
  const text = addressKey(address)
  yield text
  for (let end = text.length - 1; end > 0; end--) {
    const next = text[end] ?? ''
    if (/[/?#&]/.test(next)) yield trimBase(text.slice(0, end))
    else if (text[end - 1] === '=') yield text.slice(0, end)
  }
}

/** What stands below a page is another page; below a mistaken base only what a TAP client would add is meant. */
function reachesTo(value: object, rest: string): boolean {
  const kind = 'kind' in value ? value.kind : 'service'
  if (kind !== 'page' && kind !== 'mistake') return true
  const whole = /^(?:[/?&]*|#.*)$/.test(rest)
  return (
    whole || (kind === 'mistake' && /^\/(?:a?sync|tables|capabilities|availability|examples)(?:[/?#]|$)/i.test(rest))
  )
}

/** True when a present address is a longer beginning than the former one: it is meant, then. */
function closerIn(present: ReadonlyMap<string, PresentAddress>, address: Address, base: string): boolean {
  const hit = longestBase(present, address)
  return hit !== undefined && hit.base.length > base.length
}

function keyOf(url: string): string | undefined {
  const address = parseAddress(url)
  return address === undefined ? undefined : addressKey(address)
}

function statusOf(found: readonly MovedAddress[], last: MovedAddress): MoveStatus {
  if (found.some((one) => one.kind === 'mistake')) return 'mistake'
  if (last.nextUrl === null) return 'gone'
  return found.some((one) => one.kind === 'successor') ? 'successor' : 'moved'
}

function concerns(change: MoveChange, one: MovedAddress): boolean {
  if (change.moveId !== null && change.moveId !== one.moveId) return false
  if (change.ivoid !== null) return change.ivoid === one.ivoid
  if (change.nextUrl !== null) return one.nextUrl !== null && keyOf(change.nextUrl) === keyOf(one.nextUrl)
  return one.kind !== 'page' && one.kind !== 'mistake' && one.nextUrl !== null
}

function answerWithoutMove(url: string, present: ReadonlyMap<string, PresentAddress>): MoveAnswer {
  const none = { url, newUrl: null, accessUrl: null, ivoid: null, title: null, steps: [], changes: [] }
  const address = parseAddress(url)
  if (address === undefined) return { ...none, status: 'not-an-address' }
  const hit = longestBase(present, address)
  if (hit === undefined) return { ...none, status: 'unknown' }
  const { ivoid, title, accessUrl } = hit.value
  return { ...none, status: 'present', newUrl: url.trim(), accessUrl, ivoid, title }
}
