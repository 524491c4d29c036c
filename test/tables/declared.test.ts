// The declarations of tables, held against what RegTAP 1.2 and TAP 1.1 demand (checklist sections F and K).
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { declaredSchemas, findTable, privateSchema } from '../../src/tables/declared.js'
import { qualifiedName } from '../../src/tables/metadata.js'
import { sharedFolder } from '../support/schemas.js'

const schemas = declaredSchemas()
const rr = schemas.find((schema) => schema.name === 'rr')!
const columns = rr.tables.flatMap((table) => table.columns.map((column) => ({ table: table.name, ...column })))

describe('rr', () => {
  test('M-121: eighteen tables with lower-case names', () => {
    expect(rr.tables.map((table) => table.name).toSorted()).toEqual(
      [
        ...['alt_identifier', 'capability', 'interface', 'intf_param', 'relationship', 'res_date', 'res_detail'],
        ...['res_role', 'res_schema', 'res_subject', 'res_table', 'resource', 'stc_spatial', 'stc_spectral'],
        ...['stc_temporal', 'table_column', 'tap_table', 'validation'],
      ].toSorted(),
    )
    for (const { name } of columns) expect(name).toBe(name.toLowerCase())
  })

  test('M-122: every column is standard', () => {
    expect(columns.filter((column) => !column.std)).toEqual([])
  })

  test('M-123: the schema names the data model', () => {
    expect(rr.utype).toBe('ivo://ivoa.net/std/regtap#1.2')
  })

  test('M-124: units where the standard has them, and no UCDs', () => {
    const withUnit = columns.filter((column) => column.unit !== undefined)
    expect(Object.fromEntries(withUnit.map((column) => [column.name, column.unit]))).toEqual({
      region_of_regard: 'deg',
      time_start: 'd',
      time_end: 'd',
      spectral_start: 'J',
      spectral_end: 'J',
    })
    expect(columns.filter((column) => column.ucd !== undefined)).toEqual([])
  })

  test('S-044: utypes are xpaths', () => {
    for (const { utype } of [...rr.tables, ...columns]) if (utype !== undefined) expect(utype).toMatch(/^xpath:/)
    expect(findTable(schemas, 'rr.interface').utype).toBe('xpath:/capability/interface/')
  })

  test('M-126: times are 19 characters with xtype timestamp', () => {
    const times = columns.filter((column) => column.xtype === 'timestamp')
    expect(times.map((column) => [column.name, column.datatype, column.arraysize])).toEqual([
      ['created', 'char', '19'],
      ['updated', 'char', '19'],
      ['date_value', 'char', '19'],
    ])
  })

  test('M-127: coverage has xtype moc', () => {
    expect(columns.filter((column) => column.xtype === 'moc').map((column) => column.name)).toEqual(['coverage'])
  })

  test('every table and column is described, and foreign keys lead to columns that exist', () => {
    for (const schema of schemas) {
      for (const table of schema.tables) {
        expect(table.description, qualifiedName(table)).toMatch(/\.$/)
        for (const column of table.columns) expect(column.description, `${table.name}.${column.name}`).toMatch(/\.$/)
        for (const key of table.foreignKeys) {
          const target = findTable(schemas, key.targetTable)
          for (const pair of key.columns) {
            expect(table.columns.map((column) => column.name)).toContain(pair.from)
            expect(target.columns.map((column) => column.name)).toContain(pair.target)
          }
        }
      }
    }
  })

  test('tables are stored in an order of columns they have', () => {
    for (const table of [...rr.tables, ...privateSchema().tables])
      for (const name of table.sortedBy!) expect(table.columns.map((column) => column.name)).toContain(name)
  })

  const law = join(sharedFolder, 'spec/regtap.json')
  test.runIf(existsSync(law))('M-121, M-130, M-131, M-135: columns, order, types and rules as in the standard', () => {
    const { tables } = JSON.parse(readFileSync(law, 'utf8')) as {
      tables: readonly {
        name: string
        utype: string | null
        table_type: string
        columns: readonly {
          name: string
          utype: string | null
          unit: string | null
          lowercase: boolean
          hash_separated: boolean
          nullable: boolean
          votable: { datatype: string; xtype: string | null }
        }[]
      }[]
    }
    expect(rr.tables.map(qualifiedName)).toEqual(tables.map((table) => table.name))
    for (const wanted of tables) {
      const table = findTable(schemas, wanted.name)
      expect([table.utype ?? null, table.type]).toEqual([wanted.utype, wanted.table_type])
      expect(table.columns.map((column) => column.name)).toEqual(wanted.columns.map((column) => column.name))
      for (const [index, column] of table.columns.entries()) {
        const rule = wanted.columns[index]!
        expect({
          name: column.name,
          utype: column.utype ?? null,
          unit: column.unit ?? null,
          lowercase: column.lowercase ?? false,
          hash: column.hashSeparated ?? false,
          nullable: column.nullable,
          xtype: column.xtype ?? null,
        }).toEqual({
          name: rule.name,
          utype: rule.utype,
          unit: rule.unit,
          lowercase: rule.lowercase,
          hash: rule.hash_separated,
          nullable: rule.nullable,
          xtype: rule.votable.xtype,
        })
        if (rule.votable.datatype !== 'implementation-defined')
          expect(rule.votable.datatype.split('|')).toContain(column.datatype)
      }
    }
  })
})

describe('private tables', () => {
  test('are not among the schemas that TAP serves', () => {
    expect(schemas.map((schema) => schema.name)).not.toContain('x')
    expect(schemas.map((schema) => schema.name).slice(0, 2)).toEqual(['tap_schema', 'rr'])
  })

  test('asking for a table that is not declared says so', () => {
    expect(() => findTable(schemas, 'rr.nothing')).toThrow(/rr\.nothing/)
  })
})
