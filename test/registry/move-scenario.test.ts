// What the move of MAST's services taught, as far as no other test holds it; docs/moves.md says which test holds what.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.js'
import { parseIvoid } from '../../src/core/ivoid.js'
import { sql } from '../../src/core/sql.js'
import { type Incoming, incomingRecords } from '../../src/registry/incoming.js'
import { loadMoves } from '../../src/registry/moves-file.js'
import { indexMoves } from '../../src/registry/moves-lookup.js'
import { collectMoves } from '../../src/registry/moves-rows.js'
import { recordMapper } from '../../src/regtap/rows.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { openRegistry } from '../../src/wire.js'
import { readXml } from '../../src/xml/reader.js'

const { moves: files } = await loadMoves('resources')
const index = indexMoves({ ...collectMoves([], files), present: [] })

const facts = '../shared/mast/url-moves.json'
describe.runIf(existsSync(facts))('3: every spelling found in public files', () => {
  interface Fact {
    readonly old: readonly string[]
    readonly new: string | null
    readonly kind?: string
  }
  const { moves } = existsSync(facts)
    ? (JSON.parse(readFileSync(facts, 'utf8')) as { moves: readonly Fact[] })
    : { moves: [] }
  const spellings = moves.flatMap((move) => move.old.map((old) => [old, move.new] as const))

  it.each(spellings)('%s, in any case, http or https', (old, target) => {
    for (const url of [
      old.toUpperCase(),
      old.toLowerCase(),
      old.replace(/^https?:/, 'http:'),
      old.replace(/^https?:/, 'HTTPS:'),
    ])
      expect([url, index.lookUp(url).newUrl]).toEqual([url, target])
  })

  // Pages for people, whose new address ends with a slash, have nothing below them.
  const services = spellings.filter(([, target]) => target !== null && /\/vo-tap\/api\/v0\.1\/\w+$/.test(target))
  it.each(services)('%s with /sync, /async and a query string', (old, target) => {
    for (const rest of ['/sync', '/async', '/async/7/results/result', '/sync?LANG=ADQL&QUERY=SELECT+1', '?QUERY=x'])
      expect(index.lookUp(old.replace(/[/?]+$/, '') + rest).newUrl).toBe(target + rest)
  })

  it('says of each address without a successor that no replacement is known', () => {
    const gone = spellings.filter(([, target]) => target === null)
    expect(gone.length).toBeGreaterThanOrEqual(20)
    expect(new Set(gone.map(([old]) => index.lookUp(old).status))).toEqual(new Set(['gone']))
  })
})

describe('6: when the registry itself moves, its record and that of its TAP service go first', () => {
  const base = mkdtempSync(join(tmpdir(), 'waymark-own-move-'))
  const resources = join(base, 'resources')
  afterAll(() => rmSync(base, { recursive: true, force: true }))

  async function publishAt(time: string, baseUrl: string) {
    const config = readConfig({ resources, state: join(base, 'state'), baseUrl, logLevel: 'silent' }, {})
    await using open = await openRegistry(config, { clock: () => new Date(time) })
    const report = await open.publish()
    const rows = async (query: ReturnType<typeof sql>) => {
      const found: unknown[] = []
      for await (const batch of open.registry.engine.query(query)) found.push(...batch)
      return found
    }
    return {
      changed: [...report.changed].sort(),
      // As clients look for searchable registries (RegTAP 1.2 §7).
      byDataModel: await rows(
        sql`SELECT DISTINCT d.ivoid, i.access_url FROM rr.res_detail d JOIN rr.capability c ON d.ivoid = c.ivoid AND d.cap_index = c.cap_index
            JOIN rr.interface i ON c.ivoid = i.ivoid AND c.cap_index = i.cap_index
            WHERE d.detail_xpath = '/capability/dataModel/@ivo-id' AND lower(d.detail_value) = 'ivo://ivoa.net/std/regtap#1.1' AND i.intf_role = 'std'`,
      ),
      oai: await rows(
        sql`SELECT DISTINCT i.access_url FROM rr.capability c JOIN rr.interface i ON c.ivoid = i.ivoid AND c.cap_index = i.cap_index
            WHERE c.ivoid = 'ivo://mast.example/registry' AND c.standard_id LIKE 'ivo://ivoa.net/std/registry%'`,
      ),
    }
  }

  it('with new datestamps for these two alone, found by data model at the new address', async () => {
    for (const part of [
      'site.yaml',
      'registry.yaml',
      'regtap.yaml',
      'authority.yaml',
      'organisation.yaml',
      'mast/defaults.yaml',
      'mast/authority.yaml',
      'mast/classy.yaml',
      'mast/tables',
    ])
      cpSync(join('resources', part), join(resources, part), { recursive: true })
    const own = join(resources, 'registry.yaml')
    writeFileSync(own, readFileSync(own, 'utf8').replace('full: false', 'full: true'))
    await publishAt('2026-05-01T08:00:00Z', 'https://old.example/registry')
    const after = await publishAt('2026-06-01T08:00:00Z', 'https://new.example/vo')
    expect(after).toEqual({
      changed: ['ivo://mast.example/registry', 'ivo://mast.example/regtap'],
      byDataModel: [['ivo://mast.example/regtap', 'https://new.example/vo/tap']],
      oai: [['https://new.example/vo/oai']],
    })
  }, 120_000)
})

