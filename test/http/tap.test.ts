// /tap/sync and the documents beside it, asked without a port, as clients ask.
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { queryExamples } from '../../src/tap/examples.js'
import { attributeOf, childElements, firstChild, readXml, textOf, type XmlElement } from '../../src/xml/reader.js'
import { hasShared, schemaViolations } from '../support/schemas.js'
import { openService, type TestService } from '../tap/service.js'

let service: TestService
beforeAll(async () => {
  service = await openService()
}, 30_000)
afterAll(async () => service[Symbol.asyncDispose]())

type Entries = Record<string, string> | [string, string][]
const form = (parameters: Entries) => new URLSearchParams(parameters).toString()
const get = (parameters: Entries) => service.app.inject(`/tap/sync?${form(parameters)}`)
const post = (parameters: Entries, url = '/tap/sync') =>
  service.app.inject({
    method: 'POST',
    url,
    payload: form(parameters),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
const ask = (query: string, more: Record<string, string> = {}) => get({ LANG: 'ADQL', QUERY: query, ...more })

interface Answer {
  readonly statuses: readonly string[]
  readonly message: string
  readonly fields: readonly XmlElement[]
  readonly rows: readonly (readonly string[])[]
}

/** A VOTable taken apart; valid, with one results resource (M-188, M-198). */
function votable(body: string): Answer {
  if (hasShared) expect(schemaViolations(body)).toEqual([])
  const root = readXml(body)
  const resources = childElements(root, 'RESOURCE')
  expect(resources.map((resource) => attributeOf(resource, 'type'))).toEqual(['results'])
  const [resource] = resources as [XmlElement]
  const statuses = childElements(resource, 'INFO').filter((info) => attributeOf(info, 'name') === 'QUERY_STATUS')
  const table = firstChild(resource, 'TABLE')
  const data = table && firstChild(table, 'DATA')
  const rows = data === undefined ? [] : childElements(firstChild(data, 'TABLEDATA') as XmlElement, 'TR')
  return {
    statuses: statuses.map((info) => attributeOf(info, 'value') ?? ''),
    message: statuses.map(textOf).join(''),
    fields: table === undefined ? [] : childElements(table, 'FIELD'),
    rows: rows.map((row) => childElements(row, 'TD').map(textOf)),
  }
}

const names = (answer: Answer) => answer.fields.map((field) => attributeOf(field, 'name'))

describe('queries', () => {
  it('M-167, M-185, M-186, M-187 are answered to GET and POST, with the result itself', async () => {
    const query = "SELECT ivoid FROM rr.resource WHERE res_title = 'Quasars'"
    for (const response of [await ask(query), await post({ lang: 'adql', query })]) {
      expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'application/x-votable+xml'])
      expect(votable(response.body)).toMatchObject({ statuses: ['OK'], rows: [['ivo://example.edu/quasars']] })
    }
  })

  it('cannot put characters into a document that XML does not allow', async () => {
    const response = await ask("SELECT TOP 1 'a control \u0001 character, and \ufffe & more' AS t FROM rr.resource")
    expect(votable(response.body).rows).toEqual([['a control ? character, and ? & more']])
  })

  it('M-173 come as multipart too, and in URL and body at a time', async () => {
    const payload =
      '--b\r\nContent-Disposition: form-data; name="QUERY"\r\n\r\nSELECT 1 AS one FROM rr.resource\r\n--b--\r\n'
    const response = await service.app.inject({
      method: 'POST',
      url: '/tap/sync?LANG=ADQL&MAXREC=1',
      payload,
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    })
    expect(votable(response.body)).toMatchObject({ statuses: ['OK', 'OVERFLOW'], rows: [['1']] })
  })

  it('are found below //sync and sync/', async () => {
    for (const path of ['/tap//sync', '/tap/sync/']) {
      const response = await post({ LANG: 'ADQL', QUERY: 'SELECT TOP 1 ivoid FROM rr.resource' }, path)
      expect(response.statusCode).toBe(200)
    }
  })

  it('M-184 are read as UTF-8, plus signs and percent signs decoded', async () => {
    const response = await service.app.inject(
      '/tap/sync?LANG=ADQL&QUERY=SELECT+ivoid+FROM+rr.resource+WHERE+res_title+LIKE+%27Gr%C3%BC%C3%9Fe%25%27+AND+1%2B1=2',
    )
    expect(votable(response.body).rows).toEqual([['ivo://example.edu/redshifts']])
  })

  it('may be 60 kB long in a URL', async () => {
    const list = Array.from({ length: 1500 }, (_, index) => `'ivo://example.edu/resource-${index}'`).join(',')
    const response = await ask(`SELECT ivoid FROM rr.resource WHERE ivoid IN ('ivo://example.edu/stars',${list})`)
    expect(votable(response.body).rows).toEqual([['ivo://example.edu/stars']])
  })

  it('the Accept header has no say', async () => {
    const url = `/tap/sync?${form({ LANG: 'ADQL', QUERY: 'SELECT TOP 1 ivoid FROM rr.resource' })}`
    for (const accept of ['text/html, image/gif, image/jpeg, */*; q=0.2', 'text/plain', 'application/json'])
      expect((await service.app.inject({ url, headers: { accept } })).headers['content-type']).toBe(
        'application/x-votable+xml',
      )
  })

  it('HEAD gets the headers', async () => {
    const response = await service.app.inject({
      method: 'HEAD',
      url: `/tap/sync?${form({ QUERY: 'SELECT * FROM rr.resource', RESPONSEFORMAT: 'csv' })}`,
    })
    expect([response.statusCode, response.headers['content-type'], response.body]).toEqual([
      200,
      'text/csv;header=present',
      '',
    ])
  })
})

