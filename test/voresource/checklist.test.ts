// The checks of records in the acceptance checklist, section A, by their numbers.
import { beforeAll, describe, expect, it } from 'vitest'
import { readTimestamp } from '../../src/core/datestamp.js'
import { buildRecord, dateRecord } from '../../src/voresource/build.js'
import type { BuildContext, Profile } from '../../src/voresource/context.js'
import { resourceTypes } from '../../src/voresource/resource-types/index.js'
import { knownNamespaces } from '../../src/xml/namespaces.js'
import { attributeOf, childElements, firstChild, readXml, textOf, type XmlElement } from '../../src/xml/reader.js'
import { hasShared, schemaViolations } from '../support/schemas.js'
import { catalog, context, findingsOf, loadFiles, loadOne, organisation, tap, times } from './support.js'

const xsi = 'http://www.w3.org/2001/XMLSchema-instance'

/** Every record of the examples, one for each resource type. */
let records: readonly { readonly xml: string; readonly root: XmlElement }[] = []

beforeAll(async () => {
  const files = Object.fromEntries(resourceTypes.map((one, index) => [`${index}.yaml`, one.example]))
  const { descriptors } = await loadFiles(files)
  records = descriptors.map(({ descriptor }) => {
    const xml = buildRecord(descriptor, context, times)
    return { xml, root: readXml(xml) }
  })
  expect(records).toHaveLength(resourceTypes.length)
})

const build = async (yaml: string, options: Partial<BuildContext> = {}) =>
  readXml(buildRecord((await loadOne(yaml)).descriptor, { ...context, ...options }, times))

/** The first element of that path. */
const at = (root: XmlElement, path: string): XmlElement =>
  path.split('/').reduce((element, name) => {
    const child = firstChild(element, name)
    if (child === undefined) throw new Error(`no ${name} in ${element.name}`)
    return child
  }, root)

const all = (element: XmlElement): readonly XmlElement[] => [element, ...childElements(element).flatMap(all)]

/** Rules of severity error and warning about one descriptor. */
const rules = async (yaml: string) => {
  const findings = await findingsOf({ 'one.yaml': yaml })
  return findings.filter((one) => one.severity !== 'advice').map((one) => one.rule)
}

const advice = async (yaml: string) => (await findingsOf({ 'one.yaml': yaml })).map((one) => one.rule)

const withColumns = (columns: readonly unknown[], table: Readonly<Record<string, unknown>> = {}) =>
  catalog({ tableset: { schemas: [{ name: 'a', tables: [{ name: 'a.star', columns, ...table }] }] } })

const withInterface = (one: Readonly<Record<string, unknown>>) =>
  catalog({
    capabilities: [
      { type: 'vr:Capability', interfaces: [{ type: 'vs:ParamHTTP', accessUrl: 'https://a.example/x', ...one }] },
    ],
  })

