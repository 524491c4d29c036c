// Rules for web servers say the same as the look-up, whatever the spelling, and cannot be made to say anything else.
import { describe, expect, it } from 'vitest'
import { loadMoves } from '../../src/registry/moves-file.js'
import { indexMoves, type MoveData, type MovedAddress } from '../../src/registry/moves-lookup.js'
import { collectMoves } from '../../src/registry/moves-rows.js'
import { type RedirectRule, redirectForms, redirectRules } from '../../src/registry/redirect-rules.js'
import { ruleWriters } from '../../src/registry/redirect-rules-write.js'

const { moves } = await loadMoves('resources')
const shipped: MoveData = { ...collectMoves([], moves), present: [] }
const index = indexMoves(shipped)
const rules = redirectRules(shipped, index)

/** What a server with these rules does: the first that matches decides. */
function answer(given: readonly RedirectRule[], host: string, request: string): string | number {
  for (const rule of given.filter((one) => one.host === host)) {
    for (const { pattern, location } of redirectForms(rule)) {
      const groups = new RegExp(pattern, 'i').exec(request)
      if (groups === null) continue
      let count = 0
      return location === undefined ? 410 : location.replace(/\{\w+\}/g, () => groups[++count] ?? '')
    }
  }
  return 404
}

describe('the rules of the moves that ship', () => {
  const formers = shipped.addresses.filter(({ kind }) => kind !== 'mistake')

  it.each(formers.map(({ formerUrl }) => formerUrl))('lead %s where the look-up leads', (url) => {
    // A query behind the address of a page means nothing; the look-up is stricter there.
    const isPage = index.lookUp(url).steps[0]?.kind === 'page'
    for (const rest of isPage
      ? ['', '/sync']
      : url.includes('?')
        ? ['']
        : ['', '/sync', '/sync?LANG=ADQL&QUERY=SELECT%20%2f', '?a=b']) {
      const written = new URL(url.replace(/\/$/, '') + rest)
      for (const request of [written.pathname + written.search, (written.pathname + written.search).toUpperCase()]) {
        const looked = index.lookUp(`http://${written.host}${request}`)
        const expected =
          looked.status === 'gone' || looked.status === 'successor'
            ? 410
            : looked.status === 'unknown'
              ? 404
              : looked.steps[0]?.kind === 'page'
                ? looked.accessUrl
                : looked.newUrl
        expect(answer(rules, written.hostname, request)).toBe(expected)
      }
    }
  })

  it('have none for guesses on the host in use', () => {
    expect(answer(rules, 'mast.stsci.edu', '/vo-tap/api/v0.1/gaiadr3/tap/sync')).toBe(404)
  })

  it('do not take a longer name for a former one', () => {
    expect(answer(rules, 'vao.stsci.edu', '/CAOMTAP/TapService.aspx2')).toBe(404)
    expect(answer(rules, 'vao.stsci.edu', '/CAOMTAP/TapService-aspx')).toBe(404)
  })

  it('match hostile requests quickly', () => {
    const started = performance.now()
    for (const part of ['/', '/caomtap', '?', 'a/', '//?'])
      for (const { pattern } of rules.flatMap(redirectForms))
        new RegExp(pattern, 'i').test(`/CAOMTAP/TapService.aspx${part.repeat(4000)}`)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe('rules', () => {
  const former = (formerUrl: string, nextUrl: string | null, note: string | null = null): MovedAddress => ({
    ivoid: null,
    standardId: null,
    formerUrl,
    nextUrl,
    closed: null,
    kind: 'service',
    moveId: null,
    note,
  })
  const made = (addresses: readonly MovedAddress[], inUse: readonly string[] = []): readonly RedirectRule[] => {
    const present = inUse.map((accessUrl) => ({ ivoid: 'ivo://a/b', title: 'x', accessUrl }))
    const data: MoveData = { addresses, moves: [], changes: [], present }
    return redirectRules(data, indexMoves(data))
  }

  it('follow chains to their end', () => {
    const chain = made([former('http://a.b/1', 'http://a.b/2'), former('http://a.b/2', 'https://c.d/3')])
    expect(answer(chain, 'a.b', '/1/sync')).toBe('https://c.d/3/sync')
  })

  it('spare what is in use below a former address', () => {
    const spared = made([former('http://a.b/tap', 'https://c.d/tap')], ['http://a.b/tap/new'])
    expect(answer(spared, 'a.b', '/tap/old')).toBe('https://c.d/tap/old')
    expect(answer(spared, 'a.b', '/tap/new/sync')).toBe(404)
    expect(answer(spared, 'a.b', '/tap/newer')).toBe('https://c.d/tap/newer')
  })

  describe('with a query in the former or the present address put parameters where the look-up puts them', () => {
    const addresses = [
      former('http://a.b/cone?cat=1&', 'https://c.d/one?'),
      former('http://a.b/cone?cat=2&', 'https://c.d/cone?cat=2'),
      former('http://a.b/cone?cat=3', 'https://c.d/three'),
      former('http://a.b/record?id=', 'https://c.d/record?ivoid='),
      former('http://a.b/old', 'https://c.d/new?mission=hst&'),
      former('http://a.b/asked', 'https://c.d/asks?'),
      former('http://a.b/plain', 'https://c.d/plain'),
    ]
    const data: MoveData = { addresses, moves: [], changes: [], present: [] }
    const cones = redirectRules(data, indexMoves(data))
    const paths = ['/cone?cat=1', '/cone?cat=2', '/cone?cat=3', '/record?id=', '/old', '/asked', '/plain']
    const rests = ['', '&', '&RA=5&DEC=%2B3', '7', '&cat=1?x']
    const pathRests = ['', '?', '?RA=5&DEC=%2B3', '/sync', '/sync?RA=5', '/sync?', '?a?b']

    it.each(paths.flatMap((path) => (path.includes('?') ? rests : pathRests).map((rest) => path + rest)))(
      '%s',
      (request) => {
        const { status, newUrl } = indexMoves(data).lookUp(`http://a.b${request}`)
        // A ? or & with nothing behind it makes no difference to whom follows a redirect.
        const wanted = status === 'unknown' ? 404 : newUrl?.replace(/[?&]$/, '')
        const given = answer(cones, 'a.b', request)
        expect(typeof given === 'number' ? given : given.replace(/[?&]$/, '')).toBe(wanted)
      },
    )

    it('and tell cat=1 from cat=12', () => {
      expect(answer(cones, 'a.b', '/cone?cat=12&RA=5')).toBe(404)
      expect(answer(cones, 'a.b', '/cone?cat=1&RA=5')).toBe('https://c.d/one?RA=5')
      expect(answer(cones, 'a.b', '/record?id=ivo://x/y')).toBe('https://c.d/record?ivoid=ivo://x/y')
    })
  })

  it.each(Object.entries(ruleWriters))('for %s hold nothing that a move file could break out with', (_, write) => {
    const text = write(
      made([
        former('http://a.b/x";}$y\\{z', 'https://c.d/"; return 200 "$host\\', 'A "note";\n} server { $x \\ %[src] '),
        former('http://a.b/g(o+n)e%20', null, 'Gone "for good"; } #'),
      ]),
      { movedUrl: 'https://e.f/moved' },
    )
    for (const line of text.split('\n').filter((one) => !one.startsWith('#'))) {
      expect(line.split('"').length % 2, line).toBe(1)
      expect(line.match(/\$(?!request_uri|\d|["']|\)| \[NC)/g) ?? [], line).toEqual([])
      expect(line, line).not.toContain('\\{')
    }
    expect(text).not.toContain('return 200')
  })
})
