// What strangers send: never a 500, never a stack trace, always a clear answer.
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MemoryRecords } from '../support/memory-records.js'
import { type OaiDoor, openOaiDoor, readOai } from '../support/oai-door.js'
import { sampleRecords } from '../support/sample-records.js'

let door: OaiDoor
beforeAll(async () => {
  door = await openOaiDoor(new MemoryRecords().put(...sampleRecords()))
})

const megabyte = 'x'.repeat(1_000_000)

describe('bad input', () => {
  it('a megabyte in a form is 413, in a URL 413, both inside OAI-PMH', async () => {
    const post = await door.app.inject({
      method: 'POST',
      url: '/oai',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: `verb=GetRecord&identifier=${megabyte}`,
    })
    const get = await door.app.inject(`/oai?verb=GetRecord&metadataPrefix=ivo_vor&identifier=${megabyte}`)
    for (const response of [post, get]) {
      expect(response.statusCode).toBe(413)
      expect(readOai(response.body).codes).toEqual(['badArgument'])
      expect(response.body.length).toBeLessThan(2000)
    }
  })

  it.each([
    ['application/json', '{"verb":"Identify"}'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['text/xml', '<verb/>'],
  ])('a body of type %s is 415 and says what is taken', async (type, payload) => {
    const response = await door.app.inject({ method: 'POST', url: '/oai', headers: { 'content-type': type }, payload })
    expect(response.statusCode).toBe(415)
    expect(response.body).toContain('application/x-www-form-urlencoded')
    expect(readOai(response.body).codes).toEqual(['badArgument'])
  })

  it.each([
    ['PUT', '/oai?verb=Identify', 405],
    ['DELETE', '/oai', 405],
    ['GET', '/oai/nothing/here', 404],
    ['POST', '/oai/etc/passwd', 404],
  ] as const)('%s %s is %d, inside OAI-PMH', async (method, url, status) => {
    const response = await door.app.inject({ method, url })
    expect(response.statusCode).toBe(status)
    expect(readOai(response.body).codes).toEqual(['badVerb'])
  })

  it('a form without a body is a badVerb', async () => {
    const response = await door.app.inject({ method: 'POST', url: '/oai' })
    expect(readOai(response.body).codes).toEqual(['badVerb'])
  })

  it.each([
    '%',
    '%ZZ',
    '%FF%FE',
    '=',
    '&&&',
    'verb',
    'verb=Identify&',
    'verb=%49dentify',
    '__proto__=1&verb=constructor',
  ])('the query %j is answered', async (query) => {
    const response = await door.app.inject(`/oai?${query}`)
    expect(response.statusCode).toBe(200)
    readOai(response.body)
  })

  it('any arguments at all get a valid answer with status 200', async () => {
    const word = fc.oneof(
      fc.constantFrom('verb', 'identifier', 'metadataPrefix', 'from', 'until', 'set', 'resumptionToken'),
      fc.constantFrom('Identify', 'ListRecords', 'GetRecord', 'ListIdentifiers', 'ListMetadataFormats', 'ListSets'),
      fc.constantFrom(
        'ivo_vor',
        'oai_dc',
        '2026-03-01',
        '2026-03-02T10:00:00Z',
        'ivo://example.edu/Stars',
        'ivo_managed',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(word, word).map(([name, value]): [string, string] => [name, value]),
          { maxLength: 5 },
        ),
        async (pairs) => {
          const query = new URLSearchParams(pairs)
          const response = await door.app.inject(`/oai?${query}`)
          expect(response.statusCode).toBe(200)
          readOai(response.body)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('over a real connection', () => {
  let port = 0
  beforeAll(async () => {
    await door.app.listen({ port: 0, host: '127.0.0.1' })
    port = (door.app.server.address() as AddressInfo).port
  })
  afterAll(async () => {
    await door.app.close()
  })

  it('a URL of a megabyte is refused by status, and the next request is served', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      httpRequest({ port, path: `/oai?verb=GetRecord&identifier=${megabyte}` }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect([413, 414, 431]).toContain(status)
    expect((await fetch(`http://127.0.0.1:${port}/oai?verb=Identify`)).status).toBe(200)
  })

  it('fetch gets what it asked for, compressed on the way', async () => {
    const response = await fetch(`http://127.0.0.1:${port}/oai?verb=ListRecords&metadataPrefix=ivo_vor`)
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(readOai(await response.text()).identifiers).toHaveLength(3)
  })
})
