// Settings that name a snapshot → a registry object like any other, of which nothing can be published.
import { join } from 'node:path'
import type { Config } from '../config.js'
import { systemClock } from '../core/clock.js'
import { DuckdbEngine } from '../engines/duckdb.js'
import { duckdbOptions } from '../engines/index.js'
import type { GenerationFacts } from '../registry/generation-facts.js'
import { SqlRecordSource } from '../registry/records.js'
import type { Registry } from '../registry/registry.js'
import { Replica, type ReplicaNews } from '../registry/replica.js'
import { replicatedTapRecord, withReplicaAddress } from '../registry/replica-addresses.js'
import { openSource } from '../registry/snapshot-source.js'
import { declaredSchemas } from '../tables/declared.js'
import { readUploadHosts } from '../tap/upload-hosts.js'
import { createLog } from '../wire.js'

/** How often a replica looks at the file of its snapshot. */
const fileLookSeconds = 2

/** A registry that is a copy of another one, and follows it. */
export interface OpenReplica extends AsyncDisposable {
  readonly registry: Registry
  readonly replica: Replica
  /** What the snapshot said of itself when the replica was opened. */
  readonly facts: GenerationFacts
}

export interface ReplicaOptions {
  readonly processes: number
  readonly fetch: typeof fetch
  readonly userAgent: string
  readonly onNews: (news: ReplicaNews) => void
}

/**
 * Opens a replica of the snapshot that the settings name, in a folder of its own below the state. Throws what failed
 * when there is no snapshot to serve.
 */
export async function openReplica(given: Config, options: ReplicaOptions): Promise<OpenReplica> {
  const config = { ...given, state: join(given.state, 'replica') }
  const uploadHosts = readUploadHosts(config.uploadHosts)
  const { fetch, userAgent, onNews } = options
  const source = openSource(config.snapshot, { fetch, userAgent, maxBytes: config.snapshotLimitBytes })
  const engine = await DuckdbEngine.open(
    duckdbOptions({
      state: config.state,
      processes: options.processes,
      queriesEach: config.engineQueries,
      memoryMegabytes: config.engineMemoryMegabytes,
      answerMegabytes: config.answerCacheMegabytes,
      earlierGenerations: 1,
    }),
  )
  const tables = declaredSchemas()
  const isFile = !/^https?:/i.test(config.snapshot)
  const replica = new Replica({
    engine,
    source,
    schemas: tables,
    folder: join(config.state, 'incoming'),
    // A file beside us can be looked at often.
    pollSeconds: isFile ? fileLookSeconds : Math.max(1, config.snapshotPollSeconds),
    onNews,
  })
  const close = async () => {
    await replica[Symbol.asyncDispose]()
    await engine[Symbol.asyncDispose]()
  }
  try {
    const facts = await replica.begin()
    const records = new SqlRecordSource(engine)
    const registry: Registry = {
      config,
      clock: systemClock,
      log: createLog(config),
      ivoid: facts.registry,
      engine,
      tables,
      records,
      uploadHosts,
      tapRecord: () => replicatedTapRecord(engine, records, config.baseUrl),
      asServedHere: (xml) => withReplicaAddress(engine, xml, config.baseUrl),
    }
    return { registry, replica, facts, [Symbol.asyncDispose]: close }
  } catch (thrown) {
    await close()
    throw thrown
  }
}
