// Documents of any kind → records, tombstones, and what is set aside with its reason.
import { describe, expect, test } from 'vitest'
import { parseIvoid } from '../../src/core/ivoid.js'
import { type Incoming, incomingRecords } from '../../src/registry/incoming.js'
import { readXml } from '../../src/xml/reader.js'

const options = {
  origin: parseIvoid('ivo://origin.example/registry'),
  source: 'a file',
  clock: () => new Date('2026-11-22T10:11:12Z'),
}

async function read(document: string, pieceLength = document.length): Promise<readonly Incoming[]> {
  async function* pieces(): AsyncGenerator<string> {
    for (let at = 0; at < document.length; at += pieceLength) yield document.slice(at, at + pieceLength)
  }
  const found: Incoming[] = []
  for await (const one of incomingRecords(pieces(), options)) found.push(one)
  return found
}

function resource(key: string, more = ''): string {
  return `<ri:Resource xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0" updated="2020-01-02T03:04:05" status="active"><title>T</title><identifier>ivo://A.example/${key}</identifier>${more}</ri:Resource>`
}

function oai(...records: readonly string[]): string {
  return `<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-01-01T00:00:00Z</responseDate><ListRecords>${records.join('\n')}</ListRecords></OAI-PMH>`
}

function oaiRecord(key: string, metadata: string, status = ''): string {
  return `<record><header${status}><identifier>ivo://A.example/${key}</identifier><datestamp>2025-05-05T05:05:05Z</datestamp><setSpec>ivo_managed</setSpec></header>${metadata === '' ? '' : `<metadata>${metadata}</metadata>`}</record>`
}

/** Enough of each thing found to tell them apart. */
function brief(found: readonly Incoming[]): readonly string[] {
  return found.map((one) =>
    one.status === 'quarantined'
      ? `set aside: ${one.ivoid ?? '-'}: ${one.reason}`
      : `${one.status}: ${one.ivoid} ${one.datestamp}`,
  )
}