describe('rows and limits', () => {
  const query = 'SELECT ivoid FROM rr.resource'

  it('M-181, M-191, M-192 MAXREC cuts and says OVERFLOW, in a header too', async () => {
    const response = await ask(query, { MAXREC: '2' })
    expect([response.statusCode, response.headers['x-query-status']]).toEqual([200, 'OVERFLOW'])
    const answer = votable(response.body)
    expect([answer.statuses, answer.rows.length]).toEqual([['OK', 'OVERFLOW'], 2])
    expect((await ask(query, { MAXREC: '2', RESPONSEFORMAT: 'csv' })).headers['x-query-status']).toBe('OVERFLOW')
  })

  it('M-183 TOP alone never does', async () => {
    for (const more of [{}, { MAXREC: '2' }, { MAXREC: '3' }]) {
      const answer = votable((await ask('SELECT TOP 2 ivoid FROM rr.resource', more)).body)
      expect([answer.statuses, answer.rows.length]).toEqual([['OK'], 2])
    }
  })

  it('does not say OVERFLOW when exactly MAXREC rows were there', async () => {
    const all = votable((await ask(query)).body).rows.length
    expect(votable((await ask(query, { MAXREC: String(all) })).body).statuses).toEqual(['OK'])
    expect(votable((await ask(query, { MAXREC: String(all - 1) })).body).statuses).toEqual(['OK', 'OVERFLOW'])
  })

  it('M-182 MAXREC=0 gives columns, no rows, OVERFLOW', async () => {
    const answer = votable((await ask('SELECT ivoid, res_title FROM rr.resource', { MAXREC: '0' })).body)
    expect([answer.statuses, answer.rows, names(answer)]).toEqual([['OK', 'OVERFLOW'], [], ['ivoid', 'res_title']])
  })
})

