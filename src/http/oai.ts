// /oai: HTTP request → OAI-PMH answer. What is wrong with a request is answered inside OAI-PMH with status 200; only
// overload, our own faults and requests too big to be read have another status (OAI-PMH 2.0 §3.1.2, §3.6).
import { randomBytes } from 'node:crypto'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { asRegistryError, errorSurfaces, RegistryError } from '../core/errors.js'
import type { OaiArgument } from '../oai/problem.js'
import { createProvider, type OaiProvider } from '../oai/provider.js'
import { answer, type OaiAnswer, refusal } from '../oai/verbs.js'
import { oaiPage } from '../pages/oai.js'
import type { Registry } from '../registry/registry.js'
import { openTokenKey } from '../registry/token-key.js'
import { formArguments, queryArguments } from './oai-arguments.js'
import { addVosiRoutes } from './oai-vosi.js'
import { sendPage } from './page-door.js'
import type { Protocol } from './protocol.js'
import { sendChunks } from './stream.js'

const prefix = '/oai'
/** No legal request comes near; the longest part is a token of some 200 characters. */
const maxUrlCharacters = 8000
const maxFormBytes = 64_000
const contentType = 'text/xml; charset=utf-8'

export const oaiProtocol: Protocol = {
  name: 'OAI-PMH',
  prefix,
  plugin: (app, { registry }) => addOaiRoutes(app, registry),
}

/** What this door needs of the registry. */
export type OaiParts = Pick<Registry, 'clock' | 'ivoid' | 'records' | 'log' | 'asServedHere'> & {
  readonly config: Pick<Registry['config'], 'baseUrl' | 'state' | 'oaiPageRecords'>
  readonly engine: Pick<Registry['engine'], 'onRenewed' | 'query'>
}

/** GET, HEAD and POST at the root of `app`. */
export async function addOaiRoutes(app: FastifyInstance, parts: OaiParts): Promise<void> {
  const provider = createPartsProvider(parts)
  const state = followState(parts, provider)
  acceptForms(app)
  app.addHook('onSend', async (_request, reply) => {
    reply.header('vary', 'accept-encoding, accept, sec-fetch-dest')
  })
  app.setErrorHandler((error: FastifyError, request, reply) => sendFailure(parts, provider, error, request, reply))
  app.get('/', async (request, reply) => {
    if (request.url.length > maxUrlCharacters) throw tooLong(`${request.url.length} characters in the URL`)
    return send(provider, state, queryArguments(request.url), request, reply)
  })
  app.post('/', async (request, reply) =>
    send(provider, state, [...queryArguments(request.url), ...formArguments(request.body)], request, reply),
  )
  addVosiRoutes(app, provider, parts, parts.clock())
  app.setNotFoundHandler(async (request, reply) => {
    const isKnownMethod = ['GET', 'HEAD', 'POST'].includes(request.method)
    const message = isKnownMethod
      ? `There is nothing at this address; OAI-PMH is at ${provider.frame.baseUrl}.`
      : `${request.method} is not possible here; OAI-PMH is asked with GET or POST.`
    if (!isKnownMethod) reply.header('allow', 'GET, HEAD, POST')
    reply.code(isKnownMethod ? 404 : 405)
    return sendChunks(request, reply, { contentType, chunks: refusal(provider, { code: 'badVerb', message }) })
  })
}

function createPartsProvider(registry: OaiParts): OaiProvider {
  const baseUrl = `${registry.config.baseUrl}${prefix}`
  return createProvider({
    records: registry.records,
    ivoid: registry.ivoid,
    frame: { baseUrl },
    clock: registry.clock,
    tokenKey: openTokenKey(registry.config.state, randomBytes),
    pageRecords: Math.max(1, registry.config.oaiPageRecords),
  })
}

/** A name for the present state of the data, other after each renewal and each start. */
function followState(registry: OaiParts, provider: OaiProvider): () => string {
  const start = randomBytes(6).toString('base64url')
  let renewals = 0
  registry.engine.onRenewed(() => {
    renewals += 1
    provider.forget()
  })
  return () => `${start}-${renewals}`
}

