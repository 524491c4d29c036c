// TOPCAT's registry classes, as its windows use them.
import { describe, expect, inject, it } from 'vitest'
import { platform, shippedCatalogs } from './catalogs.js'
import { clientFile, isInstalled, run } from './support.js'

const jars = ['vo', 'table', 'registry', 'util', 'votable', 'auth', 'fits', 'task', 'ttools', 'topcat']
  .map((name) => `/usr/share/java/starlink-${name}.jar`)
  .concat('/usr/share/java/topcat.jar', '/usr/share/java/ttools.jar', '/usr/share/java/stil.jar')
  .join(':')
const installed = isInstalled('TOPCAT with a Java compiler', 'javap', [
  '-cp',
  jars,
  'uk.ac.starlink.vo.RegistryProtocol',
])

describe.runIf(installed)('TOPCAT', () => {
  const ask = async (...args: string[]): Promise<string[][]> => {
    const printed = await run('java', [
      '-Djava.awt.headless=true',
      '-cp',
      jars,
      clientFile('TopcatRegistry.java'),
      `${inject('baseUrl')}/tap`,
      ...args,
    ])
    return printed
      .trim()
      .split('\n')
      .map((line) => line.split('\t'))
  }

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
