// Debian's pyvo, told of the registry by IVOA_REGISTRY alone.
import { describe, expect, inject, it } from 'vitest'
import { platform, shippedCatalogs } from './catalogs.js'
import { clientFile, isInstalled, python, run } from './support.js'

const installed = isInstalled('pyvo', python, ['-c', 'import pyvo'])

describe.runIf(installed)('pyvo', () => {
  const ask = async (...args: string[]): Promise<unknown> =>
    JSON.parse(await run(python, [clientFile('resolve.py'), ...args], { IVOA_REGISTRY: `${inject('baseUrl')}/tap` }))

  it('resolves each of the twelve catalogs by IVOID to its present address', async () => {
    const expected = Object.fromEntries(shippedCatalogs.map((one) => [one.ivoid, [`${platform}${one.service}`]]))
    expect(await ask('ivoid', ...shippedCatalogs.map((one) => one.ivoid))).toEqual(expected)
  })

  it('finds each of the twelve catalogs by keyword', async () => {
    const found = (await ask('keywords', ...shippedCatalogs.map((one) => one.keyword))) as Record<
      string,
      { ivoid: string; accessUrl: string }[]
    >
    const addresses = shippedCatalogs.map(
      (one) => found[one.keyword]?.find((resource) => resource.ivoid === one.ivoid.toLowerCase())?.accessUrl,
    )
    expect(addresses).toEqual(shippedCatalogs.map((one) => `${platform}${one.service}`))
  })

  it('lists the tables of Gaia DR3', async () => {
    const tables = (await ask('tables', 'ivo://archive.stsci.edu/tap/gaiadr3')) as Record<string, string[]>
    expect(Object.keys(tables)).toContain('dbo.gaia_source')
    expect(tables['dbo.gaia_source']).toEqual(expect.arrayContaining(['source_id', 'ra', 'dec', 'parallax']))
  })

  it('reads capabilities, availability and tables of the service itself', async () => {
    const schema = (await ask('schema')) as { tables: string[]; hardlimit: number; available: boolean }
    expect(schema.available).toBe(true)
    expect(schema.hardlimit).toBeGreaterThan(0)
    expect(schema.tables).toEqual(expect.arrayContaining(['rr.resource', 'rr.stc_spatial', 'tap_schema.columns']))
  })
})
