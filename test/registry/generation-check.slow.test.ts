// The self-test of a generation: what is broken must never be seen.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Sql, sql } from '../../src/core/sql.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { prepareGeneration } from '../../src/registry/generation.js'
import { checkGeneration } from '../../src/registry/generation-check.js'
import { ingestRecords } from '../../src/registry/ingest.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { sampleRecords } from '../support/sample-records.js'

const schemas = declaredSchemas()
let folder: string
let engine: DuckdbEngine
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-check-'))
  engine = await DuckdbEngine.open({ folder, check: checkGeneration })
  await engine.renew(async (next) => {
    await prepareGeneration(next, schemas)
    await ingestRecords(next, sampleRecords(), { schemas })
  })
})
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

async function count(): Promise<unknown> {
  for await (const [row] of engine.query(sql`SELECT count(*) FROM x.record`, { trusted: true })) return row?.[0]
  return undefined
}

it.each<[string, Sql]>([
  ['records are held twice', sql`INSERT INTO x.record SELECT * FROM x.record WHERE status = 'deleted'`],
  ['active records are not found', sql`DELETE FROM rr.resource WHERE ivoid = 'ivo://example.edu/stars'`],
  [
    'not among the active records',
    sql`UPDATE x.record SET status = 'inactive' WHERE folded_ivoid = 'ivo://example.edu/stars'`,
  ],
  ['stand in rr.resource twice', sql`INSERT INTO rr.resource SELECT * FROM rr.resource LIMIT 1`],
  ['belong to no resource', sql`UPDATE rr.capability SET ivoid = 'ivo://nobody'`],
])('%s: the generation before goes on serving', async (reason, damage) => {
  const before = await count()
  await expect(engine.renew((next) => next.run(damage))).rejects.toThrow(reason)
  expect(await count()).toBe(before)
})

it('what is in order comes into use', async () => {
  await engine.renew((next) => next.run(sql`DELETE FROM x.record WHERE status = 'deleted'`))
  expect(await count()).toBe(7)
})
