// The six verbs: checks M-058 to M-098 of the acceptance checklist.
import { beforeAll, describe, expect, it } from 'vitest'
import { attributeOf, childElements, firstChild, textOf, type XmlElement } from '../../src/xml/reader.js'
import { MemoryRecords } from '../support/memory-records.js'
import { type OaiDocument, type OaiDoor, openOaiDoor } from '../support/oai-door.js'
import { oaiBaseUrl, registryIvoid, sampleRecords } from '../support/sample-records.js'
import { hasShared, schemaViolations } from '../support/schemas.js'

let door: OaiDoor
beforeAll(async () => {
  door = await openOaiDoor(new MemoryRecords().put(...sampleRecords()), { pageRecords: 100 })
})

const own = [
  'ivo://example.edu',
  'ivo://example.edu/org',
  'ivo://example.edu/registry',
  'ivo://example.edu/galaxies+1',
  'ivo://example.edu/Stars',
  'ivo://example.edu/gone',
  'ivo://example.edu/quasars',
]

function verbElement(document: OaiDocument, verb: string): XmlElement {
  const element = firstChild(document.root, verb)
  if (element === undefined) throw new Error(`no ${verb} in ${document.text}`)
  return element
}

function records(document: OaiDocument): readonly XmlElement[] {
  return childElements(verbElement(document, 'ListRecords'), 'record')
}

describe('Identify', () => {
  it('M-059, M-060, M-062, M-063, M-064, S-030: states itself in the order of the schema', async () => {
    const identify = verbElement(await door.ask('verb=Identify'), 'Identify')
    const facts = childElements(identify)
      .filter(({ name }) => name !== 'description')
      .map((element) => [element.name, textOf(element)])
    expect(facts).toEqual([
      ['repositoryName', 'Example Registry'],
      ['baseURL', oaiBaseUrl],
      ['protocolVersion', '2.0'],
      ['adminEmail', 'help@example.edu'],
      ['earliestDatestamp', '2026-02-01T00:00:00Z'],
      ['deletedRecord', 'persistent'],
      ['granularity', 'YYYY-MM-DDThh:mm:ssZ'],
      ['compression', 'gzip'],
    ])
  })

  it('M-061: has one description, the record of this registry as GetRecord gives it', async () => {
    const identify = verbElement(await door.ask('verb=Identify'), 'Identify')
    const descriptions = childElements(identify, 'description')
    expect(descriptions).toHaveLength(1)
    const [resource, ...others] = childElements(descriptions[0]!)
    expect(others).toEqual([])
    expect(attributeOf(resource!, 'type', 'http://www.w3.org/2001/XMLSchema-instance')).toBe('vg:Registry')
    const alone = await door.ask(`verb=GetRecord&metadataPrefix=ivo_vor&identifier=${registryIvoid}`)
    expect(alone.text).toContain((await door.ask('verb=Identify')).text.match(/<ri:Resource.*<\/ri:Resource>/s)![0])
  })

  it('M-065: no datestamp served is earlier than earliestDatestamp, tombstones included', async () => {
    const { text } = await door.ask('verb=ListIdentifiers&metadataPrefix=oai_dc')
    for (const [, datestamp] of text.matchAll(/<datestamp>([^<]*)</g))
      expect(datestamp! >= '2026-02-01T00:00:00Z').toBe(true)
  })
})

describe('ListMetadataFormats and ListSets', () => {
  it('M-066: offers ivo_vor and oai_dc', async () => {
    const { text } = await door.ask('verb=ListMetadataFormats')
    expect([...text.matchAll(/<metadataPrefix>(\w+)</g)].map((match) => match[1])).toEqual([
      'ivo_vor',
      'oai_dc',
      'oai_datacite',
    ])
  })

  it('names oai_datacite only for a record with a DOI', async () => {
    const formats = async (ivoid: string) =>
      (await door.ask(`verb=ListMetadataFormats&identifier=${ivoid}`)).text.match(/<metadataPrefix>/g)?.length
    expect(await formats('ivo://example.edu/galaxies+1')).toBe(3)
    expect(await formats('ivo://example.edu/quasars')).toBe(2)
    expect(await formats('ivo://example.edu/gone')).toBe(2)
  })

  it('M-067: an unknown identifier is idDoesNotExist', async () => {
    expect((await door.ask('verb=ListMetadataFormats&identifier=ivo://example.edu/none')).codes).toEqual([
      'idDoesNotExist',
    ])
  })

  it('M-068, M-069, M-070: ivo_managed is the only set', async () => {
    const { text } = await door.ask('verb=ListSets')
    expect([...text.matchAll(/<setSpec>([^<]*)</g)].map((match) => match[1])).toEqual(['ivo_managed'])
  })

  it('M-071: ListSets knows no token', async () => {
    expect((await door.ask('verb=ListSets&resumptionToken=abc')).codes).toEqual(['badResumptionToken'])
  })
})

