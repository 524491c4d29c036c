// Requests that still arrive at a former host, in each mode, with a real TAP service at the present address.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { request } from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { addLegacyHosts } from '../../src/http/legacy.js'
import { readLegacySettings } from '../../src/registry/legacy-settings.js'
import { indexMoves, type MoveData, type MovedAddress } from '../../src/registry/moves-lookup.js'
import { openService, type TestService } from '../tap/service.js'

const silent = pino({ level: 'silent' })
const today = '2026-05-01'
let service: TestService
let presentBase: string
beforeAll(async () => {
  // The service has to know its address before it listens.
  const probe = Fastify()
  const address = await probe.listen({ port: 0, host: '127.0.0.1' })
  await probe.close()
  service = await openService({ baseUrl: address })
  await service.app.listen({ port: Number(new URL(address).port), host: '127.0.0.1' })
  presentBase = `${address}/tap`
}, 60_000)
afterAll(async () => service[Symbol.asyncDispose]())

const former = (path: string, nextUrl: string | null, more: Partial<MovedAddress> = {}): MovedAddress => ({
  ivoid: null,
  standardId: null,
  formerUrl: `http://old.example${path}`,
  nextUrl,
  closed: '2025-06-26',
  kind: 'service',
  moveId: 'big-move',
  note: null,
  ...more,
})

