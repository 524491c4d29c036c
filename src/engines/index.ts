// The list of SQL engines; the setting `engine` names one of them.
import { join } from 'node:path'
import { RegistryError } from '../core/errors.js'
import { DuckdbEngine, type DuckdbOptions } from './duckdb.js'
import type { Engine, Transaction, WritableEngine } from './engine.js'

/** What an engine may need of the settings; each takes what concerns it. */
export interface EngineOptions {
  /** Folder of the registry's state: DuckDB keeps its generations below it. */
  readonly state: string
  /** Address of the PostgreSQL database. */
  readonly databaseUrl?: string
  /** Processes for strangers' queries; 0 runs them in this process, for commands that have no strangers. */
  readonly processes?: number
  /** Queries of strangers that run at the same time in each of them. */
  readonly queriesEach?: number
  /** Memory of one engine process; what the writer may use follows from it. */
  readonly memoryMegabytes?: number
  /** Disk space for answers to queries of strangers that come again; 0 keeps none. */
  readonly answerMegabytes?: number
  /** The built engines/pool-worker.js, for tests that run the sources. */
  readonly workerFile?: string
  /** Asked before renewed tables serve; throws to refuse them. */
  readonly check?: (candidate: Pick<Engine, 'query'>) => Promise<void>
  /** Adds to each next state before it is tested; told what makes it. */
  readonly complete?: (next: Transaction, madeBy: string) => Promise<void>
  /** Generations to keep beside the one in use, where the engine keeps any. */
  readonly earlierGenerations?: number
}

export interface EngineType {
  readonly name: string
  open(options: EngineOptions): Promise<WritableEngine>
}

export const engines: readonly EngineType[] = [
  {
    name: 'duckdb',
    open: (options) => DuckdbEngine.open(duckdbOptions(options)),
  },
  {
    name: 'postgresql',
    open: async ({ databaseUrl = '', check, complete }) => {
      // Loaded by who uses it only: every start would wait for the client library.
      const { PostgresqlEngine } = await import('./postgresql.js')
      return PostgresqlEngine.open({
        databaseUrl,
        ...(check === undefined ? {} : { check }),
        ...(complete === undefined ? {} : { complete }),
      })
    },
  },
]

/** What the writer may use, and enough for all of the VO. */
const leastOwnMegabytes = 600
/** The same as a share of an engine process's memory, for registries that need more and are given more. */
const ownShare = 0.6

/** What concerns DuckDB of the settings. */
export function duckdbOptions(options: EngineOptions): DuckdbOptions {
  const {
    state,
    check,
    complete,
    earlierGenerations,
    processes = 0,
    queriesEach,
    memoryMegabytes = 1000,
    answerMegabytes = 0,
    workerFile,
  } = options
  return {
    folder: join(state, 'generations'),
    memoryMegabytes: Math.max(leastOwnMegabytes, Math.round(memoryMegabytes * ownShare)),
    pool: {
      processes,
      memoryMegabytes,
      ...(queriesEach !== undefined && { queriesEach }),
      ...(workerFile !== undefined && { workerFile }),
    },
    ...(answerMegabytes > 0 && { answers: { folder: state, megabytes: answerMegabytes } }),
    ...(check === undefined ? {} : { check }),
    ...(complete === undefined ? {} : { complete }),
    ...(earlierGenerations === undefined ? {} : { earlierGenerations }),
  }
}

/** Opens the engine of that name; throws kind `usage` listing the names there are. */
export async function openEngine(name: string, options: EngineOptions): Promise<WritableEngine> {
  const type = engines.find((candidate) => candidate.name === name)
  if (type !== undefined) return type.open(options)
  const names = engines.map((candidate) => candidate.name).join(', ')
  throw new RegistryError('usage', `There is no engine "${name}". Engines are: ${names}.`)
}