describe('columns', () => {
  it('M-194, M-195 come in order, as the query names them, twice if it does', async () => {
    const answer = votable(
      (
        await ask(
          'SELECT TOP 1 r.res_title AS Title, c.ivoid, r.ivoid, r.ivoid AS "my id" FROM rr.resource AS r JOIN rr.capability AS c ON r.ivoid = c.ivoid',
        )
      ).body,
    )
    expect(names(answer)).toEqual(['Title', 'ivoid', 'ivoid', 'my id'])
  })

  it('M-196 have unique names when they have none', async () => {
    const answer = votable((await ask('SELECT TOP 1 1+1, 2+2, COUNT(*), MAX(ivoid) FROM rr.resource')).body)
    expect(new Set(names(answer)).size).toBe(4)
    for (const name of names(answer)) expect(name).toMatch(/^[A-Za-z_]\w*$/)
  })

  it('M-197, S-065, M-199 say what TAP_SCHEMA says', async () => {
    const declared = votable(
      (
        await ask(
          "SELECT column_name, datatype, arraysize, xtype, unit, ucd, utype FROM TAP_SCHEMA.columns WHERE table_name = 'rr.stc_spectral' OR table_name = 'rr.resource'",
        )
      ).body,
    ).rows
    for (const table of ['rr.resource', 'rr.stc_spectral']) {
      for (const field of votable((await ask(`SELECT * FROM ${table}`, { MAXREC: '0' })).body).fields) {
        const said = ['name', 'datatype', 'arraysize', 'xtype', 'unit', 'ucd', 'utype'].map(
          (name) => attributeOf(field, name) ?? '',
        )
        expect(declared).toContainEqual(said)
      }
    }
    expect(declared.find(([name]) => name === 'res_title')?.[1]).toBe('unicodeChar')
  })

  it('M-200 timestamps have no zone', async () => {
    const answer = votable((await ask("SELECT created FROM rr.resource WHERE ivoid = 'ivo://example.edu/stars'")).body)
    expect(answer.rows).toEqual([['2026-01-01T00:00:00']])
    expect(answer.fields.map((field) => attributeOf(field, 'xtype'))).toEqual(['timestamp'])
  })

  it('M-201 geometries are written as DALI has them', async () => {
    const answer = votable(
      (
        await ask(
          'SELECT TOP 1 POINT(10.5, -2) AS p, CIRCLE(1, 2, 3) AS c, POLYGON(1, 2, 3, 4, 5, 6) AS y FROM rr.resource',
        )
      ).body,
    )
    expect(answer.rows).toEqual([['10.5 -2', '1 2 3', '1 2 3 4 5 6']])
    expect(answer.fields.map((field) => [attributeOf(field, 'datatype'), attributeOf(field, 'xtype')])).toEqual([
      ['double', 'point'],
      ['double', 'circle'],
      ['double', 'polygon'],
    ])
  })
})

describe('formats', () => {
  it.each([
    ['csv', 'text/csv;header=present', /^ivoid\r\nivo:/],
    ['text/tab-separated-values', 'text/tab-separated-values;charset=utf-8', /^ivoid\nivo:/],
    ['json', 'application/json', /^{"metadata":/],
    ['text/xml', 'text/xml', /<TABLEDATA>/],
    ['votable/b2', 'application/x-votable+xml;serialization=BINARY2', /<BINARY2>/],
    ['html', 'text/html;charset=utf-8', /^<!DOCTYPE html>/],
    ['fits', 'application/fits', /^SIMPLE/],
  ])('M-178, S-058 RESPONSEFORMAT=%s', async (wanted, contentType, beginning) => {
    const response = await ask('SELECT TOP 1 ivoid FROM rr.resource', { RESPONSEFORMAT: wanted })
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, contentType])
    expect(response.body).toMatch(beginning)
  })

  it('S-062 states its length when it is known, and compresses when asked', async () => {
    const plain = await ask('SELECT * FROM tap_schema.columns')
    const url = `/tap/sync?${form({ LANG: 'ADQL', QUERY: 'SELECT * FROM tap_schema.tables' })}`
    const small = await service.app.inject({ url, headers: { 'accept-encoding': 'gzip, deflate' } })
    expect(plain.headers['content-encoding']).toBe(undefined)
    expect(small.headers['content-encoding']).toBe('gzip')
    expect(Number(small.headers['content-length'])).toBe(small.rawPayload.length)
    expect(votable(gunzipSync(small.rawPayload).toString()).statuses).toEqual(['OK'])
    expect(
      (await service.app.inject({ url, headers: { 'accept-encoding': 'gzip;q=0' } })).headers['content-encoding'],
    ).toBe(undefined)
  })
})

