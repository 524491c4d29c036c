// Records into a real engine, and what is there afterwards (checklist section F).
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseDatestamp } from '../../src/core/datestamp.js'
import { type Ivoid, parseIvoid } from '../../src/core/ivoid.js'
import type { ResourceRecord } from '../../src/core/record.js'
import { identifier, type Row, type Sql, sql } from '../../src/core/sql.js'
import { tableName } from '../../src/engines/ddl.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { storedColumns } from '../../src/engines/duckdb-keys.js'
import { prepareGeneration } from '../../src/registry/generation.js'
import { type Incoming, incomingRecords } from '../../src/registry/incoming.js'
import { type IngestOptions, type IngestReport, ingestRecords, removeRecords } from '../../src/registry/ingest.js'
import { listQuarantined, readQuarantined } from '../../src/registry/quarantine.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { decodeXml } from '../../src/xml/decode.js'
import { sharedFolder } from '../support/schemas.js'

const schemas = declaredSchemas()
const harvested = fileURLToPath(new URL('../harvested/records', import.meta.url))
const origin = parseIvoid('ivo://origin.example/registry')
const own = parseIvoid('ivo://own.example/registry')
const clock = () => new Date('2026-11-22T10:11:12Z')

class Rig {
  readonly folder = mkdtempSync(join(tmpdir(), 'waymark-ingest-'))
  engine!: DuckdbEngine

  async open(): Promise<this> {
    this.engine = await DuckdbEngine.open({ folder: this.folder })
    return this
  }
  async close(): Promise<void> {
    await this.engine[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true })
  }
  async ingest(
    records: AsyncIterable<Incoming> | Iterable<Incoming>,
    options: Partial<IngestOptions> = {},
  ): Promise<IngestReport> {
    let report: IngestReport | undefined
    await this.engine.renew(async (next) => {
      await prepareGeneration(next, schemas)
      report = await ingestRecords(next, records, { schemas, ...options })
    })
    return report!
  }
  async rows(query: Sql): Promise<readonly Row[]> {
    const rows: Row[] = []
    for await (const batch of this.engine.query(query)) rows.push(...batch)
    return rows
  }
  async value(query: Sql): Promise<unknown> {
    return (await this.rows(query))[0]?.[0]
  }
}

function documentOf(folder: string, file: string): AsyncGenerator<Incoming> {
  return incomingRecords(decodeXml(readFileSync(join(folder, file))), { origin, source: file, clock })
}

async function* documentsOf(folder: string): AsyncGenerator<Incoming> {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.xml'))) yield* documentOf(folder, file)
}

function record(
  key: string,
  change: { title?: string; status?: 'active' | 'inactive'; origin?: Ivoid; xml?: string } = {},
) {
  const xml = `<ri:Resource xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0"><title>${change.title ?? key}</title><identifier>ivo://A.example/${key}</identifier><content><subject>s</subject><description>The words of ${key}</description></content><coverage><spatial>6/1-2</spatial></coverage></ri:Resource>`
  return {
    ivoid: parseIvoid(`ivo://A.example/${key}`),
    datestamp: parseDatestamp('2026-01-01T00:00:00Z')!,
    origin: change.origin ?? origin,
    status: change.status ?? 'active',
    xml: change.xml ?? xml,
  } satisfies ResourceRecord
}

