// `waymark vocabularies` against a server on loopback that answers as the IVOA's does, and in many worse ways.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startVocabularySchedule } from '../../src/commands/vocabulary-round.js'
import { readConfig } from '../../src/config.js'
import { recordMapper } from '../../src/regtap/rows.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import {
  keptVocabularyPath,
  shippedVocabulary,
  type VocabularyName,
  type VocabularyTerm,
} from '../../src/voresource/vocabulary-files.js'
import { vocabulariesOf } from '../../src/wire.js'
import { readXml } from '../../src/xml/reader.js'
import { waymark } from '../support/command-line.js'
import { sampleXml } from '../support/sample-records.js'

let server: Server
let baseUrl: string
let folder: string
let answer: (path: string, response: ServerResponse) => void
let asked: { path: string; accept: string | undefined }[]

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', accept: request.headers.accept })
    answer((request.url ?? '').replace('/rdf/', ''), response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rdf`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-vocabularies-'))
  asked = []
  answer = (path, response) => response.end(desise(path))
})
afterEach(() => rmSync(folder, { recursive: true }))

const state = () => join(folder, 'state')
const vocabularies = () => join(state(), 'vocabularies')
const names: Readonly<Record<string, VocabularyName>> = {
  uat: 'uat',
  'voresource/content_level': 'content_level',
  'voresource/content_type': 'content_type',
  'voresource/date_role': 'date_role',
  'voresource/relationship_type': 'relationship_type',
}
const run = (...args: readonly string[]) =>
  waymark(['vocabularies', ...args, '--state', state(), '--vocabularies-url', baseUrl])

type Terms = Record<string, VocabularyTerm>

/** The shipped vocabulary as the IVOA's server writes it, after a change. */
function desise(path: string, change: (terms: Terms) => void = () => undefined): string {
  const { uri, terms } = shippedVocabulary(names[path]!)
  const changed: Terms = { ...terms }
  change(changed)
  const written = Object.entries(changed).map(([term, { deprecated, preliminary, useInstead }]) => [
    term,
    {
      label: term,
      description: `What ${term} means`,
      wider: [],
      narrower: [],
      ...(deprecated === true ? { deprecated: '' } : {}),
      ...(preliminary === true ? { preliminary: '' } : {}),
      ...(useInstead === undefined ? {} : { useInstead }),
    },
  ])
  return JSON.stringify({ uri, flavour: 'RDF Property', terms: Object.fromEntries(written) as unknown })
}

/** Answers for date_role after a change, for everything else as shipped. */
function answerRoles(change: (terms: Terms) => void): void {
  answer = (path, response) => response.end(desise(path, path.endsWith('date_role') ? change : undefined))
}

const renamed = (terms: Terms) => {
  terms.Fixed = {}
  terms.Updated = { deprecated: true, useInstead: 'Fixed' }
}

describe('S-047: vocabularies are read again', () => {
  it('from their canonical addresses, in their JSON form', async () => {
    const { code, out, err } = await run()
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(asked.map(({ path }) => path).sort()).toEqual(
      Object.keys(names)
        .map((path) => `/rdf/${path}`)
        .sort(),
    )
    expect(new Set(asked.map(({ accept }) => accept))).toEqual(new Set(['application/x-desise+json']))
    expect(out.match(/ terms, as before\n/g)).toHaveLength(5)
    const source = vocabulariesOf({ state: state() })
    for (const name of Object.values(names)) {
      const { terms, isFetched } = source(name)
      expect(isFetched, name).toBe(true)
      expect(terms, name).toEqual(shippedVocabulary(name).terms)
    }
    // Nothing half-written is left behind.
    expect(readdirSync(vocabularies()).sort()).toEqual(
      Object.values(names)
        .map((name) => `${name}.json`)
        .sort(),
    )
  })

  it('and what is new, deprecated or changed is told', async () => {
    answerRoles((terms) => {
      renamed(terms)
      terms.Issued = { deprecated: true }
      terms.ExportRequested = {}
    })
    const { code, out, err } = await run('date_role')
    expect(out).toBe(
      'date_role: 15 terms, changed\n  new: Fixed\n  deprecated: Issued, Updated (use Fixed)\n  changed: ExportRequested\n',
    )
    expect(err).toContain('waymark rebuild')
    expect(code).toBe(0)
    // The second time there is nothing new, and nothing to rebuild.
    expect(await run('date_role')).toEqual({ code: 0, out: 'date_role: 15 terms, as before\n', err: '' })
  })

  it('and rows follow: replacements of replacements lead to the term in force', async () => {
    const role = (text: string) => `<curation><date role="${text}">2020-01-01</date></curation>`
    const roleOf = (text: string) => {
      const document = sampleXml({ ivoid: 'ivo://a.example/x', title: 'X' }).replace(
        /<curation>.*<\/curation>/s,
        role(text),
      )
      const map = recordMapper(declaredSchemas(), vocabulariesOf({ state: state() }))
      return [...(map(readXml(document), 'ivo://a.example/x').get('rr.res_date') ?? [])][0]?.[2]
    }
    expect(roleOf('update')).toBe('updated')
    answerRoles(renamed)
    await run('date_role')
    expect(roleOf('update')).toBe('fixed')
    expect(roleOf('Updated')).toBe('fixed')
    expect(roleOf('Created')).toBe('created')
  })

  it('and checks of descriptors follow', async () => {
    const resources = join(folder, 'resources')
    cpSync(fileURLToPath(new URL('../../resources', import.meta.url)), resources, { recursive: true })
    const file = join(resources, 'mast/classy.yaml')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^subjects:.*$/m, 'subjects: [brand-new-stars]'))
    const validate = () => waymark(['validate', '--resources', resources, '--state', state()])
    expect((await validate()).out).toContain('"brand-new-stars" is no term')
    answer = (path, response) => response.end(desise(path, (terms) => (terms['brand-new-stars'] = {})))
    await run('uat')
    expect((await validate()).out).not.toContain('brand-new-stars')
  })

  it('while serving, by schedule', async () => {
    answerRoles(renamed)
    const settings = { state: state(), vocabulariesUrl: baseUrl, vocabularySchedule: '* * * * * *' }
    const lines: string[] = []
    const log = pino({ level: 'info', base: null }, { write: (line: string) => void lines.push(line) })
    using _schedule = startVocabularySchedule(readConfig(settings, {}), log)
    while (!lines.some((line) => line.includes('"uat"'))) await wait(50)
    expect(lines.join('')).toContain('Updated (use Fixed)')
    expect(vocabulariesOf({ state: state() })('date_role').terms.Fixed).toEqual({})
    expect(() => startVocabularySchedule(readConfig({ vocabularySchedule: 'weekly' }, {}), log)).toThrow(/23 4 \* \* 1/)
  })
})

describe('S-047: an answer that is no whole vocabulary changes nothing', () => {
  const grown = (terms: Terms) => {
    renamed(terms)
    terms.Kept = {}
  }
  /** Would be taken if it came whole. */
  const good = () => desise('voresource/date_role', grown)
  const without = (...terms: readonly string[]) =>
    desise('voresource/date_role', (all) => {
      grown(all)
      for (const term of terms) delete all[term]
    })
  it.each<readonly [string, number, RegExp, (response: ServerResponse) => void]>([
    ['404', 6, /HTTP status 404/, (response) => response.writeHead(404).end(good())],
    ['503', 6, /HTTP status 503/, (response) => response.writeHead(503, { 'retry-after': '1' }).end()],
    ['a broken connection', 6, /other side closed|socket|terminated/, (response) => response.destroy()],
    [
      'an answer that breaks off',
      6,
      /terminated|closed|aborted/,
      (response) => {
        response.writeHead(200, { 'content-length': '100000' })
        response.write(good().slice(0, 200), () => response.destroy())
      },
    ],
    ['half a document', 4, /a part or no JSON/, (response) => response.end(good().slice(0, good().length / 2))],
    ['nothing', 4, /it is nothing/, (response) => response.end('')],
    ['a page', 4, /a page or other markup/, (response) => response.end('<!DOCTYPE html><h1>Date roles</h1>')],
    ['another kind of JSON', 4, /no object "terms"/, (response) => response.end('["Created"]')],
    ['an error in JSON', 4, /no object "terms"/, (response) => response.end('{"error": "sorry"}')],
    ['no terms', 4, /it has no terms/, (response) => response.end(good().replace(/"terms":.*/, '"terms":{}}'))],
    ['another vocabulary', 4, /content_type", not http/, (response) => response.end(desise('voresource/content_type'))],
    [
      'a term that is no object',
      4,
      /"Created" is no term/,
      (response) => response.end(good().replace(/"Created":\{[^}]*\}/, '"Created":"x"')),
    ],
    ['a term that vanished', 4, /it lacks "Kept", which/, (response) => response.end(without('Kept'))],
    [
      'a replacement that is no term',
      4,
      /"Updated" is to be replaced by "Fixed", which is no term/,
      (response) => response.end(without('Fixed')),
    ],
    [
      'a redirect to a file',
      6,
      /redirects to file:/,
      (response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    ],
    [
      'an endless answer',
      5,
      /longer than 20,000,000 bytes/,
      (response) => {
        const more = (): void => void response.write(' '.repeat(1_000_000), (error) => (error ? undefined : more()))
        more()
      },
    ],
  ])('%s', async (_what, expectedCode, reason, respond) => {
    answerRoles((terms) => {
      terms.Kept = {}
    })
    await run('date_role')
    const before = readFileSync(keptVocabularyPath(vocabularies(), 'date_role'), 'utf8')
    answer = (_path, response) => respond(response)
    const { code, out, err } = await run('date_role')
    expect(err).toMatch(reason)
    expect(err).toMatch(/^date_role: http.* is not taken: .*; what was in force stays in force\n$/)
    expect({ code, out }).toEqual({ code: expectedCode, out: '' })
    expect(readFileSync(keptVocabularyPath(vocabularies(), 'date_role'), 'utf8')).toBe(before)
    expect(readdirSync(vocabularies())).toEqual(['date_role.json'])
  })

  it('one that fails does not keep the others', async () => {
    answer = (path, response) =>
      path.endsWith('content_type') ? response.writeHead(500).end() : response.end(desise(path))
    const { code, out } = await run('--json')
    const reports = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string; outcome: string; error?: { kind: string } })
    expect(code).toBe(6)
    expect(reports.filter(({ outcome }) => outcome === 'renewed')).toHaveLength(4)
    expect(reports.find(({ outcome }) => outcome === 'refused')).toMatchObject({
      name: 'content_type',
      error: { kind: 'unavailable' },
    })
  })

  it('terms that were preliminary may go; others with --allow-removals only', async () => {
    answerRoles((terms) => {
      delete terms.ExportRequested
    })
    expect((await run('date_role')).out).toContain('no longer there: ExportRequested')
    answerRoles((terms) => {
      delete terms.ExportRequested
      delete terms.Valid
    })
    expect((await run('date_role')).err).toContain('"Valid"')
    expect(await run('date_role', '--allow-removals')).toMatchObject({ code: 0, out: expect.stringContaining('Valid') })
  })
})

describe('the vocabularies in force', () => {
  it('are listed with their age', async () => {
    await run('uat')
    const { out } = await run('--list')
    expect(asked).toHaveLength(1)
    expect(out).toMatch(/^vocabulary +terms +in force +days\ncontent_level +3 +shipped, of 2016-08-17 +\d,\d{3}\n/)
    expect(out).toMatch(/\nuat +[\d,]+ +fetched \d{4}-\d\d-\d\d +0\n$/)
    const json = await run('--list', '--json', 'uat')
    expect(JSON.parse(json.out)).toMatchObject({ name: 'uat', isFetched: true, ageDays: 0 })
  })

  it('are the shipped ones where the file is damaged or older', async () => {
    await run('date_role')
    const path = keptVocabularyPath(vocabularies(), 'date_role')
    const whole = readFileSync(path, 'utf8')
    const source = vocabulariesOf({ state: state() })
    for (const content of ['', whole.slice(0, 100), 'null', '{"date":"2999-01-01","terms":{}}']) {
      writeFileSync(path, content)
      expect(source('date_role'), content).toEqual(shippedVocabulary('date_role'))
    }
    writeFileSync(path, whole.replace(/"date": "[^"]*"/, '"date": "2000-01-01"'))
    expect(source('date_role')).toEqual(shippedVocabulary('date_role'))
    writeFileSync(path, whole)
    expect(source('date_role').isFetched).toBe(true)
  })

  it.each([
    [['messengers'], 'expected content_level'],
    [['--vocabularies-url', 'www.ivoa.net/rdf'], 'expected http://'],
  ])('%j is refused with exit code 2', async (args, reason) => {
    const { code, err } = await waymark(['vocabularies', '--state', state(), ...args])
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(reason) })
  })
})
