// Every rule in the list finds what it is there for, and says where and what to do.
import { describe, expect, it } from 'vitest'
import { loadMoves } from '../../src/registry/moves-file.js'
import { buildRecord } from '../../src/voresource/build.js'
import { checkDocuments } from '../../src/voresource/document-check.js'
import type { Finding } from '../../src/voresource/finding.js'
import { recordViolations } from '../../src/voresource/record-schemas.js'
import { allRules, type RuleName } from '../../src/voresource/rule-help.js'
import { validateResources } from '../../src/voresource/validate.js'
import { hasShared, schemaViolations } from '../support/schemas.js'
import { catalog, context, folderOf, loadFiles, loadOne, organisation, tap } from './support.js'

type Files = Readonly<Record<string, string>>

const today = '2026-06-01'
const findingsIn = async (files: Files) => validateResources(await loadFiles(files), today)

const capability = (one: Readonly<Record<string, unknown>>) => catalog({ capabilities: [one] })
const columns = (...list: readonly Readonly<Record<string, unknown>>[]) =>
  catalog({ tableset: { schemas: [{ name: 'a', tables: [{ name: 'a.star', columns: list }] }] } })
const authority = (keys: Readonly<Record<string, unknown>> = {}) =>
  organisation({ type: 'vg:Authority', ivoid: 'ivo://archive.example.edu', managingOrg: 'Example Archive', ...keys })
const registry = (keys: Readonly<Record<string, unknown>> = {}) =>
  organisation({ type: 'vg:Registry', self: true, full: false, ivoid: 'ivo://archive.example.edu/registry', ...keys })
const without = (yaml: string, key: string) => yaml.replace(new RegExp(`^${key}:.*\n`, 'm'), '')

