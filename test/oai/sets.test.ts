// Sets: ivo_managed for every registry (RI 1.1 §2.6), ivoa_publishers for one that knows all others (RI 1.1 §4.2).
import { describe, expect, it } from 'vitest'
import { parseIvoid } from '../../src/core/ivoid.js'
import { attributeOf, textOf } from '../../src/xml/reader.js'
import { MemoryRecords } from '../support/memory-records.js'
import { type OaiDocument, type OaiDoor, openOaiDoor } from '../support/oai-door.js'
import { registryIvoid, sampleRecord, sampleRecords } from '../support/sample-records.js'

const others = ['ivo://elsewhere.org/registry', 'ivo://faraway.org/registry', 'ivo://third.org/registry']

/** The samples, three registries of others, and one record of others that is none. */
function records(isFull: boolean): MemoryRecords {
  const foreign = others.map((ivoid) => ({
    ...sampleRecord({
      ivoid,
      title: 'Another registry',
      type: 'vg:Registry',
      datestamp: '2026-03-05T00:00:00Z',
      rest: '<full>false</full>\n',
    }),
    origin: parseIvoid(ivoid),
    isPublisher: true as const,
  }))
  return new MemoryRecords().put(...sampleRecords(isFull), ...foreign)
}

const open = (isFull: boolean, pageRecords = 100): Promise<OaiDoor> => openOaiDoor(records(isFull), { pageRecords })

/** Sets of each header, by identifier. */
function setsOfHeaders({ text }: OaiDocument): Readonly<Record<string, readonly string[]>> {
  const headers = text.matchAll(/<header[^>]*><identifier>([^<]*)<.*?<\/header>/gs)
  return Object.fromEntries(
    [...headers].map(([header, ivoid = '']) => [
      ivoid,
      [...header.matchAll(/<setSpec>([^<]*)</g)].map((match) => match[1] ?? ''),
    ]),
  )
}

async function listSets(door: OaiDoor): Promise<readonly string[]> {
  return [...(await door.ask('verb=ListSets')).text.matchAll(/<setSpec>([^<]*)</g)].map((match) => match[1] ?? '')
}

describe('a full registry', () => {
  it('offers both sets', async () => {
    expect(await listSets(await open(true))).toEqual(['ivo_managed', 'ivoa_publishers'])
  })

  it.each(['ListRecords', 'ListIdentifiers'])(
    '%s of ivoa_publishers has its own record and those of others',
    async (verb) => {
      const document = await (await open(true)).ask(`verb=${verb}&metadataPrefix=ivo_vor&set=ivoa_publishers`)
      expect(document.identifiers).toEqual([registryIvoid, ...others])
    },
  )

  it('names the sets of a record in every header, whatever was asked for', async () => {
    const door = await open(true)
    const expected = {
      [registryIvoid]: ['ivo_managed', 'ivoa_publishers'],
      'ivo://example.edu/quasars': ['ivo_managed'],
      'ivo://elsewhere.org/cat': [],
      'ivo://third.org/registry': ['ivoa_publishers'],
    }
    for (const verb of ['ListRecords', 'ListIdentifiers'])
      expect(setsOfHeaders(await door.ask(`verb=${verb}&metadataPrefix=ivo_vor`))).toMatchObject(expected)
    for (const [ivoid, sets] of Object.entries(expected)) {
      const alone = await door.ask(`verb=GetRecord&metadataPrefix=oai_dc&identifier=${ivoid}`)
      expect(setsOfHeaders(alone)).toEqual({ [ivoid]: sets })
    }
  })

  it('cuts the set into parts, and chooses by date in it', async () => {
    const door = await open(true, 3)
    const first = await door.ask('verb=ListRecords&metadataPrefix=ivo_vor&set=ivoa_publishers')
    expect(first.token === undefined ? undefined : attributeOf(first.token, 'completeListSize')).toBe('4')
    const rest = await door.ask(
      `verb=ListRecords&resumptionToken=${first.token === undefined ? '' : textOf(first.token)}`,
    )
    expect([...first.identifiers, ...rest.identifiers]).toEqual([registryIvoid, ...others])
    const late = await door.ask('verb=ListIdentifiers&metadataPrefix=ivo_vor&set=ivoa_publishers&from=2026-03-05')
    expect(late.identifiers).toEqual(others)
  })

  it('keeps ivo_managed to its own', async () => {
    const document = await (await open(true)).ask('verb=ListIdentifiers&metadataPrefix=ivo_vor&set=ivo_managed')
    expect(document.identifiers.every((ivoid) => ivoid.startsWith('ivo://example.edu'))).toBe(true)
    expect(document.identifiers).toHaveLength(7)
  })

  it('says which sets there are when asked for another, and has none of the reserved names', async () => {
    const { text, codes } = await (await open(true)).ask('verb=ListRecords&metadataPrefix=ivo_vor&set=ivo_publishers')
    expect(codes).toEqual(['noRecordsMatch'])
    expect(text).toContain('sets are ivo_managed, ivoa_publishers')
  })
})

describe('a registry that is not full', () => {
  it('offers ivo_managed only and names no other, not even for itself', async () => {
    const door = await open(false)
    expect(await listSets(door)).toEqual(['ivo_managed'])
    expect((await door.ask('verb=ListRecords&metadataPrefix=ivo_vor&set=ivoa_publishers')).codes).toEqual([
      'noRecordsMatch',
    ])
    const alone = await door.ask(`verb=GetRecord&metadataPrefix=ivo_vor&identifier=${registryIvoid}`)
    expect(setsOfHeaders(alone)).toEqual({ [registryIvoid]: ['ivo_managed'] })
  })
})
