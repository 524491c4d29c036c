// One service, many catalogs: auxiliary capabilities and relationships are made from the record of the service.
import { describe, expect, it } from 'vitest'
import { buildRecord } from '../../src/voresource/build.js'
import { loadResources } from '../../src/voresource/load.js'
import { attributeOf, childElements, firstChild, readXml, textOf } from '../../src/xml/reader.js'
import { hasShared, schemaViolations } from '../support/schemas.js'
import { catalog, context, findingsOf, folderOf, loadFiles, organisation, tap, times } from './support.js'

const resource = (keys: Readonly<Record<string, unknown>> = {}) =>
  organisation({
    type: 'vs:CatalogResource',
    ivoid: 'ivo://archive.example.edu/faint',
    title: 'Faint Stars',
    servedBy: 'ivo://archive.example.edu/tap',
    ...keys,
  })

async function records(files: Readonly<Record<string, string>>) {
  const { descriptors, findings } = await loadFiles(files)
  expect(findings).toEqual([])
  return descriptors.map(({ descriptor }) => {
    const xml = buildRecord(descriptor, context, times)
    if (hasShared) expect(schemaViolations(xml)).toEqual([])
    return readXml(xml)
  })
}

const auxiliariesOf = (record: ReturnType<typeof readXml>) =>
  childElements(record, 'capability').map((one) => {
    const at = firstChild(one, 'interface')!
    return [attributeOf(one, 'standardID'), textOf(firstChild(at, 'accessURL')!), attributeOf(at, 'version')]
  })

describe('servedBy', () => {
  it('gives the auxiliary capability at the present address of the service, and IsServedBy (S-016, S-026)', async () => {
    const [faint] = await records({ 'faint.yaml': resource(), 'tap.yaml': catalog() })
    expect(auxiliariesOf(faint!)).toEqual([['ivo://ivoa.net/std/TAP#aux', 'https://archive.example.edu/tap', '1.1']])
    const relationship = firstChild(firstChild(faint!, 'content')!, 'relationship')!
    expect(textOf(firstChild(relationship, 'relationshipType')!)).toBe('IsServedBy')
    const related = firstChild(relationship, 'relatedResource')!
    expect([attributeOf(related, 'ivo-id'), textOf(related)]).toEqual([
      'ivo://archive.example.edu/tap',
      'Example TAP service',
    ])
  })

  it('follows each protocol of the service', async () => {
    const capabilities = [
      tap({ accessUrl: 'https://moved.example.edu/tap', description: 'Queries' }),
      { type: 'cs:ConeSearch', accessUrl: 'https://moved.example.edu/cone?', interfaceVersion: '1.03' },
      {
        type: 'sia2',
        interfaces: [{ type: 'vs:ParamHTTP', role: 'std', version: '2.0', accessUrl: 'https://moved.example.edu/sia' }],
      },
      { type: 'web-browser', accessUrl: 'https://moved.example.edu/' },
    ]
    const [faint] = await records({ 'faint.yaml': resource(), 'tap.yaml': catalog({ capabilities }) })
    expect(auxiliariesOf(faint!)).toEqual([
      ['ivo://ivoa.net/std/TAP#aux', 'https://moved.example.edu/tap', '1.1'],
      ['ivo://ivoa.net/std/ConeSearch#aux', 'https://moved.example.edu/cone?', '1.03'],
      ['ivo://ivoa.net/std/SIA#query-aux-2.0', 'https://moved.example.edu/sia', '2.0'],
    ])
  })

  it('knows the service of this program', async () => {
    const own = catalog({ self: true, capabilities: undefined })
    const { descriptors } = await loadResources(folderOf({ 'faint.yaml': resource(), 'tap.yaml': own }))
    const xml = buildRecord(descriptors[0]!.descriptor, context, times)
    expect(auxiliariesOf(readXml(xml))).toEqual([
      ['ivo://ivoa.net/std/TAP#aux', 'https://registry.example.edu/tap', '1.1'],
    ])
  })

  it('of a service that is not described here is an error', async () => {
    const findings = await findingsOf({ 'faint.yaml': resource() })
    expect(findings.filter((one) => one.severity === 'error')).toMatchObject([
      { rule: 'served-by', line: 9, message: 'the service ivo://archive.example.edu/tap is not described here' },
    ])
  })

  it('does not repeat a relationship that is said already', async () => {
    const relationships = [{ type: 'IsServedBy', resources: ['ivo://archive.example.edu/TAP'] }]
    const [faint] = await records({ 'faint.yaml': resource({ relationships }), 'tap.yaml': catalog() })
    expect(childElements(firstChild(faint!, 'content')!, 'relationship')).toHaveLength(1)
  })
})

describe('a list of catalogs', () => {
  const tableset = {
    schemas: [
      { name: 'bright', tables: [{ name: 'bright.star', columns: [{ name: 'ra', ucd: 'pos.eq.ra' }] }] },
      { name: 'faint', tables: [{ name: 'faint.star' }] },
    ],
  }
  const catalogs = [
    {
      ivoid: 'ivo://archive.example.edu/bright',
      title: 'Bright Stars',
      description: 'Those one sees.',
      schemas: ['bright'],
    },
    {
      ivoid: 'ivo://archive.example.edu/faint',
      title: 'Faint Stars',
      description: 'The others.',
      schemas: ['faint'],
      creators: ['Doe, J.'],
    },
  ]

  it('becomes one vs:CatalogResource each, with its own tables and what it inherits', async () => {
    const all = await records({ 'tap.yaml': catalog({ tableset, catalogs, creators: ['Roe, R.'] }) })
    expect(all.map((one) => textOf(firstChild(one, 'identifier')!))).toEqual([
      'ivo://archive.example.edu/tap',
      'ivo://archive.example.edu/bright',
      'ivo://archive.example.edu/faint',
    ])
    const [, bright, faint] = all
    expect(attributeOf(bright!, 'type', 'http://www.w3.org/2001/XMLSchema-instance')).toBe('vs:CatalogResource')
    expect(auxiliariesOf(bright!)).toHaveLength(1)
    expect(textOf(firstChild(bright!, 'tableset')!).replace(/\s+/g, ' ')).toContain('bright.star')
    expect(textOf(firstChild(bright!, 'tableset')!)).not.toContain('faint')
    expect(textOf(firstChild(firstChild(bright!, 'curation')!, 'creator')!).trim()).toBe('Roe, R.')
    expect(textOf(firstChild(firstChild(faint!, 'curation')!, 'creator')!).trim()).toBe('Doe, J.')
  })

  it('names schemas that the service has', async () => {
    const wrong = [{ ...catalogs[0], schemas: ['brihgt'] }]
    const findings = await findingsOf({ 'tap.yaml': catalog({ tableset, catalogs: wrong }) })
    expect(findings.filter((one) => one.rule === 'catalog-schema')).toMatchObject([{ severity: 'error', line: 11 }])
  })
})
