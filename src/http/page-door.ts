// What all doors for people have in common: headers, error pages, answers that are whole documents.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { asRegistryError, errorSurfaces, RegistryError } from '../core/errors.js'
import { votable } from '../formats/votable.js'
import { votableError } from '../formats/votable-document.js'
import { errorPage } from '../pages/error.js'
import { contentSecurityPolicy, type Site } from '../pages/layout.js'
import type { Registry } from '../registry/registry.js'
import type { PageData } from './page-data.js'
import { errorFormatOf } from './page-format.js'
import { sendDocument } from './stream.js'

const htmlType = 'text/html; charset=utf-8'

/** Sends a page, with the headers that keep it from loading or being loaded elsewhere. */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  document: string,
  status = 200,
): Promise<FastifyReply> {
  reply
    .code(status)
    .header('content-security-policy', contentSecurityPolicy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'same-origin')
  return sendDocument(request, reply, htmlType, document)
}

/** Makes errors of this door pages, or what else the client asked for. Without `notFound` unknown addresses are left to others. */
export function addPageErrors(
  app: FastifyInstance,
  registry: Registry,
  data: PageData,
  options: { readonly notFound?: boolean } = {},
): void {
  app.setErrorHandler(async (thrown: FastifyError, request, reply) => {
    // Fastify's own refusals are the client's doing and carry their status.
    const isRefusal = !(thrown instanceof RegistryError) && thrown.statusCode !== undefined && thrown.statusCode < 500
    const error = asRegistryError(thrown)
    const status = isRefusal ? (thrown.statusCode ?? 400) : errorSurfaces[error.kind].httpStatus
    if (status >= 500) registry.log.error({ err: thrown, url: request.url.slice(0, 500) }, 'page failed')
    if (status === 503) reply.header('retry-after', String(Math.ceil(error.retryAfterSeconds ?? 30)))
    const message = isRefusal ? `The request cannot be read: ${thrown.message}.` : error.message
    return sendError(request, reply, status, message, () => siteOrFallback(registry, data))
  })
  if (options.notFound !== true) return
  app.setNotFoundHandler(async (request, reply) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const status = isRead ? 404 : 405
    const path = request.url.split('?')[0]?.slice(0, 200) ?? ''
    const message = isRead
      ? `There is nothing at ${path}. The services are listed on the first page; records are at /record/ and their identifier without ivo://.`
      : `${request.method} is not possible at ${path}; pages are read with GET.`
    return sendError(request, reply, status, message, () => siteOrFallback(registry, data))
  })
}

/** People get a page; programs what they can read. */
async function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  message: string,
  site: () => Promise<Site>,
): Promise<FastifyReply> {
  const send = (mediaType: string, document: string): Promise<FastifyReply> =>
    sendDocument(
      request,
      reply.code(status).header('access-control-allow-origin', '*').header('x-content-type-options', 'nosniff'),
      mediaType,
      document,
    )
  switch (errorFormatOf(request)) {
    case 'json':
      return send('application/json; charset=utf-8', `${JSON.stringify({ error: { status, message } }, null, 2)}\n`)
    case 'text':
    case 'csv':
      return send('text/plain; charset=utf-8', `# ${message}\n`)
    case 'votable':
      return send(votable.mediaType, votableError(message))
    case 'html':
      return sendPage(request, reply, errorPage(await site(), status, message), status)
  }
}

/** An error page must come out even when no query runs. */
async function siteOrFallback(registry: Registry, data: PageData): Promise<Site> {
  return data.site().catch(() => ({ baseUrl: registry.config.baseUrl, title: 'Registry', ivoid: registry.ivoid }))
}

/** The first value of a query parameter, cut to a length nobody needs to exceed; empty when it is missing. */
export function parameter(request: FastifyRequest, name: string, longest = 4000): string {
  const query = request.query
  const value =
    typeof query === 'object' && query !== null ? Object.entries(query).find(([key]) => key === name)?.[1] : undefined
  const first: unknown = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' ? first.slice(0, longest) : ''
}
