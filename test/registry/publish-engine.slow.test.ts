// Publishing into a real engine and asking OAI-PMH and the tables what came of it.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Row, sql } from '../../src/core/sql.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { EngineRecordStore } from '../../src/registry/engine-store.js'
import { openLedger } from '../../src/registry/ledger.js'
import type { BuiltResource } from '../../src/registry/publication.js'
import { publish } from '../../src/registry/publish.js'
import { findTombstones, purge } from '../../src/registry/purge.js'
import type { Companion } from '../../src/registry/record-store.js'
import { SqlRecordSource } from '../../src/registry/records.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { openOaiDoor } from '../support/oai-door.js'
import { registryResource, resource } from '../support/publishing.js'
import { registryIvoid } from '../support/sample-records.js'

let folder: string
let engine: DuckdbEngine
let records: SqlRecordSource
let now: Date
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-publish-'))
  engine = await DuckdbEngine.open({ folder: join(folder, 'generations') })
  records = new SqlRecordSource(engine)
  now = new Date('2026-05-01T08:00:00Z')
})
afterEach(async () => {
  await engine[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

function parts(companions: readonly Companion[] = []) {
  const store = new EngineRecordStore({
    engine,
    records,
    schemas: declaredSchemas(),
    registry: registryIvoid,
    companions,
  })
  return { ledger: openLedger(join(folder, 'ledger.json')), store, registry: registryIvoid, clock: () => now }
}

const publishAt = (time: string, resources: readonly BuiltResource[]) => {
  now = new Date(time)
  return publish(parts(), resources)
}

async function rows(query: ReturnType<typeof sql>): Promise<readonly Row[]> {
  const found: Row[] = []
  for await (const batch of engine.query(query)) found.push(...batch)
  return found
}

const generations = () => readdirSync(join(folder, 'generations')).filter((name) => name.endsWith('.duckdb'))

describe('publishing into DuckDB', () => {
  it('changes one datestamp for one change, makes no generation for none, and OAI-PMH tells it all', async () => {
    const door = await openOaiDoor(records)
    engine.onRenewed(() => door.renewed())
    await publishAt('2026-05-01T08:00:00Z', [registryResource, resource('a'), resource('b')])
    const list = 'verb=ListRecords&metadataPrefix=ivo_vor&set=ivo_managed'
    const first = (await door.ask(list)).text
    const files = generations()
    expect(await publishAt('2026-05-02T08:00:00Z', [registryResource, resource('a'), resource('b')])).toMatchObject({
      isRenewed: false,
    })
    expect([(await door.ask(list)).text, generations()]).toEqual([first, files])

    await publishAt('2026-05-03T08:00:00Z', [registryResource, resource('a', 'New title'), resource('b')])
    expect((await door.ask(`${list}&from=2026-05-01T08:00:01Z`)).identifiers).toEqual(['ivo://example.edu/a'])
    expect(await rows(sql`SELECT ivoid, res_title FROM rr.resource WHERE ivoid = 'ivo://example.edu/a'`)).toEqual([
      ['ivo://example.edu/a', 'New title'],
    ])

    await publishAt('2026-05-04T08:00:00Z', [registryResource, resource('b')])
    expect((await door.ask('verb=GetRecord&metadataPrefix=oai_dc&identifier=ivo://example.edu/a')).text).toContain(
      '<header status="deleted"><identifier>ivo://example.edu/a</identifier><datestamp>2026-05-04T08:00:00Z<',
    )
    expect(await rows(sql`SELECT count(*) FROM rr.resource WHERE ivoid = 'ivo://example.edu/a'`)).toEqual([[0]])
  })

  it('with the generations gone, serves the same bytes again', async () => {
    await publishAt('2026-05-01T08:00:00Z', [registryResource, resource('a')])
    await publishAt('2026-05-02T08:00:00Z', [registryResource, resource('b')])
    const before = (await (await openOaiDoor(records)).ask('verb=ListRecords&metadataPrefix=ivo_vor')).text
    await engine[Symbol.asyncDispose]()
    rmSync(join(folder, 'generations'), { recursive: true })
    engine = await DuckdbEngine.open({ folder: join(folder, 'generations') })
    records = new SqlRecordSource(engine)
    const report = await publishAt('2026-05-05T08:00:00Z', [registryResource, resource('b')])
    expect(report.restored).toHaveLength(3)
    const after = (await (await openOaiDoor(records)).ask('verb=ListRecords&metadataPrefix=ivo_vor')).text
    expect(after).toBe(before)
  })

  it('writes what is published beside the records, also when no record has changed', async () => {
    await publishAt('2026-05-01T08:00:00Z', [resource('a')])
    let isWritten = false
    const companion: Companion = {
      isCurrent: async () => isWritten,
      write: async (next) => {
        await next.run(sql`UPDATE rr.resource SET res_title = 'companion'`)
        isWritten = true
      },
    }
    const seen = await records.get('ivo://example.edu/a')
    now = new Date('2026-05-02T08:00:00Z')
    expect(await publish(parts([companion]), [resource('a')])).toMatchObject({ isRenewed: true, unchanged: 1 })
    expect(await rows(sql`SELECT res_title FROM rr.resource`)).toEqual([['companion']])
    expect((await records.get('ivo://example.edu/a'))?.datestamp).toBe(seen?.datestamp)
  })
})

describe('purge', () => {
  it('removes tombstones without a trace, after saying which, and nothing else', async () => {
    await publishAt('2026-05-01T08:00:00Z', [resource('a'), resource('test/one'), resource('test/two')])
    await publishAt('2026-05-02T08:00:00Z', [resource('a')])
    const found = await findTombstones(parts(), 'ivo://EXAMPLE.edu/test/*')
    expect(found).toEqual(['ivo://example.edu/test/one', 'ivo://example.edu/test/two'])
    const report = await purge(parts(), found, { isDryRun: true })
    expect(report.purged.map(({ ivoid, datestamp }) => [ivoid, datestamp])).toEqual([
      ['ivo://example.edu/test/one', '2026-05-02T08:00:00Z'],
      ['ivo://example.edu/test/two', '2026-05-02T08:00:00Z'],
    ])
    expect((await records.get('ivo://example.edu/test/one'))?.status).toBe('deleted')
    // What is still published, and what never was, is refused.
    await expect(purge(parts(), ['ivo://example.edu/a'], { isDryRun: true })).rejects.toMatchObject({ kind: 'usage' })
    await expect(purge(parts(), ['ivo://example.edu/x'], { isDryRun: true })).rejects.toMatchObject({
      kind: 'not-found',
    })

    await purge(parts(), ['ivo://example.edu/TEST/one'], { isDryRun: false })
    expect(await records.get('ivo://example.edu/test/one')).toBe(undefined)
    expect((await parts().ledger.read()).entries.has('ivo://example.edu/test/one')).toBe(false)
    expect((await records.get('ivo://example.edu/test/two'))?.status).toBe('deleted')
    // A datestamp once given out is never given out again.
    expect((await publishAt('2026-05-01T09:00:00Z', [resource('a', 'b')])).datestamp).toBe('2026-05-02T08:00:01Z')
  })
})
