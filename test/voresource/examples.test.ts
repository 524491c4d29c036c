// The examples of the documentation are complete: they load without a finding of severity error and build valid XML.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { projectPath } from '../../src/core/project-files.js'
import { buildCapabilities, buildRecord } from '../../src/voresource/build.js'
import { capabilityTypes } from '../../src/voresource/capabilities/index.js'
import { loadResources } from '../../src/voresource/load.js'
import { resourceTypes } from '../../src/voresource/resource-types/index.js'
import { validateResources } from '../../src/voresource/validate.js'
import { childElements, readXml } from '../../src/xml/reader.js'
import { hasShared, schemaViolations } from '../support/schemas.js'
import { context, folderOf, hostOf, loadFiles, times } from './support.js'

const documents: readonly (readonly [string, string])[] = [
  ...resourceTypes.map((one) => [one.type, one.example] as const),
  ...capabilityTypes.map((one) => [one.type, hostOf(one.example)] as const),
]

// An example of data refers to a service; its example is the one of vs:CatalogService.
const serviceExample = resourceTypes.find((one) => one.type === 'vs:CatalogService')?.example ?? ''

describe.each(documents)('the example of %s', (_, yaml) => {
  const files = { 'example.yaml': yaml, ...(yaml.includes('servedBy:') ? { 'service.yaml': serviceExample } : {}) }

  it('has neither error nor warning', async () => {
    const findings = validateResources(await loadFiles(files))
    // One file alone cannot have its authority's record beside it, nor all that it refers to.
    const aboutOthers = ['authority-record', 'reference', 'is-served-by']
    expect(findings.filter((one) => one.severity !== 'advice' && !aboutOthers.includes(one.rule))).toEqual([])
  })

  it.runIf(hasShared)('builds XML that the schemas accept, in both profiles', async () => {
    const { descriptors } = await loadFiles(files)
    expect(descriptors).toHaveLength(Object.keys(files).length)
    for (const { descriptor } of descriptors) {
      for (const profile of ['conservative', 'current'] as const) {
        const record = buildRecord(descriptor, { ...context, profile }, times)
        const capabilities = buildCapabilities(descriptor, { ...context, profile })
        // TAPRegExt 1.1 is among the working drafts.
        const driver = record.includes('tr:DALIInterface') ? 'all-draft' : 'all'
        expect(schemaViolations(record, driver)).toEqual([])
        expect(schemaViolations(capabilities, driver)).toEqual([])
      }
    }
  })
})

describe('an example', () => {
  it.each(capabilityTypes.map((one) => [one.type, one] as const))('of %s becomes its xsi:type', async (_, type) => {
    const { descriptors } = await loadFiles({ 'example.yaml': hostOf(type.example) })
    const record = readXml(buildRecord(descriptors[0]!.descriptor, context, times))
    const types = childElements(record, 'capability').map(
      (one) => one.attributes.find((attribute) => attribute.qualifiedName === 'xsi:type')?.value,
    )
    expect(types[0]).toBe(type.xsiType)
  })
})

describe('the page about descriptors', () => {
  const blocks = [...readFileSync(projectPath('docs/descriptors.md'), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    (match) => match[1] ?? '',
  )

  it('shows one whole descriptor and its defaults, and they work', async () => {
    const [, whole = '', site = '', oneCatalog = '', manyCatalogs = ''] = blocks
    const folder = folderOf({
      'site.yaml': site,
      'tap/bright.yaml': whole,
      'tap/tables/magnitudes.yaml': 'name: bright.magnitude\ndescription: Magnitudes in several bands',
    })
    expect([oneCatalog, manyCatalogs].every((text) => text.includes('type: vs:Catalog'))).toBe(true)
    const loaded = await loadResources(folder)
    expect(loaded.findings).toEqual([])
    const findings = validateResources(loaded).filter((one) => one.severity !== 'advice')
    expect(findings.map((one) => one.rule).filter((rule) => !['authority-record', 'reference'].includes(rule))).toEqual(
      [],
    )
    const record = buildRecord(loaded.descriptors[0]!.descriptor, context, times)
    expect(record).toContain('<name>bright.magnitude</name>')
    if (hasShared) expect(schemaViolations(record)).toEqual([])
  })
})
