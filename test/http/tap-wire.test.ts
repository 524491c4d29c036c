// /tap over a real connection: the bytes of STILTS, clients that go away, answers that break off, long answers.
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Row, Sql } from '../../src/core/sql.js'
import type { Engine, QueryOptions } from '../../src/engines/engine.js'
import { openService, type TestService } from '../tap/service.js'

/** The real engine, with a note of what is running; can be told to break off or to repeat its rows. */
class WatchedEngine {
  running = 0
  repeat = 1
  breakAfter = Number.POSITIVE_INFINITY
  constructor(readonly inner: Engine) {}
  async *query(query: Sql, options?: QueryOptions): AsyncGenerator<readonly Row[]> {
    this.running++
    try {
      let batches = 0
      for await (const batch of this.inner.query(query, options)) {
        for (let time = 0; time < this.repeat; time++) {
          if (batches++ >= this.breakAfter) throw new TypeError('a mistake of ours at /some/path')
          yield batch
        }
      }
    } finally {
      this.running--
    }
  }
}

let service: TestService
let engine: WatchedEngine
let port: number
beforeAll(async () => {
  service = await openService({}, (inner) => {
    engine = new WatchedEngine(inner)
    return {
      engine: {
        name: inner.name,
        dialect: inner.dialect,
        query: (...args) => engine.query(...args),
        [Symbol.asyncDispose]: async () => undefined,
      },
    }
  })
  await service.app.listen({ port: 0, host: '127.0.0.1' })
  port = (service.app.server.address() as AddressInfo).port
}, 30_000)
afterAll(async () => service[Symbol.asyncDispose]())

interface Answer {
  readonly response: IncomingMessage
  readonly body: Buffer
  readonly isComplete: boolean
}

async function ask(parameters: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
  const request = httpRequest({ port, path: `/tap/sync?${new URLSearchParams(parameters)}`, headers }).end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const pieces: Buffer[] = []
  try {
    for await (const piece of response) pieces.push(piece as Buffer)
  } catch {
    // Cut off; `complete` says so.
  }
  return { response, body: Buffer.concat(pieces), isComplete: response.complete }
}

const columns = 'SELECT * FROM tap_schema.columns'
const many = 'SELECT a.* FROM tap_schema.columns AS a, tap_schema.columns AS b'
const endless =
  'SELECT COUNT(*) FROM tap_schema.columns AS a, tap_schema.columns AS b, tap_schema.columns AS c, tap_schema.columns AS d WHERE a.description || b.description < c.description || d.description'