describe('ListIdentifiers', () => {
  it('M-072: has the headers directly, in the order of datestamp and IVOID', async () => {
    const document = await door.ask('verb=ListIdentifiers&metadataPrefix=ivo_vor')
    expect(childElements(verbElement(document, 'ListIdentifiers')).every(({ name }) => name === 'header')).toBe(true)
    expect(document.identifiers).toEqual(own)
    expect(document.token).toBe(undefined)
  })

  it('M-074: an unknown format is cannotDisseminateFormat', async () => {
    expect((await door.ask('verb=ListIdentifiers&metadataPrefix=marc21')).codes).toEqual(['cannotDisseminateFormat'])
    expect((await door.ask('verb=ListRecords&metadataPrefix=not%20one')).codes).toEqual(['cannotDisseminateFormat'])
  })

  it.each(['from=2026-04-01', 'until=2026-01-01', 'set=nowhere', 'from=2000-01-01&until=2000-01-01'])(
    'M-075, M-090: an empty list is noRecordsMatch: %s',
    async (limits) => {
      expect((await door.ask(`verb=ListIdentifiers&metadataPrefix=oai_dc&${limits}`)).codes).toEqual(['noRecordsMatch'])
    },
  )

  it('the name of a set that cannot be one is a badArgument', async () => {
    expect((await door.ask('verb=ListIdentifiers&metadataPrefix=oai_dc&set=%22%20')).codes).toEqual(['badArgument'])
  })

  it('in oai_datacite has the records with a DOI and the tombstones', async () => {
    const { identifiers } = await door.ask('verb=ListIdentifiers&metadataPrefix=oai_datacite')
    expect(identifiers).toEqual(['ivo://example.edu/galaxies+1', 'ivo://example.edu/gone'])
  })
})