/** For each rule a folder that breaks it: in `bad.yaml`, unless another file is named by the place that is expected. */
const broken: Readonly<Record<Exclude<RuleName, 'xsd' | 'xml-syntax' | 'move'>, string | Files>> = {
  'yaml-syntax': 'title: "a\n',
  'yaml-tab': 'title: a\ncoverage:\n\twavebands: [Optical]\n',
  'yaml-indent': 'coverage:\n    spatial: 1/0\n  wavebands: [Optical]\n',
  'yaml-duplicate-key': `${organisation()}title: again\n`,
  'yaml-alias': `a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n`,
  include: catalog({ tableset: { include: 'tables/none.yaml' } }),
  type: organisation({ type: 'vs:CatalogServise' }),
  required: without(organisation(), 'title'),
  'unknown-key': organisation({ referenceURL: 'https://a.example/' }),
  kind: organisation({ title: 5 }),
  enumeration: catalog({ coverage: { wavebands: ['optical'] } }),
  form: organisation({ ivoid: 'ivo://a/b?c' }),
  length: organisation({ shortName: 'a name that is far too long' }),
  range: organisation({ validationLevels: [{ level: 7, validatedBy: 'ivo://a.example/r' }] }),
  'ivoid-unique': {
    'a.yaml': organisation(),
    'bad.yaml': organisation({ ivoid: 'ivo://ARCHIVE.example.edu/Organisation' }),
  },
  'authority-ivoid': authority({ ivoid: 'ivo://archive.example.edu/authority' }),
  'alt-identifier-form': organisation({ altIdentifiers: ['https://doi.org/10.5072/x'] }),
  'key-case': organisation({
    type: 'vstd:StandardKeyEnumeration',
    ivoid: 'ivo://archive.example.edu/keys',
    keys: [{ name: 'Great', description: 'A key.' }],
  }),
  vocabulary: organisation({ subjects: ['Virtual Observatories'] }),
  'vocabulary-deprecated': organisation({ dates: [{ date: '2024-01-01', role: 'representative' }] }),
  date: organisation({ dates: [{ date: '2023-02-29', role: 'Created' }] }),
  'date-future': organisation({ dates: [{ date: '2026-06-02', role: 'Created' }] }),
  'moc-syntax': catalog({ coverage: { spatial: '6/49152' } }),
  'moc-size': catalog({ coverage: { spatial: `9/${Array.from({ length: 9000 }, (_, n) => n * 2).join(' ')}` } }),
  'moc-order': catalog({ coverage: { spatial: '3/1' } }),
  temporal: catalog({ coverage: { temporal: [['2020-02-01', '2020-01-01']] } }),
  spectral: catalog({ coverage: { spectral: { unit: 'nm', intervals: [[900, 300]] } } }),
  'spectral-unit': catalog({ coverage: { spectral: [[300, 900]] } }),
  'schema-unique': catalog({ tableset: { schemas: [{ name: 'a' }, { name: 'A' }] } }),
  'table-unique': catalog({ tableset: { schemas: [{ name: 'a', tables: [{ name: 'a.b' }, { name: 'a.B' }] }] } }),
  'column-unique': columns({ name: 'ra' }, { name: 'RA' }),
  'adql-name': columns({ name: 'select' }),
  'ucd-syntax': columns({ name: 'ra', ucd: 'pos.eq.ra;;meta.main' }),
  'ucd-word': columns({ name: 'ra', ucd: 'pos.eq.raa' }),
  'ucd-order': columns({ name: 'ra', ucd: 'meta.main;pos.eq.ra' }),
  'unit-syntax': columns({ name: 'v', unit: 'km s-1' }),
  'unit-symbol': columns({ name: 'v', unit: 'parsecs' }),
  arraysize: columns({ name: 'v', arraysize: '1' }),
  'foreign-key': catalog({
    tableset: {
      schemas: [
        {
          name: 'a',
          tables: [{ name: 'a.b', foreignKeys: [{ targetTable: 'a.none', columns: [{ from: 'x', target: 'y' }] }] }],
        },
      ],
    },
  }),
  'access-url': capability(tap({ accessUrl: undefined })),
  'web-service': capability({
    type: 'vr:Capability',
    interfaces: [{ type: 'vr:WebService', accessUrl: 'https://a.example/x' }],
  }),
  'interface-type': capability({
    type: 'vr:Capability',
    interfaces: [{ type: 'vr:Interface', accessUrl: 'https://a.example/x' }],
  }),
  'superseded-type': organisation({ type: 'vr:Resource', xsiType: 'vs:DataCollection' }),
  'role-std': capability(
    tap({ accessUrl: undefined, interfaces: [{ type: 'vs:ParamHTTP', accessUrl: 'https://a.example/tap' }] }),
  ),
  'interface-of-standard': capability(
    tap({ interfaces: [{ type: 'vr:WebBrowser', accessUrl: 'https://a.example/form' }] }),
  ),
  'param-std': capability({
    type: 'vr:Capability',
    interfaces: [{ type: 'vs:ParamHTTP', accessUrl: 'https://a.example/x', params: [{ name: 'RA' }] }],
  }),
  mirror: capability(tap({ mirrorUrls: ['https://tap.elsewhere.example/tap'] })),
  'auxiliary-only': catalog({ type: 'vs:CatalogResource' }),
  'is-served-by': catalog({
    type: 'vs:CatalogResource',
    capabilities: [{ type: 'auxiliary', standard: 'TAP', accessUrl: 'https://a.example/tap' }],
  }),
  'tap-once': catalog({ capabilities: [tap(), tap({ description: 'Another one.' })] }),
  'tap-complete': capability(tap({ languages: undefined })),
  'tap-votable': capability(tap({ outputFormats: ['text/csv'] })),
  'tap-upload': capability(tap({ uploadMethods: ['http'] })),
  'tap-base': capability(tap({ accessUrl: 'https://a.example/tap/sync' })),
  'udf-form': capability(tap({ languages: [{ name: 'ADQL', versions: ['2.0'], features: { udf: ['ivo_hasword'] } }] })),
  extension: organisation({ extension: '<a><b></a>' }),
  'served-by': catalog({
    type: 'vs:CatalogResource',
    capabilities: undefined,
    servedBy: 'ivo://archive.example.edu/none',
  }),
  'catalog-schema': catalog({
    tableset: { schemas: [{ name: 'a' }] },
    catalogs: [{ ivoid: 'ivo://archive.example.edu/b', title: 'B', description: 'Part.', schemas: ['b'] }],
  }),
  reference: organisation({ publisher: { name: 'Nobody', ivoid: 'ivo://archive.example.edu/nobody' } }),
  'authority-record': organisation(),
  'managed-authority': { 'a.yaml': authority(), 'bad.yaml': registry({ managedAuthorities: ['other.example.edu'] }) },
  'one-registry': { 'a.yaml': registry(), 'bad.yaml': registry({ ivoid: 'ivo://archive.example.edu/second' }) },
  'contact-email': organisation({ contacts: [{ name: 'Help desk' }] }),
  'description-short': organisation({ description: 'Data.' }),
  'description-html': organisation({ description: '<p>Keeps the data of the Example Observatory for everybody.</p>' }),
  'creator-list': organisation({ creators: ['Doe, J.; Roe, R.'] }),
  'latin-name': organisation({ creators: ['Шаховской, Н.'] }),
  'reference-page': catalog({ referenceUrl: 'https://archive.example.edu/tap/' }),
  'missing-creators': catalog(),
  'missing-wavebands': catalog(),
  'missing-spatial': catalog(),
  'missing-temporal': catalog(),
  'missing-spectral': catalog(),
  'missing-doi': catalog(),
  'missing-rights': catalog(),
  'rights-uri': catalog({ rights: ['CC BY'] }),
  'missing-tableset': catalog(),
  'capability-description': catalog({
    capabilities: [tap(), { type: 'cs:ConeSearch', accessUrl: 'https://a.example/scs', maxRecords: 9 }],
  }),
  'same-capability': catalog({
    capabilities: [
      { type: 'sia2', accessUrl: 'https://a.example/sia1' },
      { type: 'sia2', accessUrl: 'https://a.example/sia2' },
    ],
  }),
}

