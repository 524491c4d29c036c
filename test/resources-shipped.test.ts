// The resources that ship: they pass our own checks without a remark, and their records the official schemas.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../src/config.js'
import { loadMoves } from '../src/registry/moves-file.js'
import { collectMoves } from '../src/registry/moves-rows.js'
import { movableResources } from '../src/registry/moves-source.js'
import { declaredSchemas } from '../src/tables/declared.js'
import { tableAccessFacts } from '../src/tap/facts.js'
import { tapLimits } from '../src/tap/limits.js'
import { buildRecord } from '../src/voresource/build.js'
import { formatFinding } from '../src/voresource/finding.js'
import { loadResources } from '../src/voresource/load.js'
import { validateResources } from '../src/voresource/validate.js'
import { attributeOf, childElements, readXml } from '../src/xml/reader.js'
import { openSchemaSet } from '../src/xml/schema-validation.js'

const loaded = await loadResources('resources')
const { moves, findings: moveFindings } = await loadMoves('resources')
const config = readConfig({}, {})
const context = {
  self: {
    baseUrl: config.baseUrl,
    tables: declaredSchemas(),
    tableAccess: tableAccessFacts({ limits: tapLimits(config), features: {} }),
  },
}
const built = loaded.descriptors.map((one) => ({ ...one, xml: buildRecord(one.descriptor, context) }))

/** Address on the new platform by IVOID, as announced. */
const announced: Readonly<Record<string, string>> = {
  'ivo://archive.stsci.edu/caomtap': 'caom',
  'ivo://archive.stsci.edu/tap/gaiadr3': 'gaiadr3',
  'ivo://mast.example/tap/hsc': 'hsc',
  'ivo://mast.example/tap/ps1dr1': 'ps1dr1',
  'ivo://archive.stsci.edu/ps1dr2tap': 'ps1dr2',
  'ivo://archive.stsci.edu/regtap': 'registry',
  'ivo://mast.example/tap/tic': 'tic',
  'ivo://mast.example/tap/classy': 'classy',
  'ivo://mast.example/tap/ullyses': 'ullyses',
  'ivo://mast.example/tap/goods': 'goods',
  'ivo://mast.example/tap/3dhst': '3dhst',
  'ivo://mast.example/tap/candels': 'candels',
}

describe('the resources that ship', () => {
  it('give our own checks nothing to complain about', () => {
    const findings = [...loaded.findings, ...validateResources(loaded), ...moveFindings]
    // Advice stays where nothing is known: rights, coverage, citations of some catalogs.
    expect(findings.filter((one) => one.severity !== 'advice').map(formatFinding)).toEqual([])
  })

  it.each(Object.entries(announced))('have %s at its address on the new platform', (ivoid, catalog) => {
    const record = built.find((one) => one.ivoid === ivoid)
    expect(record?.xml).toContain(`>https://mast.stsci.edu/vo-tap/api/v0.1/${catalog}</accessURL>`)
    expect(record?.xml).not.toContain('vao.stsci.edu')
  })

  it('hold the registry, its TAP service, the organisation and the authorities', () => {
    const others = built.filter((one) => announced[one.ivoid] === undefined)
    expect(others.map((one) => `${one.descriptor.type} ${one.ivoid}`).sort()).toEqual([
      'vg:Authority ivo://archive.stsci.edu',
      'vg:Authority ivo://mast.example',
      'vg:Registry ivo://mast.example/registry',
      'vr:Organisation ivo://archive.stsci.edu/stsci-arc',
      'vs:CatalogService ivo://mast.example/regtap',
    ])
  })

  it('say the same about former addresses in descriptors and in the files of moves', () => {
    const { addresses } = collectMoves(movableResources(built), moves)
    const services = addresses.filter((one) => one.ivoid !== null && one.kind === 'service')
    expect(services.length).toBeGreaterThanOrEqual(20)
    expect(
      services.filter((one) => one.moveId !== '2025-vo-tap' || one.standardId !== 'ivo://ivoa.net/std/tap'),
    ).toEqual([])
  })
})

describe('the record of our own TAP service', () => {
  const record = readXml(built.find((one) => one.ivoid === 'ivo://mast.example/regtap')?.xml ?? '')
  const capabilities = childElements(record, 'capability').map((capability) => ({
    standard: attributeOf(capability, 'standardID') ?? '',
    uses: childElements(capability, 'interface').flatMap((one) =>
      childElements(one, 'accessURL').map((url) => attributeOf(url, 'use')),
    ),
    secured: childElements(capability, 'interface').some((one) => childElements(one, 'securityMethod').length > 0),
  }))
  const vosi = capabilities.filter(({ standard }) => /VOSI#/i.test(standard))

  it('S-075 lists the VOSI documents', () => {
    expect(vosi.map(({ standard }) => standard).sort()).toEqual([
      'ivo://ivoa.net/std/VOSI#availability',
      'ivo://ivoa.net/std/VOSI#capabilities',
      'ivo://ivoa.net/std/VOSI#tables-1.1',
    ])
  })

  it('M-246, M-247 gives their whole addresses, which everybody may read', () => {
    for (const { uses, secured } of vosi) expect({ uses, secured }).toEqual({ uses: ['full'], secured: false })
  })

  it('M-257 lists the examples', () => {
    expect(capabilities.filter(({ standard }) => standard === 'ivo://ivoa.net/std/DALI#examples')).toHaveLength(1)
  })
})

const schemas = '../shared/xsd'
describe.runIf(existsSync(schemas))('their records', () => {
  it('are valid by the official schemas', () => {
    using set = openSchemaSet(schemas)
    for (const { ivoid, xml } of built)
      expect({ ivoid, violations: set.validate(xml) }).toEqual({ ivoid, violations: [] })
  })
})

const facts = '../shared/mast/catalogs.json'
describe.runIf(existsSync(facts))('their tables', () => {
  interface Fact {
    readonly newAccessURL?: string
    readonly schemas?: readonly {
      readonly tables: readonly { readonly name: string; readonly columns: readonly { readonly name: string }[] }[]
    }[]
  }
  it('are those that are known, with all their columns', () => {
    const known = JSON.parse(readFileSync(facts, 'utf8')) as readonly Fact[]
    for (const { ivoid, xml } of built.filter((one) => announced[one.ivoid] !== undefined)) {
      const fact = known.find((one) => one.newAccessURL?.endsWith(`/${announced[ivoid]}`))
      const wanted = (fact?.schemas ?? []).flatMap((schema) =>
        schema.tables.map((table) => [table.name, ...table.columns.map((column) => column.name)]),
      )
      expect([ivoid, ...tablesOf(xml)]).toEqual([ivoid, ...wanted])
    }
  })
})

/** Name of each table and of its columns, in the order of the record. */
function tablesOf(xml: string): readonly (readonly string[])[] {
  type Element = ReturnType<typeof readXml>
  const below = (element: Element, name: string): Element[] =>
    element.children.filter((child): child is Element => typeof child !== 'string' && child.name === name)
  const nameOf = (element: Element): string => String(below(element, 'name')[0]?.children[0] ?? '')
  return below(readXml(xml), 'tableset')
    .flatMap((tableset) => below(tableset, 'schema'))
    .flatMap((schema) => below(schema, 'table'))
    .map((table) => [nameOf(table), ...below(table, 'column').map(nameOf)])
}