describe('the odd records', () => {
  const rig = new Rig()
  let report: IngestReport
  beforeAll(async () => {
    await rig.open()
    report = await rig.ingest(documentsOf(harvested))
  })
  afterAll(() => rig.close())

  test('all are taken', async () => {
    expect(report).toEqual({ active: 18, inactive: 0, deleted: 0, quarantined: [] })
    expect(await rig.value(sql`SELECT count(*) FROM rr.resource`)).toBe(18)
  })

  test('M-121: every declared table exists with its columns, in order', async () => {
    for (const { tables } of schemas) {
      for (const table of tables) {
        const names = await rig.rows(
          sql`SELECT column_name FROM information_schema.columns WHERE table_schema = ${table.schema} AND table_name = ${table.name} ORDER BY ordinal_position`,
        )
        // DuckDB's own last column is seen by nobody else (test/engines/duckdb-keys.test.ts).
        expect(names.flat(), table.name).toEqual(storedColumns(table).map((column) => column.name))
      }
    }
  })

  test('M-233: TAP_SCHEMA is filled', async () => {
    expect(await rig.value(sql`SELECT count(*) FROM tap_schema.tables WHERE table_name LIKE 'rr.%'`)).toBe(18)
    expect(await rig.value(sql`SELECT utype FROM tap_schema.schemas WHERE schema_name = 'rr'`)).toBe(
      'ivo://ivoa.net/std/regtap#1.2',
    )
  })

  test('M-128, M-129: no text has white space at its ends or is empty', async () => {
    for (const { tables } of schemas) {
      for (const table of tables) {
        for (const column of table.columns.filter((one) => one.arraysize === '*')) {
          const cell = identifier(column.name)
          const wrong = sql`SELECT ${cell} FROM ${tableName(table)} WHERE ${cell} = '' OR ${cell} <> trim(${cell})`
          expect(await rig.rows(wrong), `${table.name}.${column.name}`).toEqual([])
        }
      }
    }
  })

  test('M-143: indexes lead to rows of their parent tables', async () => {
    const orphans = [
      sql`SELECT * FROM rr.interface AS i WHERE NOT EXISTS (SELECT 1 FROM rr.capability AS c WHERE c.ivoid = i.ivoid AND c.cap_index = i.cap_index)`,
      sql`SELECT * FROM rr.intf_param AS p WHERE NOT EXISTS (SELECT 1 FROM rr.interface AS i WHERE i.ivoid = p.ivoid AND i.intf_index = p.intf_index)`,
      sql`SELECT * FROM rr.table_column AS c WHERE NOT EXISTS (SELECT 1 FROM rr.res_table AS t WHERE t.ivoid = c.ivoid AND t.table_index = c.table_index)`,
      sql`SELECT * FROM rr.res_table AS t WHERE schema_index IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rr.res_schema AS s WHERE s.ivoid = t.ivoid AND s.schema_index = t.schema_index)`,
      sql`SELECT * FROM rr.res_detail AS d WHERE cap_index IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rr.capability AS c WHERE c.ivoid = d.ivoid AND c.cap_index = d.cap_index)`,
    ]
    for (const query of orphans) expect(await rig.rows(query)).toEqual([])
  })

  test('M-142: tables and interfaces are numbered through the record', async () => {
    const doubles = [
      sql`SELECT ivoid FROM rr.res_table GROUP BY ivoid, table_index HAVING count(*) > 1`,
      sql`SELECT ivoid FROM rr.interface GROUP BY ivoid, intf_index HAVING count(*) > 1`,
    ]
    for (const query of doubles) expect(await rig.rows(query)).toEqual([])
  })

  test('M-145: authenticated_only is never NULL', async () => {
    expect(await rig.rows(sql`SELECT authenticated_only, count(*) FROM rr.interface GROUP BY 1 ORDER BY 1`)).toEqual([
      [0, 15],
      [1, 1],
    ])
  })

  test('M-156, M-157: tables of services once each, the dedicated record preferred, no output tables', async () => {
    expect(
      await rig.rows(
        sql`SELECT resid, svcid, table_name, table_title, table_description FROM rr.tap_table ORDER BY table_name`,
      ),
    ).toEqual([
      [
        'ivo://harbour.example/boats',
        'ivo://harbour.example/tap',
        'Boats."Main"',
        null,
        'Every boat, with its history.',
      ],
      ['ivo://harbour.example/tap', 'ivo://harbour.example/tap', 'tides.high', null, null],
    ])
  })

  test('S-046: full Unicode can be found', async () => {
    expect(await rig.rows(sql`SELECT ivoid FROM rr.res_role WHERE role_name = ${'Ōe Kenzō'}`)).toEqual([
      ['ivo://lodz.example/org'],
    ])
    expect(await rig.rows(sql`SELECT ivoid FROM x.word WHERE word = ${'天文学'}`)).toEqual([['ivo://lodz.example/org']])
  })

  test('the same again changes nothing', async () => {
    const state = async () =>
      JSON.stringify(
        await Promise.all(
          schemas
            .flatMap(({ tables }) => tables)
            .map((table) => rig.rows(sql`SELECT * FROM ${tableName(table)} ORDER BY ALL`)),
        ),
      )
    const before = await state()
    await rig.ingest(documentsOf(harvested))
    expect(await state()).toBe(before)
  })
})

