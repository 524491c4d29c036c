// A query → the answer of a running TAP service, read to its end, over connections that stay open.
import { Agent, type IncomingMessage, request } from 'node:http'
import { type Dispatcher, request as requestOnce } from 'undici'
import { CountingClient } from './counting-client.js'

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
  time(adql: string, parameters?: Texts, uploads?: Texts): Promise<Omit<TapAnswer, 'chunks'>>
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

/** A client of `BASE/tap/sync`. */
export function tapClient(baseUrl: string, connections: number): TapClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const counting = new CountingClient(`${baseUrl}/tap/sync`)

  async function query(adql: string, parameters: Texts = {}, uploads: Texts = {}): Promise<TapAnswer> {
    const { type, body } = await encoded(formOf(adql, parameters), uploads)
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { method: 'POST', agent, headers: { 'content-type': type, 'content-length': body.length } }
      request(`${baseUrl}/tap/sync`, options, resolve).on('error', reject).end(body)
    })
    const chunks: Buffer[] = []
    // As events, not as an iteration, which costs as much again.
    await new Promise<void>((resolve, reject) => {
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', resolve).on('error', reject)
    })
    checkAnswer(adql, response.statusCode, endOf(chunks))
    return { chunks, byteCount: chunks.reduce((sum, chunk) => sum + chunk.length, 0) }
  }

  async function time(adql: string, parameters: Texts = {}, uploads: Texts = {}): Promise<Omit<TapAnswer, 'chunks'>> {
    const { type, body } = await encoded(formOf(adql, parameters), uploads)
    const { statusCode, byteCount, end } = await counting.post(type, body)
    checkAnswer(adql, statusCode, end)
    return { byteCount }
  }

  return {
    query,
    time,
    async [Symbol.asyncDispose]() {
      agent.destroy()
      await counting[Symbol.asyncDispose]()
    },
  }
}

function formOf(adql: string, parameters: Texts): Texts {
  return { LANG: 'ADQL', REQUEST: 'doQuery', QUERY: adql, ...parameters }
}

/** Throws for an answer that is no success, or a stream that says at its end that it broke off. */
function checkAnswer(adql: string, statusCode: number | undefined, end: Buffer): void {
  if (statusCode !== 200 || end.includes('value="ERROR"'))
    throw new Error(`${statusCode} for ${adql.slice(0, 500)}\n${end.toString()}`)
}

/** At least the last 2,000 bytes. */
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
