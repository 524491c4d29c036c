// Former addresses as they stand in programs, data and prose, and what becomes of each.
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadMoves } from '../../src/registry/moves-file.js'
import { indexMoves } from '../../src/registry/moves-lookup.js'
import { collectMoves } from '../../src/registry/moves-rows.js'
import { createAddressFinder } from '../../src/registry/rewrite-find.js'
import { notebookSources } from '../../src/registry/rewrite-notebook.js'
import { sharedFolder } from '../support/schemas.js'

const { moves } = await loadMoves('resources')
const content = collectMoves([], moves)
const finder = createAddressFinder(content.addresses, indexMoves({ ...content, present: [] }))
const caom = 'https://mast.stsci.edu/vo-tap/api/v0.1/caom'

function rewritten(text: string): string {
  let result = ''
  let copied = 0
  for (const { start, end, kind, replacement } of find(text)) {
    if (kind !== 'moved') continue
    result += text.slice(copied, start) + String(replacement)
    copied = end
  }
  return result + text.slice(copied)
}

const find = (text: string) => finder.find(text, [{ start: 0, end: text.length }])

describe('an address of a service is replaced', () => {
  it.each([
    ['python', `tap = TapPlus(url="http://vao.stsci.edu/CAOMTAP/TapService.aspx")`, `tap = TapPlus(url="${caom}")`],
    ['other case', `'HTTP://VAO.STSCI.EDU/caomtap/TAPSERVICE.ASPX'`, `'${caom}'`],
    ['what follows', 'http://vao.stsci.edu/CAOMTAP/TapService.aspx/Sync?LANG=ADQL', `${caom}/Sync?LANG=ADQL`],
    ['a slash at the end', 'base = "http://vao.stsci.edu/CAOMTAP/TapService.aspx/" + x', `base = "${caom}/" + x`],
    ['a question mark at the end', '"http://vao.stsci.edu/CAOMTAP/TapService.aspx?"', `"${caom}?"`],
    ['XML', '<u>http://vao.stsci.edu/CAOMTAP/TapService.aspx/sync?A=1&amp;B=2</u>', `<u>${caom}/sync?A=1&amp;B=2</u>`],
    ['an escaped tag', 'http://vao.stsci.edu/CAOMTAP/TapService.aspx&lt;/b&gt;', `${caom}&lt;/b&gt;`],
    ['prose', 'See (http://vao.stsci.edu/CAOMTAP/TapService.aspx).', `See (${caom}).`],
    ['Markdown', '[**http://vao.stsci.edu/CAOMTAP/TapService.aspx**]', `[**${caom}**]`],
    ['a template', 'f"http://vao.stsci.edu/CAOMTAP/TapService.aspx/{verb}"', `f"${caom}/{verb}"`],
    ['no scheme', 'host: vao.stsci.edu/caomtap/tapservice.aspx', 'host: mast.stsci.edu/vo-tap/api/v0.1/caom'],
    ['two slashes', "'//vao.stsci.edu/caomtap/tapservice.aspx'", "'//mast.stsci.edu/vo-tap/api/v0.1/caom'"],
    [
      'JSON of PHP',
      '"http:\\/\\/vao.stsci.edu\\/CAOMTAP\\/TapService.aspx\\/sync"',
      `"${caom}/sync"`.replaceAll('/', '\\/'),
    ],
    ['behind an escape', '"a\\nhttp://vao.stsci.edu/CAOMTAP/TapService.aspx\\nb"', `"a\\n${caom}\\nb"`],
    ['YAML without blank', 'url:http://vao.stsci.edu/CAOMTAP/TapService.aspx', `url:${caom}`],
    ['a parameter', 'tapurl=http://vao.stsci.edu/CAOMTAP/TapService.aspx lang=x', `tapurl=${caom} lang=x`],
  ])('in %s', (_, before, after) => {
    expect(rewritten(before)).toBe(after)
  })

  it('twice on a line, and only the second that moved', () => {
    const text = 'http://vao.stsci.edu/other http://vao.stsci.edu/RegTAP/TapService.aspx'
    expect(rewritten(text)).toBe('http://vao.stsci.edu/other https://mast.stsci.edu/vo-tap/api/v0.1/registry')
  })
})

