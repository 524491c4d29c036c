// A query → the answer of a running TAP service, read to its end, over connections that stay open.
import { Agent, request } from 'undici'

export interface TapAnswer {
  readonly status: number
  readonly body: Buffer
  /** Milliseconds from sending to the first byte of the body. */
  readonly firstByteMs: number
}

export interface TapClient extends AsyncDisposable {
  /** Throws with the beginning of the answer when it is not a success. */
  query(adql: string, parameters?: Readonly<Record<string, string>>): Promise<TapAnswer>
}

/** A client of `BASE/tap/sync`. */
export function tapClient(baseUrl: string, connections: number): TapClient {
  const dispatcher = new Agent({ connections, pipelining: 1, headersTimeout: 120_000, bodyTimeout: 120_000 })
  return {
    async query(adql, parameters = {}) {
      const started = performance.now()
      const { statusCode, body } = await request(`${baseUrl}/tap/sync`, {
        method: 'POST',
        dispatcher,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ LANG: 'ADQL', REQUEST: 'doQuery', QUERY: adql, ...parameters }).toString(),
      })
      let firstByteMs = Number.NaN
      const chunks: Buffer[] = []
      for await (const chunk of body) {
        if (chunks.length === 0) firstByteMs = performance.now() - started
        chunks.push(chunk)
      }
      const whole = Buffer.concat(chunks)
      const failed = statusCode !== 200 || whole.subarray(-2000).includes('value="ERROR"')
      if (failed) throw new Error(`${statusCode} for ${adql.slice(0, 300)}\n${whole.subarray(0, 2000).toString()}`)
      return { status: statusCode, body: whole, firstByteMs }
    },
    [Symbol.asyncDispose]: () => dispatcher.close(),
  }
}
