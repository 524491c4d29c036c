// What an examination finds at real servers: a service as it should be, and each way in which one can be wrong.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { statusJson, statusMetrics, statusPage } from '../../src/pages/status.js'
import {
  type ProbeOptions,
  type ProbeResult,
  type ProbeTarget,
  probeTarget,
  probeTargets,
} from '../../src/registry/probe.js'
import { capabilityFacts, disagreements } from '../../src/registry/probe-capabilities.js'
import { keepProbeResults, previousResults, readProbeHistory } from '../../src/registry/probe-history.js'
import { probeTargetsOf } from '../../src/registry/probe-targets.js'
import { isPublicAddress } from '../../src/tap/addresses.js'
import { openService, type TestService } from '../tap/service.js'

const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

const options: ProbeOptions = {
  limits: { mayReach: () => true, timeoutSeconds: 5, maxBytes: 1_000_000, userAgent: 'test' },
  clock: () => new Date('2026-05-01T08:00:00Z'),
  hosts: 3,
  certificateDays: 14,
}

const target = (accessUrl: string, more: Partial<ProbeTarget> = {}): ProbeTarget => ({
  ivoid: 'ivo://example.edu/tap',
  title: 'Example',
  standardId: 'ivo://ivoa.net/std/tap',
  accessUrl,
  isFormer: false,
  registered: undefined,
  ...more,
})

/** Findings as `outcome check`. */
const found = (result: ProbeResult): readonly string[] =>
  result.findings.map(({ outcome, check }) => `${outcome} ${check}`)

let server: { close(): Promise<unknown> } | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** A server that is wrong in some way. */
async function serving(routes: Record<string, { status?: number; body?: string; location?: string }>): Promise<string> {
  const app = Fastify()
  server = app
  for (const [path, { status = 200, body = '', location }] of Object.entries(routes))
    app.get(path, async (_request, reply) => {
      if (location !== undefined) reply.header('location', location)
      return reply.code(status).type('text/xml').send(body)
    })
  return app.listen({ port: 0, host: '127.0.0.1' })
}

const votable =
  '<VOTABLE xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><INFO name="QUERY_STATUS" value="OK"/></RESOURCE></VOTABLE>'
const available =
  '<a:availability xmlns:a="http://www.ivoa.net/xml/VOSIAvailability/v1.0"><a:available>true</a:available></a:availability>'

describe('a TAP service', () => {
  let service: TestService
  let base: string
  beforeAll(async () => {
    service = await openService()
    base = await service.app.listen({ port: 0, host: '127.0.0.1' })
  }, 60_000)
  afterAll(async () => service[Symbol.asyncDispose]())

  it('that works passes: query, availability, capabilities, with its latency', async () => {
    const result = await probeTarget(target(`${base}/tap`), options)
    expect(found(result)).toEqual(['passed query', 'passed availability', 'passed capabilities'])
    expect(result).toMatchObject({ outcome: 'passed', time: '2026-05-01T08:00:00Z', certificateExpires: null })
    expect(result.latencyMs).toBeGreaterThanOrEqual(0)
  })

  it('whose capabilities are not what is registered gets a warning that says what', async () => {
    const registered = {
      standard: 'ivo://ivoa.net/std/tap',
      accessUrls: ['https://LOCALHOST:8080/tap/', 'http://elsewhere.example/tap'],
      versions: ['1.1', '2.0'],
      formats: ['application/x-votable+xml', 'text/csv'],
      dataModels: ['ivo://ivoa.net/std/obscore#core-1.1'],
    }
    const result = await probeTarget(target(`${base}/tap`, { registered }), options)
    expect(result.outcome).toBe('warning')
    expect(result.findings.filter(({ outcome }) => outcome === 'warning').map(({ message }) => message)).toEqual([
      'access URL elsewhere.example/tap registered and not offered',
      'version 2.0 registered and not offered',
      'format text/csv registered and not offered',
      'data model ivo://ivoa.net/std/obscore#core-1.1 registered and not offered',
    ])
  })
})