describe('documents', () => {
  test('a bare resource: the datestamp is when it was updated', async () => {
    const [record] = await read(`<?xml version="1.0"?>\n${resource('one')}\n`)
    expect(record).toMatchObject({
      status: 'active',
      ivoid: 'ivo://A.example/one',
      datestamp: '2020-01-02T03:04:05Z',
      origin: 'ivo://origin.example/registry',
      xml: resource('one'),
    })
  })

  test('several resources in one document', async () => {
    const text = `<ri:VOResources xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0">${resource('one')}${resource('two')}</ri:VOResources>`
    expect(brief(await read(text))).toEqual([
      'active: ivo://A.example/one 2020-01-02T03:04:05Z',
      'active: ivo://A.example/two 2020-01-02T03:04:05Z',
    ])
  })

  test('an OAI-PMH answer: datestamps and deletions of the headers', async () => {
    const text = oai(oaiRecord('one', resource('one')), oaiRecord('two', '', ' status="deleted"'))
    expect(brief(await read(text))).toEqual([
      'active: ivo://A.example/one 2025-05-05T05:05:05Z',
      'deleted: ivo://A.example/two 2025-05-05T05:05:05Z',
    ])
  })

  test('M-134: records that call themselves deleted or inactive', async () => {
    const deleted = resource('one').replace('"active"', '"deleted"')
    const inactive = resource('two').replace('"active"', '"inactive"')
    expect(brief(await read(`<x>${deleted}${inactive}</x>`))).toEqual([
      'deleted: ivo://A.example/one 2020-01-02T03:04:05Z',
      'inactive: ivo://A.example/two 2020-01-02T03:04:05Z',
    ])
  })

  test('the same in pieces of any length, with characters beyond the basic plane', async () => {
    const text = oai(oaiRecord('one', resource('one', '<x>𝄞 é</x>')), oaiRecord('two', resource('two')))
    const whole = await read(text)
    for (const length of [1, 2, 3, 7, 64]) expect(await read(text, length)).toEqual(whole)
    expect(whole[0]).toMatchObject({ xml: resource('one', '<x>𝄞 é</x>') })
  })

  test('elements called Resource, header or record inside a resource are its own affair', async () => {
    const [record, ...more] = await read(resource('one', '<record><header/><Resource/></record>'))
    expect(more).toEqual([])
    expect(record?.status).toBe('active')
  })

  test('a missing datestamp is now', async () => {
    expect(brief(await read(resource('one').replace(/ updated="[^"]*"/, '')))).toEqual([
      'active: ivo://A.example/one 2026-11-22T10:11:12Z',
    ])
  })

  test('M-132: characters that XML cannot hold become question marks', async () => {
    const [record] = await read(resource('one', '<x>\u0001</x>'))
    expect(record).toMatchObject({ status: 'active', xml: resource('one', '<x>?</x>') })
  })
})

describe('what cannot be understood is set aside, and the rest is read', () => {
  const damages: readonly (readonly [name: string, damaged: string])[] = [
    ['a stray ampersand', resource('two', '<x>AT&T</x>')],
    ['an end tag too many', resource('two', '</x>')],
    ['an end tag too few', resource('two', '<x>')],
    ['an unfinished tag', resource('two', '<x y="</x>')],
    ['an attribute without quotation marks', resource('two', '<x y=1/>')],
    ['an entity nobody declared', resource('two', '<x>&nbsp;</x>')],
    ['nesting without measure', resource('two', '<x>'.repeat(200))],
  ]
  test.each(damages)('%s', async (_, damaged) => {
    const text = oai(
      oaiRecord('one', resource('one')),
      oaiRecord('two', damaged),
      oaiRecord('three', resource('three')),
    )
    for (const length of [text.length, 50]) {
      const found = await read(text, length)
      expect(brief(found).filter((line) => line.startsWith('active'))).toEqual([
        'active: ivo://A.example/one 2025-05-05T05:05:05Z',
        'active: ivo://A.example/three 2025-05-05T05:05:05Z',
      ])
      expect(found[1]).toMatchObject({ status: 'quarantined', ivoid: 'ivo://A.example/two', source: 'a file' })
      const aside = found.filter((one) => one.status === 'quarantined')
      expect(aside.some((one) => one.xml.includes('ivo://A.example/two'))).toBe(true)
      for (const one of aside) expect(one.reason).toMatch(/not well-formed XML, line \d+/)
    }
  })

  test('a record that lacks its end altogether takes nothing of the next one', async () => {
    const cutShort = resource('two').replace('</ri:Resource>', '')
    const text = oai(
      oaiRecord('one', resource('one')),
      oaiRecord('two', cutShort),
      oaiRecord('three', resource('three')),
    )
    expect(brief(await read(text)).filter((line) => line.startsWith('active'))).toEqual([
      'active: ivo://A.example/one 2025-05-05T05:05:05Z',
      'active: ivo://A.example/three 2025-05-05T05:05:05Z',
    ])
  })

  test('a document that ends in the middle of a record', async () => {
    const text = oai(oaiRecord('one', resource('one')), oaiRecord('two', resource('two')))
    const found = await read(text.slice(0, text.indexOf('A.example/two</identifier><datestamp') + 200))
    expect(brief(found)[0]).toBe('active: ivo://A.example/one 2025-05-05T05:05:05Z')
    expect(found[1]).toMatchObject({ status: 'quarantined', ivoid: 'ivo://A.example/two' })
  })

  test.each([
    ['no identifier', resource('x').replace(/<identifier>.*<\/identifier>/, ''), 'the record has no identifier'],
    ['a wrong identifier', resource('a b'), 'the identifier "ivo://A.example/a b" is not an IVOID'],
    ['HTML', '<html><body><p>404</p></body></html>', 'no resource record inside the element html'],
    [
      'an OAI-PMH error',
      '<OAI-PMH><error code="badVerb">What?</error></OAI-PMH>',
      'an OAI-PMH error in place of records: badVerb What?',
    ],
    ['nothing', '', 'not well-formed XML, line 1, column 1: the document has no element'],
    ['Dublin Core', oai(oaiRecord('one', '<dc/>')), 'the OAI-PMH record holds no ri:Resource'],
  ])('%s', async (_, text, reason) => {
    expect((await read(text)).map((one) => (one.status === 'quarantined' ? one.reason : one.status))).toEqual([reason])
  })

  test('records from before VOResource 1.0', async () => {
    const text = resource('old').replace('RegistryInterface/v1.0', 'RegistryInterface/v0.1')
    expect(brief(await read(text))[0]).toMatch(/^set aside: ivo:\/\/A.example\/old: a record of the generation before/)
  })

  test('entity declarations end the document: no bombs, no files of ours', async () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>${resource('one', '<x>&b;</x>')}`
    const file = `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${resource('one', '<x>&a;</x>')}`
    for (const text of [bomb, file])
      expect(brief(await read(text))).toEqual([expect.stringMatching(/entity declarations are refused/)])
  })
})

test('the text of a record stands alone', async () => {
  const text = oai(
    `<record xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.1"><header><identifier>ivo://a.example/x</identifier><datestamp>2025-05-05</datestamp></header><metadata><ri:Resource xsi:type="vs:CatalogService"><identifier>ivo://a.example/x</identifier></ri:Resource></metadata></record>`,
  )
  const [record] = await read(text)
  if (record?.status !== 'active') throw new Error('expected a record')
  expect(readXml(record.xml).namespace).toBe('http://www.ivoa.net/xml/RegistryInterface/v1.0')
  expect(record.xml).toContain('xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.1"')
})
