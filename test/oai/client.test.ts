// Harvesting another registry: a second Waymark, and servers that behave as servers do.
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { askRegistry, type HarvestPage, harvestPages } from '../../src/oai/client.js'
import { type ClientOptions, requestUrl } from '../../src/oai/client-request.js'
import { firstChild, textOf } from '../../src/xml/reader.js'
import { MemoryRecords } from '../support/memory-records.js'
import { openOaiDoor } from '../support/oai-door.js'
import { sampleRecords, stamp } from '../support/sample-records.js'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** Pauses taken, in seconds. */
let pauses: number[] = []

function options(more: Partial<ClientOptions> = {}): ClientOptions {
  pauses = []
  return {
    fetch,
    userAgent: 'Waymark (test@example.edu)',
    sleep: async (seconds) => {
      pauses.push(seconds)
    },
    ...more,
  }
}

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(resolve)
      }),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/oai`
}

async function collect(pages: AsyncIterable<HarvestPage>): Promise<readonly HarvestPage[]> {
  const found: HarvestPage[] = []
  for await (const page of pages) found.push(page)
  return found
}

function identifiers(pages: readonly HarvestPage[]): readonly string[] {
  return pages.flatMap(({ document }) =>
    [...document.matchAll(/<header[^>]*><identifier>([^<]*)</g)].map((match) => match[1] ?? ''),
  )
}

function answer(content: string): string {
  return `<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-06-01T00:00:00Z</responseDate><request/>${content}</OAI-PMH>`
}

function part(number: number, token: string): string {
  return answer(
    `<ListRecords><record><header><identifier>ivo://x.y.z/${number}</identifier></header></record><resumptionToken>${token}</resumptionToken></ListRecords>`,
  )
}

/** Answers the requests one after the other; the last one again and again. */
function script(...steps: readonly ({ status: number; headers?: Record<string, string> } | string | 'cut')[]) {
  const urls: string[] = []
  const listener: RequestListener = (request, response) => {
    const step = steps[Math.min(urls.length, steps.length - 1)]!
    urls.push(request.url ?? '')
    if (step === 'cut') {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('<OAI-PMH')
      setTimeout(() => response.destroy(), 20)
    } else if (typeof step === 'string') response.end(step)
    else response.writeHead(step.status, step.headers).end()
  }
  return { urls, listener }
}

const request = (baseUrl: string) => ({ baseUrl, metadataPrefix: 'ivo_vor' })

describe('harvesting a second Waymark', () => {
  async function second(pageRecords: number): Promise<string> {
    const door = await openOaiDoor(new MemoryRecords().put(...sampleRecords()), { pageRecords })
    await door.app.listen({ port: 0, host: '127.0.0.1' })
    closers.push(() => door.app.close())
    return `http://127.0.0.1:${(door.app.server.address() as AddressInfo).port}/oai`
  }

  it.each([1, 3, 100])('M-115: gets every record once, in parts of %d', async (pageRecords) => {
    const baseUrl = await second(pageRecords)
    const pages = await collect(harvestPages({ ...request(baseUrl), set: 'ivo_managed' }, options()))
    expect(identifiers(pages)).toHaveLength(7)
    expect(new Set(identifiers(pages)).size).toBe(7)
    expect(pages).toHaveLength(Math.ceil(7 / pageRecords))
    expect(pages[0]).toMatchObject({ responseDate: '2026-06-01T12:00:00Z', isRestart: false })
    if (pageRecords < 7) expect(pages[0]?.completeListSize).toBe(7)
  })

  it('gets what has changed since, and nothing when nothing has', async () => {
    const baseUrl = await second(100)
    const since = (from: string) => collect(harvestPages({ ...request(baseUrl), from: stamp(from) }, options()))
    expect(identifiers(await since('2026-03-03T12:00:00Z'))).toEqual([
      'ivo://example.edu/gone',
      'ivo://example.edu/quasars',
    ])
    expect(await since('2026-05-01T00:00:00Z')).toEqual([])
  })

  it('asks single questions too', async () => {
    const root = await askRegistry(await second(100), { verb: 'Identify' }, options())
    expect(textOf(firstChild(firstChild(root, 'Identify')!, 'repositoryName')!)).toBe('Example Registry')
    await expect(askRegistry(await second(100), { verb: 'Nonsense' }, options())).rejects.toThrow('badVerb')
  })
})

