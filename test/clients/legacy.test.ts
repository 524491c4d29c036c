// pyvo with a written-down former address, in each mode of a former host; the present address is a running Waymark.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { pino } from 'pino'
import { describe, expect, inject, it } from 'vitest'
import { addLegacyHosts } from '../../src/http/legacy.js'
import { readLegacySettings } from '../../src/registry/legacy-settings.js'
import { indexMoves, type MoveData } from '../../src/registry/moves-lookup.js'
import { clientFile, isInstalled, python, run } from './support.js'

const hasPyvo = isInstalled('pyvo', python, ['-c', 'import pyvo'])

/** What pyvo prints at the former address. */
async function atFormerAddress(mode: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-former-'))
  const present = `${inject('baseUrl')}/tap`
  const data: MoveData = {
    addresses: [
      {
        ivoid: 'ivo://example.edu/tap',
        standardId: null,
        formerUrl: 'http://127.0.0.1/OLD/TapService.aspx',
        nextUrl: present,
        closed: '2025-06-26',
        kind: 'service',
        moveId: null,
        note: null,
      },
    ],
    moves: [],
    changes: [],
    present: [],
  }
  const settings = readLegacySettings(mode)
  if (settings === undefined) throw new TypeError('a mode is needed')
  const app = Fastify()
  await addLegacyHosts(app, {
    settings,
    baseUrl: 'http://registry.example',
    hitsPath: join(folder, 'legacy-hits.json'),
    bodyBytes: 1_000_000,
    clock: () => new Date(),
    log: pino({ level: 'silent' }),
    moves: async () => ({ data, index: indexMoves(data) }),
    site: async () => ({ baseUrl: 'http://registry.example', title: 'Test', ivoid: 'ivo://example.edu/registry' }),
  })
  try {
    const base = await app.listen({ port: 0, host: '127.0.0.1' })
    return await run(python, [clientFile('former-host.py'), `${base}/OLD/TapService.aspx`])
  } finally {
    await app.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

describe.runIf(hasPyvo)('pyvo at a former address', () => {
  it.each(['redirect', 'proxy'])('runs a query and a job (%s)', async (mode) => {
    expect(await atFormerAddress(mode)).toBe('sync 3\njob COMPLETED 3\n')
  })

  it('shows its user where the service has gone (error)', async () => {
    expect(await atFormerAddress('error')).toMatch(/^refused .*The service is now at http:.*\/tap/)
  })
})
