// What a client asks a page for → the format of its answer; and tables in the formats that lists come in.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RegistryError } from '../core/errors.js'
import { csv } from '../formats/csv.js'
import { votable } from '../formats/votable.js'
import type { ResultTable } from '../tables/result.js'
import { sendChunks } from './stream.js'

const mediaTypes = {
  html: 'text/html',
  json: 'application/json',
  text: 'text/plain',
  csv: 'text/csv',
  votable: 'application/x-votable+xml',
} as const

/** Values of the parameter `format`. */
export type PageFormat = keyof typeof mediaTypes

const formatNames: readonly PageFormat[] = ['html', 'json', 'text', 'csv', 'votable']

/** Formats that lists come in. */
export const listFormats = ['html', 'json', 'csv', 'votable'] as const

/**
 * The parameter decides, else the first of the media types that the client names; the first choice is the default.
 * Throws kind `usage` when the parameter is none of the choices.
 */
export function formatOf<F extends PageFormat>(request: FastifyRequest, choices: readonly [F, ...F[]]): F {
  const wanted = formatParameter(request)
  if (wanted === '') return choices.find((one) => one === acceptedFormat(request, choices)) ?? choices[0]
  const chosen = choices.find((one) => one === wanted)
  if (chosen === undefined)
    throw new RegistryError('usage', `format is "${wanted.slice(0, 60)}"; expected one of ${choices.join(', ')}.`)
  return chosen
}

/** The format in which a client can read an error, whatever it is about. */
export function errorFormatOf(request: FastifyRequest): PageFormat {
  const wanted = formatParameter(request)
  if (wanted === 'prometheus') return 'text'
  return formatNames.find((one) => one === wanted) ?? acceptedFormat(request, formatNames) ?? 'html'
}

/** Sends all rows, as they are made. */
export function sendTable(
  request: FastifyRequest,
  reply: FastifyReply,
  format: 'csv' | 'votable',
  table: ResultTable,
): Promise<FastifyReply> {
  const writer = format === 'csv' ? csv : votable
  reply.header('access-control-allow-origin', '*').header('x-content-type-options', 'nosniff')
  const contentType = format === 'csv' ? `${writer.mediaType};charset=utf-8` : writer.mediaType
  return sendChunks(request, reply, { contentType, chunks: writer.write(table) })
}

function formatParameter(request: FastifyRequest): string {
  const query = request.query
  const value = typeof query === 'object' && query !== null && 'format' in query ? query.format : ''
  const first: unknown = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' ? first.toLowerCase() : ''
}

function acceptedFormat(request: FastifyRequest, choices: readonly PageFormat[]): PageFormat | undefined {
  const accepted = (request.headers.accept ?? '').toLowerCase()
  const named = choices.flatMap((format) => {
    const place = accepted.indexOf(mediaTypes[format])
    return place === -1 ? [] : [{ format, place }]
  })
  return named.sort((a, b) => a.place - b.place)[0]?.format
}