/** Forms only, of limited size; other bodies are refused before they are read. */
function acceptForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: maxFormBytes },
    async (_request: FastifyRequest, body: string | Buffer) => body,
  )
}

async function send(
  provider: OaiProvider,
  state: () => string,
  sent: readonly OaiArgument[],
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const isPage = wantsPage(request)
  // Answers differ in responseDate only as long as the data are the same: a weak validator (RFC 9110 §8.8.1).
  const etag = `W/"${state()}${isPage ? '-page' : ''}"`
  const found = await answer(provider, sent)
  reply.header('cache-control', 'no-cache')
  if (!found.isError && request.method !== 'POST') {
    reply.header('etag', etag)
    if (found.lastModified !== undefined) reply.header('last-modified', new Date(found.lastModified).toUTCString())
    if (isUnchanged(request, etag, found)) return reply.code(304).send()
  }
  if (!isPage) return sendChunks(request, reply, { contentType, chunks: found.chunks })
  const { title } = await provider.self()
  const site = { baseUrl: provider.frame.baseUrl.slice(0, -prefix.length), title, ivoid: provider.ivoid }
  const url = `${provider.frame.baseUrl}?${sent.map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`
  return sendPage(request, reply, oaiPage(site, await textOf(found.chunks), url))
}

/** RFC 9110 §13.2.2: If-None-Match decides when it is there, else If-Modified-Since. */
function isUnchanged(request: FastifyRequest, etag: string, found: OaiAnswer): boolean {
  const tags = request.headers['if-none-match']
  if (tags !== undefined) return tags.split(',').some((tag) => tag.trim() === etag || tag.trim() === '*')
  const since = Date.parse(request.headers['if-modified-since'] ?? '')
  return found.lastModified !== undefined && !Number.isNaN(since) && Date.parse(found.lastModified) <= since
}

/**
 * A person at a browser, who gets a page in place of XML. Java's own Accept header names text/html first, so that alone
 * says nothing; browsers say that they are opening a document, or at least that they take XHTML.
 */
function wantsPage(request: FastifyRequest): boolean {
  const destination = request.headers['sec-fetch-dest']
  if (request.method !== 'GET') return false
  if (destination !== undefined) return destination === 'document'
  const { accept = '', 'user-agent': agent = '' } = request.headers
  return agent.startsWith('Mozilla/5.0') && accept.startsWith('text/html,application/xhtml+xml')
}

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += chunk
  return text
}

function tooLong(found: string): RegistryError {
  return new RegistryError(
    'limit',
    `The request is too long: ${found}. No OAI-PMH request needs more than ${maxUrlCharacters}.`,
  )
}

function sendFailure(
  registry: OaiParts,
  provider: OaiProvider,
  thrown: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> | FastifyReply {
  // Fastify's own refusals (body too large, not a form) are the client's doing and carry their status.
  const isRefusal = !(thrown instanceof RegistryError) && thrown.statusCode !== undefined && thrown.statusCode < 500
  const error = asRegistryError(thrown)
  const status = isRefusal ? (thrown.statusCode ?? 400) : errorSurfaces[error.kind].httpStatus
  if (status >= 500) registry.log.error({ err: thrown, url: request.url.slice(0, 500) }, 'OAI-PMH request failed')
  if (status === 503) reply.header('retry-after', String(Math.ceil(error.retryAfterSeconds ?? 30)))
  reply.code(status)
  // OAI-PMH has no code for our own trouble; harvesters go by the status (OAI-PMH 2.0 §3.1.2.3).
  if (status >= 500) return reply.type('text/plain; charset=utf-8').send(`${error.message}\n`)
  const message = isRefusal
    ? `The request cannot be read (${thrown.message}); send its arguments in the URL or as application/x-www-form-urlencoded, at most ${maxFormBytes} bytes.`
    : error.message
  return sendChunks(request, reply, { contentType, chunks: refusal(provider, { code: 'badArgument', message }) })
}
