// The doors for people over a real engine that holds the shipped resources and moves; asked without a port.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { readConfig } from '../../src/config.js'
import { parseIvoid } from '../../src/core/ivoid.js'
import { projectPath } from '../../src/core/project-files.js'
import type { ResourceRecord } from '../../src/core/record.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { movedProtocol } from '../../src/http/moved.js'
import { pagesProtocol } from '../../src/http/pages.js'
import { documentsCompanion } from '../../src/registry/documents-companion.js'
import { prepareGeneration } from '../../src/registry/generation.js'
import { ingestRecords } from '../../src/registry/ingest.js'
import { movesCompanion } from '../../src/registry/moves-companion.js'
import { loadMoves } from '../../src/registry/moves-file.js'
import { collectMoves } from '../../src/registry/moves-rows.js'
import { movableResources } from '../../src/registry/moves-source.js'
import type { Registry } from '../../src/registry/registry.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { buildRecord } from '../../src/voresource/build.js'
import { loadResources } from '../../src/voresource/load.js'
import { MemoryRecords } from '../support/memory-records.js'
import { stamp } from '../support/sample-records.js'

export interface PageDoor extends AsyncDisposable {
  readonly app: FastifyInstance
  readonly registry: Registry
}

/** Opens the doors. Close them in afterAll. */
export async function openPageDoor(baseUrl = 'http://localhost:8080'): Promise<PageDoor> {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-pages-'))
  const tables = declaredSchemas()
  const engine = await DuckdbEngine.open({ folder })
  const resources = projectPath('resources')
  const { descriptors } = await loadResources(resources)
  const { moves } = await loadMoves(resources)
  const published = stamp('2026-04-01T12:00:00Z')
  const ivoid = parseIvoid('ivo://mast.example/registry')
  const built = descriptors.map((one) => ({
    ...one,
    xml: buildRecord(one.descriptor, { self: { baseUrl, tables } }, { created: published, updated: published }),
  }))
  const records: readonly ResourceRecord[] = [
    ...built.map((one) => ({
      ivoid: one.ivoid,
      datestamp: published,
      origin: ivoid,
      status: 'active' as const,
      xml: one.xml,
    })),
    { ivoid: parseIvoid('ivo://mast.example/tap/Withdrawn'), datestamp: published, origin: ivoid, status: 'deleted' },
  ]
  const companions = [
    movesCompanion(collectMoves(movableResources(built), moves), engine, tables),
    documentsCompanion(built, engine, tables),
  ]
  await engine.renew(
    async (next) => {
      await prepareGeneration(next, tables)
      await ingestRecords(next, records, { schemas: tables, own: ivoid })
      for (const companion of companions) await companion.write(next)
    },
    { fresh: true },
  )
  const registry: Registry = {
    config: { ...readConfig({ baseUrl, state: folder }, {}) },
    clock: () => new Date('2026-05-01T08:00:00Z'),
    log: pino({ level: 'silent' }),
    ivoid,
    engine,
    tables,
    records: new MemoryRecords().put(...records),
    tapRecord: async () => undefined,
  }
  const app = Fastify()
  for (const protocol of [pagesProtocol, movedProtocol])
    await app.register(protocol.plugin, { prefix: protocol.prefix, registry })
  return {
    app,
    registry,
    [Symbol.asyncDispose]: async () => {
      await app.close()
      await engine[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
