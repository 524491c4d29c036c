// The pages as browsers, scripts and strangers ask for them, over an engine that holds the shipped resources.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { html } from '../../src/pages/html.js'
import { assets, page } from '../../src/pages/layout.js'
import type { ProbeResult } from '../../src/registry/probe.js'
import { keepProbeResults } from '../../src/registry/probe-history.js'
import { hasShared, schemaViolations } from '../support/schemas.js'
import { openPageDoor, type PageDoor } from './door.js'

let door: PageDoor
beforeAll(async () => {
  door = await openPageDoor()
}, 60_000)
afterAll(async () => door[Symbol.asyncDispose]())

const get = (url: string, headers: Readonly<Record<string, string>> = {}) => door.app.inject({ url, headers })

describe('the service list', () => {
  it('is the first page and names every service with its present address', async () => {
    const { statusCode, headers, body } = await get('/')
    expect(statusCode).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(body).toContain('<h1>Example registry of MAST services</h1>')
    for (const catalog of [
      'caom',
      'gaiadr3',
      'hsc',
      'ps1dr1',
      'ps1dr2',
      'registry',
      'tic',
      'classy',
      'ullyses',
      'goods',
      '3dhst',
      'candels',
    ])
      expect(body).toContain(`<code class="">https://mast.stsci.edu/vo-tap/api/v0.1/${catalog}</code>`)
    // Our own TAP service is one of them.
    expect(body.split('<article').length - 1).toBe(13)
  })

  it.each([
    ['/?q=gaia', ['ivo://archive.stsci.edu/tap/gaiadr3']],
    ['/?q=pan-starrs1+dr2', ['ivo://archive.stsci.edu/ps1dr2tap']],
    [
      '/?moved=yes&sort=ivoid',
      [
        'ivo://archive.stsci.edu/caomtap',
        'ivo://archive.stsci.edu/ps1dr2tap',
        'ivo://archive.stsci.edu/regtap',
        'ivo://mast.example/tap/hsc',
      ],
    ],
    ['/services?standard=cone', []],
    ['/?page=2', []],
    [`/?q=${encodeURIComponent("o'brien % _ --")}`, []],
  ])('%s shows %j', async (url, ivoids) => {
    const { statusCode, body } = await get(url)
    expect(statusCode).toBe(200)
    expect([...body.matchAll(/data-copy="(ivo:[^"]*)"/g)].map((match) => match[1])).toEqual(ivoids)
  })

  it.each([
    ['/?standard=soap', 'standard is &quot;soap&quot;; expected one of tap, cone'],
    ['/?sort=random', 'expected one of title, updated, ivoid'],
    ['/?page=0', 'expected a number from 1 to'],
    ['/?page=1e9', 'expected a number from 1 to'],
  ])('%s is refused with the choices', async (url, message) => {
    const { statusCode, body } = await get(url)
    expect(statusCode).toBe(400)
    expect(body).toContain(message)
  })

  it('is there for programs, as JSON', async () => {
    const { headers, body } = await get('/services?q=gaia', { accept: 'application/json' })
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
    expect(JSON.parse(body)).toMatchObject({
      next: null,
      services: [
        {
          ivoid: 'ivo://archive.stsci.edu/tap/gaiadr3',
          record: 'http://localhost:8080/record/archive.stsci.edu/tap/gaiadr3',
          interfaces: [
            {
              standardId: 'ivo://ivoa.net/std/tap',
              accessUrl: 'https://mast.stsci.edu/vo-tap/api/v0.1/gaiadr3',
              examples: 'https://mast.stsci.edu/vo-tap/api/v0.1/gaiadr3/examples',
            },
          ],
          formerAddresses: [],
          documents: [
            { url: 'https://mast.stsci.edu/vo-tap/api/v0.1/openapi.json', description: 'OpenAPI description' },
          ],
          tables: ['dbo.gaia_source'],
        },
      ],
    })
    expect((await get('/?format=pdf')).statusCode).toBe(400)
  })

  it('is there as CSV and VOTable, all of it, one row for each way into a service', async () => {
    const csv = await get('/services?format=csv&q=caom')
    expect(csv.headers['content-type']).toBe('text/csv;header=present;charset=utf-8')
    const [head = '', row = '', ...rest] = csv.body.trimEnd().split('\r\n')
    expect(rest).toEqual([])
    expect(head).toMatch(/^ivoid,short_name,res_title,standard_id,std_version,access_url,former_urls,/)
    expect(row).toContain(',https://mast.stsci.edu/vo-tap/api/v0.1/caom,')
    expect(row).toContain('http://vao.stsci.edu/CAOMTAP/TapService.aspx')
    const { headers, body } = await get('/services', { accept: 'application/x-votable+xml' })
    expect(headers['content-type']).toBe('application/x-votable+xml')
    expect(headers.vary).toBe('accept, accept-encoding')
    expect(body.split('<TR>').length - 1).toBe(13)
    expect(body).toContain('name="QUERY_STATUS" value="OK"')
    if (hasShared) expect(await schemaViolations(body)).toEqual([])
  })

  it('loads nothing from elsewhere and may not be framed', async () => {
    const { headers, body } = await get('/')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect([...body.matchAll(/(?:src|rel="stylesheet" href)="([^"]*)"/g)].map((match) => match[1])).toEqual([
      assets.style.path,
      assets.script.path,
    ])
    expect(body).not.toMatch(/ style="| on[a-z]+="/)
  })

  it('serves its style and script for ever, under names that change with them', async () => {
    for (const asset of Object.values(assets)) {
      const { statusCode, headers, body } = await get(asset.path)
      expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([
        200,
        asset.mediaType,
        'public, max-age=31536000, immutable',
      ])
      expect(body).toBe(asset.content)
    }
  })
})