describe('a record that comes again', () => {
  const rig = new Rig()
  const everywhere = sql`SELECT
    (SELECT count(*) FROM rr.resource), (SELECT count(*) FROM rr.res_subject), (SELECT count(*) FROM rr.stc_spatial),
    (SELECT count(*) FROM x.word WHERE field = 'res_title'), (SELECT count(*) FROM x.moc_cell),
    (SELECT count(*) FROM x.record)`
  beforeAll(async () => {
    await rig.open()
    await rig.ingest([record('one'), record('two')])
  })
  afterAll(() => rig.close())

  test('S-051: replaces all its rows', async () => {
    expect(await rig.rows(everywhere)).toEqual([[2, 2, 2, 2, 4, 2]])
    await rig.ingest([record('ONE', { title: 'Three new words' })])
    expect(await rig.rows(everywhere)).toEqual([[2, 2, 2, 4, 4, 2]])
    expect(await rig.rows(sql`SELECT res_title FROM rr.resource ORDER BY ivoid`)).toEqual([
      ['Three new words'],
      ['two'],
    ])
  })

  test('twice in one batch: the last one counts', async () => {
    await rig.ingest([record('one', { title: 'early' }), record('one', { title: 'late' })])
    expect(await rig.rows(sql`SELECT res_title FROM rr.resource ORDER BY ivoid`)).toEqual([['late'], ['two']])
  })

  test('M-119, M-134: as inactive or deleted leaves rr, and stays in the store', async () => {
    const { xml: _, ...header } = record('two')
    const report = await rig.ingest([record('one', { status: 'inactive' }), { ...header, status: 'deleted' }])
    expect(report).toMatchObject({ active: 0, inactive: 1, deleted: 1 })
    expect(await rig.rows(everywhere)).toEqual([[0, 0, 0, 0, 0, 2]])
    expect(await rig.rows(sql`SELECT folded_ivoid, status, xml IS NULL FROM x.record ORDER BY 1`)).toEqual([
      ['ivo://a.example/one', 'inactive', false],
      ['ivo://a.example/two', 'deleted', true],
    ])
  })

  test('from another registry never replaces our own', async () => {
    await rig.ingest([record('mine', { origin: own, title: 'ours' })], { own })
    const report = await rig.ingest([record('MINE', { title: 'theirs' })], { own })
    expect(report.quarantined.map((one) => one.reason)).toEqual([expect.stringContaining('of its own')])
    expect(await rig.rows(sql`SELECT res_title FROM rr.resource`)).toEqual([['ours']])
  })

  test('can be removed without a trace', async () => {
    await rig.engine.renew((next) => removeRecords(next, ['ivo://a.example/MINE', 'ivo://a.example/one'], schemas))
    expect(await rig.rows(everywhere)).toEqual([[0, 0, 0, 0, 0, 1]])
  })
})

describe('what is set aside', () => {
  const rig = new Rig()
  beforeAll(() => rig.open())
  afterAll(() => rig.close())

  test('is kept with source, reason and document until its source is read again', async () => {
    const broken = record('broken', { xml: '<ri:Resource><title>' })
    const read = (text: string) => incomingRecords(text, { origin, source: 'list.xml', clock })
    await rig.ingest([broken])
    await rig.ingest(read('<a><Resource><identifier>none</identifier></Resource></a>'))
    expect(await listQuarantined(rig.engine)).toEqual([
      {
        source: 'ivo://origin.example/registry',
        ivoid: 'ivo://A.example/broken',
        origin: 'ivo://origin.example/registry',
        noticed: '2026-01-01T00:00:00Z',
        reason: expect.stringContaining('line 1'),
      },
      {
        source: 'list.xml',
        ivoid: 'none',
        origin: 'ivo://origin.example/registry',
        noticed: '2026-11-22T10:11:12Z',
        reason: 'the identifier "none" is not an IVOID',
      },
    ])
    expect(await readQuarantined(rig.engine, { source: 'list.xml' })).toEqual([
      '<Resource><identifier>none</identifier></Resource>',
    ])
    await rig.ingest(read(record('fine').xml), { rereadSources: ['list.xml'] })
    expect((await listQuarantined(rig.engine)).map((one) => one.source)).toEqual(['ivo://origin.example/registry'])
  })
})