/** What a finding owes to whoever reads it. */
function expectComplete(finding: Finding | undefined, rule: string): void {
  expect(finding, `a finding of ${rule}`).toBeDefined()
  expect(finding).toMatchObject({ file: expect.stringMatching(/\.(yaml|xml)$/), severity: expect.any(String) })
  expect(Math.min(finding?.line ?? 0, finding?.column ?? 0)).toBeGreaterThanOrEqual(1)
  expect((finding?.message ?? '').length).toBeGreaterThan(10)
  expect(finding?.hint ?? '', `what to do about ${rule}`).not.toBe('')
}

describe('the rule', () => {
  it.each(Object.entries(broken))('%s finds what breaks it', async (rule, files) => {
    const findings = await findingsIn(typeof files === 'string' ? { 'bad.yaml': files } : files)
    const found = findings.filter((one) => one.rule === rule)
    expectComplete(found[0], rule)
    expect(found.map(({ file }) => file)).toContain('bad.yaml')
  })

  it('move finds a former address that goes to two places', async () => {
    const move = (present: string) =>
      `move: m-${present}\ntitle: A move\naddresses: [{ former: ['http://old.example/tap'], present: 'https://${present}.example/tap' }]\n`
    const { findings } = await loadMoves(folderOf({ 'moves/a.yaml': move('a'), 'moves/b.yaml': move('b') }))
    expectComplete(findings[0], 'move')
    expect(findings[0]?.file).toBe('moves/b.yaml')
  })

  it('xml-syntax finds the line of an XML file that is not well-formed', () => {
    const [finding] = checkDocuments([{ file: 'a.xml', text: '<a>\n  <b>\n</a>' }])
    expectComplete(finding, 'xml-syntax')
    expect(finding?.line).toBe(3)
  })

  it.runIf(hasShared)('xsd finds the line of the descriptor that made the element', async () => {
    const validate = (xml: string) =>
      schemaViolations(xml).map((text) => {
        const [, line, message] = /^line (\d+): (.*)$/.exec(text) ?? []
        return { line: Number(line), message: message ?? '' }
      })
    // The extension is well-formed, and no schema has a place for it.
    const yaml = catalog({ capabilities: [tap({ extension: '<nonsense/>' })] })
    const loaded = await loadOne(yaml)
    const findings = recordViolations(loaded, buildRecord(loaded.descriptor, context), validate, context)
    expectComplete(findings[0], 'xsd')
    expect(findings[0]?.line).toBe(yaml.split('\n').findIndex((line) => line.startsWith('capabilities:')) + 1)
    expect(findings[0]?.message).toContain("capabilities[0].nonsense: Element 'nonsense'")
    expect(findings[0]?.message).toMatch(/line \d+ of the record: <nonsense\/>/)
  })

  it('has a sentence about itself, and a source where it is a standard’s', () => {
    for (const { name, asks, layer, source } of allRules()) {
      expect([name, asks.endsWith('.')]).toEqual([name, true])
      if (layer === 'standard') expect([name, typeof source]).toEqual([name, 'string'])
    }
    expect(new Set(allRules().map(({ layer }) => layer))).toEqual(new Set(['schema', 'standard', 'practice']))
  })
})

