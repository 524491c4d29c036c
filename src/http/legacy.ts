// Requests for a former host that still arrive here, told by their Host header → redirect, passed-on answer or error.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Clock } from '../core/clock.js'
import { asRegistryError, errorSurfaces, RegistryError } from '../core/errors.js'
import { votable } from '../formats/votable.js'
import type { Site } from '../pages/layout.js'
import { legacyJson, legacyPage } from '../pages/legacy.js'
import { clientFamily } from '../registry/legacy-client.js'
import { decideLegacy, type ForwardTarget } from '../registry/legacy-decide.js'
import { forward } from '../registry/legacy-forward.js'
import { type HitStore, openHits } from '../registry/legacy-hits.js'
import type { LegacySettings } from '../registry/legacy-settings.js'
import { parseAddress } from '../registry/moves-address.js'
import type { MovedAddress } from '../registry/moves-lookup.js'
import type { Moves } from './page-data.js'
import { parameter, sendPage } from './page-door.js'
import { clientGone, sendDocument } from './stream.js'

/** What forwarding needs of the registry. */
export interface LegacyParts {
  readonly settings: LegacySettings
  readonly baseUrl: string
  /** `legacy-hits.json` in the state directory. */
  readonly hitsPath: string
  readonly bodyBytes: number
  readonly clock: Clock
  readonly log: Pick<Logger, 'warn' | 'error'>
  readonly moves: () => Promise<Moves>
  readonly site: () => Promise<Site>
}

/** Longer paths are refused; no client of ours has ever had one. */
const longestPath = 2000

/** Adds the former hosts to an application, and the page /legacy that counts who still comes. Call it before the doors. */
export async function addLegacyHosts(app: FastifyInstance, parts: LegacyParts): Promise<void> {
  const hits = await openHits({
    path: parts.hitsPath,
    warn: (message, cause) => parts.log.warn({ err: cause }, message),
  })
  app.addHook('onClose', () => hits[Symbol.asyncDispose]())
  const ownHost = new URL(parts.baseUrl).hostname
  const hostsOf = rememberedHosts()

  app.addHook('onRequest', async (request, reply) => {
    // RFC 9112 §3.2: with two Host headers nobody can say which one a proxy in front has looked at.
    if (request.raw.rawHeaders.filter((name, index) => index % 2 === 0 && /^host$/i.test(name)).length > 1)
      return sendFailure(
        request,
        reply,
        new RegistryError('usage', 'The request names two hosts; expected one.'),
        parts,
      )
    // A name may end with the dot of the root.
    const host = request.hostname.toLowerCase().replace(/\.$/, '')
    if (host === ownHost) return
    const { data, index } = await parts.moves()
    if (!hostsOf(data.addresses).has(host)) return
    reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', 'location')
    if (request.method === 'OPTIONS') return preflight(request, reply)
    try {
      const { path, query } = splitTarget(request.originalUrl)
      const decision = decideLegacy({ host, path, query }, index, parts.settings)
      const day = parts.clock().toISOString().slice(0, 10)
      hits.count(decision.formerUrl ?? `http://${host}/*`, day, clientFamily(request.headers['user-agent']))
      switch (decision.action) {
        case 'redirect':
          return reply.code(308).header('location', decision.location).send()
        case 'refuse':
          return sendRefusal(request, reply, decision.httpStatus, decision.message, parts.baseUrl)
        case 'forward':
          return await pass(request, reply, decision.target, parts)
      }
    } catch (thrown) {
      return sendFailure(request, reply, thrown, parts)
    }
  })
  addCountdown(app, parts, hits)
}

/** The hosts of former addresses; guesses lie on hosts that are in use. */
function rememberedHosts(): (addresses: readonly MovedAddress[]) => ReadonlySet<string> {
  let of: readonly MovedAddress[] | undefined
  let hosts: ReadonlySet<string> = new Set()
  return (addresses) => {
    if (of !== addresses) {
      of = addresses
      hosts = new Set(
        addresses
          .filter(({ kind }) => kind !== 'mistake')
          .flatMap(({ formerUrl }) => /^[\w.-]+/.exec(parseAddress(formerUrl)?.folded ?? '') ?? []),
      )
    }
    return hosts
  }
}

