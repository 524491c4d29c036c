// `waymark harvest` as an operator meets it: what it prints, and with which exit code.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommandLine } from '../../src/commands/index.js'
import { MemoryRecords } from '../support/memory-records.js'
import { type OaiDoor, openOaiDoor } from '../support/oai-door.js'
import { registryIvoid, sampleRecord, sampleRecords } from '../support/sample-records.js'

const shipped = fileURLToPath(new URL('../../resources', import.meta.url))

let folder: string
let records: MemoryRecords
let door: OaiDoor
let broken: Server
let address: string
let brokenAddress: string
let userAgent: string | undefined

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-harvest-'))
  cpSync(shipped, join(folder, 'resources'), { recursive: true })
  records = new MemoryRecords().put(
    ...sampleRecords(),
    sampleRecord({ ivoid: 'ivo://not.managed/x', title: 'X', datestamp: '2026-06-01T01:00:00Z' }),
  )
  door = await openOaiDoor(records)
  door.app.addHook('onRequest', async (request) => {
    userAgent = request.headers['user-agent']
  })
  await door.app.listen({ port: 0, host: '127.0.0.1' })
  address = `http://127.0.0.1:${(door.app.server.address() as AddressInfo).port}/oai`
  broken = createServer((_request, response) => response.writeHead(404).end())
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve))
  brokenAddress = `http://127.0.0.1:${(broken.address() as AddressInfo).port}/oai`
})
afterAll(async () => {
  broken.close()
  await door.app.close()
  rmSync(folder, { recursive: true, force: true })
})

async function harvest(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const settings = ['--resources', join(folder, 'resources'), '--state', join(folder, 'state'), '--log', 'silent']
  const code = await runCommandLine(['harvest', ...args, ...settings], {
    environment: {},
    write: (text) => {
      out += text
    },
    writeError: (text) => {
      err += text
    },
    readInput: async function* () {},
    isTerminal: false,
  })
  return { code, out, err }
}

describe('harvest', () => {
  it('S-043: prints one line per registry and what was set aside, and goes on when one fails', async () => {
    const { code, out, err } = await harvest(brokenAddress, address)
    expect(out).toMatch(
      /^ivo:\/\/example\.edu\/registry \(full\): 8 seen, 6 new, 0 changed, 0 deleted, 1 rejected, \d+\.\d s, [\d,]+ bytes\n2 registries: 2 red; 6 new, 0 changed, 0 deleted, 1 rejected\n$/,
    )
    expect(err).toContain(`${brokenAddress} cannot be harvested: it answered with HTTP status 404`)
    expect(err).toContain(
      `set aside: ${address} ivo://not.managed/x: ivo://example.edu/registry does not manage the authority not.managed`,
    )
    expect(code).toBe(6)
  })

  it('says who asks, with the mail address of the operator', () => {
    expect(userAgent).toMatch(/^Waymark\/\S+ harvest \(ivo:\/\/mast\.example\/registry; registry@mast\.example\)$/)
  })

  it('with --json prints one object per registry', async () => {
    const { code, out } = await harvest('--json', address, brokenAddress)
    const reports = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly baseUrl: string })
    const report = reports.find(({ baseUrl }) => baseUrl === address)
    const failure = reports.find(({ baseUrl }) => baseUrl === brokenAddress)
    expect(report).toMatchObject({
      registry: registryIvoid,
      baseUrl: address,
      extent: 'incremental',
      from: '2026-06-01',
    })
    expect(report).toMatchObject({ seen: 1, new: 0, rejected: [{ ivoid: 'ivo://not.managed/x' }] })
    expect(failure).toMatchObject({ baseUrl: brokenAddress, error: { kind: 'unavailable' } })
    expect(code).toBe(6)
  })

  it('holds back a full harvest that would remove too much, until that is confirmed', async () => {
    records.drop('ivo://example.edu/quasars')
    const held = await harvest('--full', address)
    expect(held).toMatchObject({ code: 5, out: '' })
    expect(held.err).toContain('would remove 1 of its 6 records (16.7 %')
    expect(held.err).toContain('--allow-removals 17')
    const confirmed = await harvest('--full', '--allow-removals', '17', address)
    expect(confirmed.out).toContain('1 deleted')
    expect(confirmed.code).toBe(0)
  })

  it('finds a registry by its IVOID: among those harvested before, else in the list of registries', async () => {
    const known = await harvest('--json', registryIvoid.toUpperCase().replace('IVO:', 'ivo:'))
    expect(JSON.parse(known.out)).toMatchObject({ baseUrl: address, extent: 'incremental' })
    const unknown = await harvest('ivo://nobody.example/registry', '--registry-of-registries', brokenAddress)
    expect(unknown.err).toContain(
      'ivo://nobody.example/registry is neither a registry among our records nor in the list',
    )
    expect(unknown.code).toBe(3)
  })

  it('--list names the registries that --all would ask, and says where the list is from', async () => {
    const { code, out, err } = await harvest('--list', '--registry-of-registries', brokenAddress)
    expect(err).toMatch(/HTTP status 404.*Using the list that came with the program, 44 registries\./)
    expect(out).toMatch(/^ivo:\/\/org\.gavo\.dc\/\S+ +http:\/\/dc\.zah\.uni-heidelberg\.de\/oai\.xml$/m)
    expect(code).toBe(0)
  })

  it.each([
    [['ftp://vo.example.org/oai'], 'is not the address of a registry'],
    [['vo.example.org'], 'is not the address of a registry'],
    [['https://vo.example.org/oai?verb=Identify'], 'without verb'],
    [['--allow-removals', 'all', 'https://vo.example.org/oai'], 'expected a number from 0 to 100'],
    [[], 'expected base URLs or IVOIDs, or --all'],
  ])('refuses %j with exit code 2', async (args, reason) => {
    const { code, err } = await harvest(...args)
    expect(err).toContain(reason)
    expect(code).toBe(2)
  })
})
