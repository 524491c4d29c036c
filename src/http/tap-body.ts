// Query string and body of a request → TAP parameters and uploaded parts, whatever form the client chose (DALI 1.2 §2).
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Parameter, Parameters } from '../tap/parameters.js'
import type { UploadParts } from '../tap/uploads.js'
import { boundaryOf, type FormPart, readMultipart } from './multipart.js'

/** What the body held. */
interface ParsedBody {
  readonly parameters: readonly Parameter[]
  readonly parts: UploadParts
}

/** What a request asks for. */
export interface TapInput {
  readonly parameters: Parameters
  readonly parts: UploadParts
}

/** Bytes of a body beside the uploaded tables: the query and the headers of the parts. */
const formBytes = 2_000_000

/** Makes the plugin read both kinds of forms; other bodies are refused with 415. */
export function addFormParsers(app: FastifyInstance, uploadBytes: number): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: formBytes },
    async (_request: FastifyRequest, body: string): Promise<ParsedBody> => ({
      parameters: [...new URLSearchParams(body)],
      parts: new Map(),
    }),
  )
  app.addContentTypeParser(
    /^multipart\/form-data\b/i,
    { parseAs: 'buffer', bodyLimit: uploadBytes + formBytes },
    async (request: FastifyRequest, body: Buffer): Promise<ParsedBody> =>
      sortParts(readMultipart(body, boundaryOf(request.headers['content-type'] ?? ''))),
  )
}

/** Parameters of query string and body together (DALI 1.2 §4). */
export function tapInput(request: FastifyRequest): TapInput {
  const mark = request.url.indexOf('?')
  const fromUrl = mark < 0 ? [] : [...new URLSearchParams(request.url.slice(mark + 1))]
  const body = isParsedBody(request.body) ? request.body : { parameters: [], parts: new Map() }
  return { parameters: new Parameters([...fromUrl, ...body.parameters]), parts: body.parts }
}

function isParsedBody(body: unknown): body is ParsedBody {
  return typeof body === 'object' && body !== null && 'parts' in body && 'parameters' in body
}

// A part with a file name, or of another type than plain text, is a table; the rest are parameters.
function sortParts(parts: readonly FormPart[]): ParsedBody {
  const isFile = (part: FormPart): boolean =>
    part.filename !== undefined || (part.mediaType !== '' && part.mediaType !== 'text/plain')
  return {
    parameters: parts.filter((part) => !isFile(part)).map((part) => [part.name, part.bytes.toString('utf8')]),
    parts: new Map(parts.map((part) => [part.name, part.bytes])),
  }
}