describe('the last check of each service', () => {
  const examined = (outcome: 'passed' | 'failed', accessUrl: string): ProbeResult => ({
    ivoid: 'ivo://archive.stsci.edu/CAOMTAP',
    title: 'CAOM',
    standardId: 'ivo://ivoa.net/std/tap',
    accessUrl,
    isFormer: false,
    time: '2026-05-01T08:00:00Z',
    outcome,
    latencyMs: 12,
    certificateExpires: null,
    findings: [{ check: 'query', outcome, message: 'told by the query' }],
  })
  const caom = '/services?q=caom&format=json'
  const keep = (...results: readonly ProbeResult[]) =>
    keepProbeResults(join(door.registry.config.state, 'probe-history.json'), results, true)
  afterAll(() => rmSync(join(door.registry.config.state, 'probe-history.json'), { force: true }))

  it('is told as not checked before there was one', async () => {
    expect((await get('/?q=caom')).body).toContain('not checked')
    expect((await get(caom)).json()).toMatchObject({ services: [{ lastCheck: null }] })
  })

  it('stands in the list, on the page of the record and in JSON; a new result shows at once', async () => {
    await keep(examined('passed', 'https://a.example/1'))
    expect((await get('/?q=caom')).body).toMatch(/<span class="tag good">ok<\/span>.*2026-05-01 08:00 UTC/)
    await keep(examined('passed', 'https://a.example/1'), examined('failed', 'https://a.example/2'))
    for (const url of ['/?q=caom', '/record/archive.stsci.edu/caomtap'])
      expect((await get(url)).body).toMatch(/<a href="\/status"><span class="tag bad">failed<\/span>.*query: told by/)
    expect((await get(caom)).json()).toMatchObject({
      services: [
        { lastCheck: { outcome: 'failed', time: '2026-05-01T08:00:00Z', problems: ['query: told by the query'] } },
      ],
    })
  })

  it('does not keep the list from coming when its file is damaged', async () => {
    writeFileSync(join(door.registry.config.state, 'probe-history.json'), '{')
    expect(await get('/?q=caom')).toMatchObject({ statusCode: 200 })
  })
})

describe('the menu', () => {
  it('leads to the status, and to the counts of former hosts where those are answered', async () => {
    const menu = (body: string) =>
      [...(/<nav.*<\/nav>/.exec(body)?.[0] ?? '').matchAll(/href="([^"]*)"/g)].map((one) => one[1])
    expect(menu((await get('/')).body)).toEqual(['/', '/moved', '/query', '/status'])
    const site = { baseUrl: 'http://localhost:8080', title: 'T', ivoid: 'ivo://a.example/r', hasFormerHosts: true }
    expect(menu(page(site, 'T', '/legacy', html`x`))).toEqual(['/', '/moved', '/query', '/status', '/legacy'])
  })
})