describe('errors', () => {
  it.each([
    ['nonsense', { QUERY: 'nonsense' }, 400, /Line 1, column 1/],
    ['an unknown table', { QUERY: 'SELECT * FROM rr.resources' }, 400, /rr\.resource\b/],
    ['an unknown LANG (S-057)', { QUERY: 'SELECT 1', LANG: 'PQL' }, 400, /LANG "PQL" is not known/],
    ['an unknown format (S-059)', { QUERY: 'SELECT 1', RESPONSEFORMAT: 'nonsense' }, 400, /RESPONSEFORMAT "nonsense"/],
    ['no query', {}, 400, /QUERY is missing/],
    ['MAXREC=-1', { QUERY: 'SELECT 1', MAXREC: '-1' }, 400, /MAXREC "-1"/],
  ])('M-189, M-193 %s', async (_name, parameters, status, message) => {
    const response = await get(parameters)
    expect([response.statusCode, response.headers['content-type']]).toEqual([status, 'application/x-votable+xml'])
    const answer = votable(response.body)
    expect(answer.statuses).toEqual(['ERROR'])
    expect(answer.message).toMatch(message)
  })

  it('M-172 a parameter given twice', async () => {
    const response = await get([
      ['QUERY', 'SELECT 1'],
      ['query', 'SELECT 2'],
    ])
    expect([response.statusCode, votable(response.body).message]).toEqual([
      400,
      expect.stringContaining('QUERY is given 2 times'),
    ])
  })

  it('S-063 come in the requested format where it can carry one', async () => {
    const json = await ask('nonsense', { RESPONSEFORMAT: 'json' })
    expect([json.statusCode, json.headers['content-type'], json.json().status]).toEqual([
      400,
      'application/json',
      'ERROR',
    ])
    expect((await ask('nonsense', { FORMAT: 'text/html' })).headers['content-type']).toBe('text/html;charset=utf-8')
    expect((await ask('nonsense', { FORMAT: 'csv' })).headers['content-type']).toBe('application/x-votable+xml')
  })

  it('of HTTP are error documents too', async () => {
    const wrong = { '/tap/nothing': 404, '/tap/tables/rr.nothing': 404, '/tap/tables?detail=some': 400 }
    for (const [url, status] of Object.entries(wrong)) {
      const response = await service.app.inject(url)
      expect([response.statusCode, votable(response.body).statuses]).toEqual([status, ['ERROR']])
    }
    const body = await service.app.inject({
      method: 'POST',
      url: '/tap/sync',
      payload: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect([body.statusCode, votable(body.body).message]).toEqual([415, expect.stringContaining('multipart/form-data')])
    const method = await service.app.inject({ method: 'PUT', url: '/tap/sync' })
    expect([method.statusCode, method.headers.allow]).toEqual([405, 'GET, HEAD, POST, OPTIONS'])
  })

  it('M-288 nothing but published tables can be reached', async () => {
    for (const query of [
      'SELECT * FROM x.record',
      "SELECT * FROM read_csv('/etc/passwd')",
      'SELECT * FROM duckdb_settings()',
      "SELECT getenv('HOME') FROM rr.resource",
      'DROP TABLE rr.resource',
      'SELECT 1 FROM rr.resource; SELECT 2 FROM rr.resource',
    ])
      expect((await ask(query)).statusCode).toBe(400)
  })
})

describe('documents', () => {
  it('M-168, M-244, M-245, S-076 /capabilities is that of our record', async () => {
    const response = await service.app.inject('/tap/capabilities')
    expect([response.statusCode, response.headers['content-type'], response.headers['last-modified']]).toEqual([
      200,
      'text/xml',
      'Thu, 05 Mar 2026 06:07:08 GMT',
    ])
    if (hasShared) expect(schemaViolations(response.body)).toEqual([])
    const tap = childElements(readXml(response.body)).filter(
      (one) => attributeOf(one, 'standardID') === 'ivo://ivoa.net/std/TAP',
    )
    expect(tap).toHaveLength(1)
  })

  it('M-169, M-251 /availability asks the engine', async () => {
    const response = await service.app.inject('/tap/availability')
    expect(response.statusCode).toBe(200)
    expect(response.body).toContain('<avl:available>true</avl:available>')
  })

  it('M-248, M-250, M-252, S-056 /tables, /examples and / are there', async () => {
    const paths = {
      '/tap/tables?detail=min': 'text/xml',
      '/tap/tables/rr.resource': 'text/xml',
      '/tap/tables/%22rr%22.resource': 'text/xml',
      '/tap/examples': 'application/xhtml+xml',
      '/tap': 'text/html;charset=utf-8',
      '/tap/': 'text/html;charset=utf-8',
    }
    for (const [url, contentType] of Object.entries(paths)) {
      const response = await service.app.inject(url)
      expect([url, response.statusCode, response.headers['content-type']]).toEqual([url, 200, contentType])
    }
  })

  it('HEAD gives the headers, other methods are refused', async () => {
    for (const path of ['capabilities', 'availability', 'tables', 'examples']) {
      const head = await service.app.inject({ method: 'HEAD', url: `/tap/${path}` })
      expect([head.statusCode, head.body]).toEqual([200, ''])
      expect((await service.app.inject({ method: 'POST', url: `/tap/${path}` })).statusCode).toBe(405)
    }
  })

  it('S-080 all example queries run and return rows', async () => {
    for (const { id, query } of queryExamples()) {
      const answer = votable((await ask(query)).body)
      expect([id, answer.statuses, answer.rows.length > 0]).toEqual([id, ['OK'], true])
    }
  })
})

describe('TAP_SCHEMA', () => {
  it('M-233, M-242 is queried like any table, in any case, and describes itself', async () => {
    const rows = votable(
      (await ask("SELECT table_name FROM TAP_SCHEMA.Tables WHERE schema_name = 'tap_schema' ORDER BY table_index"))
        .body,
    ).rows
    expect(rows.flat()).toEqual(
      ['schemas', 'tables', 'columns', 'keys', 'key_columns'].map((name) => `tap_schema.${name}`),
    )
  })

  it('M-239 "size" can be selected', async () => {
    const rows = votable(
      (
        await ask(
          `SELECT "size", arraysize FROM tap_schema.columns WHERE column_name = 'created' AND table_name = 'rr.resource'`,
        )
      ).body,
    ).rows
    expect(rows).toEqual([['19', '19']])
  })
})

describe('browsers', () => {
  it('may ask from any page and read Location', async () => {
    const response = await ask('SELECT TOP 1 ivoid FROM rr.resource')
    expect(response.headers['access-control-allow-origin']).toBe('*')
    expect(response.headers['access-control-expose-headers']).toContain('location')
    expect(response.headers.server).toMatch(/^Waymark\//)
    const preflight = await service.app.inject({
      method: 'OPTIONS',
      url: '/tap/async',
      headers: {
        origin: 'http://x',
        'access-control-request-method': 'DELETE',
        'access-control-request-headers': 'x-a',
      },
    })
    expect([preflight.statusCode, preflight.headers['access-control-allow-headers']]).toEqual([204, 'x-a'])
    expect(preflight.headers['access-control-allow-methods']).toContain('DELETE')
  })
})
