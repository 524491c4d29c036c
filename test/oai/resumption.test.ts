// Lists in parts: checks M-099 to M-104, S-031 and S-032, and what happens to a harvest while records change.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseIvoid } from '../../src/core/ivoid.js'
import type { ResourceRecord } from '../../src/core/record.js'
import { attributeOf, textOf } from '../../src/xml/reader.js'
import { MemoryRecords } from '../support/memory-records.js'
import { type OaiDocument, type OaiDoor, openOaiDoor } from '../support/oai-door.js'
import { registryIvoid, registryXml, sampleRecord, sampleRecords, stamp } from '../support/sample-records.js'

const list = 'verb=ListIdentifiers&metadataPrefix=ivo_vor'

function tokenOf(document: OaiDocument): string {
  return document.token === undefined ? '' : textOf(document.token)
}

async function pages(door: OaiDoor, query: string): Promise<readonly OaiDocument[]> {
  const verb = query.split('&')[0]
  const found = [await door.ask(query)]
  for (let token = tokenOf(found[0]!); token !== ''; ) {
    const page = await door.ask(`${verb}&resumptionToken=${token}`)
    found.push(page)
    token = tokenOf(page)
  }
  return found
}

describe('a list in parts', () => {
  it('M-099, M-100, S-031: ends each part with a token, the last with an empty one', async () => {
    const door = await openOaiDoor(new MemoryRecords().put(...sampleRecords()), { pageRecords: 3 })
    const found = await pages(door, list)
    const facts = found.map(({ identifiers, token }) => [
      identifiers.length,
      textOf(token!) !== '',
      attributeOf(token!, 'cursor'),
      attributeOf(token!, 'completeListSize'),
      attributeOf(token!, 'expirationDate'),
    ])
    expect(facts).toEqual([
      [3, true, '0', '7', '2026-06-04T12:00:00Z'],
      [3, true, '3', '7', '2026-06-04T12:00:00Z'],
      [1, false, '6', '7', undefined],
    ])
  })

  it.each([1, 2, 3, 5, 6, 7, 100])('M-104: in parts of %d holds each record once, in order', async (pageRecords) => {
    const door = await openOaiDoor(new MemoryRecords().put(...sampleRecords()), { pageRecords })
    const whole = await openOaiDoor(new MemoryRecords().put(...sampleRecords()), { pageRecords: 100 })
    for (const query of [list, `${list}&from=2026-03-02`, 'verb=ListRecords&metadataPrefix=oai_dc&set=ivo_managed']) {
      const parts = await pages(door, query)
      expect(parts.flatMap(({ identifiers }) => identifiers)).toEqual((await whole.ask(query)).identifiers)
      expect(parts.length).toBe(Math.ceil((await whole.ask(query)).identifiers.length / pageRecords))
    }
  })

  it('keeps its limits in the token', async () => {
    const door = await openOaiDoor(new MemoryRecords().put(...sampleRecords()), { pageRecords: 1 })
    const found = await pages(door, `${list}&from=2026-03-02&until=2026-03-03`)
    expect(found.flatMap(({ identifiers }) => identifiers)).toEqual([
      'ivo://example.edu/galaxies+1',
      'ivo://example.edu/Stars',
      'ivo://example.edu/gone',
    ])
  })

  it('in a format that not every record has, fills its parts and promises nothing that does not come', async () => {
    const door = await openOaiDoor(new MemoryRecords().put(...sampleRecords()), { pageRecords: 1 })
    const found = await pages(door, 'verb=ListRecords&metadataPrefix=oai_datacite')
    expect(found.map(({ identifiers }) => identifiers)).toEqual([
      ['ivo://example.edu/galaxies+1'],
      ['ivo://example.edu/gone'],
    ])
  })

  it('M-103: a token can be used again, and by a registry that was started anew', async () => {
    const records = new MemoryRecords().put(...sampleRecords())
    const door = await openOaiDoor(records, { pageRecords: 3 })
    const token = tokenOf(await door.ask(list))
    const once = await door.ask(`verb=ListIdentifiers&resumptionToken=${token}`)
    expect((await door.ask(`verb=ListIdentifiers&resumptionToken=${token}`)).text).toBe(once.text)
    const restarted = await openOaiDoor(records, { pageRecords: 3, state: door.state })
    expect((await restarted.ask(`verb=ListIdentifiers&resumptionToken=${token}`)).text).toBe(once.text)
  })

  it('a token is short and made of characters that need no encoding', async () => {
    const door = await openOaiDoor(new MemoryRecords().put(...sampleRecords()), { pageRecords: 3 })
    const token = tokenOf(await door.ask(`${list}&from=2026-01-01&until=2026-05-01&set=ivo_managed`))
    expect(token).toMatch(/^[\w-]{100,300}$/)
  })
})

