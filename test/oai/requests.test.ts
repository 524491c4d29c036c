// OAI-PMH endpoint in general: checks M-047 to M-057 of the acceptance checklist.
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { attributeOf, firstChild, textOf } from '../../src/xml/reader.js'
import { MemoryRecords } from '../support/memory-records.js'
import { doorTime, type OaiDoor, openOaiDoor } from '../support/oai-door.js'
import { oaiBaseUrl, sampleRecords } from '../support/sample-records.js'

let door: OaiDoor
beforeAll(async () => {
  door = await openOaiDoor(new MemoryRecords().put(...sampleRecords()))
})

const everyVerb = [
  'verb=Identify',
  'verb=ListMetadataFormats',
  'verb=ListSets',
  'verb=ListIdentifiers&metadataPrefix=oai_dc',
  'verb=ListRecords&metadataPrefix=ivo_vor&set=ivo_managed',
  'verb=GetRecord&metadataPrefix=ivo_vor&identifier=ivo%3A%2F%2Fexample.edu%2Fquasars',
]

describe('requests', () => {
  it.each(everyVerb)('M-047: POST as a form gives what GET gives: %s', async (query) => {
    expect((await door.post(query)).text).toBe((await door.ask(query)).text)
  })

  it.each(['', 'verb=', 'verb=identify', 'verb=Nonsense', 'verb=Identify&verb=Identify', 'Verb=Identify'])(
    'M-048: a missing, unknown or repeated verb is badVerb: %s',
    async (query) => {
      expect((await door.ask(query)).codes).toEqual(['badVerb'])
    },
  )

  it.each([
    'verb=Identify&junk=1',
    'verb=ListSets&metadataPrefix=oai_dc',
    'verb=ListIdentifiers',
    'verb=ListRecords',
    'verb=GetRecord&metadataPrefix=oai_dc',
    'verb=GetRecord&identifier=ivo%3A%2F%2Fexample.edu',
    'verb=ListIdentifiers&metadataPrefix=oai_dc&metadataPrefix=oai_dc',
    'verb=ListRecords&MetadataPrefix=oai_dc&metadataPrefix=oai_dc',
  ])('M-049, M-058, M-073, M-076: unknown, repeated and missing arguments are badArgument: %s', async (query) => {
    expect((await door.ask(query)).codes).toEqual(['badArgument'])
  })

  it('M-050: reports every problem it finds, with HTTP 200, not only the first', async () => {
    expect((await door.ask('verb=ListRecords&from=2001&until=yesterday&junk=1')).codes).toEqual([
      'badArgument',
      'badArgument',
      'badArgument',
      'badArgument',
    ])
  })

  it('takes a base URL that was registered with a question mark', async () => {
    expect((await door.ask('?verb=Identify')).codes).toEqual([])
  })

  it('answers below a trailing slash too', async () => {
    expect((await door.app.inject('/oai/?verb=Identify')).statusCode).toBe(200)
  })

  it('reads a plus sign in a query as itself and in a form as a blank', async () => {
    const query = 'verb=GetRecord&metadataPrefix=ivo_vor&identifier=ivo://example.edu/galaxies+1'
    expect((await door.ask(query)).identifiers).toEqual(['ivo://example.edu/galaxies+1'])
    expect((await door.post(query)).codes).toEqual(['idDoesNotExist'])
    expect((await door.post(query.replace('+', '%2B'))).identifiers).toEqual(['ivo://example.edu/galaxies+1'])
  })

  it('S-027: errors say in words what was found and what was expected', async () => {
    const { text } = await door.ask('verb=ListRecords&metadataPrefix=ivo_vor&from=2001')
    expect(text).toContain('from is "2001"; expected a day, 2001-02-03, or a UTC time to the second')
  })
})