describe('a service fails', () => {
  it('when it says that it is not available', async () => {
    const base = await serving({
      '/tap/sync': { body: votable },
      '/tap/availability': { body: available.replace('true', 'false') },
      '/tap/capabilities': { body: '<c xmlns="x"/>' },
    })
    expect(found(await probeTarget(target(`${base}/tap`), options))).toContain('failed availability')
  })

  it.each([
    [
      'a query is answered with an error document',
      { '/tap/sync': { body: votable.replace('"OK"', '"ERROR"') } },
      'failed query',
    ],
    ['a query is answered with a web page', { '/tap/sync': { body: '<html></html>' } }, 'failed query'],
    ['a query is answered with status 500', { '/tap/sync': { status: 500 } }, 'failed access'],
    ['VOSI documents are missing', { '/tap/sync': { body: votable } }, 'failed capabilities'],
    [
      'capabilities are no XML',
      { '/tap/sync': { body: votable }, '/tap/availability': { body: available }, '/tap/capabilities': { body: '<a' } },
      'failed capabilities',
    ],
  ])('when %s', async (_, routes, finding) => {
    const result = await probeTarget(target(`${await serving(routes)}/tap`), options)
    expect(found(result)).toContain(finding)
    expect(result.outcome).toBe('failed')
  })

  it.each([
    ['http://127.0.0.1:1/tap', /refuses the connection/],
    ['http://no-such-host.invalid/tap', /not known to DNS|DNS does not answer/],
    ['ftp://example.edu/tap', /no http or https address/],
    ['http://user:secret@127.0.0.1/tap', /no http or https address/],
  ])('when %s cannot be asked', async (url, message) => {
    const result = await probeTarget(target(url), options)
    expect(result).toMatchObject({ outcome: 'failed', latencyMs: null })
    expect(result.findings[0]?.message).toMatch(message)
  })

  it('when it does not answer in time', async () => {
    const app = Fastify()
    server = app
    app.get('/tap/sync', async () => new Promise((resolve) => setTimeout(resolve, 1500, 'late')))
    const base = await app.listen({ port: 0, host: '127.0.0.1' })
    const hurried = { ...options, limits: { ...options.limits, timeoutSeconds: 0.3 } }
    expect((await probeTarget(target(`${base}/tap`), hurried)).findings[0]?.message).toBe(
      'takes longer than 0.3 seconds',
    )
  })
})

describe('what a server said before', () => {
  const known = new Map([
    ['/tap/sync', votable],
    ['/tap/availability', available],
    [
      '/tap/capabilities',
      '<c xmlns="x"><capability standardID="ivo://ivoa.net/std/TAP"><interface version="1.1"><accessURL>https://a.example/tap</accessURL></interface></capability></c>',
    ],
    ['/page', '<html></html>'],
  ])
  const registered = (version: string) => ({
    standard: 'ivo://ivoa.net/std/tap',
    accessUrls: ['https://a.example/tap'],
    versions: [version],
    formats: [],
    dataModels: [],
  })

  /** A server with validators; gives what it was asked and how it answered. */
  async function withValidators(headers: Readonly<Record<string, string>>) {
    const answers: string[] = []
    const app = Fastify()
    server = app
    app.get('/*', async (request, reply) => {
      const path = request.url.split('?')[0] ?? ''
      const { 'if-none-match': tag, 'if-modified-since': since } = request.headers
      const isKnown =
        'etag' in headers ? tag === headers.etag : since !== undefined && since === headers['last-modified']
      answers.push(`${path} ${isKnown ? 304 : 200}`)
      reply.headers(headers)
      return isKnown ? reply.code(304).send() : reply.type('text/xml').send(known.get(path) ?? '')
    })
    return { base: await app.listen({ port: 0, host: '127.0.0.1' }), answers }
  }

  it.each([
    ['an ETag', { etag: '"a-7"' }],
    ['a date', { 'last-modified': 'Fri, 01 May 2026 07:00:00 GMT' }],
  ])('is not sent again when it can be told by %s; the query always runs', async (_, headers) => {
    const { base, answers } = await withValidators(headers)
    const service = target(`${base}/tap`, { registered: registered('1.1') })
    const page = target(`${base}/page`, { standardId: null })
    const first = [await probeTarget(service, options), await probeTarget(page, options)]
    const previous = ({ accessUrl }: ProbeTarget) => first.find((one) => one.accessUrl === accessUrl)
    const second = [
      await probeTarget(service, { ...options, previous }),
      await probeTarget(page, { ...options, previous }),
    ]
    expect(answers.slice(0, 4).map((one) => one.slice(-3))).toEqual(['200', '200', '200', '200'])
    expect(answers.slice(4)).toEqual(['/tap/sync 200', '/tap/availability 304', '/tap/capabilities 304', '/page 304'])
    expect(second.map(found)).toEqual(first.map(found))
    expect(second.map(({ documents }) => documents)).toEqual(first.map(({ documents }) => documents))
  })

  it('is asked for anew when the record has changed, or nothing is known of it', async () => {
    const { base, answers } = await withValidators({ etag: '"a-7"' })
    const service = target(`${base}/tap`, { registered: registered('1.1') })
    const first = await probeTarget(service, options)
    answers.length = 0
    const changed = { ...service, registered: registered('2.0') }
    const second = await probeTarget(changed, { ...options, previous: () => first })
    expect(answers.map((one) => one.slice(-3))).toEqual(['200', '200', '200'])
    expect(second.findings.map(({ message }) => message)).toContain('version 2.0 registered and not offered')
  })

  it('is found again in the kept history', async () => {
    const { base, answers } = await withValidators({ etag: '"a-7"' })
    const folder = mkdtempSync(join(tmpdir(), 'waymark-known-'))
    try {
      const path = join(folder, 'probe-history.json')
      const page = target(`${base}/page`, { standardId: null })
      for (const answer of ['/page 200', '/page 304', '/page 304']) {
        const previous = previousResults(await readProbeHistory(path))
        await keepProbeResults(path, [await probeTarget(page, { ...options, previous })], true)
        expect(answers.at(-1)).toBe(answer)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('is a failure when a server says 304 to who asked for everything', async () => {
    const base = await serving({ '/tap/sync': { body: votable }, '/tap/availability': { status: 304 } })
    expect(found(await probeTarget(target(`${base}/tap`), options))).toContain('failed availability')
  })
})

describe('an examination', () => {
  it('reaches no private address unless that is allowed, by number or by name', async () => {
    const base = await serving({ '/tap/sync': { body: votable } })
    const careful = { ...options, limits: { ...options.limits, mayReach: isPublicAddress } }
    for (const url of [
      base,
      base.replace('127.0.0.1', 'localhost'),
      'http://[::1]/',
      'http://169.254.169.254/latest',
    ]) {
      const { findings } = await probeTarget(target(url), careful)
      expect(findings).toMatchObject([{ check: 'access', outcome: 'failed', message: /public/ }])
    }
  })

  it('tells where a former address leads, and does not mind when it is gone', async () => {
    const base = await serving({ '/old': { status: 308, location: 'https://new.example/tap' } })
    const former = { isFormer: true, standardId: null }
    expect((await probeTarget(target(`${base}/old`, former), options)).findings[0]?.message).toBe(
      'leads to https://new.example/tap',
    )
    expect(await probeTarget(target('http://127.0.0.1:1/old', former), options)).toMatchObject({ outcome: 'passed' })
  })

  it('asks one host one thing at a time, and several hosts at once', async () => {
    let running = 0
    let most = 0
    const app = Fastify()
    server = app
    app.get('/:n', async () => {
      running++
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 30))
      running--
      return 'ok'
    })
    const base = await app.listen({ port: 0, host: '127.0.0.1' })
    const targets = ['1', '2', '3', '4'].map((n) => target(`${base}/${n}`, { standardId: null }))
    const other = target('http://127.0.0.1:1/', { standardId: null })
    const results: ProbeResult[] = []
    for await (const result of probeTargets([...targets, other], { ...options, hosts: 1 })) results.push(result)
    expect(most).toBe(1)
    expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'passed', 'passed', 'passed', 'failed'])
  })
})