/** Path and query as sent. Throws kind `usage` for what no client sends: other hosts in the request line, odd signs. */
function splitTarget(url: string): { readonly path: string; readonly query: string } {
  if (!/^\/[\x21-\x7e]*$/.test(url) || url.includes('\\'))
    throw new RegistryError(
      'usage',
      'The request is not understood; expected a path of printable ASCII that begins with /.',
    )
  const mark = url.indexOf('?')
  const path = mark === -1 ? url : url.slice(0, mark)
  // What a client would make of these differs from what the moves see; no service has them in its addresses.
  if (/%(?:2e|2f|5c|00)|\/\.{1,2}(?:\/|$)/i.test(path))
    throw new RegistryError(
      'usage',
      'The path is not understood; expected one without . and .. as parts, and without encoded dots and slashes.',
    )
  if (path.length > longestPath)
    throw new RegistryError('limit', `The path has ${path.length} characters; expected ${longestPath} at most.`)
  return { path, query: mark === -1 ? '' : url.slice(mark) }
}

async function pass(
  request: FastifyRequest,
  reply: FastifyReply,
  target: ForwardTarget,
  parts: LegacyParts,
): Promise<FastifyReply> {
  const answer = await forward(
    target,
    {
      method: request.method,
      headers: request.headers,
      body: request.raw,
      origin: `${request.protocol}://${request.host}`,
    },
    { bodyBytes: parts.bodyBytes, answerSeconds: 900, signal: clientGone(reply) },
  )
  reply.code(answer.httpStatus).header('x-present-url', target.presentBase)
  for (const [name, value] of answer.headers) reply.header(name, value)
  return reply.send(answer.body)
}

/** People get the page that explains, programs an error document (DALI 1.2 §5.2). */
async function sendRefusal(
  request: FastifyRequest,
  reply: FastifyReply,
  httpStatus: number,
  message: string,
  baseUrl: string,
): Promise<FastifyReply> {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (isRead && /^text\/html\b/i.test(request.headers.accept ?? '')) {
    const asked = encodeURIComponent(`http://${request.host}${request.originalUrl}`.slice(0, longestPath))
    return reply.code(303).header('location', `${baseUrl}/moved?url=${asked}`).send()
  }
  const document = votable.error?.(message) ?? message
  return sendDocument(request, reply.code(httpStatus), votable.mediaType, document)
}

async function sendFailure(
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
  parts: LegacyParts,
): Promise<FastifyReply> {
  const error = asRegistryError(thrown)
  if (error.kind === 'internal') parts.log.error({ err: thrown }, 'a request for a former address failed')
  if (error.kind === 'unavailable') reply.header('retry-after', String(error.retryAfterSeconds ?? 30))
  const { httpStatus } = errorSurfaces[error.kind]
  return sendDocument(
    request,
    reply.code(httpStatus),
    votable.mediaType,
    votable.error?.(error.message) ?? error.message,
  )
}

function preflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .header('access-control-allow-methods', 'GET, HEAD, POST, DELETE')
    .header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
    .header('access-control-max-age', '86400')
    .code(204)
    .send()
}

function addCountdown(app: FastifyInstance, { clock, moves, site }: LegacyParts, hits: HitStore): void {
  app.get('/legacy', async (request, reply) => {
    const today = clock().toISOString().slice(0, 10)
    const { data } = await moves()
    if (parameter(request, 'format').toLowerCase() === 'json') {
      reply.header('access-control-allow-origin', '*')
      return sendDocument(request, reply, 'application/json; charset=utf-8', legacyJson(hits.all(), data, today))
    }
    return sendPage(request, reply, legacyPage(await site(), hits.all(), data, today))
  })
}
