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
    open: ({ state, ...options }) => DuckdbEngine.open({ ...options, folder: join(state, 'generations') }),
  },
]

/** Opens the engine of that name; throws kind `usage` listing the names there are. */
export async function openEngine(name: string, options: EngineOptions): Promise<WritableEngine> {
  const type = engines.find((candidate) => candidate.name === name)
  if (type !== undefined) return type.open(options)
  const names = engines.map((candidate) => candidate.name).join(', ')
  throw new RegistryError('usage', `There is no engine "${name}". Engines are: ${names}.`)
}