describe.runIf(hasOpenssl)('a certificate', () => {
  /** A server with a certificate of so many days, and what it takes to trust it. */
  async function withCertificate(days: number): Promise<{ readonly url: string; readonly authority: string }> {
    const files = mkdtempSync(join(tmpdir(), 'waymark-tls-'))
    try {
      const [key, cert] = [join(files, 'key.pem'), join(files, 'cert.pem')]
      const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
      const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
      execFileSync(
        'openssl',
        ['req', '-x509', ...curve, ...names, '-days', String(days), '-keyout', key, '-out', cert],
        {
          stdio: 'ignore',
        },
      )
      const authority = readFileSync(cert, 'utf8')
      const app = Fastify({ https: { key: readFileSync(key), cert: authority } })
      server = app
      app.get('/', async () => 'ok')
      await app.listen({ port: 0, host: 'localhost' })
      const address = app.server.address()
      return { url: `https://localhost:${typeof address === 'object' ? address?.port : 0}/`, authority }
    } finally {
      rmSync(files, { recursive: true, force: true })
    }
  }
  const examine = async (days: number, isTrusted: boolean): Promise<ProbeResult> => {
    const { url, authority } = await withCertificate(days)
    const limits = isTrusted ? { ...options.limits, authority } : options.limits
    return probeTarget(target(url, { standardId: null }), { ...options, clock: () => new Date(), limits })
  }

  it.each([
    [90, 'passed'],
    [5, 'warning'],
  ])('of %i more days is told, and a warning when it ends soon', async (days, outcome) => {
    const result = await examine(days, true)
    const end = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
    expect(result).toMatchObject({ outcome, certificateExpires: end })
    expect(result.findings).toContainEqual({
      check: 'certificate',
      outcome,
      message: `valid until ${end}, ${days} more days`,
    })
  })

  it('that nobody vouches for is a failure', async () => {
    const result = await examine(90, false)
    expect(result.outcome).toBe('failed')
    expect(result.findings[0]?.message).toMatch(/self-signed certificate/)
  })
})

