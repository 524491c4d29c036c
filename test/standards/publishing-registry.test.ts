// The registry that ships, published and asked: checks M-096 to M-113 of the acceptance checklist.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { authorityOf } from '../../src/core/ivoid.js'
import { type OpenRegistry, openRegistry } from '../../src/wire.js'
import { xsiNamespace } from '../../src/xml/namespaces.js'
import { attributeOf, childElements, firstChild, readXml, textOf, type XmlElement } from '../../src/xml/reader.js'
import { hasShared, schemaViolations } from '../support/schemas.js'

const baseUrl = 'https://vo.example.edu/reg'
let folder: string
let open: OpenRegistry
let app: FastifyInstance
let resources: readonly XmlElement[]
let self: XmlElement

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-standards-'))
  const shipped = fileURLToPath(new URL('../../resources', import.meta.url))
  open = await openRegistry(readConfig({ resources: shipped, state: folder, baseUrl, logLevel: 'silent' }, {}))
  await open.publish()
  app = await createApp(open.registry)
  resources = [
    ...(await ask('verb=ListRecords&metadataPrefix=ivo_vor&set=ivo_managed')).matchAll(
      /<ri:Resource.*?<\/ri:Resource>/gs,
    ),
  ].map((match) => readXml(match[0]))
  self = readXml(/<ri:Resource.*<\/ri:Resource>/s.exec(await ask('verb=Identify'))![0])
}, 60_000)
afterAll(async () => {
  await app.close()
  await open[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

async function ask(query: string): Promise<string> {
  const response = await app.inject(`/oai?${query}`)
  expect(response.statusCode).toBe(200)
  return response.body
}

const typeOf = (element: XmlElement) => attributeOf(element, 'type', xsiNamespace)
const ivoidOf = (resource: XmlElement) => textOf(firstChild(resource, 'identifier')!)
const texts = (element: XmlElement, name: string) => childElements(element, name).map(textOf)

describe('the shipped registry', () => {
  it('M-096: has its own record among its records', () => {
    expect(resources.map(ivoidOf)).toContain(open.registry.ivoid)
    expect(ivoidOf(self)).toBe(open.registry.ivoid)
  })

  it('M-097, M-107: has one vg:Authority for each managedAuthority, and manages the authority of every record', () => {
    const managed = texts(self, 'managedAuthority').sort()
    const authorities = resources.filter((resource) => typeOf(resource) === 'vg:Authority').map(ivoidOf)
    expect(authorities.map(authorityOf).sort()).toEqual(managed)
    expect(resources.map((resource) => authorityOf(ivoidOf(resource))).filter((one) => !managed.includes(one))).toEqual(
      [],
    )
  })

  it('M-105, M-106, S-033: announces its OAI-PMH address and page size', () => {
    const harvest = childElements(self, 'capability').find((capability) => typeOf(capability) === 'vg:Harvest')!
    expect(attributeOf(harvest, 'standardID')).toBe('ivo://ivoa.net/std/Registry')
    const access = firstChild(harvest, 'interface')!
    expect([typeOf(access), attributeOf(access, 'role'), attributeOf(access, 'version')]).toEqual([
      'vg:OAIHTTP',
      'std',
      '1.0',
    ])
    expect(texts(access, 'accessURL')).toEqual([`${baseUrl}/oai`])
    expect(texts(harvest, 'maxRecords')).toEqual([String(open.registry.config.oaiPageRecords)])
  })

  it('M-109: declares VOSI capabilities, and they are where it says', async () => {
    const vosi = childElements(self, 'capability').filter((one) => attributeOf(one, 'standardID')?.includes('/VOSI#'))
    const documents = await Promise.all(
      vosi
        .flatMap((capability) => childElements(capability, 'interface').flatMap((one) => texts(one, 'accessURL')))
        .map((url) => app.inject(url.replace(baseUrl, ''))),
    )
    expect(documents.map((document) => readXml(document.body).name)).toEqual(['capabilities', 'availability'])
    const [capabilities] = documents.map((document) => document.body)
    expect(childElements(readXml(capabilities!), 'capability').map((one) => attributeOf(one, 'standardID'))).toEqual(
      childElements(self, 'capability').map((one) => attributeOf(one, 'standardID')),
    )
    if (hasShared) for (const { body } of documents) expect(schemaViolations(body)).toEqual([])
  })

  it('S-029: answers at the base URL itself, without a redirect', async () => {
    for (const url of ['/oai', '/oai?verb=Identify']) expect((await app.inject(url)).statusCode).toBe(200)
  })

  it('M-113: does not call itself full while it holds its own records only', () => {
    expect(texts(self, 'full')).toEqual(['false'])
  })

  it('S-035: names publishers and organisations that are among its records', () => {
    const ivoids = resources.map(ivoidOf)
    const named = resources.flatMap((resource) => [
      ...childElements(firstChild(resource, 'curation')!, 'publisher'),
      ...childElements(resource, 'managingOrg'),
    ])
    const missing = named
      .map((element) => attributeOf(element, 'ivo-id'))
      .filter((ivoid) => ivoid !== undefined && !ivoids.includes(ivoid))
    expect(missing).toEqual([])
  })

  it.runIf(hasShared)('M-112: every record is valid in every format, by itself and in its answer', async () => {
    for (const prefix of ['ivo_vor', 'oai_dc']) {
      const answer = await ask(`verb=ListRecords&metadataPrefix=${prefix}`)
      expect(schemaViolations(answer)).toEqual([])
      for (const [record] of answer.matchAll(/<ri:Resource.*?<\/ri:Resource>/gs))
        expect(schemaViolations(record)).toEqual([])
    }
  })

  it('is found below the path of its public address, with the proxy taking the path off or not', async () => {
    for (const url of ['/reg/oai?verb=Identify', '/oai?verb=Identify']) {
      expect((await app.inject(url)).body).toContain(`<baseURL>${baseUrl}/oai</baseURL>`)
    }
  })
})
