// Chunks as they are made → an HTTP answer: compressed if asked, cancelled when the client has gone.
import { Buffer } from 'node:buffer'
import { pipeline, Readable } from 'node:stream'
import { promisify } from 'node:util'
import { constants, createGzip, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

type Chunk = string | Uint8Array

/** What is known of an answer once it has been begun, and once it has ended. */
export interface StreamedAnswer {
  readonly contentType: string
  readonly chunks: AsyncIterable<Chunk>
  /** Headers whose values are known at the end only; short answers have them as headers, long ones as trailers. */
  readonly atEnd?: { readonly name: string; readonly value: () => string }
  /** For documents that do not get smaller. */
  readonly compressed?: boolean
}

/** Bytes held back before the headers go out: what ends within them gets Content-Length and its final headers. */
const heldBytes = 65_536
/** Bytes below which compression is not worth it. */
const smallBytes = 1_400

const gzipWhole = promisify(gzip)

/** Aborted when the connection closes before the answer has been sent whole. */
export function clientGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  // On Fastify 5 `request.signal` is aborted as soon as the body of a POST is read; the reply knows better.
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new Error('The client has closed the connection.'))
  })
  return controller.signal
}

/** Sends the chunks. What fails before the headers are out is thrown, to be answered with its proper status. */
export async function sendChunks(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: StreamedAnswer,
): Promise<FastifyReply> {
  const iterator = answer.chunks[Symbol.asyncIterator]()
  const held: Buffer[] = []
  let length = 0
  let ended = false
  while (length < heldBytes && !ended) {
    const step = await iterator.next()
    if (step.done === true) ended = true
    else {
      const bytes = toBuffer(step.value)
      held.push(bytes)
      length += bytes.length
    }
  }
  reply.header('content-type', answer.contentType).header('vary', varyOf(reply))
  const zip = answer.compressed !== true && acceptsGzip(request.headers['accept-encoding'])
  if (ended) {
    if (answer.atEnd !== undefined) reply.header(answer.atEnd.name, answer.atEnd.value())
    return sendBytes(reply, Buffer.concat(held), zip)
  }
  // HTTP/1.0, as some proxies speak it, has neither chunks nor trailers.
  if (answer.atEnd !== undefined && request.raw.httpVersion !== '1.0') {
    const { name, value } = answer.atEnd
    reply.trailer(name, async () => value())
  }
  return reply.send(
    zip ? zipped(reply, rest(held, iterator)) : Readable.from(rest(held, iterator), { objectMode: false }),
  )
}

/** Sends a document that is complete. */
export async function sendDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  contentType: string,
  document: string,
): Promise<FastifyReply> {
  reply.header('content-type', contentType).header('vary', varyOf(reply))
  return sendBytes(reply, Buffer.from(document), acceptsGzip(request.headers['accept-encoding']))
}

async function sendBytes(reply: FastifyReply, bytes: Buffer, zip: boolean): Promise<FastifyReply> {
  if (!zip || bytes.length < smallBytes) return reply.header('content-length', bytes.length).send(bytes)
  const smaller = await gzipWhole(bytes, { level: constants.Z_BEST_SPEED })
  return reply.header('content-encoding', 'gzip').header('content-length', smaller.length).send(smaller)
}

function zipped(reply: FastifyReply, chunks: AsyncIterable<Buffer>): Readable {
  reply.header('content-encoding', 'gzip')
  const zipper = createGzip({ level: constants.Z_BEST_SPEED })
  // A failure of the source destroys the zipper, and with it the connection.
  return pipeline(Readable.from(chunks), zipper, () => undefined)
}

async function* rest(held: readonly Buffer[], iterator: AsyncIterator<Chunk>): AsyncGenerator<Buffer> {
  try {
    yield Buffer.concat(held)
    for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) yield toBuffer(step.value)
  } finally {
    await iterator.return?.()
  }
}

function toBuffer(chunk: Chunk): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

/** What the door has said that its answer depends on, and the coding. */
function varyOf(reply: FastifyReply): string {
  const said = reply.getHeader('vary')
  return typeof said === 'string' && !said.includes('accept-encoding') ? `${said}, accept-encoding` : 'accept-encoding'
}

/** `gzip;q=0` is a refusal (RFC 9110 §12.5.3). */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  const codings = (Array.isArray(header) ? header.join(',') : (header ?? '')).toLowerCase().split(',')
  return codings.some((coding) => /^\s*(x-)?gzip\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/.test(coding))
}