describe('servers in trouble', () => {
  it('M-116: waits as long as Retry-After says, in seconds or as a date, but no longer than its limit', async () => {
    const { listener } = script(
      { status: 503, headers: { 'retry-after': '7' } },
      {
        status: 429,
        headers: { date: 'Mon, 01 Jun 2026 00:00:00 GMT', 'retry-after': 'Mon, 01 Jun 2026 00:00:30 GMT' },
      },
      { status: 503, headers: { 'retry-after': '86400' } },
      part(1, ''),
    )
    const pages = await collect(harvestPages(request(await serve(listener)), options({ maxPauseSeconds: 60 })))
    expect(identifiers(pages)).toEqual(['ivo://x.y.z/1'])
    expect(pauses).toEqual([7, 30, 60])
  })

  it('tries again after a cut connection and after a status of 500, with growing pauses', async () => {
    const { listener } = script('cut', { status: 500 }, part(1, ''))
    expect(await collect(harvestPages(request(await serve(listener)), options()))).toHaveLength(1)
    expect(pauses).toEqual([2, 4])
  })

  it('gives up after its tries, naming registry, request and reason', async () => {
    const { listener, urls } = script({ status: 502 })
    const baseUrl = await serve(listener)
    const harvest = collect(harvestPages(request(baseUrl), options({ retries: 2 })))
    await expect(harvest).rejects.toMatchObject({ name: 'HarvestError', kind: 'unavailable', registry: baseUrl })
    await expect(harvest).rejects.toThrow('HTTP status 502, 3 times')
    expect(urls).toHaveLength(3)
  })

  it('does not repeat a request that is refused for good', async () => {
    const { listener, urls } = script({ status: 404 })
    await expect(collect(harvestPages(request(await serve(listener)), options()))).rejects.toThrow('HTTP status 404')
    expect(urls).toHaveLength(1)
  })

  it('M-116: follows redirects', async () => {
    const target = await serve(script(part(1, '')).listener)
    const { listener } = script({ status: 302, headers: { location: `${target}?verb=ListRecords` } })
    expect(await collect(harvestPages(request(await serve(listener)), options()))).toHaveLength(1)
  })

  it('begins anew once when a token has expired, and says so', async () => {
    const expired = answer('<error code="badResumptionToken">expired</error>')
    const { listener, urls } = script(part(1, 'a'), expired, part(1, 'b'), part(2, ''))
    const pages = await collect(harvestPages(request(await serve(listener)), options()))
    expect(pages.map(({ isRestart }) => isRestart)).toEqual([false, true, false])
    expect(urls[2]).toBe(urls[0])
    const forever = script(part(1, 'a'), expired, part(1, 'a'), expired)
    await expect(collect(harvestPages(request(await serve(forever.listener)), options()))).rejects.toThrow('expired')
  })

  it('notices tokens that go in circles', async () => {
    const { listener } = script(part(1, 'a'), part(2, 'b'), part(3, 'a'))
    await expect(collect(harvestPages(request(await serve(listener)), options()))).rejects.toThrow('in circles')
  })

  it.each([
    ['a web page', '<html><body>Welcome</body></html>', 'its answer is a <html>, not OAI-PMH'],
    ['a page that is no XML', '<html><br></html>', 'not well-formed XML'],
    ['half an answer', answer('').slice(0, 100), 'not well-formed XML'],
    ['an error', answer('<error code="badArgument">no such set</error>'), 'badArgument: no such set'],
  ])('refuses %s', async (_what, text, reason) => {
    await expect(collect(harvestPages(request(await serve(script(text).listener)), options()))).rejects.toThrow(reason)
  })

  it('goes on after a page with a record that cannot be read: the token is what counts', async () => {
    const broken = part(1, 'a').replace('</header>', '</header><metadata><a></b></metadata>')
    const { listener } = script(broken, part(2, ''))
    expect(await collect(harvestPages(request(await serve(listener)), options()))).toHaveLength(2)
  })

  it('reads prefixed answers and encodings other than UTF-8', async () => {
    const text = `<?xml version="1.0" encoding="ISO-8859-1"?><o:OAI-PMH xmlns:o="http://www.openarchives.org/OAI/2.0/"><o:ListRecords><o:record><o:header><o:identifier>Köln</o:identifier></o:header></o:record><o:resumptionToken/></o:ListRecords></o:OAI-PMH>`
    const baseUrl = await serve((_request, response) => response.end(Buffer.from(text, 'latin1')))
    const [page] = await collect(harvestPages(request(baseUrl), options()))
    expect(page?.document).toContain('Köln')
  })

  it('stops an answer that is too long, and at the wish of the caller', async () => {
    const endless = await serve((_request, response) => {
      const timer = setInterval(() => response.write('x'.repeat(10_000)), 1)
      response.on('close', () => clearInterval(timer))
    })
    const long = collect(harvestPages(request(endless), options({ maxResponseBytes: 100_000 })))
    await expect(long).rejects.toThrow('longer than 100000 bytes')
    const stop = AbortSignal.timeout(50)
    await expect(collect(harvestPages(request(endless), options({ signal: stop })))).rejects.toThrow('timeout')
  })
})

describe('request URLs', () => {
  it.each([
    ['http://x.y/oai', 'http://x.y/oai?verb=Identify'],
    ['http://x.y/oai?', 'http://x.y/oai?verb=Identify'],
    ['http://x.y/oai.pl?site=1', 'http://x.y/oai.pl?site=1&verb=Identify'],
    ['http://x.y/oai.pl?site=1&', 'http://x.y/oai.pl?site=1&verb=Identify'],
  ])('%s → %s', (baseUrl, url) => {
    expect(requestUrl(baseUrl, { verb: 'Identify' })).toBe(url)
  })

  it('M-115: encode tokens with everything that URLs cannot carry', () => {
    expect(requestUrl('http://x.y/oai', { resumptionToken: 'a+b/c=d&e f' })).toBe(
      'http://x.y/oai?resumptionToken=a%2Bb%2Fc%3Dd%26e%20f',
    )
  })
})
