// Harvesting into PostgreSQL, where what is private is closed to the role that strangers' queries run as.
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseIvoid } from '../../src/core/ivoid.js'
import { PostgresqlEngine } from '../../src/engines/postgresql.js'
import { harvestRegistry } from '../../src/registry/harvest.js'
import { listQuarantined } from '../../src/registry/quarantine.js'
import { SqlRecordSource } from '../../src/registry/records.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { MemoryRecords } from '../support/memory-records.js'
import { openOaiDoor } from '../support/oai-door.js'
import { PostgresqlServer, postgresqlPrograms } from '../support/postgresql.js'
import { registryIvoid, sampleRecord, sampleRecords } from '../support/sample-records.js'

const programs = postgresqlPrograms()

describe.runIf(programs !== undefined)('a harvest into PostgreSQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-harvest-'))
  let server: PostgresqlServer
  let engine: PostgresqlEngine

  beforeAll(async () => {
    server = await PostgresqlServer.start(programs ?? '')
    engine = await PostgresqlEngine.open({ databaseUrl: await server.createDatabase() })
  }, 60_000)
  afterAll(async () => {
    await engine[Symbol.asyncDispose]()
    await server.stop()
    rmSync(folder, { recursive: true })
  }, 60_000)

  it('goes from everything to what has changed to what vanished, and sets aside what is not to be taken', async () => {
    const records = new MemoryRecords().put(
      ...sampleRecords(),
      sampleRecord({ ivoid: 'ivo://not.managed/x', title: 'X', datestamp: '2026-06-01T01:00:00Z' }),
    )
    const door = await openOaiDoor(records)
    await door.app.listen({ port: 0, host: '127.0.0.1' })
    const address = `http://127.0.0.1:${(door.app.server.address() as AddressInfo).port}/oai`
    const harvest = (isFull: boolean) =>
      harvestRegistry(
        {
          engine,
          schemas: declaredSchemas(),
          own: parseIvoid('ivo://own.example/registry'),
          ownAuthorities: ['own.example'],
          clock: () => new Date('2026-11-22T10:00:00Z'),
          client: { fetch, userAgent: 'Waymark test' },
          spool: join(folder, 'harvests'),
          history: join(folder, 'history.ndjson'),
        },
        address,
        { isFull, allowRemovalsPercent: 50 },
      )
    try {
      expect(await harvest(false)).toMatchObject({ extent: 'full', seen: 8, new: 6 })
      records.put(sampleRecord({ ivoid: 'ivo://example.edu/quasars', title: 'Q', datestamp: '2026-06-01T02:00:00Z' }))
      expect(await harvest(false)).toMatchObject({ extent: 'incremental', seen: 2, new: 0, changed: 1 })
      expect(await listQuarantined(engine)).toMatchObject([{ source: address, ivoid: 'ivo://not.managed/x' }])
      records.drop('ivo://example.edu/quasars')
      expect(await harvest(true)).toMatchObject({ extent: 'full', deleted: 1 })
      const store = new SqlRecordSource(engine)
      expect((await store.get('ivo://example.edu/quasars'))?.status).toBe('deleted')
      expect((await store.list({ isPublisher: true }, undefined, 10)).map(({ ivoid }) => ivoid)).toEqual([
        registryIvoid,
      ])
    } finally {
      await door.app.close()
    }
  }, 60_000)
})
