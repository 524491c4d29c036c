// From nothing to a registry that clients use: init, validate, publish, serve; OAI-PMH and pyvo find what is there.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningServer, runWaymark, startServer } from './program.js'
import { clientFile, isInstalled, python, run } from './support.js'

const folder = mkdtempSync(join(tmpdir(), 'waymark-init-'))
const places = ['--resources', join(folder, 'resources'), '--state', join(folder, 'state')]
let server: RunningServer

beforeAll(async () => {
  await runWaymark('init', join(folder, 'resources'), '--yes', '--authority', 'archive.example.edu')
  expect(await runWaymark('validate', ...places)).toMatch(/^6 descriptors in .*: nothing to say\n$/)
  expect(await runWaymark('publish', ...places)).toContain('6 new')
  server = await startServer(...places)
}, 120_000)
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('a registry that init made', () => {
  it('identifies itself to harvesters, and lists its records', async () => {
    const answer = async (request: string) => (await fetch(`${server.address}/oai?${request}`)).text()
    expect(await answer('verb=Identify')).toMatch(/<identifier>ivo:\/\/archive\.example\.edu\/registry<\/identifier>/)
    const listed = (await answer('verb=ListRecords&metadataPrefix=ivo_vor')).match(/<ri:Resource /g)
    expect(listed).toHaveLength(6)
  })

  it.runIf(isInstalled('pyvo', python, ['-c', 'import pyvo']))('is searched by pyvo', async () => {
    const printed = await run(
      python,
      [clientFile('services.py'), 'ivo://archive.example.edu/tap', 'ivo://archive.example.edu/regtap'],
      { IVOA_REGISTRY: `${server.address}/tap` },
    )
    const { way, answer } = JSON.parse(printed) as { way: string; answer: unknown }
    const addresses = ['https://tap.archive.example.edu/tap', `${server.address}/tap`]
    const [service, own] = way === 'search' ? addresses.map((one) => [one]) : addresses.map((picked) => ({ picked }))
    expect(answer).toEqual({ 'ivo://archive.example.edu/tap': service, 'ivo://archive.example.edu/regtap': own })
  })
})
