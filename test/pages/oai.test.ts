import { describe, expect, it } from 'vitest'
import { MemoryRecords } from '../support/memory-records.js'
import { openOaiDoor } from '../support/oai-door.js'
import { sampleRecord, sampleRecords } from '../support/sample-records.js'

const browser = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'sec-fetch-dest': 'document',
}

async function open(query: string, headers: Readonly<Record<string, string>> = browser) {
  const records = new MemoryRecords().put(
    ...sampleRecords(),
    sampleRecord({ ivoid: 'ivo://example.edu/xss', title: '&lt;script&gt;alert(1)&lt;/script&gt;' }),
  )
  const door = await openOaiDoor(records)
  return door.app.inject({ url: `/oai?${query}`, headers })
}

describe('OAI-PMH in a browser', () => {
  it.each(['verb=Identify', 'verb=ListSets', 'verb=ListMetadataFormats', 'verb=ListIdentifiers&metadataPrefix=oai_dc'])(
    'is a page: %s',
    async (query) => {
      const response = await open(query)
      expect(response.headers['content-type']).toBe('text/html; charset=utf-8')
      expect(response.headers.vary).toContain('sec-fetch-dest')
      expect(response.body).toContain("curl 'https://vo.example.edu/oai?verb=")
    },
  )

  it('links from a list to its records, from a record to those it names, and to the next part', async () => {
    const { body } = await open('verb=ListRecords&metadataPrefix=ivo_vor')
    const links = [...body.matchAll(/href="([^"]*)"/g)].map((match) => match[1])
    expect(links).toContain(
      '/oai?verb=GetRecord&amp;metadataPrefix=ivo_vor&amp;identifier=ivo%3A%2F%2Fexample.edu%2Ftap',
    )
    const next = links.find((link) => link?.includes('resumptionToken'))?.replaceAll('&amp;', '&') ?? ''
    expect((await open('verb=ListRecords&metadataPrefix=ivo_vor')).body).toContain('3 of 8 shown so far')
    expect(next).toMatch(/^\/oai\?verb=ListRecords&resumptionToken=[\w-]+$/)
  })

  it('marks what is deleted, and shows errors in words', async () => {
    expect((await open('verb=GetRecord&metadataPrefix=ivo_vor&identifier=ivo://example.edu/gone')).body).toContain(
      '<span class="tag bad">deleted</span>',
    )
    expect((await open('verb=Harvest')).body).toContain('There is no verb')
  })

  it('shows a hostile title as text', async () => {
    const { body } = await open('verb=GetRecord&metadataPrefix=oai_dc&identifier=ivo://example.edu/xss')
    expect(body).not.toContain('<script>alert')
    expect(body).toContain('&lt;script&gt;alert(1)')
  })

  it.each([
    ['no Accept at all', {}],
    ['Java', { accept: 'text/html, image/gif, image/jpeg, */*; q=0.2', 'user-agent': 'Java/21.0.2' }],
    ['curl', { accept: '*/*', 'user-agent': 'curl/8.5.0' }],
    ['a script in a page', { ...browser, 'sec-fetch-dest': 'empty' }],
  ])('is XML for %s', async (_who, headers) => {
    expect((await open('verb=Identify', headers)).headers['content-type']).toBe('text/xml; charset=utf-8')
  })
})
