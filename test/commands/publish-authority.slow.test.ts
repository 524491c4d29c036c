// A new authority is looked up before it is published: in the records held, in the list of registries, by the doctor.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newAuthorities } from '../../src/registry/authority-claims.js'
import { type CommandOutcome, waymark } from '../support/command-line.js'
import { registryXml, sampleXml } from '../support/sample-records.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-authority-'))
  cpSync(fileURLToPath(new URL('../../resources', import.meta.url)), join(folder, 'resources'), { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (state: string, ...args: readonly string[]): Promise<CommandOutcome> =>
  waymark([...args, '--log', 'silent', '--state', join(folder, state), '--resources', join(folder, 'resources')])

async function takeIn(state: string, ...records: readonly string[]): Promise<void> {
  const file = join(folder, `${state}.xml`)
  writeFileSync(file, `<all>${records.join('')}</all>`)
  const { code, err } = await run(state, 'ingest', file, '--origin', 'ivo://other.example/registry')
  expect(code, err).toBe(0)
}

const registry = (authority: string, ivoid = 'ivo://other.example/registry') =>
  sampleXml({ ivoid, title: 'R', type: 'vg:Registry', rest: `<managedAuthority>${authority}</managedAuthority>` })
const authority = (name: string) => sampleXml({ ivoid: `ivo://${name}`, title: 'A', type: 'vg:Authority' })

describe('M-108: a new authority is published only if no other registry has it', () => {
  it('by the records held', async () => {
    await takeIn('held', registry('Archive.STScI.edu'), authority('mast.example'))
    const { code, err, out } = await run('held', 'publish')
    expect({ code, out }).toEqual({ code: 4, out: '' })
    expect(err).toContain('archive.stsci.edu is that of ivo://other.example/registry (its record says so)')
    expect(err).toContain(
      'mast.example is that of ivo://other.example/registry (the vg:Authority record came from there)',
    )
    // The operator knows better: an authority that moves here is published once so, and is ours from then on.
    expect(await run('held', 'publish', '--take-authorities')).toMatchObject({ code: 0, err: '' })
    expect(await run('held', 'publish')).toMatchObject({ code: 0, err: '' })
    // Two registries have it now, which is an anomaly until the other one gives it up.
    const { out: anomalies } = await run('held', 'compare', '--anomalies', '--json')
    expect(anomalies).toMatch(/"duplicate-authority".*"archive\.stsci\.edu"/)
  })

  it('by the list of registries that was fetched last', async () => {
    await takeIn('listed', registry('elsewhere.example'))
    const registries = [
      {
        ivoid: 'ivo://third.example/registry',
        baseUrl: 'https://third.example/oai',
        managedAuthorities: ['MAST.example'],
      },
      {
        ivoid: 'ivo://mast.example/Registry',
        baseUrl: 'https://own.example/oai',
        managedAuthorities: ['mast.example'],
      },
    ]
    const path = join(folder, 'listed', 'registries.json')
    writeFileSync(path, JSON.stringify({ registries, since: '2026-06-01T00:00:00Z' }))
    const { code, err } = await run('listed', 'publish')
    expect(code).toBe(4)
    expect(err).toMatch(
      /: mast\.example is that of ivo:\/\/third\.example\/registry \(by the list of registries of 2026-06-01T00:00:00Z\)\. An/,
    )
    // A damaged list is none.
    writeFileSync(path, '{"registries": [')
    expect((await run('listed', 'publish')).code).toBe(0)
  })

  it('and what was ever published here, tombstones included, is not new', () => {
    const entry = (ivoid: string) => [ivoid.toLowerCase(), { deleted: true }] as const
    const entries = new Map([entry('ivo://old.example/gone')]) as never
    expect(newAuthorities(['ivo://Old.example/x', 'ivo://New.example/y', 'ivo://new.EXAMPLE'], { entries })).toEqual([
      'new.example',
    ])
  })
})

describe('M-108: the doctor asks the Registry of Registries', () => {
  let server: Server
  let address: string
  let listed: string
  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost')
      const record = `<record><header><identifier>ivo://x</identifier></header><metadata>${url.pathname === '/rofr' ? listed : registryXml()}</metadata></record>`
      const content =
        url.searchParams.get('verb') === 'Identify'
          ? `<Identify><description>${registryXml()}</description></Identify>`
          : `<ListRecords>${record}</ListRecords>`
      response.end(`<OAI-PMH>${content}</OAI-PMH>`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const other = () => registryXml().replace('ivo://example.edu/registry', 'ivo://third.example/registry')
  it.each([
    ['a registry that has it', other, '/rofr', /^FAILED +RI3\.1 authority: example\.edu is managed by ivo:\/\/third/m],
    ['only itself', registryXml, '/rofr', /^ok +RI3\.1 authority: of the 1 registry listed no other/m],
    ['nobody that answers', other, ':9/oai', /^warning RI3\.1 authority: not checked: .*:9\/oai cannot be harvested/m],
    ['no list', () => '<x/>', '/rofr', /^warning RI3\.1 authority: not checked: .* lists no registry/m],
  ])('and finds %s', async (_what, list, path, expected) => {
    listed = list()
    const settings = [
      '--registry-of-registries',
      path.startsWith(':') ? `http://127.0.0.1${path}` : address + path,
      '--all',
    ]
    const { out } = await run('doctor', 'doctor', `${address}/oai`, ...settings)
    expect(out).toMatch(expected)
  })
})