describe('the document', () => {
  it('M-001: is ri:Resource with an xsi:type', () => {
    for (const { root } of records) {
      expect([root.namespace, root.name]).toEqual(['http://www.ivoa.net/xml/RegistryInterface/v1.0', 'Resource'])
      expect(resourceTypes.map((one) => one.type)).toContain(attributeOf(root, 'type', xsi))
    }
  })

  it.runIf(hasShared)('M-002: is valid, child order included', () => {
    for (const { xml } of records) expect(schemaViolations(xml)).toEqual([])
  })

  it('M-003: has its children in no namespace, and no default namespace', () => {
    for (const { root } of records) {
      for (const element of all(root).slice(1)) expect([element.namespace, element.scope[''] ?? '']).toEqual(['', ''])
    }
  })

  it('M-004: has created, updated and a status', async () => {
    for (const { root } of records)
      expect(['created', 'updated', 'status'].map((name) => attributeOf(root, name))).toEqual([
        times.created,
        times.updated,
        'active',
      ])
    expect(attributeOf(await build(organisation({ status: 'inactive' })), 'status')).toBe('inactive')
    expect(await rules(organisation({ status: 'deleted' }))).toContain('enumeration')
  })

  it('M-005, S-001: writes times in UTC with Z, as it was told them', () => {
    for (const { xml } of records) {
      const dates = [...xml.matchAll(/ (?:created|updated)="([^"]*)"/g)].map((match) => match[1])
      expect(dates).toEqual(['2024-10-18T17:57:48Z', '2025-06-26T00:00:00Z'])
    }
  })

  it('M-006: takes times without Z as UTC when it reads them', () => {
    expect(readTimestamp('2009-12-01T10:00:00')).toBe('2009-12-01T10:00:00Z')
  })

  it.each([
    ['conservative', '1.1'],
    ['current', '1.2'],
  ] as const)('S-002: in the profile %s says version %s', async (profile, version) => {
    expect(attributeOf(await build(organisation(), { profile: profile as Profile }), 'version')).toBe(version)
  })

  it('S-003: uses canonical prefixes in xsi:type', () => {
    const canonical = new Map(knownNamespaces.filter((one) => !one.readOnly).map((one) => [one.prefix, one.uri]))
    for (const { root } of records) {
      for (const element of all(root)) {
        const type = attributeOf(element, 'type', xsi)
        if (type === undefined) continue
        const prefix = type.split(':')[0] ?? ''
        // Declared on the root: the record stays whole when it is cut out of an OAI-PMH answer.
        expect(root.scope[prefix]).toBe(canonical.get(prefix))
      }
    }
  })

  it('S-004, M-007: pairs each namespace with itself, TAPRegExt among them', () => {
    for (const { root } of records) {
      const location = attributeOf(root, 'schemaLocation', xsi)?.split(' ') ?? []
      const used = Object.entries(root.scope).filter(([prefix]) => !['xml', 'xmlns', 'xsi', ''].includes(prefix))
      expect(location).toEqual(used.flatMap(([, uri]) => [uri, uri]))
    }
    const taps = records.filter(({ xml }) => xml.includes('tr:TableAccess'))
    expect(taps.length).toBeGreaterThan(0)
    for (const { root } of taps)
      expect(attributeOf(root, 'schemaLocation', xsi)).toContain('http://www.ivoa.net/xml/TAPRegExt/v1.0 ')
  })

  it('is the same, byte for byte, for the same descriptor', async () => {
    const { descriptor } = await loadOne(catalog())
    expect(buildRecord(descriptor, context, times)).toBe(buildRecord(structuredClone(descriptor), context, times))
  })
})

describe('identity', () => {
  it.each([
    'ivo://a',
    'ivo://archive.example.edu/a?b',
    'ivo://archive.example.edu/a#b',
    'ivo://archive.example.edu/a%20b',
    'ivo://archive.example.edu//a',
    'ivo://archive.example.edu/a/',
    'http://archive.example.edu/a',
  ])('M-008: %s is no IVOID of a record', async (ivoid) => {
    expect(await rules(organisation({ ivoid }))).toContain('form')
  })

  it('M-009: IVOIDs differ by more than case', async () => {
    const files = {
      'a.yaml': organisation(),
      'b.yaml': organisation({ ivoid: 'IVO://Archive.example.edu/organisation' }),
    }
    const same = {
      'a.yaml': organisation(),
      'b.yaml': organisation({ ivoid: 'ivo://Archive.example.edu/organisation' }),
    }
    expect((await findingsOf(files)).map((one) => one.rule)).toContain('form')
    expect((await findingsOf(same)).map((one) => one.rule)).toContain('ivoid-unique')
  })

  it('M-010: has title, identifier, curation and content exactly once', () => {
    for (const { root } of records) {
      for (const name of ['title', 'identifier', 'curation', 'content'])
        expect(childElements(root, name)).toHaveLength(1)
    }
  })

  it('M-011: has a shortName of 16 characters at most', async () => {
    expect(await rules(organisation({ shortName: '1234567890123456' }))).not.toContain('length')
    expect(await rules(organisation({ shortName: '12345678901234567' }))).toContain('length')
  })

  it.each([
    ['https://doi.org/10.5072/x', 'write doi:10.5072/x'],
    ['doi:https://doi.org/10.5072/x', 'write doi:10.5072/x'],
    ['http://orcid.org/0000-0002-1825-0097', 'write https://orcid.org/0000-0002-1825-0097'],
    ['https://ui.adsabs.harvard.edu/abs/2020ApJS..251....7F/abstract', 'write bibcode:2020ApJS..251....7F'],
  ])('M-016: %s is refused with the form to write', async (identifier, hint) => {
    const findings = await findingsOf({ 'one.yaml': organisation({ altIdentifiers: [identifier] }) })
    expect(findings.find((one) => one.rule === 'alt-identifier-form')?.hint).toBe(hint)
    expect(
      await rules(organisation({ altIdentifiers: ['doi:10.5072/x', 'bibcode:2020ApJS..251....7F'] })),
    ).not.toContain('alt-identifier-form')
  })
})

