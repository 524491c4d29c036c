// TOPCAT's registry classes, as its windows use them.
import { describe, expect, inject, it } from 'vitest'
import { platform, shippedCatalogs } from './catalogs.js'
import { hasTopcat, runTopcat } from './topcat.js'

describe.runIf(hasTopcat)('TOPCAT', () => {
  const ask = (...args: string[]) => runTopcat(`${inject('baseUrl')}/tap`, ...args)

  it('finds Gaia DR3 by a word and gets its present address, contact and publisher', async () => {
    const rows = await ask('tap', 'gaia')
    const row = rows.find(([ivoid]) => ivoid === 'ivo://archive.stsci.edu/tap/gaiadr3')
    expect(row?.[2]).toBe(`${platform}gaiadr3`)
    expect(row?.[3]).toContain('archive@stsci.edu')
    expect(row?.[4]).not.toBe('null')
  })

  it('resolves all twelve catalogs by identifier', async () => {
    const rows = await ask('id', ...shippedCatalogs.map((one) => one.ivoid))
    const addresses = Object.fromEntries(rows.map(([ivoid, , accessUrl]) => [ivoid, accessUrl]))
    expect(addresses).toEqual(
      Object.fromEntries(shippedCatalogs.map((one) => [one.ivoid.toLowerCase(), `${platform}${one.service}`])),
    )
  })
})
