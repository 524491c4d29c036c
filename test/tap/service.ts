// A TAP service over a real engine holding a small family of records; asked without a port.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { pino } from 'pino'
import type { Config } from '../../src/config.js'
import { readConfig } from '../../src/config.js'
import type { ResourceRecord } from '../../src/core/record.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { type TapRegistry, tapPlugin } from '../../src/http/tap.js'
import { prepareGeneration } from '../../src/registry/generation.js'
import { ingestRecords } from '../../src/registry/ingest.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { sampleRecord, sampleRecords } from '../support/sample-records.js'

export interface TestService extends AsyncDisposable {
  readonly app: FastifyInstance
  readonly engine: DuckdbEngine
  readonly registry: TapRegistry
  readonly state: string
}

export const tables = declaredSchemas()
const baseUrl = 'http://localhost:8080'

/** The record of the TAP service itself, and catalogs to search for. */
export const records: readonly ResourceRecord[] = [
  ...sampleRecords(true),
  sampleRecord({
    ivoid: 'ivo://example.edu/tap',
    title: 'Example TAP service',
    type: 'vs:CatalogService',
    datestamp: '2026-03-05T06:07:08Z',
    rest: `<capability xmlns:tr="http://www.ivoa.net/xml/TAPRegExt/v1.0" standardID="ivo://ivoa.net/std/TAP" xsi:type="tr:TableAccess"><interface role="std" version="1.1" xsi:type="vs:ParamHTTP"><accessURL use="base">${baseUrl}/tap</accessURL></interface><language><name>ADQL</name><version ivo-id="ivo://ivoa.net/std/ADQL#v2.1">2.1</version><description>ADQL</description></language><outputFormat><mime>application/x-votable+xml</mime></outputFormat></capability>
<capability standardID="ivo://ivoa.net/std/VOSI#capabilities"><interface xsi:type="vs:ParamHTTP" role="std"><accessURL use="full">${baseUrl}/tap/capabilities</accessURL></interface></capability>
`,
  }),
  sampleRecord({
    ivoid: 'ivo://example.edu/redshifts',
    title: 'Grüße: a catalog of redshifts',
    subject: 'redshifted',
    rest: `<capability standardID="ivo://ivoa.net/std/ConeSearch"><interface xsi:type="vs:ParamHTTP" role="std"><accessURL use="base">https://example.edu/cone?</accessURL></interface></capability>
<coverage><waveband>Optical</waveband><waveband>Infrared</waveband></coverage>
<tableset><schema><name>default</name><table><name>redshifts</name><description>Galaxies</description><column><name>z</name><ucd>src.redshift</ucd></column><column><name>ra</name><unit>deg</unit><ucd>pos.eq.ra;meta.main</ucd></column></table></schema></tableset>
`,
  }),
]

/** An engine with all tables and the given records. */
export async function filledEngine(folder: string, given: readonly ResourceRecord[]): Promise<DuckdbEngine> {
  const engine = await DuckdbEngine.open({ folder })
  await engine.renew(
    async (next) => {
      await prepareGeneration(next, tables)
      await ingestRecords(next, given, { schemas: tables })
    },
    { fresh: true },
  )
  return engine
}

/** Opens the service; `parts` may put something of its own around the engine. Close it with `await using` or in afterAll. */
export async function openService(
  settings: Partial<Config> = {},
  parts: (engine: DuckdbEngine) => Partial<TapRegistry> = () => ({}),
): Promise<TestService> {
  const state = mkdtempSync(join(tmpdir(), 'waymark-tap-'))
  const engine = await filledEngine(join(state, 'generations'), records)
  const config = { ...readConfig({ state, port: 8080 }, {}), ...settings }
  const own = records.find((record) => record.ivoid === 'ivo://example.edu/tap')
  const registry: TapRegistry = {
    config,
    clock: () => new Date(),
    log: pino({ level: 'silent' }),
    engine,
    tables,
    tapRecord: async () => (own?.status === 'active' ? own : undefined),
    ...parts(engine),
  }
  const app = Fastify({ forceCloseConnections: true })
  await app.register(tapPlugin, { prefix: '/tap', registry })
  return {
    app,
    engine,
    registry,
    state,
    [Symbol.asyncDispose]: async () => {
      await app.close()
      await engine[Symbol.asyncDispose]()
      rmSync(state, { recursive: true, force: true })
    },
  }
}