describe('what is examined', () => {
  it('is each published standard address with what is registered for it, and each former one once', () => {
    const xml = `<ri:Resource xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0"><capability standardID="ivo://ivoa.net/std/TAP"><interface role="std" version="1.1"><accessURL>https://a.example/tap</accessURL></interface><outputFormat><mime>text/csv</mime></outputFormat></capability><capability standardID="ivo://ivoa.net/std/VOSI#availability"><interface role="std"><accessURL>https://a.example/tap/availability</accessURL></interface></capability></ri:Resource>`
    const former = (formerUrl: string, kind: 'service' | 'page') => ({
      ivoid: null,
      standardId: null,
      formerUrl,
      nextUrl: null,
      closed: null,
      kind,
      moveId: null,
      note: null,
    })
    const targets = probeTargetsOf(
      [{ ivoid: 'ivo://a.example/tap', title: 'A', xml }],
      [
        former('http://o.example/tap', 'service'),
        former('HTTPS://o.example/TAP/', 'service'),
        former('http://o.example/p', 'page'),
      ],
    )
    expect(targets).toMatchObject([
      { accessUrl: 'https://a.example/tap', isFormer: false, registered: { versions: ['1.1'], formats: ['text/csv'] } },
      { accessUrl: 'http://o.example/tap', isFormer: true },
    ])
  })

  it('agrees when the service offers more than is registered, and the fragment of the standard differs', () => {
    const [registered] = capabilityFacts(
      '<r xmlns="x"><capability standardID="ivo://ivoa.net/std/TAP#aux"><interface version="1.1"><accessURL>https://A.example/tap</accessURL></interface></capability></r>',
    )
    const offered = capabilityFacts(
      '<c xmlns="y"><capability standardID="ivo://ivoa.net/std/tap"><interface version="1.1"><accessURL>http://a.example/tap/</accessURL></interface><interface version="1.0"><accessURL>b</accessURL></interface></capability></c>',
    )
    expect(registered && disagreements(registered, offered)).toEqual([])
    expect(registered && disagreements(registered, [])).toMatchObject([/not among the capabilities/])
  })
})

describe('results', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-probe-'))
  const path = join(folder, 'state', 'probe-history.json')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const result = (accessUrl: string, time: string, outcome: 'passed' | 'failed'): ProbeResult => ({
    ivoid: 'ivo://a.example/"x',
    title: '<b>A</b>',
    standardId: null,
    accessUrl,
    isFormer: false,
    time,
    outcome,
    latencyMs: 250,
    certificateExpires: '2026-06-01',
    findings: [{ check: 'access', outcome, message: 'status 200' }],
  })

  it('are kept with their history; what is not published any more goes after a whole examination', async () => {
    await keepProbeResults(
      path,
      [result('https://a', '2026-05-01T08:00:00Z', 'passed'), result('https://b', '2026-05-01T08:00:00Z', 'passed')],
      true,
    )
    await keepProbeResults(path, [result('https://a', '2026-05-01T11:00:00Z', 'failed')], false)
    expect((await readProbeHistory(path)).map(({ last, history }) => [last.accessUrl, history.length])).toEqual([
      ['https://b', 1],
      ['https://a', 2],
    ])
    await keepProbeResults(path, [result('https://a', '2026-05-01T14:00:00Z', 'passed')], true)
    expect(await readProbeHistory(path)).toMatchObject([
      {
        last: { accessUrl: 'https://a' },
        history: [{ outcome: 'passed' }, { outcome: 'failed' }, { outcome: 'passed' }],
      },
    ])
  })

  it('are shown as page, JSON and metrics, with everything escaped', async () => {
    const addresses = await readProbeHistory(path)
    const site = { baseUrl: 'http://r.example', title: 'R', ivoid: 'ivo://r.example/registry' }
    const page = statusPage(site, addresses)
    expect(page).toContain('&lt;b&gt;A&lt;/b&gt;')
    expect(page).toContain('2 of 3')
    expect(JSON.parse(statusJson(addresses))).toMatchObject({
      addresses: [{ accessUrl: 'https://a', history: [{}, {}, {}] }],
    })
    const metrics = statusMetrics(addresses)
    expect(metrics).toContain('waymark_service_up{ivoid="ivo://a.example/\\"x",standard="",access_url="https://a"} 1\n')
    expect(metrics).toContain(
      'waymark_service_latency_seconds{ivoid="ivo://a.example/\\"x",standard="",access_url="https://a"} 0.25\n',
    )
    expect(statusPage(site, [])).toContain('Nothing has been examined yet')
  })

  it('in a damaged file are an error that says what to do, and the file stays', async () => {
    writeFileSync(path, '{"addresses": [1]}')
    await expect(keepProbeResults(path, [], true)).rejects.toThrow(/damaged.*Move it away/)
    expect(readFileSync(path, 'utf8')).toBe('{"addresses": [1]}')
  })
})
