// Old addresses as they stand in programs and notebooks, looked up in the moves that ship.
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadMoves } from '../../src/registry/moves-file.js'
import { indexMoves, type MoveData, type MovedAddress } from '../../src/registry/moves-lookup.js'
import { collectMoves } from '../../src/registry/moves-rows.js'

const { moves: files, findings } = await loadMoves('resources')
const shipped = indexMoves({
  ...collectMoves([], files),
  present: [
    {
      ivoid: 'ivo://archive.stsci.edu/caomtap',
      title: 'CAOM',
      accessUrl: 'https://mast.stsci.edu/vo-tap/api/v0.1/caom',
    },
    {
      ivoid: 'ivo://mast.example/tap/gaiadr3',
      title: 'Gaia',
      accessUrl: 'https://mast.stsci.edu/vo-tap/api/v0.1/gaiadr3',
    },
  ],
})
const caom = 'https://mast.stsci.edu/vo-tap/api/v0.1/caom'

describe('the move of 2025', () => {
  it('is written as the files of moves have to be', () => {
    expect(findings).toEqual([])
  })

  it.each([
    ['http://vao.stsci.edu/CAOMTAP/TapService.aspx', caom],
    ['HTTPS://VAO.STSCI.EDU/caomtap/TAPSERVICE.ASPX', caom],
    ['vao.stsci.edu/caomtap/tapservice.aspx', caom],
    ['//vao.stsci.edu/caomtap/tapservice.aspx', caom],
    ['http://vao.stsci.edu:80/CAOMTAP/TapService.aspx/', caom],
    ['http://vao.stsci.edu//CAOMTAP//TapService.aspx?', caom],
    ['  http://vao.stsci.edu/CAOMTAP/TapService.aspx\n', caom],
    ['http://vao.stsci.edu/CAOMTAP/TapService.aspx/sync', `${caom}/sync`],
    ['http://vao.stsci.edu/CAOMTAP/TapService.aspx/async/Job7/phase', `${caom}/async/Job7/phase`],
    [
      'https://vao.stsci.edu/caomtap/tapservice.aspx/sync?LANG=ADQL&QUERY=SELECT%20TOP%201%20*%20FROM%20ivoa.ObsCore',
      `${caom}/sync?LANG=ADQL&QUERY=SELECT%20TOP%201%20*%20FROM%20ivoa.ObsCore`,
    ],
    ['https://vao.stsci.edu/caomtap/tapservice.aspx/sync?A=1&amp;amp;B=2', `${caom}/sync?A=1&B=2`],
  ])('leads %j to %s', (old, present) => {
    expect(shipped.lookUp(old)).toMatchObject({ status: 'moved', newUrl: present, accessUrl: caom })
  })

  it('names the resource, the day and what else changed', () => {
    const answer = shipped.lookUp('http://vao.stsci.edu/CAOMTAP/TapService.aspx')
    expect(answer).toMatchObject({ ivoid: 'ivo://archive.stsci.edu/caomtap', title: 'CAOM' })
    expect(answer.steps.map((step) => [step.closed, step.move?.announced])).toEqual([['2025-06-26', '2025-06-13']])
    expect(answer.changes.map((change) => change.present)).toContain('LANG=ADQL')
  })

  it('knows no replacement for the OAI-PMH interface on the old host', () => {
    expect(shipped.lookUp('http://vao.stsci.edu/directory/oai.aspx?verb=Identify')).toMatchObject({
      status: 'gone',
      newUrl: null,
      steps: [{ closed: null, note: 'OAI-PMH interface of the registry at STScI.' }],
    })
  })

  it('takes the host alone for a page, and nothing below it', () => {
    expect(shipped.lookUp('http://vao.stsci.edu/')).toMatchObject({ newUrl: 'https://mast.stsci.edu/vo-tap' })
    expect(shipped.lookUp('http://vao.stsci.edu/something/else').status).toBe('unknown')
  })

  it('does not append a request to an address that speaks another protocol', () => {
    expect(
      shipped.lookUp('https://mast.stsci.edu/portal_vo/Mashup/VoQuery.asmx/SiaV1?MISSION=HST&POS=10,20&SIZE=0.1'),
    ).toMatchObject({ status: 'successor', newUrl: 'https://mast.stsci.edu/vo-sia/api/v0.1/query' })
  })

  it.each([
    ['https://mast.stsci.edu/vo-tap/', null],
    ['https://mast.stsci.edu/vo-tap/api/v0.1/sync?QUERY=x', null],
    ['https://mast.stsci.edu/vo-tap/api/v0.1/gaiadr3/tap/sync', 'https://mast.stsci.edu/vo-tap/api/v0.1/gaiadr3'],
  ])('says that %s was guessed wrong', (guess, meant) => {
    expect(shipped.lookUp(guess)).toMatchObject({ status: 'mistake', newUrl: meant })
  })

  it('leaves an address in use as it is', () => {
    const url = `${caom}/sync?LANG=ADQL`
    expect(shipped.lookUp(url)).toMatchObject({ status: 'present', newUrl: url, steps: [] })
  })

  it('never touches identifiers', () => {
    expect(shipped.lookUp('ivo://archive.stsci.edu/caomtap').status).toBe('not-an-address')
    expect(shipped.lookUp('ivo://vao.stsci.edu/CAOMTAP/TapService.aspx').status).toBe('not-an-address')
  })

  it.each([
    '',
    'caom',
    'ftp://vao.stsci.edu/x',
    'javascript:alert(1)',
    'http://vao.stsci.edu/a\r\nSet-Cookie: b',
    `http://a.b/${'x'.repeat(5000)}`,
  ])('takes %j for no address', (text) => {
    expect(shipped.lookUp(text)).toMatchObject({ status: 'not-an-address', newUrl: null })
  })

  it('does not take a longer name for a former one', () => {
    expect(shipped.lookUp('http://vao.stsci.edu/CAOMTAP/TapService.aspx2').status).toBe('unknown')
    expect(shipped.lookUp('http://vao.stsci.edu.evil.example/CAOMTAP/TapService.aspx').status).toBe('unknown')
  })

  it('answers hostile addresses quickly', () => {
    const started = performance.now()
    for (const text of ['&', '/', '?', '/?', 'a/', '=&'].map((part) => `http://vao.stsci.edu/${part.repeat(1900)}`))
      shipped.lookUp(text.slice(0, 4000))
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('keeps whatever stands behind a former address', () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9._~-]{1,8}$/)
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        fc.stringMatching(/^[A-Za-z0-9=%+,'()*]{0,30}$/),
        (path, query) => {
          const rest = `/${path.join('/')}${query === '' ? '' : `?${query}`}`
          expect(shipped.lookUp(`http://vao.stsci.edu/caomtap/TapService.aspx${rest}`).newUrl).toBe(caom + rest)
        },
      ),
    )
  })
})