describe('the page of a record', () => {
  it('shows tables and columns in the order of the record', async () => {
    const { statusCode, body } = await get('/record/archive.stsci.edu/tap/gaiadr3')
    expect(statusCode).toBe(200)
    const columns = [...body.matchAll(/<tr><td data-label="Column"><code>([^<]*)<\/code>/g)].map((match) => match[1])
    expect(columns).toHaveLength(152)
    expect(columns.slice(0, 5)).toEqual(['solution_id', 'designation', 'source_id', 'random_index', 'ref_epoch'])
  })

  it('is found with ivo:// in front and in any case', async () => {
    const { statusCode, body } = await get('/record/ivo://ARCHIVE.stsci.edu/Tap/GaiaDR3')
    expect(statusCode).toBe(200)
    expect(body).toContain('<h1>MAST STScI Gaia DR3 TAP service</h1>')
  })

  it('leads to the document', async () => {
    const { headers, body } = await get('/record/archive.stsci.edu/caomtap?format=xml')
    expect(headers['content-type']).toBe('text/xml; charset=utf-8')
    expect(body).toContain('<identifier>ivo://archive.stsci.edu/caomtap</identifier>')
  })

  it('says that a deleted record was deleted', async () => {
    const { statusCode, body } = await get('/record/mast.example/tap/withdrawn')
    expect(statusCode).toBe(410)
    expect(body).toContain('deleted on 2026-04-01T12:00:00Z')
  })

  it.each(['/record/mast.example/nothing', '/record/', '/record/..%2f..%2fetc/passwd', '/record/a<script>b'])(
    '%s is not found',
    async (url) => {
      const { statusCode, body } = await get(url)
      expect(statusCode).toBe(404)
      expect(body).toContain('<h1>There is no such page</h1>')
      expect(body).not.toContain('<script>b')
    },
  )
})