describe('10: a damaged or sparse record', () => {
  const record = (
    content: string,
    namespaces = '',
    identifier = '<identifier>ivo://a.example/x</identifier>',
  ): string =>
    `<ri:Resource xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.1" ${namespaces} xsi:type="vs:CatalogService" status="active" created="2024-10-18T00:00:00Z" updated="2024-10-18T00:00:00Z"><title>Gaia</title>${identifier}${content}</ri:Resource>`

  async function take(xml: string) {
    async function* pieces(): AsyncGenerator<string> {
      yield xml
    }
    const found: Incoming[] = []
    const origin = parseIvoid('ivo://origin.example/r')
    for await (const one of incomingRecords(pieces(), { origin, source: 'damaged.xml', clock: () => new Date(0) }))
      found.push(one)
    return found
  }
  const map = recordMapper(declaredSchemas())
  async function tableRows(xml: string, table: string) {
    const [one, ...others] = await take(xml)
    expect(others).toEqual([])
    if (one === undefined || one.status !== 'active') throw new Error(`not taken: ${JSON.stringify(one)}`)
    return [...(map(readXml(one.xml), 'ivo://a.example/x').get(table) ?? [])]
  }

  it('with a mangled namespace keeps its capability and address', async () => {
    const capability =
      '<capability standardID="ivo://ivoa.net/std/TAP" xsi:type="tr:TableAccess"><interface role="std" xsi:type="vs:ParamHTTP"><accessURL use="base">https://a.example/tap</accessURL></interface></capability>'
    const xml = record(capability, 'xmlns:tr="http://www.ivoa.nehttpt/xml/TAPRegExt/v1.0"')
    expect(JSON.stringify(await tableRows(xml, 'rr.interface'))).toContain('https://a.example/tap')
    expect(JSON.stringify(await tableRows(xml, 'rr.capability'))).toContain('ivo://ivoa.net/std/tap')
  })

  it.each([
    [
      'an empty logo in its creator',
      '<curation><publisher>P</publisher><creator><name>Gaia Collaboration</name><logo/></creator></curation>',
      'rr.res_role',
      'Gaia Collaboration',
    ],
    [
      'columns whose unit, UCD and description are the word NULL or no UCD at all',
      "<tableset><schema><name>s</name><table><name>s.t</name><column><name>g</name><description>NULL</description><unit>NULL</unit><ucd>em.opt;;meta.main</ucd></column><column><name>h</name><unit>'electron'.s**-1</unit><ucd>em:ir</ucd></column></table></schema></tableset>",
      'rr.table_column',
      'em.opt;;meta.main',
    ],
    [
      'a schema whose name begins with a digit',
      '<tableset><schema><name>3dhst</name><table><name>3dhst.t</name></table></schema></tableset>',
      'rr.res_table',
      '3dhst.t',
    ],
    ['no positions, no coverage, nothing but a title', '', 'rr.resource', 'Gaia'],
  ])('with %s is taken', async (_, content, table, kept) => {
    expect(JSON.stringify(await tableRows(record(content), table))).toContain(kept)
  })

  it('without an identifier is set aside, with a message that says so', async () => {
    expect(await take(record('', '', ''))).toMatchObject([
      { status: 'quarantined', reason: expect.stringMatching(/identifier/) },
    ])
  })
})
