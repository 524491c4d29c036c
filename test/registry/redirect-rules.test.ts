// Rules for web servers say the same as the look-up, whatever the spelling, and cannot be made to say anything else.
import { describe, expect, it } from 'vitest'
import { loadMoves } from '../../src/registry/moves-file.js'
import { indexMoves, type MoveData, type MovedAddress } from '../../src/registry/moves-lookup.js'
import { collectMoves } from '../../src/registry/moves-rows.js'
import { type RedirectRule, redirectRules, requestPattern, targetWith } from '../../src/registry/redirect-rules.js'
import { ruleWriters } from '../../src/registry/redirect-rules-write.js'

const { moves } = await loadMoves('resources')
const shipped: MoveData = { ...collectMoves([], moves), present: [] }
const index = indexMoves(shipped)
const rules = redirectRules(shipped, index)

/** What a server with these rules does: the first that matches decides. */
function answer(given: readonly RedirectRule[], host: string, request: string): string | number {
  for (const rule of given) {
    const groups = new RegExp(requestPattern(rule), 'i').exec(request)
    if (rule.host !== host || groups === null) continue
    return rule.target === undefined ? 410 : targetWith(rule, rule.target, groups[1] ?? '', groups[2] ?? '')
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
      for (const rule of rules)
        new RegExp(requestPattern(rule), 'i').test(`/CAOMTAP/TapService.aspx${part.repeat(4000)}`)
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

  it('tell addresses apart by their query, as cone searches have them', () => {
    const cones = made([
      former('http://a.b/cone?cat=1&', 'https://c.d/one?'),
      former('http://a.b/cone?cat=2&', 'https://c.d/cone?cat=2'),
    ])
    expect(answer(cones, 'a.b', '/cone?cat=1&RA=5')).toBe('https://c.d/one?&RA=5')
    expect(answer(cones, 'a.b', '/cone?cat=2&RA=5')).toBe('https://c.d/cone?cat=2&RA=5')
    expect(answer(cones, 'a.b', '/cone?cat=3&RA=5')).toBe(404)
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