describe('tokens that are refused', () => {
  it('M-101: a token beside another argument is a badArgument', async () => {
    const door = await openOaiDoor(new MemoryRecords().put(...sampleRecords()))
    const token = tokenOf(await door.ask(list))
    for (const beside of ['metadataPrefix=ivo_vor', 'from=2026-01-01', 'set=ivo_managed'])
      expect((await door.ask(`verb=ListIdentifiers&resumptionToken=${token}&${beside}`)).codes).toEqual(['badArgument'])
  })

  it('M-102: damaged, foreign, cut, empty tokens and those of another verb are badResumptionToken', async () => {
    const door = await openOaiDoor(new MemoryRecords().put(...sampleRecords()))
    const elsewhere = await openOaiDoor(new MemoryRecords().put(...sampleRecords()))
    const token = tokenOf(await door.ask(list))
    const tokens = [
      '',
      'junk',
      'a'.repeat(5000),
      '%FF%00',
      '"><script>',
      token.slice(0, -1),
      token.slice(1),
      `${token}A`,
      `${token.slice(0, 60)}${token[60] === 'A' ? 'B' : 'A'}${token.slice(61)}`,
      tokenOf(await elsewhere.ask(list)),
    ]
    for (const bad of tokens)
      expect((await door.ask(`verb=ListIdentifiers&resumptionToken=${bad}`)).codes, bad).toEqual(['badResumptionToken'])
    expect((await door.ask(`verb=ListRecords&resumptionToken=${token}`)).codes).toEqual(['badResumptionToken'])
  })

  it('M-102: a token works for a day and more, and has expired after its expirationDate', async () => {
    let now = new Date('2026-06-01T00:00:00Z')
    const door = await openOaiDoor(new MemoryRecords().put(...sampleRecords()), { clock: () => now })
    const { token } = await door.ask(list)
    now = new Date('2026-06-02T01:00:00Z')
    expect((await door.ask(`verb=ListIdentifiers&resumptionToken=${textOf(token!)}`)).codes).toEqual([])
    now = new Date(Date.parse(attributeOf(token!, 'expirationDate')!) + 1000)
    expect((await door.ask(`verb=ListIdentifiers&resumptionToken=${textOf(token!)}`)).codes).toEqual([
      'badResumptionToken',
    ])
  })

  it('when all that was to come has moved behind `until`, says that nothing is left', async () => {
    const records = new MemoryRecords().put(...sampleRecords())
    const door = await openOaiDoor(records, { pageRecords: 6 })
    const token = tokenOf(await door.ask(`${list}&until=2026-04-01`))
    records.put(sampleRecord({ ivoid: 'ivo://example.edu/quasars', title: 'Q', datestamp: '2026-05-01T00:00:00Z' }))
    expect((await door.ask(`verb=ListIdentifiers&resumptionToken=${token}`)).codes).toEqual(['noRecordsMatch'])
  })
})

