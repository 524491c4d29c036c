// What `waymark validate --simulate` tells, and what pyvo and TOPCAT really take from the same records. With PYTHONPATH
// another pyvo than that of Debian can be tried: versions since 1.4 are asked for get_service("tap").
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClientChoice, ResourceChoices } from '../../src/regtap/client-choices.js'
import { awkwardServices } from '../support/awkward-services.js'
import { ask, cellsOf } from './answers.js'
import { type RunningServer, runWaymark, startServer } from './program.js'
import { clientFile, isInstalled, python, run } from './support.js'
import { hasTopcat, runTopcat } from './topcat.js'

const folder = mkdtempSync(join(tmpdir(), 'waymark-choices-'))
let server: RunningServer
let told: readonly ResourceChoices[]

beforeAll(async () => {
  const resources = join(folder, 'resources')
  // What ships, and the awkward ones beside it under the same registry, which manages whatever it publishes.
  cpSync('resources', resources, { recursive: true })
  const registry = join(resources, 'registry.yaml')
  writeFileSync(registry, readFileSync(registry, 'utf8').replace(/^managedAuthorities:.*$/m, ''))
  for (const [name, text] of Object.entries(awkwardServices))
    if (!['registry.yaml', 'regtap.yaml'].includes(name)) writeFileSync(join(resources, `awkward-${name}`), text)
  const simulated = await runWaymark('validate', '--resources', resources, '--simulate', '--format', 'json')
  told = (JSON.parse(simulated) as { choices: ResourceChoices[] }).choices
  expect(told.length).toBeGreaterThan(20)
  server = await startServer('--resources', resources, '--state', join(folder, 'state'))
}, 120_000)
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Choices of one client by lower-case IVOID; this registry's own service has its address from the settings. */
const choicesOf = (client: string): ReadonlyMap<string, ClientChoice> =>
  new Map(
    told.flatMap(({ ivoid, choices }) =>
      choices.filter((one) => one.client.startsWith(client)).map((one) => [ivoid.toLowerCase(), one] as const),
    ),
  )

const here = (url: string) => url.replace('http://localhost:8080', server.address)

describe.runIf(isInstalled('pyvo', python, ['-c', 'import pyvo']))('pyvo', () => {
  it('picks from every record what is told', async () => {
    const printed = await run(python, [clientFile('services.py'), ...told.map(({ ivoid }) => ivoid)], {
      IVOA_REGISTRY: `${server.address}/tap`,
    })
    const { way, version, answer } = JSON.parse(printed) as {
      way: 'get_service' | 'search'
      version: string
      answer: Record<string, unknown>
    }
    const isLax = /^1\.[45]/.test(version)
    const expected = [...choicesOf(way === 'search' ? 'pyvo 1.3' : isLax ? 'pyvo 1.4' : 'pyvo 1.6')].map(
      ([ivoid, choice]) => {
        const addresses = choice.accessUrls.map(here)
        if (way === 'search') return [ivoid, addresses]
        if (choice.outcome === 'picked') return [ivoid, { picked: addresses[0] }]
        const error = choice.outcome === 'refused' ? /^Multiple matching/ : /^No matching/
        return [ivoid, { refused: expect.stringMatching(error) }]
      },
    )
    expect(answer).toEqual(Object.fromEntries(expected))
    console.log(`pyvo ${version} agrees on ${expected.length} records (${way})`)
  })
})

describe.runIf(hasTopcat)('TOPCAT', () => {
  it('resolves every identifier to what is told', async () => {
    const rows = await runTopcat(`${server.address}/tap`, 'id', ...told.map(({ ivoid }) => ivoid))
    const found: Record<string, string[]> = {}
    for (const [ivoid = '', , accessUrl = ''] of rows) found[ivoid] = [...(found[ivoid] ?? []), accessUrl]
    const expected = [...choicesOf('TOPCAT: TAP window, by keyword')].filter(([, one]) => one.outcome !== 'none')
    const distinct = Object.entries(found).map(([ivoid, urls]) => [ivoid, [...new Set(urls)]])
    expect(Object.fromEntries(distinct)).toEqual(
      Object.fromEntries(expected.map(([ivoid, one]) => [ivoid, one.accessUrls.map(here)])),
    )
  })
})

describe('the queries of TOPCAT’s TAP window', () => {
  // As TOPCAT 4.8.7 and the development version send them, reduced to what they choose.
  const trees = {
    'TOPCAT: TAP window, tree': `SELECT DISTINCT ivoid, access_url FROM rr.resource NATURAL JOIN rr.capability NATURAL JOIN rr.interface
      WHERE standard_id = 'ivo://ivoa.net/std/tap'`,
    'TOPCAT since 2024': `SELECT DISTINCT ivoid, access_url FROM (SELECT svcid AS ivoid, COUNT(*) AS ntable FROM rr.tap_table GROUP BY svcid) AS tt
      NATURAL JOIN rr.resource NATURAL JOIN rr.capability NATURAL JOIN rr.interface
      WHERE standard_id = 'ivo://ivoa.net/std/tap' AND intf_type = 'vs:paramhttp'`,
  }

  it.each(Object.entries(trees))('find what is told: %s', async (client, query) => {
    const answer = await ask(`${server.address}/tap`, query)
    const text = (cell: string | undefined) => (cell ?? '').replaceAll(/<\/?TD>/g, '')
    const urls = cellsOf(answer, 'access_url').map(text)
    const found = cellsOf(answer, 'ivoid').map((cell, row) => `${text(cell)} ${urls[row]}`)
    const expected = [...choicesOf(client)]
      .filter(([, one]) => one.outcome !== 'none' && !one.why.includes('shown under'))
      .flatMap(([ivoid, one]) => one.accessUrls.map((url) => `${ivoid} ${here(url)}`))
    expect(found.toSorted()).toEqual(expected.toSorted())
  })
})
