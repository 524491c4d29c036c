// A query → the answer of a running TAP service, read to its end, over connections that stay open.
import { Agent, FormData, request } from 'undici'

export interface TapAnswer {
  readonly body: Buffer
  /** Milliseconds from sending to the first byte of the body. */
  readonly firstByteMs: number
}

type Texts = Readonly<Record<string, string>>

export interface TapClient extends AsyncDisposable {
  /** Throws with the beginning of the answer when it is not a success. `uploads` are VOTables by name. */
  query(adql: string, parameters?: Texts, uploads?: Texts): Promise<TapAnswer>
}

/** A client of `BASE/tap/sync`. */
export function tapClient(baseUrl: string, connections: number): TapClient {
  const dispatcher = new Agent({ connections, pipelining: 1, headersTimeout: 300_000, bodyTimeout: 300_000 })
  return {
    async query(adql, parameters = {}, uploads = {}) {
      const form = { LANG: 'ADQL', REQUEST: 'doQuery', QUERY: adql, ...parameters }
      const started = performance.now()
      const { statusCode, body } = await request(`${baseUrl}/tap/sync`, {
        method: 'POST',
        dispatcher,
        ...bodyOf(form, uploads),
      })
      let firstByteMs = Number.NaN
      const chunks: Buffer[] = []
      for await (const chunk of body) {
        if (chunks.length === 0) firstByteMs = performance.now() - started
        chunks.push(chunk)
      }
      const whole = Buffer.concat(chunks)
      const failed = statusCode !== 200 || whole.subarray(-2000).includes('value="ERROR"')
      if (failed) throw new Error(`${statusCode} for ${adql.slice(0, 500)}\n${whole.subarray(0, 2000).toString()}`)
      return { body: whole, firstByteMs }
    },
    [Symbol.asyncDispose]: () => dispatcher.close(),
  }
}

function bodyOf(form: Texts, uploads: Texts): { headers?: Texts; body: string | FormData } {
  const names = Object.keys(uploads)
  if (names.length === 0) {
    return {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    }
  }
  const parts = new FormData()
  for (const [name, value] of Object.entries(form)) parts.append(name, value)
  for (const name of names) {
    parts.append('UPLOAD', `${name},param:${name}`)
    parts.append(name, new Blob([uploads[name] ?? ''], { type: 'application/x-votable+xml' }), `${name}.xml`)
  }
  return { body: parts }
}