describe('curation', () => {
  it('M-012: has a publisher and a contact with a name', async () => {
    expect(await rules(organisation({ publisher: undefined }))).toContain('required')
    expect(await rules(organisation({ contacts: [] }))).toContain('length')
    expect(await rules(organisation({ contacts: [{ email: 'a@b.example' }] }))).toContain('required')
  })

  it('S-005: wants an email', async () => {
    expect(await rules(organisation({ contacts: [{ name: 'Help desk' }] }))).toContain('contact-email')
    expect(await rules(organisation())).not.toContain('contact-email')
  })

  it('S-006: has one creator per person', async () => {
    expect(await rules(organisation({ creators: ['Doe, J.; Roe, R.'] }))).toContain('creator-list')
    expect(await rules(organisation({ creators: ['Doe, J.', 'Roe, R.'] }))).not.toContain('creator-list')
    const root = await build(organisation({ creators: ['Doe, J.', 'Roe, R.'] }))
    expect(childElements(at(root, 'curation'), 'creator').map((one) => textOf(one).trim())).toEqual([
      'Doe, J.',
      'Roe, R.',
    ])
  })

  it('M-013: has the ORCID at the name where VOResource 1.2 is spoken, and where 1.1 has a place for it otherwise', async () => {
    const yaml = organisation({ creators: [{ name: 'Doe, J.', orcid: '0000-0002-1825-0097' }] })
    const current = at(await build(yaml, { profile: 'current' }), 'curation/creator')
    expect(attributeOf(at(current, 'name'), 'altIdentifier')).toBe('https://orcid.org/0000-0002-1825-0097')
    expect(childElements(current, 'altIdentifier')).toEqual([])
    const conservative = at(await build(yaml), 'curation/creator')
    expect(attributeOf(at(conservative, 'name'), 'altIdentifier')).toBe(undefined)
    expect(textOf(at(conservative, 'altIdentifier'))).toBe('https://orcid.org/0000-0002-1825-0097')
  })

  it('M-018: wants names in Latin letters', async () => {
    expect(await rules(organisation({ creators: ['Шаховской, Н.'] }))).toContain('latin-name')
    expect(await rules(organisation({ creators: ['Núñez, Á.', 'Šakhovskoj, N.'] }))).not.toContain('latin-name')
  })
})

describe('content', () => {
  it.each(['subjects', 'description', 'referenceUrl'])('M-014: has %s', async (key) => {
    expect(await rules(organisation({ [key]: undefined }))).toContain('required')
  })

  it('M-015: has a referenceURL with http or https', async () => {
    expect(await rules(organisation({ referenceUrl: 'ftp://archive.example.edu/' }))).toContain('form')
  })

  it.each([
    ['S-007', { subjects: ['Virtual Observatories'] }, 'did you mean "virtual-observatories"?'],
    ['S-008', { contentTypes: ['Catalogue'] }, 'did you mean "Catalog"?'],
    ['S-008', { contentLevels: ['research'] }, 'did you mean "Research"?'],
    ['S-008', { dates: [{ date: '2024-01-01', role: 'Create' }] }, 'did you mean "Created"?'],
    [
      'S-008',
      { relationships: [{ type: 'isServedBy', resources: ['ivo://b.example/x'] }] },
      'did you mean "IsServedBy"?',
    ],
    ['S-009', { relationships: [{ type: 'served-by', resources: ['ivo://b.example/x'] }] }, 'write IsServedBy'],
    ['S-009', { dates: [{ date: '2024-01-01', role: 'representative' }] }, 'write Collected'],
  ])('%s: terms come from their vocabularies: %j', async (_, keys, hint) => {
    const findings = await findingsOf({ 'one.yaml': organisation(keys) })
    expect(findings.filter((one) => one.rule.startsWith('vocabulary')).map((one) => one.hint)).toEqual([hint])
  })

  it('M-017: has the bare bibcode or DOI as source', async () => {
    const source = at(await build(organisation({ source: { doi: '10.5072/x' } })), 'content/source')
    expect([attributeOf(source, 'format'), textOf(source)]).toEqual(['doi', '10.5072/x'])
    expect(await rules(organisation({ source: { doi: 'doi:10.5072/x' } }))).toContain('form')
    expect(await rules(organisation({ source: { bibcode: '2020ApJS' } }))).toContain('form')
  })

  it('M-019: has validation levels from 0 to 4 with their judge', async () => {
    expect(await rules(organisation({ validationLevels: [{ level: 5, validatedBy: 'ivo://a.example/r' }] }))).toContain(
      'range',
    )
    expect(await rules(organisation({ validationLevels: [{ level: 2 }] }))).toContain('required')
    const root = await build(organisation({ validationLevels: [{ level: 2, validatedBy: 'ivo://a.example/r' }] }))
    expect(attributeOf(at(root, 'validationLevel'), 'validatedBy')).toBe('ivo://a.example/r')
  })

  it('M-020: has relationships with a type and a resource', async () => {
    expect(await rules(organisation({ relationships: [{ type: 'Cites', resources: [] }] }))).toContain('length')
    expect(await rules(organisation({ relationships: [{ resources: ['ivo://b.example/x'] }] }))).toContain('required')
  })

  it('S-010: wants the licence in the first rights, with an SPDX address', async () => {
    expect(await advice(catalog())).toContain('missing-rights')
    expect(await advice(catalog({ rights: ['CC BY'] }))).toContain('rights-uri')
    expect(
      await advice(catalog({ rights: [{ text: 'CC BY', uri: 'https://spdx.org/licenses/CC-BY-4.0.html' }] })),
    ).not.toContain('rights-uri')
  })
})

