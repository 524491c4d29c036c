// The list of SQL engines; the setting `engine` names one of them.
import { join } from 'node:path'
import { RegistryError } from '../core/errors.js'
import { DuckdbEngine } from './duckdb.js'
import type { Engine, WritableEngine } from './engine.js'

/** What an engine may need of the settings; each takes what concerns it. */
export interface EngineOptions {
  /** Folder of the registry's state: DuckDB keeps its generations below it. */
  readonly state: string
  /** Address of the PostgreSQL database. */
  readonly databaseUrl?: string
  /** Processes for strangers' queries; 0 runs them in this process, for commands that have no strangers. */
  readonly processes?: number
  /** Memory of one engine process. */
  readonly memoryMegabytes?: number
  /** The built engines/pool-worker.js, for tests that run the sources. */
  readonly workerFile?: string
  /** Asked before renewed tables serve; throws to refuse them. */
  readonly check?: (candidate: Pick<Engine, 'query'>) => Promise<void>
}

export interface EngineType {
  readonly name: string
  open(options: EngineOptions): Promise<WritableEngine>
}

export const engines: readonly EngineType[] = [
  {
    name: 'duckdb',
    open: ({ state, check, processes = 0, memoryMegabytes = 1000, workerFile }) =>
      DuckdbEngine.open({
        folder: join(state, 'generations'),
        pool: { processes, memoryMegabytes, ...(workerFile === undefined ? {} : { workerFile }) },
        ...(check === undefined ? {} : { check }),
      }),
  },
  {
    name: 'postgresql',
    open: async ({ databaseUrl = '', check }) => {
      // Loaded by who uses it only: every start would wait for the client library.
      const { PostgresqlEngine } = await import('./postgresql.js')
      return PostgresqlEngine.open({ databaseUrl, ...(check === undefined ? {} : { check }) })
    },
  },
]

/** Opens the engine of that name; throws kind `usage` listing the names there are. */
export async function openEngine(name: string, options: EngineOptions): Promise<WritableEngine> {
  const type = engines.find((candidate) => candidate.name === name)
  if (type !== undefined) return type.open(options)
  const names = engines.map((candidate) => candidate.name).join(', ')
  throw new RegistryError('usage', `There is no engine "${name}". Engines are: ${names}.`)
}