describe('/moved', () => {
  const old = 'http://vao.stsci.edu/CAOMTAP/TapService.aspx/sync'
  const present = 'https://mast.stsci.edu/vo-tap/api/v0.1/caom/sync'

  it('answers people with the new address, the resource and the move', async () => {
    const { statusCode, body } = await get(`/moved?url=${encodeURIComponent(old)}`)
    expect(statusCode).toBe(200)
    expect(body).toContain('This address has moved; it was closed on 2025-06-26.')
    expect(body).toContain(`<code class="">${present}</code>`)
    expect(body).toContain('href="/record/archive.stsci.edu/caomtap"')
    expect(body).toContain('href="/moved/2025-vo-tap"')
  })

  it('answers shells with the new address on the first line', async () => {
    const { headers, body } = await get(`/moved?url=${encodeURIComponent(old)}`, { accept: 'text/plain' })
    expect(headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(body.split('\n')[0]).toBe(present)
    expect(
      body
        .split('\n')
        .slice(1, -1)
        .every((line) => line.startsWith('# ')),
    ).toBe(true)
  })

  it('answers programs in JSON', async () => {
    const { body } = await get(`/moved?format=json&url=${encodeURIComponent(old)}`)
    expect(JSON.parse(body)).toMatchObject({
      status: 'moved',
      newUrl: present,
      accessUrl: 'https://mast.stsci.edu/vo-tap/api/v0.1/caom',
      ivoid: 'ivo://archive.stsci.edu/caomtap',
      title: 'MAST STScI CAOM and ObsCore TAP service',
      steps: [{ closed: '2025-06-26', announced: '2025-06-13', move: '2025-vo-tap' }],
    })
  })

  it.each([
    ['http://example.org/tap', 404, 'unknown'],
    ['ivo://archive.stsci.edu/caomtap', 400, 'not-an-address'],
    ['http://vao.stsci.edu/a\r\nx: y', 400, 'not-an-address'],
    [`http://vao.stsci.edu/${'a'.repeat(9000)}`, 400, 'not-an-address'],
    ['http://vao.stsci.edu/directory/oai.aspx', 200, 'gone'],
    ['https://mast.stsci.edu/vo-tap/api/v0.1/tic/async', 200, 'present'],
  ])('%j has the status %i and %s', async (url, status, word) => {
    const { statusCode, body } = await get(`/moved?format=json&url=${encodeURIComponent(url)}`)
    expect([statusCode, JSON.parse(body).status]).toEqual([status, word])
  })

  it('asks for the parameter that is missing, and refuses formats it does not have', async () => {
    expect((await get('/moved?format=text')).body).toMatch(/^# The parameter url is missing.*\n$/)
    expect((await get(`/moved?format=pdf&url=${old}`)).statusCode).toBe(400)
  })

  it('answers what is wrong with a request in the format that was asked for', async () => {
    for (const answer of [await get('/moved?format=json'), await get('/moved', { accept: 'application/json' })]) {
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([400, 'application/json; charset=utf-8'])
      expect(answer.json()).toEqual({
        error: { status: 400, message: expect.stringMatching(/parameter url is missing/) },
      })
    }
    expect((await get('/moved/2099?format=json')).json()).toMatchObject({ error: { status: 404 } })
    expect((await get('/services?format=votable&sort=x')).body).toContain('value="ERROR"')
    expect((await get('/services?format=pdf')).headers['content-type']).toBe('text/html; charset=utf-8')
  })

  it('lists all moves for programs: JSON, CSV and VOTable say the same, chains followed to their end', async () => {
    const list = (await get('/moved/list?format=json')).json() as {
      readonly moves: readonly { readonly move: string }[]
      readonly addresses: readonly { readonly formerUrl: string; readonly accessUrl: string | null }[]
    }
    expect(list.moves.map(({ move }) => move)).toContain('2025-vo-tap')
    expect(list.addresses).toContainEqual(
      expect.objectContaining({
        formerUrl: 'http://vao.stsci.edu/CAOMTAP/TapService.aspx',
        accessUrl: 'https://mast.stsci.edu/vo-tap/api/v0.1/caom',
        ivoid: 'ivo://archive.stsci.edu/caomtap',
        move: '2025-vo-tap',
      }),
    )
    const csv = (await get('/moved/list?format=csv')).body.trimEnd().split('\r\n')
    const votable = (await get('/moved/list?format=votable')).body
    expect([csv.length - 1, votable.split('<TR>').length - 1]).toEqual([list.addresses.length, list.addresses.length])
    if (hasShared) expect(await schemaViolations(votable)).toEqual([])
    expect((await get('/moved/list')).body).toContain('<h1>All former addresses</h1>')
  })

  it('lists one move alone', async () => {
    const { addresses } = (await get('/moved/2025-vo-tap?format=json')).json() as {
      readonly addresses: readonly { readonly move: string | null }[]
    }
    expect([...new Set(addresses.map(({ move }) => move))]).toEqual(['2025-vo-tap'])
  })

  it('has a page for each move, and none for others', async () => {
    const { body } = await get('/moved/2025-vo-tap')
    expect(body).toContain('<h1>TAP services of MAST move to a new platform</h1>')
    expect((await get('/moved/2099')).statusCode).toBe(404)
  })
})

describe('the query page', () => {
  const page = (parameters: Record<string, string>) => get(`/query?${new URLSearchParams(parameters)}`)

  it('shows a query without running it until asked', async () => {
    const { body } = await page({ q: 'SELECT 1 AS "</textarea>" FROM x' })
    expect(body).toContain('SELECT 1 AS &quot;&lt;/textarea&gt;&quot; FROM x</textarea>')
    expect(body).not.toContain('id="result"')
    expect(body).toContain('waymark.moved_access_url')
  })

  it('runs a query, links what can be followed, and offers the result in all formats', async () => {
    const { statusCode, body } = await page({
      run: 'yes',
      q: "SELECT ivoid, access_url FROM waymark.moved_access_url WHERE former_key = 'vao.stsci.edu/caomtap/tapservice.aspx'",
    })
    expect(statusCode).toBe(200)
    expect(body).toContain('4 rows in')
    expect(body).toContain('<td><a href="/record/archive.stsci.edu/caomtap">ivo://archive.stsci.edu/caomtap</a></td>')
    expect(body).toContain('<td><a href="https://mast.stsci.edu/vo-tap/api/v0.1/caom" rel="noopener">')
    expect(body).toContain('RESPONSEFORMAT=csv')
  })

  it('says when there are more rows', async () => {
    const { body } = await page({ run: 'yes', rows: '100', q: 'SELECT name FROM rr.table_column' })
    expect(body).toContain('100 rows, and there are more')
  })

  it('says what is wrong with a query, beside it', async () => {
    const { statusCode, body } = await page({ run: 'yes', q: 'SELECT res_titel FROM rr.resource' })
    expect(statusCode).toBe(200)
    expect(body).toContain('res_titel FROM rr.resource</textarea>')
    expect(body).toContain('res_title')
    expect(body).toContain('class="notice bad"')
  })
})

describe('everything else', () => {
  it('is a page that says so', async () => {
    const { statusCode, headers, body } = await get('/nothing/here?<script>')
    expect([statusCode, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
    expect(body).toContain('There is nothing at /nothing/here.')
  })

  it('is not possible by POST', async () => {
    expect((await door.app.inject({ method: 'POST', url: '/', payload: 'a=b' })).statusCode).toBe(405)
  })
})
