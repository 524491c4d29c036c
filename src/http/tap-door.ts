// What all routes below /tap share: headers, error documents, spellings of paths, refusal of other methods.
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { asRegistryError, RegistryError } from '../core/errors.js'
import { readProjectJson } from '../core/project-files.js'
import { errorAnswer } from '../tap/errors.js'
import type { Parameters } from '../tap/parameters.js'
import { sendDocument } from './stream.js'
import { tapInput } from './tap-body.js'

/** Name of the header, or trailer, that repeats QUERY_STATUS for formats that cannot carry it. */
export const statusHeader = 'x-query-status'

const exposedHeaders = `location, retry-after, content-disposition, ${statusHeader}`
const allMethods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Seconds after which to try again, when the error does not say. */
const retryAfterSeconds = 10

/** `/sync` as clients write it: with a base URL that ends in a slash, and with a slash of their own. */
export function spellings(path: string): readonly string[] {
  return [path, `/${path}`, `${path}/`]
}

/** Server, CORS and the answer to preflight requests. */
export function addHeaders(app: FastifyInstance): void {
  const { version } = readProjectJson<{ readonly version: string }>('package.json')
  app.addHook('onRequest', async (_request, reply) => {
    // Validators look for a header that names the software; browsers' clients need the job's address.
    reply
      .header('server', `Waymark/${version}`)
      .header('access-control-allow-origin', '*')
      .header('access-control-expose-headers', exposedHeaders)
  })
  app.options('/*', async (request, reply) =>
    reply
      .header('access-control-allow-methods', allMethods.join(', '))
      .header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
      .header('access-control-max-age', '86400')
      .code(204)
      .send(),
  )
}

/** All other methods on that path are answered with 405 (UWS 1.1 §2.2; VOSI 1.1 §3.1). */
export function onlyMethods(app: FastifyInstance, path: string, allowed: readonly HTTPMethods[]): void {
  const refused = allMethods.filter((method) => !allowed.includes(method))
  for (const url of spellings(path)) {
    app.route({
      method: [...refused],
      url,
      // Even a body of an unknown kind gets the answer that matters.
      handler: async (request, reply) => {
        reply.header('allow', [...allowed, 'OPTIONS'].join(', '))
        const message = `${request.method} is not possible here; expected ${allowed.join(' or ')}.`
        return sendError(request, reply, new RegistryError('usage', message), 405)
      },
    })
  }
}

/** Errors of every route, of Fastify itself and of unknown paths become error documents (DALI 1.2 §5.2). */
export function addTapErrors(app: FastifyInstance): void {
  app.setErrorHandler(async (thrown, request, reply) => {
    const status = statusOfFastify(thrown)
    if (status !== undefined) {
      const kind = status === 413 ? 'limit' : 'usage'
      return sendError(request, reply, new RegistryError(kind, fastifyMessage(thrown, status)), status)
    }
    const error = asRegistryError(thrown)
    if (error.kind === 'internal') request.log.error({ err: error.cause ?? error }, 'a TAP request failed')
    return sendError(request, reply, error)
  })
  app.setNotFoundHandler(async (request, reply) =>
    sendError(request, reply, new RegistryError('not-found', `There is nothing at ${request.url.slice(0, 200)}.`)),
  )
}

async function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  error: RegistryError,
  status?: number,
): Promise<FastifyReply> {
  if (error.kind === 'unavailable') reply.header('retry-after', error.retryAfterSeconds ?? retryAfterSeconds)
  // What a route promised about its answer does not hold for the error.
  for (const header of ['content-disposition', 'content-encoding', 'content-length', 'last-modified'])
    reply.removeHeader(header)
  const { httpStatus, contentType, document } = errorAnswer(error, parametersOf(request))
  return sendDocument(request, reply.code(status ?? httpStatus), contentType, document)
}

function parametersOf(request: FastifyRequest): Parameters | undefined {
  return /\/sync\/?(\?|$)/.test(request.url) ? tapInput(request).parameters : undefined
}

// Fastify's own errors carry a status and a code: too big a body, an unknown media type.
function statusOfFastify(thrown: unknown): number | undefined {
  if (thrown instanceof RegistryError || !(thrown instanceof Error) || !('statusCode' in thrown)) return undefined
  const { statusCode } = thrown
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined
}

function fastifyMessage(thrown: unknown, status: number): string {
  if (status === 413)
    return 'The request is bigger than this service reads; the limit for uploads is in its capabilities.'
  if (status === 415)
    return 'The Content-Type is not understood; expected application/x-www-form-urlencoded or multipart/form-data.'
  return `The request is not understood: ${thrown instanceof Error ? thrown.message : 'bad request'}.`
}
