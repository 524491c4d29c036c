// ADQL → rows in this process, without HTTP: the translator and one engine, to tell their cost from the rest.

import { compileAdql } from '../../src/adql/compile.js'
import type { WritableEngine } from '../../src/engines/engine.js'
import type { Schema } from '../../src/tables/metadata.js'

export interface EngineRun {
  readonly compileMs: number
  readonly engineMs: number
  readonly rows: number
}

/** Compiles and runs one query to its last row. */
export async function runInEngine(
  engine: WritableEngine,
  schemas: readonly Schema[],
  adql: string,
): Promise<EngineRun> {
  const started = performance.now()
  const compiled = compileAdql(adql, { schemas, uploads: [], dialect: engine.dialect, maxRows: 100_001 })
  const compileMs = performance.now() - started
  let rows = 0
  for await (const batch of engine.query(compiled.sql, { lane: compiled.lane })) rows += batch.length
  return { compileMs, engineMs: performance.now() - started - compileMs, rows }
}