describe('words that are nearly right', () => {
  it.each([
    ['ucd-word', columns({ name: 'ra', ucd: 'pos.eq.raa' }), 'did you mean "pos.eq.ra"?'],
    ['vocabulary', organisation({ subjects: ['Sky surveyz'] }), 'did you mean "sky-surveys"?'],
  ])('%s says which was meant', async (rule, yaml, hint) => {
    const finding = (await findingsIn({ 'bad.yaml': yaml })).find((one) => one.rule === rule)
    expect(finding?.hint).toBe(hint)
  })
})

describe('what pyvo cannot tell apart', () => {
  const same = async (...capabilities: readonly object[]) =>
    (await findingsIn({ 'a.yaml': catalog({ capabilities }) }))
      .filter((one) => one.rule === 'same-capability')
      .map((one) => one.severity)

  it('is two capabilities of one standard, main or auxiliary, with the same description', async () => {
    const auxiliary = { type: 'auxiliary', standard: 'TAP', accessUrl: 'https://b.example/tap' }
    expect(await same(tap(), auxiliary)).toEqual(['warning'])
    expect(await same(tap({ description: 'All.' }), { ...auxiliary, description: 'Others.' })).toEqual([])
    expect(await same(tap(), { type: 'cs:ConeSearch', accessUrl: 'https://b.example/scs', maxRecords: 1 })).toEqual([])
    const custom = {
      type: 'vr:Capability',
      standardId: 'ivo://ivoa.net/std/SIA#query-2.0',
      accessUrl: 'https://b.example/',
    }
    expect(await same({ type: 'sia2', accessUrl: 'https://c.example/' }, custom)).toEqual(['warning'])
  })

  it('is one capability with two standard interfaces, as a login makes them', async () => {
    expect(await same(tap({ securityMethods: ['anonymous', 'ivo://ivoa.net/sso#BasicAA'] }))).toEqual(['advice'])
  })
})

describe('a service whose catalogs have records of their own', () => {
  it('leaves coverage, tables and citations to them', async () => {
    const part = catalog({
      type: 'vs:CatalogResource',
      ivoid: 'ivo://archive.example.edu/part',
      capabilities: undefined,
      servedBy: 'ivo://archive.example.edu/tap',
    })
    const rules = (await findingsIn({ 'tap.yaml': catalog(), 'part.yaml': part })).filter(
      (one) => one.rule === 'missing-spatial' || one.rule === 'missing-tableset',
    )
    expect(new Set(rules.map((one) => one.file))).toEqual(new Set(['part.yaml']))
  })
})

describe('what servedBy adds', () => {
  it('is found where servedBy stands, and what is stated where it is stated', async () => {
    const { descriptors } = await loadFiles({
      'tap.yaml': catalog(),
      'a.yaml': catalog({
        type: 'vs:CatalogResource',
        ivoid: 'ivo://archive.example.edu/a',
        servedBy: 'ivo://archive.example.edu/tap',
        capabilities: [{ type: 'web-browser', accessUrl: 'https://a.example/form' }],
      }),
    })
    const linked = descriptors.find((one) => one.file === 'a.yaml')
    expect(linked?.locate('/capabilities/0/accessUrl')).toEqual(linked?.locate('/servedBy'))
    expect(linked?.locate('/capabilities/1/accessUrl').column).toBeGreaterThan(20)
    expect(linked?.locate('/relationships/0')).toEqual(linked?.locate('/servedBy'))
  })
})
