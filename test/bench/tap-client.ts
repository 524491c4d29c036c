// A query → the answer of a running TAP service, read to its end, over connections that stay open.
import { Agent, type IncomingMessage, request } from 'node:http'
import { type Dispatcher, request as requestOnce } from 'undici'

export interface TapAnswer {
  /** The bytes as they came. */
  readonly chunks: readonly Buffer[]
  readonly byteCount: number
}

type Texts = Readonly<Record<string, string>>

export interface TapClient extends AsyncDisposable {
  /** Throws with the beginning of the answer when it is not a success. `uploads` are VOTables by name. */
  query(adql: string, parameters?: Texts, uploads?: Texts): Promise<TapAnswer>
  /** The same, keeping nothing of the answer but its end. */
  time(adql: string): Promise<Omit<TapAnswer, 'chunks'>>
}

/** One query over a connection of its own, whatever is answered, however long it takes. */
export function postQuery(baseUrl: string, adql: string, parameters: Texts = {}): Promise<Dispatcher.ResponseData> {
  return requestOnce(`${baseUrl}/tap/sync`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ LANG: 'ADQL', QUERY: adql, ...parameters }).toString(),
    headersTimeout: 600_000,
    bodyTimeout: 600_000,
  })
}

/** The answer as one piece. */
export function bodyOf({ chunks }: TapAnswer): Buffer {
  return Buffer.concat(chunks)
}

/**
 * A client of `BASE/tap/sync`. It shares the processors with the server it measures, so it does nothing with the bytes but count them;
 * node:http takes two thirds of the CPU for that of what undici needs.
 */
export function tapClient(baseUrl: string, connections: number): TapClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })

  async function ask(adql: string, { parameters = {}, uploads = {}, keeps }: Asked): Promise<TapAnswer> {
    const form = { LANG: 'ADQL', REQUEST: 'doQuery', QUERY: adql, ...parameters }
    const { type, body } = await encoded(form, uploads)
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { method: 'POST', agent, headers: { 'content-type': type, 'content-length': body.length } }
      request(`${baseUrl}/tap/sync`, options, resolve).on('error', reject).end(body)
    })
    const chunks: Buffer[] = []
    let byteCount = 0
    // As events, not as an iteration, which costs as much again.
    await new Promise<void>((resolve, reject) => {
      response.on('data', (chunk: Buffer) => {
        byteCount += chunk.length
        // Chunks that are kept make the collector walk, beside the server that is measured.
        if (!keeps && chunks.length === endChunks) chunks.shift()
        chunks.push(chunk)
      })
      response.on('end', resolve).on('error', reject)
    })
    if (response.statusCode !== 200 || endOf(chunks).includes('value="ERROR"'))
      throw new Error(
        `${response.statusCode} for ${adql.slice(0, 500)}\n${Buffer.concat(chunks).subarray(0, 2000).toString()}`,
      )
    return { chunks, byteCount }
  }

  return {
    query: (adql, parameters, uploads) =>
      ask(adql, { ...(parameters && { parameters }), ...(uploads && { uploads }), keeps: true }),
    time: (adql) => ask(adql, { keeps: false }),
    async [Symbol.asyncDispose]() {
      agent.destroy()
    },
  }
}

interface Asked {
  readonly parameters?: Texts
  readonly uploads?: Texts
  readonly keeps: boolean
}

/** Chunks of an answer that are kept for its end. */
const endChunks = 4

/** At least the last 2,000 bytes, where a stream that broke off says so. */
function endOf(chunks: readonly Buffer[]): Buffer {
  let bytes = 0
  let from = chunks.length
  while (from > 0 && bytes < 2000) bytes += chunks[--from]?.length ?? 0
  return Buffer.concat(chunks.slice(from)).subarray(-2000)
}

async function encoded(form: Texts, uploads: Texts): Promise<{ readonly type: string; readonly body: Buffer }> {
  const names = Object.keys(uploads)
  if (names.length === 0)
    return { type: 'application/x-www-form-urlencoded', body: Buffer.from(new URLSearchParams(form).toString()) }
  const parts = new FormData()
  for (const [name, value] of Object.entries(form)) parts.append(name, value)
  for (const name of names) {
    parts.append('UPLOAD', `${name},param:${name}`)
    parts.append(name, new Blob([uploads[name] ?? ''], { type: 'application/x-votable+xml' }), `${name}.xml`)
  }
  const packed = new Response(parts)
  return { type: packed.headers.get('content-type') ?? '', body: Buffer.from(await packed.arrayBuffer()) }
}