describe('the envelope', () => {
  it('M-051, M-052: is named OAI-PMH without a prefix and states its schema', async () => {
    const { root, text } = await door.ask('verb=Identify')
    expect([root.name, root.prefix, root.namespace]).toEqual(['OAI-PMH', '', 'http://www.openarchives.org/OAI/2.0/'])
    expect(text).toContain(
      'xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"',
    )
  })

  it('M-053: dates the response in UTC to the second', async () => {
    const { root } = await door.ask('verb=Identify')
    expect(textOf(firstChild(root, 'responseDate')!)).toBe(`${doorTime.toISOString().slice(0, 19)}Z`)
  })

  it('M-054: mirrors the arguments beside the base URL', async () => {
    const { root } = await door.ask('verb=ListIdentifiers&metadataPrefix=oai_dc&from=2026-03-02&set=ivo_managed')
    const request = firstChild(root, 'request')!
    expect(textOf(request)).toBe(oaiBaseUrl)
    expect(request.attributes.map(({ name, value }) => [name, value])).toEqual([
      ['verb', 'ListIdentifiers'],
      ['metadataPrefix', 'oai_dc'],
      ['from', '2026-03-02'],
      ['set', 'ivo_managed'],
    ])
  })

  it.each(['verb=Nonsense', 'verb=Identify&junk=1'])('M-055: mirrors nothing after %s', async (query) => {
    expect(firstChild((await door.ask(query)).root, 'request')!.attributes).toEqual([])
  })

  it('M-057: escapes what it mirrors', async () => {
    const { root, codes } = await door.ask(
      `verb=GetRecord&metadataPrefix=oai_dc&identifier=${encodeURIComponent("ivo://x.y.z/a&b='c'")}`,
    )
    expect(codes).toEqual(['idDoesNotExist'])
    expect(attributeOf(firstChild(root, 'request')!, 'identifier')).toBe("ivo://x.y.z/a&b='c'")
  })
})

describe('HTTP', () => {
  it('HEAD answers like GET, without a body', async () => {
    const response = await door.app.inject({ method: 'HEAD', url: '/oai?verb=Identify' })
    expect([response.statusCode, response.body, response.headers['content-type']]).toEqual([
      200,
      '',
      'text/xml; charset=utf-8',
    ])
  })

  it('M-056: compresses only for those who accept it', async () => {
    const url = '/oai?verb=ListRecords&metadataPrefix=ivo_vor'
    const plain = await door.app.inject({ url })
    const packed = await door.app.inject({ url, headers: { 'accept-encoding': 'gzip' } })
    expect(plain.headers['content-encoding']).toBe(undefined)
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body)
    expect(packed.headers.vary).toContain('accept-encoding')
  })

  it('answers 304 until the records are renewed', async () => {
    const url = '/oai?verb=ListRecords&metadataPrefix=ivo_vor'
    const etag = String((await door.app.inject({ url })).headers.etag)
    expect(etag).toMatch(/^W\/"/)
    expect((await door.app.inject({ url, headers: { 'if-none-match': etag } })).statusCode).toBe(304)
    door.renewed()
    expect((await door.app.inject({ url, headers: { 'if-none-match': etag } })).statusCode).toBe(200)
  })

  it('a record is not sent again to those who have it since its datestamp', async () => {
    const url = '/oai?verb=GetRecord&metadataPrefix=ivo_vor&identifier=ivo://example.edu/quasars'
    const lastModified = String((await door.app.inject({ url })).headers['last-modified'])
    expect(lastModified).toBe('Wed, 04 Mar 2026 00:00:00 GMT')
    expect((await door.app.inject({ url, headers: { 'if-modified-since': lastModified } })).statusCode).toBe(304)
    const earlier = 'Tue, 03 Mar 2026 00:00:00 GMT'
    expect((await door.app.inject({ url, headers: { 'if-modified-since': earlier } })).statusCode).toBe(200)
  })

  it('S-028: before anything is published, harvesters are asked to come back', async () => {
    const empty = await openOaiDoor(new MemoryRecords())
    const response = await empty.app.inject('/oai?verb=Identify')
    expect(response.statusCode).toBe(503)
    expect(response.headers['retry-after']).toMatch(/^\d+$/)
    expect(response.body).not.toContain(' at ')
  })
})
