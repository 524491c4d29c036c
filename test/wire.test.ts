// Settings reach the parts that they are for.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../src/config.js'
import { buildResources, checkResources, openRegistry } from '../src/wire.js'

it('hosts for uploads reach the doors, and a wrong one stops the start', async () => {
  const state = mkdtempSync(join(tmpdir(), 'waymark-wire-'))
  try {
    const settings = { WAYMARK_STATE: state, WAYMARK_LOG: 'silent' }
    await using open = await openRegistry(readConfig({ uploadHosts: 'Localhost:8090, files' }, settings))
    expect(open.registry.uploadHosts).toEqual(['localhost:8090', 'files'])
    await expect(openRegistry(readConfig({ uploadHosts: 'http://files' }, settings))).rejects.toMatchObject({
      kind: 'usage',
    })
  } finally {
    rmSync(state, { recursive: true, force: true })
  }
})

describe('the RegTAP data model', () => {
  /** Identifiers of the data models in the record of the shipped registry's TAP service, the registry being full or not. */
  async function announced(full: boolean): Promise<readonly string[]> {
    const config = readConfig({ logLevel: 'silent' }, {})
    const { descriptors } = await checkResources(config)
    const changed = descriptors.map((one) =>
      one.descriptor.type === 'vg:Registry' ? { ...one, descriptor: { ...one.descriptor, full } } : one,
    )
    const search = buildResources(changed, config).find(({ ivoid }) => ivoid === 'ivo://mast.example/regtap')
    return [...(search?.xml ?? '').matchAll(/<dataModel ivo-id="([^"]*)"/g)].map((match) => match[1] ?? '')
  }

  it('M-125: is announced by a registry that is full, and by no other', async () => {
    expect(await announced(false)).toEqual([])
    // Version 1.0 as well: TOPCAT asks for it.
    expect(await announced(true)).toEqual(
      expect.arrayContaining(['ivo://ivoa.net/std/RegTAP#1.0', 'ivo://ivoa.net/std/RegTAP#1.2']),
    )
  })
})