/** What happens between two pages: a record is added or changed, deleted, or the registry is started anew. */
type Step = { readonly do: 'put' | 'delete'; readonly number: number } | { readonly do: 'restart' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('put' as const, 'delete' as const), number: fc.integer({ min: 0, max: 14 }) }),
  fc.record({ do: fc.constant('restart' as const) }),
)

function version(number: number, at: Date, isDeleted: boolean): ResourceRecord {
  const ivoid = parseIvoid(`ivo://example.edu/r${number}`)
  const datestamp = stamp(`${at.toISOString().slice(0, 19)}Z`)
  return isDeleted
    ? { status: 'deleted', ivoid, datestamp, origin: registryIvoid }
    : { status: 'active', ivoid, datestamp, origin: registryIvoid, xml: `<r>${datestamp}</r>` }
}

describe('a harvest while records are added, changed and deleted', () => {
  it('sees each record that stays as it is exactly once, each other one in its newest state, and ends', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 5 }),
      // Few seconds for many records, so that equal datestamps are common.
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 10, maxLength: 10 }),
      fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 8 }),
      async (initial, pageRecords, seconds, interleaved) => {
        let now = new Date('2026-06-01T00:00:10Z')
        const records = new MemoryRecords().put({
          status: 'active',
          ivoid: registryIvoid,
          datestamp: stamp('2026-05-01T00:00:00Z'),
          origin: registryIvoid,
          xml: registryXml(),
        })
        for (let number = 0; number < initial; number++)
          records.put(version(number, new Date(Date.UTC(2026, 5, 1, 0, 0, seconds[number])), false))
        const before = records.all()
        let door = await openOaiDoor(records, { pageRecords, clock: () => now })
        const changed = new Set<string>()
        const seen: { readonly ivoid: string; readonly state: string }[] = []
        let query = 'verb=ListIdentifiers&metadataPrefix=ivo_vor'
        for (let page = 0; ; page++) {
          const document = await door.ask(query)
          expect(document.codes).toEqual([])
          for (const [, status, ivoid, datestamp] of document.text.matchAll(
            /<header( status="deleted")?><identifier>([^<]*)<\/identifier><datestamp>([^<]*)</g,
          ))
            seen.push({ ivoid: ivoid!, state: `${datestamp}${status ?? ''}` })
          const token = tokenOf(document)
          if (token === '') break
          query = `verb=ListIdentifiers&resumptionToken=${token}`
          now = new Date(now.getTime() + 1000)
          for (const action of interleaved[page] ?? []) {
            if (action.do === 'restart') {
              door = await openOaiDoor(records, { pageRecords, clock: () => now, state: door.state })
            } else {
              records.put(version(action.number, now, action.do === 'delete'))
              changed.add(`ivo://example.edu/r${action.number}`)
            }
          }
        }
        for (const { ivoid } of before) {
          const states = seen.filter((one) => one.ivoid === ivoid).map(({ state }) => state)
          if (!changed.has(ivoid)) expect(states).toHaveLength(1)
          const current = await records.get(ivoid)
          expect(states.at(-1)).toBe(`${current?.datestamp}${current?.status === 'deleted' ? ' status="deleted"' : ''}`)
          expect(new Set(states).size).toBe(states.length)
        }
      },
    )
    await fc.assert(property, { numRuns: 60 })
  })

  it('S-032: a record changed during a harvest is in the next incremental one', async () => {
    const records = new MemoryRecords().put(...sampleRecords())
    const now = new Date('2026-06-01T12:00:00Z')
    const door = await openOaiDoor(records, { pageRecords: 3, clock: () => now })
    const first = await door.ask(list)
    records.put(sampleRecord({ ivoid: 'ivo://example.edu/org', title: 'Changed', datestamp: '2026-06-01T12:00:00Z' }))
    const responseDate = first.text.match(/<responseDate>([^<]*)/)![1]
    expect((await door.ask(`${list}&from=${responseDate}`)).identifiers).toEqual(['ivo://example.edu/org'])
  })
})
