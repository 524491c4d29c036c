// What RegTAP 1.2 §10 shows that registries are asked for (checklist S-055), over TAP, with the rows it must find; and
// the queries of our own documentation.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseIvoid } from '../../src/core/ivoid.js'
import { type Incoming, incomingRecords } from '../../src/registry/incoming.js'
import { ingestRecords } from '../../src/registry/ingest.js'
import { openService, type TestService, tables } from '../tap/service.js'

const harvested = fileURLToPath(new URL('../harvested/records', import.meta.url))
const documentation = fileURLToPath(new URL('../../docs/tap.md', import.meta.url))

async function* harvestedRecords(): AsyncGenerator<Incoming> {
  const options = { origin: parseIvoid('ivo://names.example/registry'), clock: () => new Date('2026-01-01T00:00:00Z') }
  for (const name of readdirSync(harvested).filter((file) => file.endsWith('.xml')))
    yield* incomingRecords(readFileSync(join(harvested, name), 'utf8'), { ...options, source: name })
}

let service: TestService
beforeAll(async () => {
  service = await openService()
  await service.engine.renew(async (next) => {
    await ingestRecords(next, harvestedRecords(), { schemas: tables })
  })
}, 30_000)
afterAll(() => service[Symbol.asyncDispose]())

async function ask(adql: string): Promise<readonly (readonly unknown[])[]> {
  const parameters = new URLSearchParams({ LANG: 'ADQL', RESPONSEFORMAT: 'json', QUERY: adql })
  const response = await service.app.inject(`/tap/sync?${parameters.toString()}`)
  expect(response.statusCode, response.body).toBe(200)
  return rowsOf(response.json())
}

function rowsOf(answer: { readonly data: readonly (readonly unknown[])[] }): readonly (readonly unknown[])[] {
  return answer.data
}