describe('interfaces', () => {
  it('M-021, S-011: have an xsi:type and one accessURL; mirrors are mirrorURLs', async () => {
    const root = await build(withInterface({ mirrorUrls: [{ url: 'https://b.example/x', title: 'B' }] }))
    const one = at(root, 'capability/interface')
    expect(attributeOf(one, 'type', xsi)).toBe('vs:ParamHTTP')
    expect(childElements(one, 'accessURL')).toHaveLength(1)
    expect(textOf(at(one, 'mirrorURL'))).toBe('https://b.example/x')
    expect(await rules(withInterface({ type: 'vr:Interface' }))).toContain('interface-type')
    expect(await rules(withInterface({ type: 'vr:Anything' }))).toContain('enumeration')
  })

  it('M-022: mirrors in another domain are asked about', async () => {
    const mirrored = (url: string) => catalog({ capabilities: [tap({ mirrorUrls: [url] })] })
    expect(await advice(mirrored('https://tap.elsewhere.example/tap'))).toContain('mirror')
    expect(await advice(mirrored('https://mirror.example.edu/tap'))).not.toContain('mirror')
  })

  it('M-023, M-024: have one securityMethod each, and none where anybody may enter', async () => {
    const root = await build(
      catalog({
        capabilities: [
          tap({ securityMethods: ['anonymous', 'ivo://ivoa.net/sso#BasicAA', 'ivo://ivoa.net/sso#cookie'] }),
        ],
      }),
    )
    const methods = childElements(at(root, 'capability'), 'interface').map((one) =>
      childElements(one, 'securityMethod').map((method) => attributeOf(method, 'standardID')),
    )
    expect(methods).toEqual([[], ['ivo://ivoa.net/sso#BasicAA'], ['ivo://ivoa.net/sso#cookie']])
    expect(childElements(at(await build(catalog()), 'capability/interface'), 'securityMethod')).toEqual([])
  })

  it('S-012: have the role std where a standard is followed', async () => {
    expect(attributeOf(at(await build(catalog()), 'capability/interface'), 'role')).toBe('std')
    const without = [
      { type: 'cs:ConeSearch', interfaces: [{ type: 'vs:ParamHTTP', accessUrl: 'https://a.example/x' }] },
    ]
    expect(await rules(catalog({ capabilities: without }))).toContain('role-std')
  })

  it('S-013: for people are kept out of standard capabilities', async () => {
    const form = [tap({ interfaces: [{ type: 'vr:WebBrowser', accessUrl: 'https://a.example/form' }] })]
    expect(await rules(catalog({ capabilities: form }))).toContain('interface-of-standard')
  })

  it('M-025: are vr:WebService only with a WSDL', async () => {
    expect(await rules(withInterface({ type: 'vr:WebService' }))).toContain('web-service')
    expect(await rules(withInterface({ type: 'vr:WebService', wsdlUrls: ['https://a.example/x?wsdl'] }))).not.toContain(
      'web-service',
    )
  })

  it('S-024: say of each parameter whether it is of the standard', async () => {
    expect(await rules(withInterface({ params: [{ name: 'RA' }] }))).toContain('param-std')
    expect(await rules(withInterface({ params: [{ name: 'RA', std: true }] }))).not.toContain('param-std')
  })
})