describe('left alone', () => {
  it.each([
    ['an identifier', 'ivo://vao.stsci.edu/CAOMTAP/TapService.aspx'],
    ['an escaped identifier', '"ivo:\\/\\/vao.stsci.edu\\/CAOMTAP\\/TapService.aspx"'],
    ['an address inside an identifier', 'ivo://archive.stsci.edu/x?http://vao.stsci.edu/CAOMTAP/TapService.aspx'],
    ['an address inside another', 'https://web.archive.org/web/2020/http://vao.stsci.edu/CAOMTAP/TapService.aspx'],
    ['a look-up', 'http://localhost/moved?url=http://vao.stsci.edu/CAOMTAP/TapService.aspx'],
    ['another host', 'http://vao.stsci.edu.example/CAOMTAP/TapService.aspx'],
    ['a longer host', 'http://notvao.stsci.edu/CAOMTAP/TapService.aspx'],
    ['a longer path', 'http://vao.stsci.edu/CAOMTAP/TapService.aspx2'],
    ['an e-mail address', 'help@vao.stsci.edu/CAOMTAP/TapService.aspx'],
    ['a folder', '/srv/mirror/vao.stsci.edu/CAOMTAP/TapService.aspx'],
    ['another page of the host', 'http://vao.stsci.edu/missionmast/help.html'],
    ['the host named in a sentence', 'The host vao.stsci.edu was closed.'],
    ['a marked line', 'old = "http://vao.stsci.edu/CAOMTAP/TapService.aspx"  # waymark: keep'],
    ['an address in use', `${caom}/sync`],
  ])('%s', (_, text) => {
    expect(find(text)).toEqual([])
  })

  it.each([
    ['http://vao.stsci.edu/CAOMTAP/querymanager.html', 'page', `${caom}/`],
    ['http://vao.stsci.edu', 'page', 'https://mast.stsci.edu/vo-tap'],
    ['http://vao.stsci.edu/directory/oai.aspx?verb=Identify', 'gone', undefined],
    ['https://mast.stsci.edu/portal_vo/Mashup/VoQuery.asmx/SiaV1?MISSION=HST', 'successor', undefined],
    ['https://mast.stsci.edu/vo-tap/api/v0.1/gaiadr3/tap/sync', 'mistake', undefined],
  ])('but reported: %s', (url, kind, replacement) => {
    expect(find(`"${url}"`)).toMatchObject([{ start: 1, end: 1 + url.length, written: url, kind, replacement }])
  })
})

describe('an address that programs append parameters to', () => {
  const row = (formerUrl: string, nextUrl: string) => ({
    ...{ ivoid: null, standardId: null, closed: null, kind: 'service' as const, moveId: null, note: null },
    formerUrl,
    nextUrl,
  })
  const addresses = [
    row('http://old.example/cone?cat=1&', 'https://new.example/one'),
    row('http://old.example/cone?cat=2&', 'https://new.example/cone?cat=two&'),
    row('http://old.example/plain?', 'https://new.example/cone?cat=three&'),
  ]
  const cones = createAddressFinder(addresses, indexMoves({ addresses, moves: [], changes: [], present: [] }))

  it.each([
    ['"http://old.example/cone?cat=1&" + q', '"https://new.example/one?" + q'],
    ['"http://old.example/cone?cat=1&amp;" + q', '"https://new.example/one?" + q'],
    ['"http:\\/\\/old.example\\/cone?cat=1\\u0026RA=1"', '"https:\\/\\/new.example\\/one?RA=1"'],
    ['<u>http://old.example/cone?cat=1&amp;RA=1</u>', '<u>https://new.example/one?RA=1</u>'],
    ['"http://old.example/cone?cat=1&RA=1"', '"https://new.example/one?RA=1"'],
    ['"http://old.example/cone?cat=2&" + q', '"https://new.example/cone?cat=two&" + q'],
    ['<u>http://old.example/cone?cat=2&amp;RA=1</u>', '<u>https://new.example/cone?cat=two&amp;RA=1</u>'],
    ['"http://old.example/plain?" + q', '"https://new.example/cone?cat=three&" + q'],
    ['"http://old.example/plain?RA=1"', '"https://new.example/cone?cat=three&RA=1"'],
  ])('%s becomes %s', (before, after) => {
    const [one, ...others] = cones.find(before, [{ start: 0, end: before.length }])
    expect(others).toEqual([])
    expect(before.slice(0, one?.start) + String(one?.replacement) + before.slice(one?.end)).toBe(after)
  })
})