describe('addresses with a query of their own', () => {
  const service = (formerUrl: string, nextUrl: string): MovedAddress => ({
    ivoid: null,
    standardId: null,
    formerUrl,
    nextUrl,
    closed: null,
    kind: 'service',
    moveId: null,
    note: null,
  })
  const index = indexMoves({
    addresses: [
      service('http://old.example/cone?cat=1&', 'https://new.example/one?'),
      service('http://old.example/cone?cat=2&', 'https://new.example/cone?cat=two&'),
      service('http://old.example/plain?', 'https://new.example/cone?cat=three&'),
    ],
    moves: [],
    changes: [],
    present: [],
  })

  it.each([
    ['http://old.example/cone?cat=1&RA=1&DEC=2', 'https://new.example/one?RA=1&DEC=2'],
    ['http://old.example/cone?cat=1&', 'https://new.example/one?'],
    ['http://old.example/cone?cat=1', 'https://new.example/one?'],
    ['http://old.example/cone?cat=2&RA=1', 'https://new.example/cone?cat=two&RA=1'],
    ['http://old.example/cone?cat=2&', 'https://new.example/cone?cat=two&'],
    ['http://old.example/plain?RA=1&DEC=2', 'https://new.example/cone?cat=three&RA=1&DEC=2'],
    ['http://old.example/plain', 'https://new.example/cone?cat=three&'],
    ['http://old.example/cone?cat=3&RA=1', null],
  ])('%s leads to %s', (old, present) => {
    expect(index.lookUp(old).newUrl).toBe(present)
  })

  it('lose no parameter and get none twice, whatever comes behind', () => {
    const query = fc.array(fc.tuple(fc.stringMatching(/^[A-Z]{1,4}$/), fc.stringMatching(/^[a-z0-9.%+]{0,6}$/)), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(fc.constantFrom('cone?cat=1', 'cone?cat=2'), query, (base, pairs) => {
        const asked = pairs.map(([name, value]) => `${name}=${value}`).join('&')
        const present = base.endsWith('1') ? 'https://new.example/one?' : 'https://new.example/cone?cat=two&'
        expect(index.lookUp(`http://old.example/${base}&${asked}`).newUrl).toBe(present + asked)
      }),
    )
  })
})