describe('S-055 a registry is asked for', () => {
  it.each<[string, string, readonly (readonly unknown[])[]]>([
    [
      'the addresses of TAP services',
      `SELECT ivoid, access_url FROM rr.capability NATURAL JOIN rr.interface
       WHERE standard_id LIKE 'ivo://ivoa.net/std/tap%' AND standard_id NOT LIKE '%#aux'
         AND intf_type = 'vs:paramhttp' AND intf_role = 'std' ORDER BY ivoid`,
      [
        ['ivo://example.edu/tap', 'http://localhost:8080/tap'],
        ['ivo://harbour.example/tap', 'https://Harbour.example/TAP'],
      ],
    ],
    [
      'image services about something',
      `SELECT ivoid, access_url FROM rr.capability NATURAL JOIN rr.resource NATURAL JOIN rr.interface
       NATURAL JOIN rr.res_subject
       WHERE standard_id = 'ivo://ivoa.net/std/sia' AND intf_role = 'std'
         AND (1 = ivo_nocasematch(res_subject, '%CLOUD%') OR 1 = ivo_hasword(res_description, 'cloud')
           OR 1 = ivo_hasword(res_title, 'cloud'))`,
      [['ivo://sky.example/clouds', 'http://sky.example/sia?']],
    ],
    [
      'services of a protocol in the infrared',
      `SELECT ivoid, access_url FROM rr.resource NATURAL JOIN rr.capability NATURAL JOIN rr.interface
       WHERE standard_id = 'ivo://ivoa.net/std/conesearch' AND 1 = ivo_hashlist_has(waveband, 'infrared')`,
      [['ivo://example.edu/redshifts', 'https://example.edu/cone?']],
    ],
    [
      'catalogs with a column of redshifts that can be searched by position',
      `SELECT DISTINCT ivoid, access_url, name, column_description
       FROM rr.capability NATURAL JOIN rr.interface NATURAL JOIN rr.table_column
       WHERE standard_id = 'ivo://ivoa.net/std/conesearch' AND intf_role = 'std' AND ucd LIKE 'src.redshift%'`,
      [['ivo://example.edu/redshifts', 'https://example.edu/cone?', 'z', null]],
    ],
    [
      'all names below an authority',
      "SELECT ivoid FROM rr.resource WHERE ivoid LIKE 'ivo://harbour.example/%' ORDER BY ivoid",
      [['ivo://harbour.example/boats'], ['ivo://harbour.example/tap']],
    ],
    [
      'what somebody published',
      `SELECT ivoid FROM rr.resource NATURAL JOIN rr.res_role
       WHERE base_role = 'publisher' AND 1 = ivo_nocasematch(role_name, '%harbour%') ORDER BY ivoid`,
      [['ivo://harbour.example/boats'], ['ivo://harbour.example/tap']],
    ],
    [
      'what another registry is in charge of',
      `SELECT ivoid FROM rr.resource RIGHT OUTER JOIN (
         SELECT 'ivo://' || detail_value || '%' AS pattern FROM rr.res_detail
         WHERE detail_xpath = '/managedAuthority' AND ivoid = 'ivo://names.example/registry') AS authorities
       ON 1 = ivo_nocasematch(resource.ivoid, authorities.pattern) ORDER BY ivoid`,
      // An authority without records has its row, too.
      [['ivo://names.example'], ['ivo://names.example/registry'], [null]],
    ],
    [
      'services that know a data model',
      `SELECT access_url FROM rr.interface NATURAL JOIN rr.capability NATURAL JOIN rr.res_detail
       WHERE standard_id = 'ivo://ivoa.net/std/tap' AND intf_role = 'std'
         AND detail_xpath = '/capability/dataModel/@ivo-id'
         AND 1 = ivo_nocasematch(detail_value, 'ivo://ivoa.net/std/obscore%')`,
      [['https://Harbour.example/TAP']],
    ],
    [
      'TAP services with tables of a meaning',
      `SELECT DISTINCT access_url, table_name FROM rr.res_table NATURAL JOIN rr.capability NATURAL JOIN rr.interface
       WHERE standard_id = 'ivo://ivoa.net/std/tap' AND intf_role = 'std' AND 1 = ivo_hasword(table_description, 'boat')`,
      [['https://Harbour.example/TAP', 'Boats."Main"']],
    ],
    [
      'spectra from theory',
      `SELECT access_url FROM rr.res_detail NATURAL JOIN rr.capability NATURAL JOIN rr.interface
       WHERE detail_xpath = '/capability/dataSource' AND intf_role = 'std'
         AND standard_id = 'ivo://ivoa.net/std/ssa' AND detail_value = 'theory'`,
      [['http://lamps.example/ssa?']],
    ],
    [
      'whom to write to when a service is broken',
      `SELECT DISTINCT base_role, role_name, email FROM rr.res_role NATURAL JOIN rr.interface
       WHERE access_url = 'https://Harbour.example/TAP' AND base_role IN ('contact', 'publisher')
       ORDER BY base_role, role_name`,
      // The catalog that the service serves names the same address.
      [
        ['contact', 'Harbour Master', null],
        ['contact', 'Pier Seven', 'pier@harbour.example'],
        ['publisher', 'Harbour Observatory', null],
      ],
    ],
    [
      'services that serve a catalog described by itself',
      `SELECT a.ivoid, b.access_url FROM rr.relationship AS a
       JOIN rr.interface AS b ON a.related_id = b.ivoid AND b.intf_role = 'std'
       WHERE a.relationship_type = 'isservedby' AND a.ivoid = 'ivo://harbour.example/boats'`,
      [['ivo://harbour.example/boats', 'https://Harbour.example/TAP']],
    ],
    [
      'what covers a place at a time',
      `SELECT DISTINCT ivoid FROM rr.stc_spatial NATURAL JOIN rr.stc_temporal
       WHERE 1 = INTERSECTS(CIRCLE(45, 10, 20), coverage) AND 1 = ivo_interval_overlaps(time_start, time_end, 58001, 58500)`,
      [['ivo://harbour.example/boats']],
    ],
  ])('%s', async (_, adql, expected) => {
    expect(await ask(adql)).toEqual(expected)
  })
})

describe('docs/tap.md', () => {
  const queries = [
    ...readFileSync(documentation, 'utf8').matchAll(
      /^```sql\n(.*?)^```$|QUERY=\s*(SELECT[^"]*)"|run_sync\("([^"]*)"/gms,
    ),
  ]
    .map(([, block, option, python]) => block ?? option ?? python ?? '')
    .filter((query) => !/TAP_UPLOAD/.test(query))

  it('shows queries that run', async () => {
    expect(queries.length).toBeGreaterThan(4)
    for (const query of queries) await ask(query)
  })
})
