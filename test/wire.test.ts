// Settings reach the parts that they are for.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readConfig } from '../src/config.js'
import { openRegistry } from '../src/wire.js'

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
