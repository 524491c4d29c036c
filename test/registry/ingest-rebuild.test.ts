// The whole generation made again from the documents it holds.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseDatestamp } from '../../src/core/datestamp.js'
import { parseIvoid } from '../../src/core/ivoid.js'
import type { ResourceRecord } from '../../src/core/record.js'
import { type Row, type Sql, sql } from '../../src/core/sql.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { lineageQuery, prepareGeneration } from '../../src/registry/generation.js'
import { ingestRecords } from '../../src/registry/ingest.js'
import { rebuildGeneration } from '../../src/registry/rebuild.js'
import { declaredSchemas } from '../../src/tables/declared.js'

const schemas = declaredSchemas()
const own = parseIvoid('ivo://own.example/registry')

function header(key: string, origin = own) {
  return { ivoid: parseIvoid(`ivo://A.example/${key}`), datestamp: parseDatestamp('2026-01-01T00:00:00Z')!, origin }
}

function xml(title: string): string {
  return `<ri:Resource xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0"><title>${title}</title></ri:Resource>`
}

test('a rebuilt generation holds what the old one held, tombstones and quarantine included', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-rebuild-'))
  const records: readonly ResourceRecord[] = [
    { ...header('b'), status: 'active', xml: xml('Second') },
    { ...header('gone'), status: 'deleted' },
    { ...header('asleep'), status: 'inactive', xml: xml('Asleep') },
    { ...header('foreign', parseIvoid('ivo://other.example/registry')), status: 'active', xml: xml('Foreign') },
    { ...header('broken'), status: 'active', xml: '<a' },
  ]
  {
    await using engine = await DuckdbEngine.open({ folder })
    const rows = async (query: Sql): Promise<readonly Row[]> => {
      const found: Row[] = []
      for await (const batch of engine.query(query)) found.push(...batch)
      return found
    }
    await engine.renew(async (next) => {
      await prepareGeneration(next, schemas)
      await ingestRecords(next, records, { schemas })
      await next.run(sql`INSERT INTO x.meta VALUES ('note', 'kept')`)
      // Rows that documents do not account for, as an older program may have left them.
      await next.run(sql`DELETE FROM rr.resource`)
      await next.run(sql`INSERT INTO rr.res_subject (ivoid, res_subject) VALUES ('ivo://nobody.example', 'stray')`)
    })
    const stored = sql`SELECT ivoid, datestamp, origin, status, xml FROM x.record ORDER BY folded_ivoid`
    const before = await rows(stored)
    const [[lineage] = []] = await rows(lineageQuery)
    const report = await rebuildGeneration({ engine, schemas, own })
    expect(report).toEqual({ active: 2, inactive: 1, deleted: 1, quarantined: [] })
    expect(await rows(stored)).toEqual(before)
    expect(await rows(sql`SELECT ivoid, res_title FROM rr.resource ORDER BY ivoid`)).toEqual([
      ['ivo://a.example/b', 'Second'],
      ['ivo://a.example/foreign', 'Foreign'],
    ])
    expect(await rows(sql`SELECT * FROM rr.res_subject`)).toEqual([])
    expect(await rows(sql`SELECT value FROM x.meta WHERE key = 'note'`)).toEqual([['kept']])
    const lineages = await rows(lineageQuery)
    expect(lineages).toHaveLength(1)
    expect(lineages[0]?.[0]).not.toBe(lineage)
    expect(await rows(sql`SELECT ivoid FROM x.quarantine`)).toEqual([['ivo://A.example/broken']])
  }
  rmSync(folder, { recursive: true })
})