interface KnownMoves {
  readonly moves: readonly { readonly id: string; readonly old: readonly string[]; readonly new: string | null }[]
}

// The body of a suite that is skipped runs all the same, to collect its tests.
const mast = `${sharedFolder}/mast/url-moves.json`
const known = existsSync(mast) ? (JSON.parse(readFileSync(mast, 'utf8')) as KnownMoves) : { moves: [] }

describe.runIf(existsSync(mast))('every spelling seen in public files', () => {
  it.each(
    known.moves.flatMap(({ id, old, new: target }) =>
      old.map((url) => ({ url, target, isPage: /page|root/.test(id) })),
    ),
  )('$url', ({ url, target, isPage }) => {
    const found = find(`x = '${url}/sync'\ny = "${url}"\n`).filter(({ kind }) => kind !== 'mistake')
    if (isPage) expect(found).toMatchObject([{ kind: 'page', replacement: target }])
    else if (target === null) expect(found.map(({ kind }) => kind)).toEqual(['gone', 'gone'])
    else if (/SiaV1/.test(url)) expect(found.map(({ kind }) => kind)).toEqual(['successor', 'successor'])
    else expect(found.map(({ replacement }) => replacement)).toEqual([`${target}/sync`, target])
  })
})

describe('any text', () => {
  const pieces = [
    'http://',
    'https:\\/\\/',
    'ivo://',
    '//',
    'vao.stsci.edu',
    '/CAOMTAP/TapService.aspx',
    '/sync',
    '?a=b',
  ]
  const text = fc
    .array(fc.oneof(fc.constantFrom(...pieces, ' ', '\n', '"', '\\n'), fc.string({ maxLength: 5 })), { maxLength: 20 })
    .map((parts) => parts.join(''))

  it('has no service left to replace once it is rewritten', () => {
    fc.assert(
      fc.property(text, (before) => {
        expect(find(rewritten(before)).filter(({ kind }) => kind === 'moved')).toEqual([])
      }),
    )
  })

  it('keeps everything between the addresses found', () => {
    fc.assert(
      fc.property(text, (before) => {
        for (const { start, end, written } of find(before)) expect(before.slice(start, end)).toBe(written)
      }),
    )
  })

  it('of one hostile line is read quickly', () => {
    const started = performance.now()
    for (const part of ['vao.stsci.edu/', 'http://vao.stsci.edu', 'vao.stsci.edu&&&&', '\\\\vao.stsci.edu'])
      find(part.repeat(2000))
    expect(performance.now() - started).toBeLessThan(5000)
  })
})

describe('the sources of a notebook', () => {
  const sources = (text: string) => notebookSources(text)?.map(({ start, end }) => text.slice(start, end))

  it('are those of cells, as one text or line by line; outputs, attachments and metadata are not', () => {
    const notebook = {
      metadata: { source: 'no', cells: [{ source: 'no' }] },
      cells: [
        { cell_type: 'markdown', source: 'one text', attachments: { source: 'no' } },
        {
          cell_type: 'code',
          outputs: [{ text: ['no'], data: { cells: [{ source: 'no' }] } }],
          source: ['a\n', 'b "c" \\'],
        },
        { source: [] },
      ],
    }
    for (const indent of [0, 1, '\t'])
      expect(sources(JSON.stringify(notebook, null, indent))).toEqual(['one text', 'a\\n', 'b \\"c\\" \\\\'])
  })

  it('of the older format are called input', () => {
    expect(sources('{"worksheets":[{"cells":[{"input":["a"],"outputs":[{"text":"no"}]}]}]}')).toEqual(['a'])
  })

  it.each(['', '{', '{"cells":[{"source":"a}', '{"cells" 1}', '[1 2]', '['.repeat(5000)])(
    'are unknown in %j',
    (text) => {
      expect(notebookSources(text)).toBeUndefined()
    },
  )
})
