// A request that arrived at a former host → what to do with it.

import type { LegacyOperation, LegacySettings } from './legacy-settings.js'
import { appendRest, trimBase } from './moves-address.js'
import type { MoveAnswer, MoveIndex } from './moves-lookup.js'

export interface LegacyRequest {
  /** In lower case, without port. */
  readonly host: string
  /** As sent, beginning with a slash. */
  readonly path: string
  /** As sent, with `?`; empty when there is none. */
  readonly query: string
}

/** Where a request goes on: the base it was sent to and the one that takes its place. */
export interface ForwardTarget {
  readonly url: string
  /** Path at the former host, as the client writes it, without the rest. */
  readonly formerPath: string
  /** Present base, without slash at its end. Nothing outside of it is ever asked. */
  readonly presentBase: string
  /** What stands behind the base, beginning with a slash: `/async/7`. */
  readonly rest: string
}

export type LegacyDecision = (
  | { readonly action: 'redirect'; readonly location: string }
  | { readonly action: 'forward'; readonly target: ForwardTarget }
  | { readonly action: 'refuse'; readonly httpStatus: 404 | 410; readonly message: string }
) & {
  /** The former address as the moves have it; undefined when nothing is known about what was asked for. */
  readonly formerUrl: string | undefined
}

/** What belongs to a TAP service (TAP 1.1 §2): nothing else is passed on. No dots alone, nothing encoded. */
const tapResources =
  /^\/(?:sync|async(?:\/(?!\.+(?:\/|$))[\w.-]+)*|tables(?:\/(?!\.+(?:\/|$))[\w.-]+)*|capabilities|availability|examples)\/?$/i

/** Decides by the moves and the settings of the operator; knows nothing of the client. */
export function decideLegacy(request: LegacyRequest, index: MoveIndex, settings: LegacySettings): LegacyDecision {
  const byPath = index.lookUp(`http://${request.host}${request.path}`)
  // A former address may have a query of its own, and then is closer than one that is its path alone.
  const { head, tail } = cutQuery(request.query)
  const byQuery = head === '' ? byPath : index.lookUp(`http://${request.host}${request.path}${head}`)
  const isKnown = byPath.steps.length > 0 && byPath.steps[0]?.from === byQuery.steps[0]?.from
  const answer = isKnown ? byPath : byQuery.steps.length > 0 ? byQuery : byPath
  const formerUrl = answer.steps[0]?.from
  if (answer.status !== 'moved' || answer.newUrl === null || answer.accessUrl === null)
    return { action: 'refuse', formerUrl, ...refusal(answer) }
  if (answer.steps.some((step) => step.kind === 'page'))
    return { action: 'redirect', location: answer.newUrl, formerUrl }
  // What is known by its path keeps its query letter for letter.
  const location = isKnown
    ? joined(answer.newUrl, request.query)
    : joined(answer.newUrl, answer === byPath ? request.query : tail)
  switch (settings.modeOf(answer.steps[0]?.move, operationOf(answer.newUrl, answer.accessUrl))) {
    case 'redirect':
      return { action: 'redirect', location, formerUrl }
    case 'error':
      return { action: 'refuse', formerUrl, ...refusal(answer) }
    case 'proxy': {
      const target = isKnown ? forwardTarget(request, answer.newUrl, answer.accessUrl, location) : undefined
      return target === undefined
        ? { action: 'redirect', location, formerUrl }
        : { action: 'forward', target, formerUrl }
    }
  }
}

/** By what stands behind the present base. */
function operationOf(newUrl: string, accessUrl: string): LegacyOperation {
  const base = trimBase(accessUrl)
  const rest = newUrl.startsWith(base) ? newUrl.slice(base.length) : ''
  if (/^\/sync(?:[/?#]|$)/i.test(rest)) return 'sync'
  return /^\/async(?:[/?#]|$)/i.test(rest) ? 'async' : 'other'
}

/** The request at the present base; undefined when it is none of a TAP service, or would leave the base. */
function forwardTarget(
  { path }: LegacyRequest,
  newUrl: string,
  accessUrl: string,
  url: string,
): ForwardTarget | undefined {
  const presentBase = trimBase(accessUrl)
  const rest = newUrl.slice(presentBase.length)
  if (presentBase.includes('?') || !newUrl.startsWith(presentBase) || !tapResources.test(rest)) return undefined
  const formerPath = path.endsWith(rest) ? path.slice(0, path.length - rest.length) : undefined
  if (formerPath === undefined || !URL.canParse(url) || !URL.canParse(presentBase)) return undefined
  const [asked, base] = [new URL(url), new URL(presentBase)]
  // The look-up compares texts; this is what a client would really ask for.
  if (asked.origin !== base.origin || asked.pathname !== base.pathname + rest) return undefined
  return { url: asked.href, formerPath, presentBase, rest }
}

function joined(url: string, query: string): string {
  return query === '' ? url : url.includes('?') ? appendRest(url, query) : url + query
}

/** Characters of a query in which that of a former address is looked for; addresses have a limit, queries have none. */
const lookedThrough = 1500

/** The beginning of a query that is looked up, and what follows as it stands. */
function cutQuery(query: string): { readonly head: string; readonly tail: string } {
  if (query.length <= lookedThrough) return { head: query, tail: '' }
  const end = query.lastIndexOf('&', lookedThrough)
  return end === -1 ? { head: '', tail: query } : { head: query.slice(0, end), tail: query.slice(end) }
}

/** One sentence or more for the client's user. */
function refusal(answer: MoveAnswer): { readonly httpStatus: 404 | 410; readonly message: string } {
  const closed = answer.steps[0]?.closed
  const since = closed === undefined || closed === null ? '' : ` on ${closed}`
  const notes = answer.steps.flatMap((step) => (step.note === null ? [] : [` ${step.note}`])).join('')
  switch (answer.status) {
    case 'moved':
      return {
        httpStatus: 410,
        message: `This address was closed${since}. The service is now at ${answer.accessUrl ?? ''}${answer.ivoid === null ? '' : `; its identifier ${answer.ivoid} stays, and the registry always knows its address`}.${notes}`,
      }
    case 'successor':
      return {
        httpStatus: 410,
        message: `This address was closed${since}. Its successor ${answer.newUrl ?? ''} speaks another protocol, so requests have to be rewritten.${notes}`,
      }
    case 'gone':
      return { httpStatus: 410, message: `This address was closed${since}. No replacement is known.${notes}` }
    default:
      return { httpStatus: 404, message: 'Nothing is known about this address.' }
  }
}
