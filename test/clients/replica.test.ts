// pyvo at a replica: it finds what it finds at the source.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { platform, shippedCatalogs } from './catalogs.js'
import { type RunningServer, runWaymark, startServer } from './program.js'
import { clientFile, isInstalled, python, run } from './support.js'

const installed = isInstalled('pyvo', python, ['-c', 'import pyvo'])

describe.runIf(installed)('pyvo at a replica', () => {
  let folder: string
  let replica: RunningServer
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waymark-replica-'))
    const snapshot = join(folder, 'registry.duckdb')
    await runWaymark('publish', '--state', join(folder, 'source'))
    await runWaymark('snapshot', snapshot, '--state', join(folder, 'source'))
    replica = await startServer('--snapshot', snapshot, '--state', join(folder, 'replica'))
  }, 120_000)
  afterAll(async () => {
    await replica.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const ask = async (...args: string[]): Promise<unknown> =>
    JSON.parse(await run(python, [clientFile('resolve.py'), ...args], { IVOA_REGISTRY: `${replica.address}/tap` }))

  it('resolves each of the twelve catalogs by IVOID to its present address', async () => {
    const expected = Object.fromEntries(shippedCatalogs.map((one) => [one.ivoid, [`${platform}${one.service}`]]))
    expect(await ask('ivoid', ...shippedCatalogs.map((one) => one.ivoid))).toEqual(expected)
  })

  it('reads capabilities, availability and tables of the replica itself', async () => {
    const schema = (await ask('schema')) as { tables: string[]; hardlimit: number; available: boolean }
    expect(schema.available).toBe(true)
    expect(schema.hardlimit).toBeGreaterThan(0)
    expect(schema.tables).toEqual(expect.arrayContaining(['rr.resource', 'tap_schema.columns']))
  })
})