describe('data', () => {
  const resource = (keys: Readonly<Record<string, unknown>>) => catalog({ type: 'vs:CatalogResource', ...keys })
  const auxiliary = { type: 'auxiliary', standard: 'TAP', accessUrl: 'https://a.example/tap' }

  it('S-014: without a service have auxiliary and browser capabilities only', async () => {
    expect(await rules(resource({}))).toContain('auxiliary-only')
    expect(await rules(resource({ capabilities: [auxiliary] }))).not.toContain('auxiliary-only')
  })

  it('S-015: of catalogs include a tableset', async () => {
    expect(await advice(catalog())).toContain('missing-tableset')
  })

  it('S-016: with auxiliary capabilities say who serves them', async () => {
    expect(await rules(resource({ capabilities: [auxiliary] }))).toContain('is-served-by')
    const relationships = [{ type: 'IsServedBy', resources: ['ivo://b.example/tap'] }]
    expect(await rules(resource({ capabilities: [auxiliary], relationships }))).not.toContain('is-served-by')
  })

  it.each(['vs:DataCollection', 'vs:StandardSTC'])('S-017: are not written as %s', async (type) => {
    expect(await rules(catalog({ type }))).toEqual(['type'])
    expect(await rules(organisation({ type: 'vr:Resource', xsiType: type }))).toContain('superseded-type')
  })
})

describe('coverage', () => {
  const covered = (coverage: Readonly<Record<string, unknown>>) => catalog({ coverage })

  it.each(['6/45 78-81 7/300', '0/0-11', '1/1,3,5-7 9/', '29/0'])('M-026: %s is a MOC', async (spatial) => {
    expect(await rules(covered({ spatial }))).not.toContain('moc-syntax')
  })

  it.each(['45 78', '6/45-', '30/1', '0/12', '6/9-8', 'Circle ICRS 1 2 3', 's6/1'])(
    'M-026: %s is none',
    async (spatial) => {
      expect(await rules(covered({ spatial }))).toContain('moc-syntax')
    },
  )

  it('S-018: is asked to be of order 6 and of moderate size', async () => {
    expect(await advice(covered({ spatial: '4/1' }))).toContain('moc-order')
    expect(await advice(covered({ spatial: '6/1' }))).not.toContain('moc-order')
    const huge = Array.from({ length: 8000 }, (_, index) => `${index * 2}`).join(' ')
    expect(await rules(covered({ spatial: `8/${huge}` }))).toContain('moc-size')
  })

  it('S-019: has no frame', async () => {
    expect(at(await build(covered({ spatial: '6/1' })), 'coverage/spatial').attributes).toEqual([])
  })

  it('M-027: has times in MJD with one blank', async () => {
    const root = await build(
      covered({
        temporal: [
          [51544.5, 59000],
          ['2014-07-25', '2014-07-25'],
          ['2014-07-25T12:00:00Z', '2014-07-26T00:00Z'],
        ],
      }),
    )
    expect(childElements(at(root, 'coverage'), 'temporal').map(textOf)).toEqual([
      '51544.5 59000',
      '56863 56864',
      '56863.5 56864',
    ])
    expect(await rules(covered({ temporal: [[5, 4]] }))).toContain('temporal')
    expect(await rules(covered({ temporal: [['2014-02-30', '2014-03-01']] }))).toContain('temporal')
  })

  it('M-028: has energies in joule, the lower first', async () => {
    const spectra = async (spectral: unknown) =>
      childElements(at(await build(covered({ spectral })), 'coverage'), 'spectral').map(textOf)
    expect(await spectra([[1.9e-19, 6e-19]])).toEqual(['1.9e-19 6e-19'])
    expect(await spectra({ unit: 'nm', intervals: [[330, 1050]] })).toEqual(['1.8918531971e-19 6.0195329e-19'])
    expect(await spectra({ unit: 'keV', intervals: [[0.5, 2]] })).toEqual(['8.01088317e-17 3.204353268e-16'])
    expect(await spectra({ unit: 'GHz', intervals: [[1.4, 1.4]] })).toEqual(['9.27649821e-25 9.27649821e-25'])
    expect(await rules(covered({ spectral: [[6e-19, 1.9e-19]] }))).toContain('spectral')
    expect(await rules(covered({ spectral: [[330, 1050]] }))).toContain('spectral-unit')
    expect(await rules(covered({ spectral: { unit: 'nm', intervals: [[0, 10]] } }))).toContain('range')
  })

  it('M-029: has wavebands of the messenger vocabulary', async () => {
    expect(await rules(covered({ wavebands: ['optical'] }))).toContain('enumeration')
    expect(await rules(covered({ wavebands: ['X-ray', 'Neutrino'] }))).not.toContain('enumeration')
  })
})