const folder = mkdtempSync(join(tmpdir(), 'waymark-legacy-'))
const hitsPath = join(folder, 'legacy-hits.json')
let app: FastifyInstance | undefined
afterEach(async () => {
  await app?.close()
  rmSync(hitsPath, { force: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Starts the former host; gives its port. */
async function start(
  setting: string,
  addresses: readonly MovedAddress[] = standard(),
  forwarding: string | null = null,
): Promise<number> {
  const data: MoveData = {
    addresses,
    moves: [
      {
        moveId: 'big-move',
        title: 'Move',
        announced: null,
        bothServeFrom: null,
        closed: null,
        reason: null,
        forwarding,
      },
    ],
    changes: [],
    present: [],
  }
  const settings = readLegacySettings(setting)
  if (settings === undefined) throw new TypeError('a setting is needed')
  const legacy = Fastify()
  app = legacy
  await addLegacyHosts(legacy, {
    settings,
    baseUrl: 'http://registry.example',
    hitsPath,
    bodyBytes: 10_000,
    clock: () => new Date(`${today}T23:30:00Z`),
    log: silent,
    moves: async () => ({ data, index: indexMoves(data) }),
    site: async () => ({ baseUrl: 'http://registry.example', title: 'Test', ivoid: 'ivo://example.edu/registry' }),
  })
  legacy.get('/own', async () => 'own page')
  await legacy.listen({ port: 0, host: '127.0.0.1' })
  const address = legacy.server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const standard = (): readonly MovedAddress[] => [
  former('/CAOMTAP/TapService.aspx', presentBase),
  former('/page.html', 'https://new.example/page', { kind: 'page' }),
  former('/sia', 'https://new.example/sia2', { kind: 'successor', moveId: null }),
  former('/oai.aspx', null, { note: 'OAI-PMH interface.' }),
]

interface Asked {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly body: string
}

async function ask(
  port: number,
  path: string,
  options: { method?: 'GET' | 'POST' | 'DELETE' | 'HEAD'; body?: string; headers?: Record<string, string> } = {},
): Promise<Asked> {
  const { method = 'GET', body, headers = {} } = options
  const form = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await request(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { host: 'OLD.example', ...form, ...headers },
    body: body ?? null,
  })
  return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() }
}

const query = 'LANG=ADQL&QUERY=SELECT+TOP+1+ivoid+FROM+rr.resource+ORDER+BY+ivoid'

describe('mode redirect', () => {
  it('sends on with 308, path and query kept, in any spelling', async () => {
    const port = await start('redirect')
    const answer = await ask(port, `//caomtap/TAPSERVICE.aspx/sync?${query}`)
    expect([answer.status, answer.headers.location]).toEqual([308, `${presentBase}/sync?${query}`])
    const posted = await ask(port, '/CAOMTAP/TapService.aspx/async', { method: 'POST', body: query })
    expect([posted.status, posted.headers.location]).toEqual([308, `${presentBase}/async`])
  })

  it.each([
    ['/cone?cat=1&RA=1&DEC=%2B2', 'https://new.example/one?RA=1&DEC=%2B2'],
    ['/cone?cat=1', 'https://new.example/one?'],
    ['/cone?cat=2&RA=1', 'https://new.example/two?x=y&RA=1'],
    ['/cone?cat=9&RA=1', 'https://new.example/all?cat=9&RA=1'],
    [`/cone?cat=1&UPLOAD=${'x'.repeat(9000)}`, `https://new.example/one?UPLOAD=${'x'.repeat(9000)}`],
  ])('knows former addresses with a query of their own: %.30s', async (path, location) => {
    const port = await start('redirect', [
      former('/cone', 'https://new.example/all'),
      former('/cone?cat=1&', 'https://new.example/one?'),
      former('/cone?cat=2&', 'https://new.example/two?x=y&'),
    ])
    const { status, headers } = await ask(port, path)
    expect([status, headers.location]).toEqual([308, location])
  })

  it('leaves other hosts to the doors', async () => {
    const port = await start('redirect')
    expect(await ask(port, '/own', { headers: { host: 'registry.example' } })).toMatchObject({
      status: 200,
      body: 'own page',
    })
    expect(await ask(port, '/own', { headers: { host: 'third.example' } })).toMatchObject({ status: 200 })
    expect(await ask(port, '/own')).toMatchObject({ status: 404 })
  })
})

describe('modes by operation', () => {
  const base = '/CAOMTAP/TapService.aspx'
  const outcomes = async (setting: string, forwarding: string | null = null) => {
    const port = await start(setting, standard(), forwarding)
    const found: Record<string, number> = {}
    for (const path of ['/sync', '/async', '/async/7/phase', '/capabilities'])
      found[path] = (await ask(port, base + path)).status
    return found
  }

  it.each([
    ['redirect,async=error', null],
    ['redirect,big-move.async=error', null],
    ['redirect', 'sync=redirect,async=error'],
    // What a move says of itself is closer than what is said about all moves.
    ['proxy,sync=error,async=proxy', 'sync=redirect,async=error,other=redirect'],
  ])('queries redirected, jobs refused with an explanation: %s, move says %s', async (setting, forwarding) => {
    expect(await outcomes(setting, forwarding)).toEqual({
      '/sync': 308,
      '/async': 410,
      '/async/7/phase': 410,
      '/capabilities': 308,
    })
    const refused = await ask(await start(setting, standard(), forwarding), `${base}/async`, {
      method: 'POST',
      body: query,
    })
    expect(refused.body).toContain('name="QUERY_STATUS" value="ERROR"')
    expect(refused.body).toContain(`The service is now at ${presentBase}`)
  })

  it('the operator has the last word on a move', async () => {
    expect(await outcomes('redirect,big-move=error', 'sync=redirect')).toMatchObject({ '/sync': 410, '/async': 410 })
    expect(await outcomes('error,big-move=error,big-move.sync=proxy', 'sync=error')).toMatchObject({
      '/sync': 400,
      '/async': 410,
    })
  })
})

describe('mode error', () => {
  it('is a VOTable that names the present address, the day and more', async () => {
    const port = await start('error')
    const answer = await ask(port, '/CAOMTAP/TapService.aspx/sync', { method: 'POST', body: query })
    expect([answer.status, answer.headers['content-type']]).toEqual([410, 'application/x-votable+xml'])
    expect(answer.body).toMatch(/QUERY_STATUS" value="ERROR"/)
    expect(answer.body).toContain(`closed on 2025-06-26. The service is now at ${presentBase}`)
  })

  it.each(['/async', '/async/7/phase', '/sync'])('refuses what is posted to %s, with the explanation', async (path) => {
    const answer = await ask(await start('error'), `/CAOMTAP/TapService.aspx${path}`, { method: 'POST', body: query })
    expect([answer.status, answer.headers.location]).toEqual([410, undefined])
    expect(answer.body).toContain('name="QUERY_STATUS" value="ERROR"')
    expect(answer.body).toContain(presentBase)
  })

  it('sends people to the page that explains', async () => {
    const port = await start('error')
    const answer = await ask(port, '/CAOMTAP/TapService.aspx', { headers: { accept: 'text/html,*/*' } })
    expect(answer.status).toBe(303)
    expect(answer.headers.location).toMatch(/^http:\/\/registry\.example\/moved\?url=http%3A%2F%2F/)
  })

  it.each([
    ['/oai.aspx?verb=Identify', 410, 'No replacement is known. OAI-PMH interface.'],
    ['/sia?POS=1,2', 410, 'https://new.example/sia2 speaks another protocol'],
    ['/something', 404, 'Nothing is known about this address.'],
  ])('in every mode for %s', async (path, status, message) => {
    const answer = await ask(await start('redirect'), path)
    expect(answer.status).toBe(status)
    expect(answer.body).toContain(message)
  })
})

describe('mode proxy', () => {
  it('answers a query as the present address does, sent by GET or POST', async () => {
    const port = await start('error,big-move=proxy')
    const direct = await request(`${presentBase}/sync?${query}`)
    const rows = /<TABLEDATA>.*<\/TABLEDATA>/s.exec(await direct.body.text())?.[0]
    for (const answer of [
      await ask(port, `/CAOMTAP/TapService.aspx/sync?${query}`),
      await ask(port, '/caomtap/tapservice.aspx/sync', { method: 'POST', body: query }),
    ]) {
      expect(answer).toMatchObject({ status: 200, headers: { 'x-present-url': presentBase } })
      expect(answer.body).toContain(rows)
    }
  })

  it('runs a whole job at the former address: every address in it is a former one', async () => {
    const port = await start('proxy')
    const base = `http://old.example:${port}/CAOMTAP/TapService.aspx`
    const host = { host: `old.example:${port}` }
    const local = (url: unknown): string => String(url).replace(`http://old.example:${port}`, '')
    const created = await ask(port, '/CAOMTAP/TapService.aspx/async', {
      method: 'POST',
      body: `${query}&PHASE=RUN`,
      headers: host,
    })
    expect(created.status).toBe(303)
    const job = String(created.headers.location)
    expect(job.startsWith(`${base}/async/`)).toBe(true)
    const document = await ask(port, `${local(job)}?WAIT=20&PHASE=EXECUTING`, { headers: host })
    const ended = /COMPLETED/.test(document.body)
      ? document
      : await ask(port, `${local(job)}?WAIT=20`, { headers: host })
    expect(ended.body).toContain('COMPLETED')
    expect(ended.body).not.toContain(presentBase)
    const result = /href="([^"]+)"/.exec(ended.body)?.[1]
    expect(result?.startsWith(`${job}/results/`)).toBe(true)
    expect((await ask(port, local(result), { headers: host })).body).toContain('<TABLEDATA>')
    const removed = await ask(port, local(job), { method: 'DELETE', headers: host })
    expect([removed.status, removed.headers.location]).toEqual([303, `${base}/async`])
    expect((await ask(port, local(job), { headers: host })).status).toBe(404)
  })

  it('passes on errors as they are', async () => {
    const answer = await ask(await start('proxy'), '/CAOMTAP/TapService.aspx/sync?LANG=ADQL&QUERY=SELEC')
    expect(answer.status).toBe(400)
    expect(answer.body).toContain('ERROR')
  })

  it('says so when the present address does not answer', async () => {
    const port = await start('proxy', [former('/tap', 'http://127.0.0.1:1/tap')])
    const answer = await ask(port, '/tap/sync')
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '60'])
  })
})