describe('STILTS', () => {
  it('M-173, M-258 its chunked multipart upload is read', async () => {
    const boundary = '<<<--------------MULTIPART-BOUNDARY------->>>'
    const part = (name: string, value: string) =>
      `--${boundary}\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    const table =
      '<?xml version=\'1.0\'?><VOTABLE version="1.2" xmlns="http://www.ivoa.net/xml/VOTable/v1.2"><RESOURCE><TABLE><FIELD datatype="int" name="n"/><DATA><BINARY><STREAM encoding="base64">AAAABwAAAAg=</STREAM></BINARY></DATA></TABLE></RESOURCE></VOTABLE>'
    const body = `\r\n${part('REQUEST', 'doQuery')}${part('LANG', 'ADQL')}${part('QUERY', 'SELECT * FROM TAP_UPLOAD.up')}${part('UPLOAD', 'up,param:up')}${part('FORMAT', 'csv')}--${boundary}\r\nContent-Type: application/x-votable+xml\r\nContent-Disposition: form-data; name="up"; filename="up"\r\n\r\n${table}\r\n--${boundary}--\r\n`
    const socket = connect(port, '127.0.0.1')
    socket.write(
      `POST /tap/sync HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary="${boundary}"\r\nAccept: text/html, image/gif, image/jpeg, */*; q=0.2\r\nTransfer-Encoding: chunked\r\n\r\n`,
    )
    for (let start = 0; start < body.length; start += 100) {
      const piece = body.slice(start, start + 100)
      socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`)
    }
    socket.write('0\r\n\r\n')
    let answer = ''
    for await (const piece of socket) answer += String(piece)
    expect(answer).toMatch(/^HTTP\/1.1 200 OK/)
    expect(answer.split('\r\n\r\n').slice(1).join('')).toBe('n\r\n7\r\n8\r\n')
  })
})

describe('a client that goes away', () => {
  it.each(['GET', 'POST'])('stops its query (%s)', async (method) => {
    const parameters = String(new URLSearchParams({ QUERY: endless }))
    const request = httpRequest({
      port,
      method,
      path: method === 'GET' ? `/tap/sync?${parameters}` : '/tap/sync',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    request.on('error', () => undefined)
    request.end(method === 'GET' ? undefined : parameters)
    for (let tries = 0; engine.running === 0 && tries < 400; tries++) await sleep(5)
    expect(engine.running).toBe(1)
    request.destroy()
    const begin = performance.now()
    while (engine.running > 0 && performance.now() - begin < 5000) await sleep(5)
    expect(engine.running).toBe(0)
    expect(performance.now() - begin).toBeLessThan(4000)
  })

  it('stops it in the middle of its rows', async () => {
    engine.repeat = 1_000_000
    const request = httpRequest({
      port,
      path: `/tap/sync?${new URLSearchParams({ QUERY: columns, MAXREC: '9000000' })}`,
    })
    request.on('error', () => undefined)
    request.end()
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.on('error', () => undefined)
    await once(response, 'data')
    request.destroy()
    const begin = performance.now()
    while (engine.running > 0 && performance.now() - begin < 5000) await sleep(5)
    engine.repeat = 1
    expect(engine.running).toBe(0)
  })
})

describe('long answers', () => {
  it('are streamed, with the status behind them', async () => {
    const { response, body, isComplete } = await ask({ QUERY: many, MAXREC: '5000' })
    expect([response.statusCode, isComplete, response.headers['transfer-encoding']]).toEqual([200, true, 'chunked'])
    expect([response.headers.trailer, response.trailers['x-query-status']]).toEqual(['x-query-status', 'OVERFLOW'])
    expect(body.toString().match(/<TR>/g)).toHaveLength(5000)
  })

  it('reach proxies that speak HTTP/1.0', async () => {
    const socket = connect(port, '127.0.0.1')
    socket.write(`GET /tap/sync?${new URLSearchParams({ QUERY: many, MAXREC: '5000' })} HTTP/1.0\r\n\r\n`)
    let answer = ''
    for await (const piece of socket) answer += String(piece)
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    expect(head).not.toMatch(/transfer-encoding|trailer/i)
    expect(body).toMatch(/^<\?xml/)
    expect(body.match(/<TR>/g)).toHaveLength(5000)
    expect(body).toMatch(/<\/VOTABLE>\n$/)
  })

  it('are compressed as they come', async () => {
    const { response, body } = await ask({ QUERY: many, MAXREC: '5000' }, { 'accept-encoding': 'gzip' })
    expect([response.headers['content-encoding'], response.trailers['x-query-status']]).toEqual(['gzip', 'OVERFLOW'])
    expect(gunzipSync(body).toString().match(/<TR>/g)).toHaveLength(5000)
  })
})

describe('queries that take too long', () => {
  it('are stopped at their limit, with advice', async () => {
    await using other = await openService({ queryTimeoutSeconds: 1 })
    const begin = performance.now()
    const response = await other.app.inject(`/tap/sync?${new URLSearchParams({ QUERY: endless })}`)
    expect(performance.now() - begin).toBeLessThan(10_000)
    expect([response.statusCode, response.body]).toEqual([413, expect.stringContaining('took longer than 1 second')])
    expect(response.body).toContain('asynchronous job')
  })
})

describe('answers that break off', () => {
  it('M-190 a VOTable says so at its end, without detail', async () => {
    Object.assign(engine, { repeat: 60, breakAfter: 40 })
    const { body, isComplete, response } = await ask({ QUERY: columns, MAXREC: '9000000' })
    expect([isComplete, response.trailers['x-query-status']]).toEqual([true, 'ERROR'])
    expect(body.toString()).toMatch(
      /<\/TABLE>\n<INFO name="QUERY_STATUS" value="ERROR">[^<]*operator[^<]*<\/INFO>\n<\/RESOURCE>/,
    )
    expect(body.toString()).not.toContain('/some/path')
    Object.assign(engine, { repeat: 1, breakAfter: Number.POSITIVE_INFINITY })
  })

  it.each(['', 'gzip'])('a CSV is cut, so that the client notices (%s)', async (encoding) => {
    Object.assign(engine, { repeat: 60, breakAfter: 40 })
    const { isComplete } = await ask(
      { QUERY: columns, FORMAT: 'csv', MAXREC: '9000000' },
      { 'accept-encoding': encoding },
    )
    expect(isComplete).toBe(false)
    Object.assign(engine, { repeat: 1, breakAfter: Number.POSITIVE_INFINITY })
  })

  it('a short one is an error with its status', async () => {
    engine.breakAfter = 0
    const { response, body } = await ask({ QUERY: columns })
    engine.breakAfter = Number.POSITIVE_INFINITY
    expect([response.statusCode, body.toString().includes('/some/path')]).toEqual([500, false])
  })
})