describe('tables', () => {
  const schemas = (...names: readonly string[]) =>
    catalog({ tableset: { schemas: names.map((name) => ({ name, tables: [{ name: `${name}.data` }] })) } })

  it('M-030: have schemas of different names', async () => {
    expect(await rules(schemas('a', 'A'))).toContain('schema-unique')
    expect(await rules(schemas('a', 'b'))).not.toContain('schema-unique')
  })

  it('M-031: have different names in the whole tableset', async () => {
    const twice = catalog({ tableset: { schemas: ['a', 'b'].map((name) => ({ name, tables: [{ name: 'data' }] })) } })
    expect(await rules(twice)).toContain('table-unique')
    expect(await rules(withColumns([{ name: 'ra' }, { name: 'RA' }]))).toContain('column-unique')
    expect(await rules(withColumns([{ name: 'ra' }, { name: '"RA"' }]))).not.toContain('column-unique')
  })

  it('M-032: are named as queries name them', async () => {
    expect(await rules(withColumns([{ name: 'size' }]))).toContain('adql-name')
    expect(await rules(withColumns([{ name: 'B-V' }]))).toContain('adql-name')
    expect(await rules(withColumns([{ name: '"size"' }, { name: 'ra' }]))).not.toContain('adql-name')
    expect(await rules(withColumns([], { name: 'J/A+A/1/table1' }))).toContain('adql-name')
    expect(await rules(withColumns([], { name: '"J/A+A/1/table1"' }))).not.toContain('adql-name')
  })

  it('M-033, S-020, M-034: have columns of vs:VOTableType without delim', async () => {
    const type = at(
      await build(withColumns([{ name: 'ra', datatype: 'double', xtype: 'point', arraysize: '2' }])),
      'tableset/schema/table/column/dataType',
    )
    expect(type.attributes.map((one) => `${one.qualifiedName}=${one.value}`)).toEqual([
      'xsi:type=vs:VOTableType',
      'arraysize=2',
      'extendedType=point',
    ])
    expect(await rules(withColumns([{ name: 'ra', datatype: 'VARCHAR' }]))).toContain('enumeration')
  })

  it('S-021: have scalars without arraysize', async () => {
    const yaml = withColumns([{ name: 'ra', datatype: 'double', arraysize: '1' }])
    expect(await rules(yaml)).toContain('arraysize')
    expect(attributeOf(at(await build(yaml), 'tableset/schema/table/column/dataType'), 'arraysize')).toBe(undefined)
  })

  it('S-022: have foreign keys into tables of the same tableset', async () => {
    const key = (targetTable: string, from: string) =>
      withColumns([{ name: 'id' }], { foreignKeys: [{ targetTable, columns: [{ from, target: 'id' }] }] })
    expect(await rules(key('b.other', 'id'))).toContain('foreign-key')
    expect(await rules(key('a.star', 'idd'))).toContain('foreign-key')
    expect(await rules(key('a.star', 'id'))).not.toContain('foreign-key')
  })

  it('S-023: stand in the order of the descriptor', async () => {
    const root = await build(schemas('z', 'a', 'm'))
    expect(childElements(at(root, 'tableset'), 'schema').map((one) => textOf(at(one, 'name')))).toEqual(['z', 'a', 'm'])
  })

  it('M-035: have a whole number of rows, not below zero', async () => {
    expect(await rules(withColumns([], { nrows: -1 }))).toContain('range')
    expect(await rules(withColumns([], { nrows: 1.5 }))).toContain('kind')
    expect(textOf(at(await build(withColumns([], { nrows: 1_800_000_000 })), 'tableset/schema/table/nrows'))).toBe(
      '1800000000',
    )
  })
})

