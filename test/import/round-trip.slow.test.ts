// The real records of many publishers, imported and built again: which say the same, which in another form, and what
// is lost. Compared twice: as documents, and as the rows RegTAP makes of them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { importRecord } from '../../src/import/import-record.js'
import { importVosi } from '../../src/import/import-service.js'
import { importContext } from '../../src/import/read-capability.js'
import { openFile } from '../../src/import/source.js'
import { readResources } from '../../src/registry/resource-reader.js'
import { recordMapper } from '../../src/regtap/rows.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { buildRecord } from '../../src/voresource/build.js'
import { decodeXml } from '../../src/xml/decode.js'
import { readXml, type XmlElement } from '../../src/xml/reader.js'

const folder = new URL('../../../shared/records/', import.meta.url)
const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.xml')) : []

async function elementOf(file: string): Promise<XmlElement> {
  for await (const found of readResources(decodeXml(readFileSync(new URL(file, folder)))))
    if (found.kind === 'resource') return found.element
  throw new Error(`${file} has no record`)
}

const schemas = declaredSchemas()
const rowsOf = recordMapper(schemas)

/** Rows by table, in the form in which they count: white space, forms of numbers and defaults of the schemas aside. */
function regtapRows(record: XmlElement): ReadonlyMap<string, readonly string[]> {
  const columns = new Map<string, readonly string[]>(
    schemas.flatMap(({ name, tables }) =>
      tables.map((table) => [`${name}.${table.name}`, table.columns.map((column) => column.name)] as const),
    ),
  )
  const cell = (name: string | undefined, value: unknown): unknown => {
    // The dates of the record are its registry's; vr:Capability is what no xsi:type means, 1 what no arraysize meant.
    if (name === 'created' || name === 'updated') return ''
    if (name === 'cap_type' && value === 'vr:capability') return null
    if (name === 'arraysize' && value === '1') return null
    if (typeof value === 'bigint') return String(value)
    if (typeof value !== 'string') return value
    const text = value.replace(/\s+/g, ' ')
    return name === 'detail_value' && /^[-+]?\d*\.?\d+(e[-+]?\d+)?$/i.test(text) ? Number(text) : text
  }
  return new Map(
    [...rowsOf(record, 'ivo://x/y')].map(([table, rows]) => [
      table,
      [...rows]
        .map((row) => JSON.stringify(row.map((value, index) => cell(columns.get(table)?.[index], value))))
        .sort(),
    ]),
  )
}

/** Why each of these is not the same word for word. All others are. */
const inAnotherForm = {
  'cadc-sia-argus.xml': 'several securityMethods in one interface',
  'regtap-arihip-cone.xml': 'several securityMethods in one interface',
  'stsci-gsc1-cone-deleted.xml': 'a deleted record is written as inactive',
  'vamdc-cdms.xml': 'VODataService 1.0: tables outside a tableset',
  'wfau-supercosmos.xml': 'VODataService 1.0: tables outside a tableset',
  'wfau-ukidss-dr1.xml': 'VODataService 1.0: tables outside a tableset',
  'vizier-j-aj-167-21.xml': 'VOResource 1.2: altIdentifier became an attribute',
  'voresource-test-record.xml':
    'VOResource 1.2: altIdentifier became an attribute; ivo-id of a contact stands at its name',
}

const lossy: Readonly<Record<string, readonly string[]>> = {
  'esavo-cielossa-ssap.xml': ['added /capability/supportedFrame: ICRS'],
  'rubin-tap.xml': ['added /capability[1]/language/version/@ivo-id: ivo://ivoa.net/std/adql#v2.1'],
}

/** Conversions that no table of RegTAP shows: empty elements, and times without Z. */
const isSilent = (why: string) => /^says nothing|is said by a Z/.test(why)

describe.skipIf(files.length === 0)('the real records', () => {
  const same: string[] = []
  const converted: string[] = []
  const withLosses: string[] = []

  it.each(files)('%s', async (file) => {
    const record = await elementOf(file)
    if (file === 'stsci-dss2-siap-v0.10.xml') {
      expect(() => importRecord(record)).toThrow(/generation before VOResource 1.0/)
      return
    }
    const imported = importRecord(record)
    const losses = imported.losses.map(({ kind, path, value }) => `${kind} ${path}: ${value}`)
    expect(losses).toEqual(lossy[file] ?? [])
    const loud = imported.conversions.filter(({ why }) => !isSilent(why))
    expect(loud.length > 0).toBe(file in inAnotherForm)
    if (losses.length > 0) withLosses.push(file)
    else if (loud.length > 0) converted.push(file)
    else same.push(file)

    const rebuilt = readXml(buildRecord(imported.descriptor, { ...importContext, profile: imported.profile }))
    const before = regtapRows(record)
    const after = regtapRows(rebuilt)
    const differing = [...before.keys()].filter((table) => before.get(table)?.join() !== after.get(table)?.join())
    expect(differing).toEqual(tables[file] ?? [])
  })

  it('are nearly all the same', () => {
    expect({
      files: files.length,
      same: same.length,
      converted: converted.length,
      withLosses: withLosses.length,
    }).toEqual({ files: 63, same: 52, converted: 8, withLosses: 2 })
  })
})

/** Tables of RegTAP whose rows differ, for the reason given above. */
const tables: Readonly<Record<string, readonly string[]>> = {
  'cadc-sia-argus.xml': ['rr.interface'],
  'esavo-cielossa-ssap.xml': ['rr.res_detail'],
  'regtap-arihip-cone.xml': ['rr.interface', 'rr.intf_param', 'rr.res_detail'],
  'rubin-tap.xml': ['rr.res_detail'],
  'vamdc-cdms.xml': ['rr.res_schema', 'rr.res_table', 'rr.table_column'],
  'wfau-supercosmos.xml': ['rr.res_schema', 'rr.res_table', 'rr.table_column'],
  'wfau-ukidss-dr1.xml': ['rr.res_schema', 'rr.res_table', 'rr.table_column'],
}

const vosi = new URL('vosi/', folder)
const vosiFiles = existsSync(vosi) ? readdirSync(vosi).filter((file) => file !== 'casda-availability.xml') : []

describe.skipIf(vosiFiles.length === 0)('the VOSI documents', () => {
  it.each(vosiFiles)('%s lose nothing', async (file) => {
    const { losses, descriptor } = await importVosi(await openFile(fileURLToPath(new URL(file, vosi))))
    expect(losses).toEqual([])
    expect('capabilities' in descriptor || 'tableset' in descriptor).toBe(true)
  })
})
