// A move as an operator carries it out: publish, apply the move, publish again. Same IVOIDs, new addresses, exactly
// the changed datestamps, and every old address leads to the present one.
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readConfig } from '../../src/config.js'
import { sql } from '../../src/core/sql.js'
import { applyMove, planMove, readMoveFile } from '../../src/registry/moves-plan.js'
import { openRegistry } from '../../src/wire.js'

const base = mkdtempSync(join(tmpdir(), 'waymark-replay-'))
const resources = join(base, 'resources')
const catalogs = ['ps1dr2tap', 'tic', 'classy']
const parts = [
  'site.yaml',
  'registry.yaml',
  'regtap.yaml',
  'authority.yaml',
  'organisation.yaml',
  'mast/defaults.yaml',
  'mast/authority.yaml',
  'mast/tables',
  'moves',
  ...catalogs.map((name) => `mast/${name}.yaml`),
]
const moveFile = join(base, '2026-mast-catalogs.yaml')
const target = 'https://mast.stsci.edu/vo-tap/api/v0.1/mast_catalogs'

/** Publishes and gives what a harvester and a client see. */
async function publishAt(time: string) {
  const config = readConfig({ resources, state: join(base, 'state'), logLevel: 'silent' }, {})
  await using open = await openRegistry(config, { clock: () => new Date(time) })
  const report = await open.publish()
  const rows = async (query: ReturnType<typeof sql>) => {
    const found: unknown[] = []
    for await (const batch of open.registry.engine.query(query)) found.push(...batch)
    return found
  }
  return {
    changed: [...report.changed].sort(),
    others: report.new.length + report.deleted.length + report.returned.length,
    datestamps: await rows(sql`SELECT ivoid, datestamp FROM x.record ORDER BY ivoid`),
    addresses: await rows(
      sql`SELECT DISTINCT i.ivoid, i.access_url FROM rr.interface i JOIN rr.capability c ON i.ivoid = c.ivoid AND i.cap_index = c.cap_index
          WHERE c.standard_id = 'ivo://ivoa.net/std/tap' AND i.ivoid LIKE '%ps1dr2%'`,
    ),
    moved: await rows(
      sql`SELECT DISTINCT former_key, access_url FROM waymark.moved_access_url WHERE ivoid = 'ivo://archive.stsci.edu/ps1dr2tap' AND kind = 'service' ORDER BY former_key`,
    ),
    history: await rows(
      sql`SELECT access_url, published_until IS NULL FROM waymark.access_url_history WHERE ivoid = 'ivo://archive.stsci.edu/ps1dr2tap' ORDER BY published_from`,
    ),
  }
}

it('moves two services and touches nothing else', async () => {
  for (const part of parts) cpSync(join('resources', part), join(resources, part), { recursive: true })
  writeFileSync(
    moveFile,
    `move: 2026-mast-catalogs
title: Large catalogs move into one service
addresses:
  - { former: ['https://mast.stsci.edu/vo-tap/api/v0.1/ps1dr2'], present: '${target}' }
  - { former: ['https://mast.stsci.edu/vo-tap/api/v0.1/tic'], present: '${target}' }
`,
  )
  const before = await publishAt('2026-05-01T08:00:00Z')
  expect(before.addresses).toEqual([
    ['ivo://archive.stsci.edu/ps1dr2tap', 'https://mast.stsci.edu/vo-tap/api/v0.1/ps1dr2'],
  ])

  await applyMove(resources, await planMove(resources, await readMoveFile(moveFile)), moveFile)
  const after = await publishAt('2026-06-01T08:00:00Z')

  expect(after).toMatchObject({
    changed: ['ivo://archive.stsci.edu/ps1dr2tap', 'ivo://mast.example/tap/tic'],
    others: 0,
  })
  expect(after.addresses).toEqual([['ivo://archive.stsci.edu/ps1dr2tap', target]])
  const kept = after.datestamps.filter((row) => JSON.stringify(row).includes('2026-05-01'))
  expect(kept).toHaveLength(before.datestamps.length - 2)
  expect(after.moved).toEqual([
    ['mast.stsci.edu/vo-tap/api/v0.1/ps1dr2', target],
    ['vao.stsci.edu/ps1dr2/tapservice.aspx', target],
  ])
  expect(after.history).toEqual([
    ['https://mast.stsci.edu/vo-tap/api/v0.1/ps1dr2', false],
    [target, true],
  ])
  // Without a change nothing is written.
  expect(await publishAt('2026-07-01T08:00:00Z')).toMatchObject({
    changed: [],
    others: 0,
    datestamps: after.datestamps,
  })
}, 120_000)