describe('registries, authorities and standards', () => {
  it('M-036: an authority has no key in its IVOID, and an organisation that manages it', async () => {
    const authority = (keys: Readonly<Record<string, unknown>>) =>
      organisation({ type: 'vg:Authority', ivoid: 'ivo://archive.example.edu', managingOrg: 'Example', ...keys })
    expect(await rules(authority({}))).toEqual([])
    expect(await rules(authority({ ivoid: 'ivo://archive.example.edu/authority' }))).toContain('authority-ivoid')
    expect(await rules(authority({ managingOrg: undefined }))).toContain('required')
  })

  it('M-037: a registry says whether it is full, and which authorities it manages', async () => {
    const registry = (keys: Readonly<Record<string, unknown>>) =>
      organisation({ type: 'vg:Registry', self: true, full: false, ...keys })
    expect(await rules(registry({ full: undefined }))).toContain('required')
    const root = await build(registry({}), { self: { ...context.self, managedAuthorities: ['archive.example.edu'] } })
    expect(textOf(at(root, 'managedAuthority'))).toBe('archive.example.edu')
    expect(await rules(registry({ managedAuthorities: ['other.example'] }))).toContain('managed-authority')
  })

  it('M-105, M-106, M-109: this registry is harvested at /oai, by OAI-PMH 2.0 in the role std, and has VOSI resources', async () => {
    const root = await build(organisation({ type: 'vg:Registry', self: true, full: false }))
    const harvest = at(root, 'capability')
    const one = at(harvest, 'interface')
    expect(attributeOf(harvest, 'standardID')).toBe('ivo://ivoa.net/std/Registry')
    expect([attributeOf(one, 'type', xsi), attributeOf(one, 'role'), attributeOf(one, 'version')]).toEqual([
      'vg:OAIHTTP',
      'std',
      '1.0',
    ])
    expect(textOf(at(one, 'accessURL'))).toBe('https://registry.example.edu/oai')
    expect(childElements(root, 'capability').map((capability) => attributeOf(capability, 'standardID'))).toEqual([
      'ivo://ivoa.net/std/Registry',
      'ivo://ivoa.net/std/VOSI#capabilities',
      'ivo://ivoa.net/std/VOSI#availability',
    ])
  })

  it('M-114, S-036: a full one says with vr:Capability that it can be searched by TAP, and shows its tables', async () => {
    const tables = [
      {
        name: 'rr',
        tables: [{ schema: 'rr', name: 'resource', type: 'table' as const, columns: [], foreignKeys: [] }],
      },
    ]
    const options = { self: { ...context.self, tables } }
    const root = await build(organisation({ type: 'vg:Registry', self: true, full: true }), options)
    const search = childElements(root, 'capability').find(
      (one) => attributeOf(one, 'standardID') === 'ivo://ivoa.net/std/TAP#aux',
    )!
    expect(attributeOf(search, 'type', xsi)).toBe('vr:Capability')
    expect(attributeOf(at(search, 'interface'), 'type', xsi)).toBe('vs:ParamHTTP')
    expect(textOf(at(root, 'tableset/schema/table/name'))).toBe('rr.resource')
  })

  it('M-038: a standard has a version, and keys in lower case', async () => {
    const standard = (keys: Readonly<Record<string, unknown>>) =>
      organisation({ type: 'vstd:Standard', endorsedVersions: [{ version: '1.0' }], ...keys })
    expect(await rules(standard({ endorsedVersions: [] }))).toContain('length')
    expect(await rules(standard({ keys: [{ name: 'Key', description: 'x' }] }))).toContain('key-case')
    expect(await rules(standard({ keys: [{ name: 'key', description: 'x' }] }))).not.toContain('key-case')
  })
})