describe('the proxy cannot be used to reach anything else:', () => {
  const get = async (path: string, host = 'old.example'): Promise<string> =>
    raw(await start('proxy'), `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)

  it.each([
    '/CAOMTAP/TapService.aspx/../../admin',
    '/CAOMTAP/TapService.aspx/..',
    '/CAOMTAP/./TapService.aspx/sync',
    '/CAOMTAP/TapService.aspx/%2e%2e/%2E%2E/admin',
    '/CAOMTAP/TapService.aspx/async/../../../admin',
    '/CAOMTAP/TapService.aspx/async/..%2f..%2Fadmin',
    '/CAOMTAP/TapService.aspx/async/..%5Cadmin',
  ])('%s is refused', async (path) => {
    const answer = await get(path)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('expected one without . and .. as parts')
    expect(answer).not.toMatch(/^(?:location|x-present-url):/im)
  })

  it.each([
    '/CAOMTAP/TapService.aspx/async/%0d%0aHost:%20internal',
    '/CAOMTAP/TapService.aspx/@internal.example/',
    '/CAOMTAP/TapService.aspx/sync/http://internal.example/',
    '/CAOMTAP/TapService.aspx/other',
  ])('%s is at most redirected', async (path) => {
    const answer = await get(path)
    expect(answer).toMatch(/^HTTP\/1\.1 (308|404) /)
    const location = /^location: (.*)\r$/im.exec(answer)?.[1]
    if (location !== undefined) expect(location.startsWith(`${presentBase}/`)).toBe(true)
    expect(answer).not.toMatch(/^x-present-url/im)
  })

  it('knows the host with the dot of the root, and by its own name only', async () => {
    expect(await get('/CAOMTAP/TapService.aspx/tables', 'old.example.')).toMatch(/^HTTP\/1\.1 200 /)
    const forwarded = 'registry.example\r\nX-Forwarded-Host: old.example'
    expect(await get('/CAOMTAP/TapService.aspx/tables', forwarded)).toMatch(/^HTTP\/1\.1 404 /)
  })

  it.each([
    [
      'another host in the request line',
      'GET http://internal.example/CAOMTAP/TapService.aspx/sync HTTP/1.1\r\nHost: old.example',
      400,
    ],
    ['signs that are none', 'GET /CAOMTAP/TapService.aspx/sync?a=\u00e9 HTTP/1.1\r\nHost: old.example', 400],
    ['two hosts', 'GET /CAOMTAP/TapService.aspx/sync HTTP/1.1\r\nHost: old.example\r\nHost: registry.example', 400],
    [
      'two lengths',
      'POST /CAOMTAP/TapService.aspx/sync HTTP/1.1\r\nHost: old.example\r\nContent-Length: 0\r\nContent-Length: 5',
      400,
    ],
    [
      'a length and chunks',
      'POST /CAOMTAP/TapService.aspx/sync HTTP/1.1\r\nHost: old.example\r\nContent-Length: 6\r\nTransfer-Encoding: chunked',
      400,
    ],
    ['backslashes', 'GET /CAOMTAP\\..\\sync HTTP/1.1\r\nHost: old.example', 400],
    ['a huge path', `GET /CAOMTAP/TapService.aspx/${'x'.repeat(5000)} HTTP/1.1\r\nHost: old.example`, 413],
    ['a host with a user', 'GET /CAOMTAP/TapService.aspx/sync HTTP/1.1\r\nHost: old.example@internal.example', 404],
    [
      'a request that comes back',
      'GET /CAOMTAP/TapService.aspx/sync HTTP/1.1\r\nHost: old.example\r\nVia: 1.1 a, 1.1 waymark-legacy',
      400,
    ],
    ['another method', 'PUT /CAOMTAP/TapService.aspx/sync HTTP/1.1\r\nHost: old.example\r\nContent-Length: 0', 400],
  ])('%s', async (_, head, status) => {
    expect(await raw(await start('proxy'), `${head}\r\nConnection: close\r\n\r\n`)).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} `),
    )
  })

  it('a body beyond the limit, announced or not', async () => {
    const port = await start('proxy')
    const body = `QUERY=${'x'.repeat(20_000)}`
    expect((await ask(port, '/CAOMTAP/TapService.aspx/sync', { method: 'POST', body })).status).toBe(413)
    const chunked = `POST /CAOMTAP/TapService.aspx/sync HTTP/1.1\r\nHost: old.example\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
    expect(await raw(port, chunked)).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('cookies and credentials stay where they are', async () => {
    const seen: Record<string, unknown>[] = []
    const target = Fastify()
    target.get('/tap/sync', async (given, reply) => {
      seen.push(given.headers)
      return reply.header('set-cookie', 'a=b').header('x-secret', '1').send('ok')
    })
    try {
      const base = await target.listen({ port: 0, host: '127.0.0.1' })
      const port = await start('proxy', [former('/tap', `${base}/tap`)])
      const answer = await ask(port, '/tap/sync', {
        headers: { cookie: 'c=d', authorization: 'Basic x', 'x-forwarded-for': '1' },
      })
      expect(answer).toMatchObject({ status: 200, body: 'ok' })
      expect(Object.keys(seen[0] ?? {}).sort()).toEqual(['connection', 'host', 'via'])
      expect(answer.headers).not.toHaveProperty('set-cookie')
      expect(answer.headers).not.toHaveProperty('x-secret')
    } finally {
      await target.close()
    }
  })
})

describe('hits', () => {
  it('are counted by address, day and client family, and survive a restart', async () => {
    const port = await start('redirect')
    const agent = (name: string) => ({ headers: { 'user-agent': name } })
    await ask(port, '/CAOMTAP/TapService.aspx/sync', agent('pyVO/1.5 python-requests/2'))
    await ask(port, '/caomtap/tapservice.aspx', agent('pyVO/1.4'))
    await ask(port, '/oai.aspx', agent('curl/8'))
    await ask(port, '/nothing', agent('x'.repeat(3000)))
    await app?.close()
    const again = await start('redirect')
    await ask(again, '/CAOMTAP/TapService.aspx', agent('STILTS/3.4 Java/17'))
    const page = await ask(again, '/legacy?format=json', { headers: { host: 'registry.example' } })
    expect(JSON.parse(page.body)).toMatchObject({
      today,
      hosts: [{ host: 'old.example', lastDay: today, quietDays: 0, daysLeft: 30 }],
      addresses: [
        {
          formerUrl: 'http://old.example/CAOMTAP/TapService.aspx',
          lastDay: today,
          requests: 3,
          requests7Days: 3,
          clients: [
            { client: 'pyvo', requests: 2 },
            { client: 'STILTS', requests: 1 },
          ],
        },
        { requests: 1 },
        { requests: 1 },
        { requests: 0, lastDay: null },
        { requests: 0 },
      ],
    })
    const html = await ask(again, '/legacy', { headers: { host: 'registry.example' } })
    expect(html.body).toContain('in 30 days, if nobody comes')
  })

  it('begin anew when their file is damaged, which is kept', async () => {
    writeFileSync(hitsPath, '{"hits": [')
    const port = await start('redirect')
    await ask(port, '/oai.aspx')
    await app?.close()
    expect(JSON.parse(readFileSync(hitsPath, 'utf8'))).toMatchObject({ hits: [{ requests: 1, day: today }] })
    expect(readFileSync(`${hitsPath}.damaged`, 'utf8')).toBe('{"hits": [')
  })
})

describe('the setting', () => {
  it.each(['maybe', 'proxy,=error', 'proxy,x', 'proxy,x=y', ',proxy', 'proxy,move.get=error', 'proxy,sync.async=x'])(
    '%j is refused',
    (text) => {
      expect(() => readLegacySettings(text)).toThrow(/expected redirect, proxy or error/)
    },
  )
})

/** Sends bytes as they are and gives the whole answer. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      text += String(chunk)
    })
    socket.on('close', () => resolve(text))
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)))
  })
}