describe('several moves', () => {
  const row = (formerUrl: string, nextUrl: string | null, moveId: string): MovedAddress => ({
    ivoid: 'ivo://archive.stsci.edu/ps1dr2tap',
    standardId: null,
    formerUrl,
    nextUrl,
    closed: null,
    kind: 'service',
    moveId,
    note: null,
  })
  const change = {
    moveId: 'second',
    ivoid: 'ivo://archive.stsci.edu/ps1dr2tap',
    nextUrl: null,
    what: 'table',
    note: null,
  }
  const data: MoveData = {
    addresses: [
      row('http://vao.stsci.edu/PS1DR2/tapservice.aspx', 'https://mast.stsci.edu/vo-tap/api/v0.1/ps1dr2', 'first'),
      row(
        'https://mast.stsci.edu/vo-tap/api/v0.1/ps1dr2',
        'https://mast.stsci.edu/vo-tap/api/v0.1/mast_catalogs',
        'second',
      ),
    ],
    moves: [],
    changes: [{ ...change, former: 'dbo.MeanObject', present: 'ps1_dr2.mean_object' }],
    present: [],
  }

  it('lead to the end of the chain, with the tables that were renamed on the way', () => {
    const answer = indexMoves(data).lookUp('https://vao.stsci.edu/ps1dr2/TapService.aspx/sync?QUERY=x')
    expect(answer.newUrl).toBe('https://mast.stsci.edu/vo-tap/api/v0.1/mast_catalogs/sync?QUERY=x')
    expect(answer.steps.map((step) => step.to)).toEqual([
      'https://mast.stsci.edu/vo-tap/api/v0.1/ps1dr2',
      'https://mast.stsci.edu/vo-tap/api/v0.1/mast_catalogs',
    ])
    expect(answer.changes.map((one) => [one.former, one.present])).toEqual([['dbo.MeanObject', 'ps1_dr2.mean_object']])
  })

  it('that go in a circle come to an end', () => {
    const circle = {
      ...data,
      addresses: [
        ...data.addresses,
        row(
          'https://mast.stsci.edu/vo-tap/api/v0.1/mast_catalogs',
          'http://vao.stsci.edu/PS1DR2/tapservice.aspx',
          'third',
        ),
      ],
    }
    expect(indexMoves(circle).lookUp('http://vao.stsci.edu/PS1DR2/tapservice.aspx').steps).toHaveLength(3)
  })
})

const facts = '../shared/mast/url-moves.json'
describe.runIf(existsSync(facts))('the addresses found in public files', () => {
  interface Fact {
    readonly old: readonly string[]
    readonly new: string | null
  }
  const { moves } = existsSync(facts)
    ? (JSON.parse(readFileSync(facts, 'utf8')) as { moves: readonly Fact[] })
    : { moves: [] }
  const spellings = moves.flatMap((move) => move.old.map((old) => [old, move.new] as const))

  it('are as many as are known', () => {
    expect(spellings.length).toBeGreaterThanOrEqual(60)
  })

  it.each(spellings)('%s -> %s', (old, target) => {
    const { newUrl, status } = shipped.lookUp(old)
    expect(newUrl).toBe(target)
    expect(status).toBe(target === null ? 'gone' : target.includes('vo-sia') ? 'successor' : 'moved')
  })
})