describe('TAP capabilities', () => {
  const built = async (keys: Readonly<Record<string, unknown>>, options: Partial<BuildContext> = {}) =>
    at(await build(catalog({ capabilities: [tap(keys)] }), options), 'capability')
  const judged = (keys: Readonly<Record<string, unknown>>) => rules(catalog({ capabilities: [tap(keys)] }))

  it.each(['languages', 'outputFormats'])('M-039: have %s', async (key) => {
    expect(await judged({ [key]: undefined })).toContain('tap-complete')
    expect(await judged({ [key]: [] })).toContain('length')
  })

  it('M-040, S-025: have limits in rows or bytes and times in seconds', async () => {
    const capability = await built({
      executionDurationSeconds: { default: 60, hard: 600 },
      outputLimitRows: { default: 10 },
      outputLimitBytes: { hard: 1000 },
      uploadLimitBytes: { hard: 99 },
    })
    expect(textOf(at(capability, 'executionDuration/hard'))).toBe('600')
    expect(attributeOf(at(capability, 'outputLimit/default'), 'unit')).toBe('row')
    expect(attributeOf(at(capability, 'outputLimit/hard'), 'unit')).toBe('byte')
    expect(childElements(capability, 'outputLimit')).toHaveLength(1)
    expect(await judged({ outputLimitRows: { hard: 1.5 } })).toContain('kind')
  })

  it('M-041: have upload methods by their keys', async () => {
    const capability = await built({ uploadMethods: ['inline', 'ivo://a.example/upload#mine'] })
    expect(childElements(capability, 'uploadMethod').map((one) => attributeOf(one, 'ivo-id'))).toEqual([
      'ivo://ivoa.net/std/TAPRegExt#upload-inline',
      'ivo://a.example/upload#mine',
    ])
    expect(await judged({ uploadMethods: ['https'] })).toContain('tap-upload')
  })

  const withFeatures = (features: Readonly<Record<string, unknown>>) => ({
    languages: [{ name: 'ADQL', versions: ['2.1'], features }],
  })

  it.each([
    'ivo_hasword(haystack VARCHAR, needle VARCHAR) -> INTEGER',
    'now() -> TIMESTAMP',
    'f(a DOUBLE PRECISION, b CHAR(*)) -> VARCHAR(*)',
  ])('M-042: %s is a signature', async (form) => {
    expect(await judged(withFeatures({ udf: [form] }))).not.toContain('udf-form')
  })

  it.each(['ivo_hasword', 'f(a) INTEGER', '-> INTEGER'])('M-042: %s is none', async (form) => {
    expect(await judged(withFeatures({ udf: [{ form }] }))).toContain('udf-form')
  })

  it('M-043: have feature lists with IVOIDs in lower case', async () => {
    const capability = await built(
      withFeatures({ adqlgeo: ['POINT'], 'ivo://ivoa.net/std/TAPRegExt#features-UDF': ['f() -> INTEGER'] }),
    )
    expect(
      childElements(at(capability, 'language'), 'languageFeatures').map((one) => attributeOf(one, 'type')),
    ).toEqual(['ivo://ivoa.net/std/tapregext#features-adqlgeo', 'ivo://ivoa.net/std/tapregext#features-udf'])
  })

  it('M-044: have a vs:ParamHTTP interface at the base, with role and version', async () => {
    const one = at(await built({}), 'interface')
    expect([attributeOf(one, 'type', xsi), attributeOf(one, 'role'), attributeOf(one, 'version')]).toEqual([
      'vs:ParamHTTP',
      'std',
      '1.1',
    ])
    expect(attributeOf(at(one, 'accessURL'), 'use')).toBe('base')
    expect(await judged({ accessUrl: 'https://archive.example.edu/tap/sync' })).toContain('tap-base')
  })

  it('M-045: add a tr:DALIInterface with its endpoints where TAPRegExt 1.1 is spoken', async () => {
    const capability = await built({ endpoints: ['capabilities', 'tables', 'examples'] }, { profile: 'current' })
    const [, dali] = childElements(capability, 'interface')
    expect(attributeOf(dali!, 'type', xsi)).toBe('tr:DALIInterface')
    expect(childElements(dali!, 'endpoint').map((one) => textOf(at(one, 'name')))).toEqual([
      'sync',
      'async',
      'tables',
      'capabilities',
      'examples',
    ])
    expect(childElements(await built({}), 'interface')).toHaveLength(1)
    // One that is written out is of TAPRegExt 1.1 as well.
    const stated = {
      interfaces: [{ type: 'tr:DALIInterface', role: 'std', accessUrl: 'https://archive.example.edu/tap' }],
    }
    expect(childElements(await built(stated), 'interface')).toHaveLength(1)
    expect(childElements(await built(stated, { profile: 'current' }), 'interface')).toHaveLength(2)
  })

  it('is the only one of its service (TAP 1.1 §2.4)', async () => {
    expect(await rules(catalog({ capabilities: [tap(), tap({ description: 'second' })] }))).toContain('tap-once')
  })
})

describe('change', () => {
  it('M-046: a record takes the times of the ledger, and nothing else changes with them', async () => {
    const { descriptor } = await loadOne(catalog())
    const undated = buildRecord(descriptor, context)
    const dated = dateRecord(undated, times)
    expect(dated).toBe(buildRecord(descriptor, context, times))
    expect(dated.replace(times.created, '0001-01-01T00:00:00Z').replace(times.updated, '0001-01-01T00:00:01Z')).toBe(
      undated,
    )
  })

  it('S-026: a moved service keeps its IVOID and changes the capabilities of its catalogs', async () => {
    const at = async (host: string) => {
      const service = catalog({
        capabilities: [tap({ accessUrl: `https://${host}/tap` })],
        catalogs: [{ ivoid: 'ivo://archive.example.edu/a', title: 'A', description: 'A part.' }],
      })
      const { descriptors } = await loadFiles({ 'tap.yaml': service })
      return descriptors.map((one) => [
        one.ivoid,
        buildRecord(one.descriptor, context, times).includes(`https://${host}/tap`),
      ])
    }
    expect(await at('old.example.edu')).toEqual(await at('new.example.edu'))
    expect((await at('new.example.edu')).map(([, moved]) => moved)).toEqual([true, true])
  })
})