describe('ListRecords', () => {
  it('M-078, M-079, M-080, M-081, M-082: identifiers agree, datestamps are to the second, sets are named, ri:Resource is the payload', async () => {
    for (const record of records(await door.ask('verb=ListRecords&metadataPrefix=ivo_vor'))) {
      const header = firstChild(record, 'header')!
      expect(textOf(firstChild(header, 'datestamp')!)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      expect(childElements(header, 'setSpec').map(textOf)).toEqual(['ivo_managed'])
      const payload = childElements(record, 'metadata').flatMap((metadata) => childElements(metadata))
      if (attributeOf(header, 'status') === 'deleted') {
        expect(payload).toEqual([])
        continue
      }
      expect(payload.map(({ name, namespace }) => [name, namespace])).toEqual([
        ['Resource', 'http://www.ivoa.net/xml/RegistryInterface/v1.0'],
      ])
      const identifier = firstChild(payload[0]!, 'identifier')!
      expect(identifier.namespace).toBe('')
      expect(textOf(identifier)).toBe(textOf(firstChild(header, 'identifier')!))
    }
  })

  it.runIf(hasShared)('a record cut out of the answer is valid by itself', async () => {
    const { text } = await door.ask('verb=ListRecords&metadataPrefix=ivo_vor')
    const cut = [...text.matchAll(/<ri:Resource.*?<\/ri:Resource>/gs)].map((match) => match[0])
    expect(cut).toHaveLength(6)
    for (const xml of cut) expect(schemaViolations(xml)).toEqual([])
  })

  it('M-083, M-084: every live record can be had as oai_dc', async () => {
    const found = records(await door.ask('verb=ListRecords&metadataPrefix=oai_dc'))
    const payloads = found.flatMap((record) => childElements(record, 'metadata').flatMap((one) => childElements(one)))
    expect(payloads.map(({ namespace, name }) => namespace + name)).toEqual(
      Array.from({ length: 6 }, () => 'http://www.openarchives.org/OAI/2.0/oai_dc/dc'),
    )
  })

  it.each([
    ['from=2026-03-03', ['ivo://example.edu/gone', 'ivo://example.edu/quasars']],
    ['from=2026-03-03T12:00:00Z', ['ivo://example.edu/gone', 'ivo://example.edu/quasars']],
    ['from=2026-03-03T12:00:01Z', ['ivo://example.edu/quasars']],
    ['until=2026-03-01', own.slice(0, 3)],
    ['until=2026-03-02T09:59:59Z', own.slice(0, 3)],
    ['until=2026-03-02T10:00:00Z', own.slice(0, 5)],
    ['from=2026-03-02&until=2026-03-02', own.slice(3, 5)],
  ])('M-085, M-086, M-091: %s is inclusive, tombstones count by the date of deletion', async (limits, expected) => {
    expect((await door.ask(`verb=ListRecords&metadataPrefix=ivo_vor&${limits}`)).identifiers).toEqual(expected)
  })

  it.each([
    ['M-087', 'from=2026-03-02&until=2026-03-01'],
    ['M-088', 'from=2026-03-01&until=2026-03-02T00:00:00Z'],
    ['M-089', 'from=2026'],
    ['M-089', 'from=2026-02-30'],
    ['M-089', 'until=2026-13-01'],
    ['M-089', 'until=yesterday'],
    ['M-089', 'from=2026-03-01T00:00:00.5Z'],
    ['M-089', 'from=2026-03-01T00:00:00'],
    ['M-089', 'from=2026-03-01T00:00:00%2B01:00'],
    ['M-089', 'from=0000-01-01'],
    ['M-089', 'from=2026-03-01T24:00:00Z'],
    ['M-089', 'from='],
  ])('%s: %s is a badArgument and nothing else', async (_check, limits) => {
    expect((await door.ask(`verb=ListRecords&metadataPrefix=ivo_vor&${limits}`)).codes).toEqual(['badArgument'])
  })

  it('a registry that is not full hands on nothing of others', async () => {
    const { text } = await door.ask('verb=ListRecords&metadataPrefix=ivo_vor')
    expect(text).not.toContain('elsewhere.org')
    expect((await door.ask('verb=GetRecord&metadataPrefix=ivo_vor&identifier=ivo://elsewhere.org/cat')).codes).toEqual([
      'idDoesNotExist',
    ])
  })

  it('M-095: a full registry hands on records of others, outside ivo_managed', async () => {
    const full = await openOaiDoor(new MemoryRecords().put(...sampleRecords(true)), { pageRecords: 100 })
    expect((await full.ask('verb=ListIdentifiers&metadataPrefix=ivo_vor')).identifiers).toEqual([
      'ivo://elsewhere.org/cat',
      ...own,
    ])
    expect((await full.ask('verb=ListIdentifiers&metadataPrefix=ivo_vor&set=ivo_managed')).identifiers).toEqual(own)
    const { text } = await full.ask('verb=GetRecord&metadataPrefix=ivo_vor&identifier=ivo://elsewhere.org/cat')
    expect(text).not.toContain('<setSpec>')
  })
})

describe('GetRecord', () => {
  it('finds an IVOID in any case and answers in the spelling of its publisher', async () => {
    const { identifiers } = await door.ask('verb=GetRecord&metadataPrefix=ivo_vor&identifier=ivo://EXAMPLE.edu/stars')
    expect(identifiers).toEqual(['ivo://example.edu/Stars'])
  })

  it.each(['ivo_vor', 'oai_dc', 'oai_datacite'])(
    'M-092, M-093: a deleted record is a header, in %s too',
    async (prefix) => {
      const document = await door.ask(`verb=GetRecord&metadataPrefix=${prefix}&identifier=ivo://example.edu/gone`)
      const record = firstChild(verbElement(document, 'GetRecord'), 'record')!
      expect(childElements(record).map(({ name }) => name)).toEqual(['header'])
      expect(attributeOf(firstChild(record, 'header')!, 'status')).toBe('deleted')
    },
  )

  it.each([
    'ivo://example.edu/none',
    'invalid"id',
    'a b',
    "ivo://example.edu/'--",
    'ivo://example.edu/\\"x',
    '../../etc/passwd',
    '',
  ])('M-077: %j is idDoesNotExist', async (identifier) => {
    const query = `verb=GetRecord&metadataPrefix=ivo_vor&identifier=${encodeURIComponent(identifier)}`
    expect((await door.ask(query)).codes).toEqual(['idDoesNotExist'])
  })

  it('an identifier that arrives unencoded, with a quotation mark, is answered well formed', async () => {
    expect((await door.ask('verb=GetRecord&metadataPrefix=oai_dc&identifier=really"wrong\\id')).codes).toEqual([
      'idDoesNotExist',
    ])
  })

  it('gives oai_datacite for a record with a DOI, and cannotDisseminateFormat for one without', async () => {
    const url = 'verb=GetRecord&metadataPrefix=oai_datacite&identifier=ivo://example.edu'
    expect((await door.ask(`${url}/galaxies+1`)).text).toContain('<identifier identifierType="DOI">10.5072/galaxies<')
    expect((await door.ask(`${url}/quasars`)).codes).toEqual(['cannotDisseminateFormat'])
  })
})