describe.runIf(existsSync(join(sharedFolder, 'records')))('all documents as found in the VO', () => {
  const rig = new Rig()
  const records = join(sharedFolder, 'records')
  beforeAll(() => rig.open())
  afterAll(() => rig.close())

  test('none crashes; what is set aside is explained', async () => {
    const silent: string[] = []
    async function* all(): AsyncGenerator<Incoming> {
      for (const folder of [records, join(records, 'oai'), join(records, 'vosi')])
        for (const file of readdirSync(folder).filter((name) => name.endsWith('.xml'))) {
          let found = 0
          for await (const one of documentOf(folder, file)) {
            found += 1
            yield one
          }
          if (found === 0) silent.push(file)
        }
    }
    const { active, inactive, deleted, quarantined } = await rig.ingest(all())
    expect(silent, 'documents that gave neither record nor reason').toEqual([])
    // Counted by hand: 97 documents, of which 7 are OAI-PMH errors and 3 OAI-PMH lists without records, 10 are VOSI
    // documents, and one record is of before VOResource 1.0; what comes in several counts once.
    expect({ active, inactive, deleted }).toEqual({ active: 60, inactive: 0, deleted: 2 })
    const reasons: Record<string, number> = {}
    for (const { reason } of quarantined) {
      const kind = reason.replace(/ the element .*|:.*/, '')
      reasons[kind] = (reasons[kind] ?? 0) + 1
    }
    expect(reasons).toEqual({
      'no resource record inside': 13,
      'an OAI-PMH error in place of records': 7,
      'a record of the generation before VOResource 1.0 (http': 1,
    })
    // What could be a record is kept with its document; of the others the reason says all there is.
    expect(quarantined.filter((one) => one.xml !== '').map((one) => one.source)).toEqual(['stsci-dss2-siap-v0.10.xml'])
    expect((await listQuarantined(rig.engine)).map(({ source, reason }) => `${source} ${reason}`).sort()).toEqual(
      quarantined.map(({ source, reason }) => `${source} ${reason}`).sort(),
    )
  })

  test('S-052: rows of the records of the RegTAP suite', async () => {
    const expected: readonly (readonly [Sql, readonly Row[]])[] = [
      [
        sql`SELECT creator_seq FROM rr.resource WHERE creator_seq LIKE '%Hanisch%'`,
        [['Roy Williams; Robert Hanisch; Alex Szalay; Raymond Plante']],
      ],
      [
        sql`SELECT standard_id, validated_by, val_level FROM rr.validation NATURAL JOIN rr.capability WHERE ivoid = 'ivo://x-invalid-test/siap/xmm-om'`,
        [['ivo://ivoa.net/std/sia', 'ivo://archive.stsci.edu/nvoregistry', 2]],
      ],
      [
        sql`SELECT intf_type, std_version, result_type, authenticated_only FROM rr.interface WHERE ivoid = 'ivo://x-invalid-test/arihip/q/cone' ORDER BY intf_index LIMIT 2`,
        [
          ['vs:paramhttp', '1.2bis', 'application/x-votable+xml', 0],
          ['vr:webbrowser', null, null, 1],
        ],
      ],
      [sql`SELECT coverage FROM rr.stc_spatial WHERE ivoid = 'ivo://x-invalid-test/arihip/q/cone'`, [['0/0-11 6/']]],
      [
        sql`SELECT mirror_url FROM rr.interface WHERE ivoid = 'ivo://x-invalid-test/6df-ssap'`,
        [['http://wfaumirror.org/6dF-ssap/?#https://secure.wfau.academia.org/6dF-ssap/?']],
      ],
      [
        sql`SELECT table_name, table_utype FROM rr.tap_table WHERE svcid = 'ivo://x-invalid-test/__system__/tap/run' ORDER BY table_name`,
        [
          ['Ppmxl.Data', 'fan:ta.sy.any'],
          ['califa.fluxpos', null],
        ],
      ],
    ]
    for (const [query, rows] of expected) expect(await rig.rows(query), query.text).toEqual(rows)
  })
})
