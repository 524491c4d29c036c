// Which registries there are: as listed, as listed the last time, as packed.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isIvoid } from '../../src/core/ivoid.js'
import { readProjectJson } from '../../src/core/project-files.js'
import { type Directory, readDirectory } from '../../src/registry/harvest-directory.js'
import { registryXml, sampleXml } from '../support/sample-records.js'

let folder: string
let close: () => void
let asked: (string | null)[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-directory-'))
  close = () => undefined
  asked = []
})
afterEach(() => {
  close()
  rmSync(folder, { recursive: true })
})

/** A Registry of Registries that answers for each set; without an answer there is no such set. */
async function directoryOf(answers: Readonly<Record<string, string>>): Promise<Directory> {
  const listener: RequestListener = (request, response) => {
    const query = new URL(request.url ?? '', 'http://localhost').searchParams
    asked.push(query.get('set'))
    const content = answers[query.get('set') ?? ''] ?? '<error code="noRecordsMatch"/>'
    response.end(`<OAI-PMH>${content}</OAI-PMH>`)
  }
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => {
    server.closeAllConnections()
    server.close()
  }
  return ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}/oai`)
}

function ask(baseUrl: string): Promise<Directory> {
  return readDirectory({
    baseUrl,
    client: { fetch, userAgent: 'Waymark test', retries: 0 },
    path: join(folder, 'registries.json'),
    clock: () => new Date('2026-06-01T08:00:00Z'),
  })
}

const record = (xml: string): string =>
  `<record><header><identifier>ivo://x</identifier></header><metadata>${xml}</metadata></record>`
const list = (...xml: readonly string[]): string => `<ListRecords>${xml.map(record).join('')}</ListRecords>`
const listed = {
  ivoid: 'ivo://example.edu/registry',
  baseUrl: 'https://vo.example.edu/oai',
  title: 'Example Registry',
  managedAuthorities: ['example.edu'],
}

describe('the list of registries', () => {
  it('S-037: comes from the set of publishers, by the name that is deployed', async () => {
    expect(await directoryOf({ ivoa_publishers: list(registryXml()) })).toEqual({
      registries: [listed],
      source: 'listed',
      since: '2026-06-01T08:00:00Z',
    })
    expect(asked).toEqual(['ivoa_publishers'])
  })

  it('S-037: else by the name in the standard (RI 1.1 §4.2), else from everything that is a registry', async () => {
    expect((await directoryOf({ ivo_publishers: list(registryXml()) })).registries).toEqual([listed])
    close()
    asked = []
    const others = [
      sampleXml({ ivoid: 'ivo://example.edu/cat', title: 'A catalog' }),
      registryXml().replace('status="active"', 'status="deleted"').replace('/registry', '/gone'),
      registryXml().replace('vg:Harvest', 'vg:Search').replace('/registry', '/searchable'),
    ]
    expect((await directoryOf({ '': list(...others, registryXml()) })).registries).toEqual([listed])
    expect(asked).toEqual(['ivoa_publishers', 'ivo_publishers', null])
  })

  it('is the last one that was fetched when there is no answer, and says why', async () => {
    await directoryOf({ ivoa_publishers: list(registryXml()) })
    expect(await ask('http://127.0.0.1:9/oai')).toMatchObject({
      registries: [listed],
      source: 'kept',
      since: '2026-06-01T08:00:00Z',
      problem: expect.stringContaining('cannot be harvested'),
    })
  })

  it('is the packed one before that', async () => {
    const { source, registries } = await ask('http://127.0.0.1:9/oai')
    expect(source).toBe('packed')
    expect(registries.length).toBeGreaterThan(40)
  })
})

it('packed registries have an IVOID each, once, and an address', () => {
  const { registries } = readProjectJson<{ registries: readonly { ivoid: string; baseUrl: string; known: number }[] }>(
    'schemas/registries.json',
  )
  expect(registries.filter(({ ivoid, baseUrl }) => !isIvoid(ivoid) || !/^https?:/.test(baseUrl))).toEqual([])
  expect(new Set(registries.map(({ ivoid }) => ivoid.toLowerCase())).size).toBe(registries.length)
})
