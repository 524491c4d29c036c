// Every record and every list as served, judged by xmllint against the official schemas, offline.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { buildRecord } from '../../src/voresource/build.js'
import { capabilityTypes } from '../../src/voresource/capabilities/index.js'
import { resourceTypes } from '../../src/voresource/resource-types/index.js'
import { hasShared, sharedFolder } from '../support/schemas.js'
import { context, hostOf, loadFiles, times } from '../voresource/support.js'
import { isInstalled, run } from './support.js'

const installed = isInstalled('xmllint', 'xmllint', ['--version'])

describe.runIf(installed && hasShared)('xmllint', () => {
  it('accepts every OAI-PMH answer and every record by itself', async () => {
    const oai = `${inject('baseUrl')}/oai`
    const identifiers = [
      ...(await text(`${oai}?verb=ListIdentifiers&metadataPrefix=ivo_vor`)).matchAll(/<identifier>([^<]+)</g),
    ].map((match) => match[1] ?? '')
    expect(identifiers.length).toBeGreaterThan(15)
    const requests = [
      'verb=Identify',
      'verb=ListSets',
      'verb=ListMetadataFormats',
      'verb=ListIdentifiers&metadataPrefix=oai_dc',
      'verb=ListRecords&metadataPrefix=ivo_vor&set=ivo_managed',
      'verb=ListRecords&metadataPrefix=oai_dc',
      'verb=Nonsense',
      ...identifiers.flatMap((identifier) =>
        ['ivo_vor', 'oai_dc'].map(
          (prefix) => `verb=GetRecord&metadataPrefix=${prefix}&identifier=${encodeURIComponent(identifier)}`,
        ),
      ),
    ]
    await validate(await Promise.all(requests.map((request) => text(`${oai}?${request}`))))
  })

  it('accepts the record of every example in the documentation', async () => {
    const resources = resourceTypes.map((one, index) => [`${index}.yaml`, one.example] as const)
    const hosts = capabilityTypes.map(
      (one, index) => [`host${index}.yaml`, hostOf(one.example).replace('/host', `/host${index}`)] as const,
    )
    const { descriptors, findings } = await loadFiles(Object.fromEntries([...resources, ...hosts]))
    expect(findings).toEqual([])
    expect(descriptors).toHaveLength(resourceTypes.length + capabilityTypes.length)
    await validate(descriptors.map(({ descriptor }) => buildRecord(descriptor, context, times)))
  })

  it('accepts the VOSI documents', async () => {
    const tap = `${inject('baseUrl')}/tap`
    await validate(
      await Promise.all(
        ['capabilities', 'availability', 'tables', 'tables?detail=min', 'tables/rr.resource'].map((path) =>
          text(`${tap}/${path}`),
        ),
      ),
    )
  })
})

async function text(url: string): Promise<string> {
  const response = await fetch(url)
  expect(response.status, url).toBe(200)
  return response.text()
}

async function validate(documents: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-xmllint-'))
  const files = documents.map((document, index) => {
    const file = join(folder, `${index}.xml`)
    writeFileSync(file, document)
    return file
  })
  await run('xmllint', ['--nonet', '--noout', '--schema', join(sharedFolder, 'xsd/all.xsd'), ...files], {
    XML_CATALOG_FILES: join(sharedFolder, 'xsd/catalog.xml'),
  })
  rmSync(folder, { recursive: true, force: true })
}
