// The history of published addresses: what begins, what ends, what stays.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../src/core/sql.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { prepareGeneration } from '../../src/registry/generation.js'
import { continueHistory, historyCompanion, publishedAddresses } from '../../src/registry/moves-history.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { buildRecord } from '../../src/voresource/build.js'
import { stamp } from '../support/sample-records.js'

const record = (accessUrl: string): string =>
  buildRecord(
    {
      type: 'vs:CatalogService',
      ivoid: 'ivo://example.edu/Tap',
      title: 'Stars',
      description: 'Some <tableset> of stars.',
      referenceUrl: 'https://example.edu/',
      subjects: ['stars'],
      publisher: 'Example',
      creators: ['Example'],
      contacts: [{ name: 'Help', email: 'help@example.edu' }],
      capabilities: [
        {
          type: 'tr:TableAccess',
          accessUrl,
          endpoints: ['capabilities', 'availability', 'examples'],
          languages: [{ name: 'ADQL', versions: ['2.0'] }],
          outputFormats: ['application/x-votable+xml'],
        },
      ],
      tableset: { schemas: [{ name: 's', tables: [{ name: 's.t', columns: [{ name: 'c' }] }] }] },
    },
    { self: { baseUrl: 'http://localhost:8080' } },
  )

const address = {
  ivoid: 'ivo://example.edu/tap',
  standardId: 'ivo://ivoa.net/std/tap',
  accessUrl: 'https://example.edu/tap',
}

describe('the addresses of a record', () => {
  it('are those of its services, without VOSI and examples', () => {
    expect(publishedAddresses('ivo://example.edu/Tap', record('https://example.edu/tap'))).toEqual([address])
  })
})

describe('the history', () => {
  const first = stamp('2026-01-01T00:00:00Z')
  const second = stamp('2026-02-01T00:00:00Z')
  const third = stamp('2026-03-01T00:00:00Z')
  const moved = { ...address, accessUrl: 'https://new.example.edu/tap' }

  it('does not change while nothing moves', () => {
    const begun = continueHistory([], [address], first)
    expect(begun).toEqual([{ ...address, from: first }])
    expect(continueHistory(begun, [address], second)).toEqual(begun)
  })

  it('ends one address and begins another when a service moves', () => {
    expect(continueHistory([{ ...address, from: first }], [moved], second)).toEqual([
      { ...address, from: first, until: second },
      { ...moved, from: second },
    ])
  })

  it('tells of an address that comes back as of a new one', () => {
    const gone = continueHistory([{ ...address, from: first }], [], second)
    expect(continueHistory(gone, [address], third)).toEqual([
      { ...address, from: first, until: second },
      { ...address, from: third },
    ])
  })
})

describe('publishing it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-history-'))
  const path = join(folder, 'state', 'address-history.json')
  const schemas = declaredSchemas()
  let engine: DuckdbEngine
  beforeAll(async () => {
    engine = await DuckdbEngine.open({ folder: join(folder, 'generations') })
  }, 60_000)
  afterAll(async () => engine[Symbol.asyncDispose]())

  const companion = (accessUrl: string, now: string) =>
    historyCompanion({
      path,
      engine,
      schemas,
      clock: () => new Date(now),
      built: [{ ivoid: 'ivo://example.edu/Tap', xml: record(accessUrl) }],
    })
  const publish = (one: ReturnType<typeof companion>) =>
    engine.renew(async (next) => {
      await prepareGeneration(next, schemas)
      await one.write(next)
    })
  const rows = async () => {
    const found: unknown[] = []
    for await (const batch of engine.query(
      sql`SELECT access_url, published_until IS NULL FROM waymark.access_url_history ORDER BY published_from`,
    ))
      found.push(...batch)
    return found
  }

  it('fills the table, and is current until an address changes', async () => {
    await publish(companion('https://example.edu/tap', '2026-01-01T00:00:00Z'))
    expect(await rows()).toEqual([['https://example.edu/tap', true]])
    expect(await companion('https://example.edu/tap', '2026-05-01T00:00:00Z').isCurrent()).toBe(true)
    const moved = companion('https://new.example.edu/tap', '2026-06-01T00:00:00Z')
    expect(await moved.isCurrent()).toBe(false)
    await publish(moved)
    expect(await rows()).toEqual([
      ['https://example.edu/tap', false],
      ['https://new.example.edu/tap', true],
    ])
    expect(await moved.isCurrent()).toBe(true)
  })

  it('refuses a damaged file and leaves it as it is', async () => {
    writeFileSync(path, '{"version":1,"addresses":[{"ivoid":1}]}')
    await expect(companion('https://example.edu/tap', '2026-07-01T00:00:00Z').isCurrent()).rejects.toThrow(/is damaged/)
    writeFileSync(path, '{"version":')
    await expect(companion('https://example.edu/tap', '2026-07-01T00:00:00Z').isCurrent()).rejects.toThrow(/is damaged/)
    expect(readFileSync(path, 'utf8')).toBe('{"version":')
  })
})
