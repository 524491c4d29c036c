// TAP_SCHEMA as made from the declarations (checklist section K; TAP 1.1 §4).
import { describe, expect, test } from 'vitest'
import type { Value } from '../../src/core/sql.js'
import { declaredSchemas, findTable } from '../../src/tables/declared.js'
import { tapSchemaRows } from '../../src/tables/tap-schema.js'

const schemas = declaredSchemas()
const rows = tapSchemaRows(schemas)

/** Rows of one table as objects by column name. */
function table(name: string): readonly Record<string, Value>[] {
  const columns = findTable(schemas, `tap_schema.${name}`).columns.map((column) => column.name)
  return rows.get(`tap_schema.${name}`)!.map((row) => {
    expect(row).toHaveLength(columns.length)
    return Object.fromEntries(columns.map((column, index) => [column, row[index]!]))
  })
}

describe('TAP_SCHEMA', () => {
  test('M-233: five tables with all their columns', () => {
    expect(
      findTable(schemas, 'tap_schema.columns')
        .columns.map((column) => column.name)
        .toSorted(),
    ).toEqual(
      [
        ...['table_name', 'column_name', 'datatype', 'arraysize', 'xtype', 'size', 'description', 'utype', 'unit'],
        ...['ucd', 'indexed', 'principal', 'std', 'column_index'],
      ].toSorted(),
    )
    expect([...rows.keys()].toSorted()).toEqual(
      ['columns', 'key_columns', 'keys', 'schemas', 'tables'].map((name) => `tap_schema.${name}`),
    )
  })

  test('M-234: what may not be NULL is not', () => {
    for (const name of ['schemas', 'tables', 'columns', 'keys', 'key_columns']) {
      const required = findTable(schemas, `tap_schema.${name}`).columns.filter((column) => !column.nullable)
      for (const row of table(name)) for (const column of required) expect(row[column.name]).not.toBeNull()
    }
  })

  test('M-235: names are unique', () => {
    const names = (name: string, ...columns: readonly string[]): readonly string[] =>
      table(name).map((row) => columns.map((column) => String(row[column])).join(' '))
    for (const list of [
      names('schemas', 'schema_name'),
      names('tables', 'table_name'),
      names('columns', 'table_name', 'column_name'),
      names('keys', 'key_id'),
    ])
      expect(new Set(list).size).toBe(list.length)
  })

  test('M-236: tables are tables or views; rr.tap_table is a view', () => {
    expect(new Set(table('tables').map((row) => row.table_type))).toEqual(new Set(['table', 'view']))
    expect(table('tables').find((row) => row.table_name === 'rr.tap_table')?.table_type).toBe('view')
  })

  test('M-237, M-239: "size" is listed with its quotation marks, in lower case', () => {
    const names = table('columns').map((row) => row.column_name)
    expect(names).toContain('"size"')
    expect(names).not.toContain('size')
  })

  test('M-239: size is the number in arraysize', () => {
    const sizes = new Map(table('columns').map((row) => [row.arraysize, row.size]))
    expect(sizes.get('19')).toBe(19)
    expect(sizes.get('*')).toBeNull()
    expect(sizes.get(null)).toBeNull()
  })

  test('M-238: data types are those of VOTable', () => {
    for (const row of table('columns')) {
      expect(['char', 'unicodeChar', 'int', 'long', 'double', 'boolean', 'short', 'float']).toContain(row.datatype)
      if (row.arraysize !== null) expect(row.arraysize).toMatch(/^(\d+\*?|\*)$/)
    }
  })

  test('M-240: flags are 0 or 1', () => {
    for (const row of table('columns'))
      for (const flag of ['indexed', 'principal', 'std']) expect([0, 1]).toContain(row[flag])
  })

  test('M-241, S-073: keys lead to listed tables and columns; TAP_SCHEMA has five of its own', () => {
    const columns = new Set(table('columns').map((row) => `${String(row.table_name)} ${String(row.column_name)}`))
    const keys = new Map(table('keys').map((row) => [row.key_id, row]))
    for (const pair of table('key_columns')) {
      const key = keys.get(pair.key_id!)!
      expect(columns).toContain(`${String(key.from_table)} ${String(pair.from_column)}`)
      expect(columns).toContain(`${String(key.target_table)} ${String(pair.target_column)}`)
    }
    const own = table('keys').filter((row) => String(row.from_table).startsWith('tap_schema.'))
    expect(own.map((row) => `${String(row.from_table)} > ${String(row.target_table)}`).toSorted()).toEqual([
      'tap_schema.columns > tap_schema.tables',
      'tap_schema.key_columns > tap_schema.keys',
      'tap_schema.keys > tap_schema.tables',
      'tap_schema.keys > tap_schema.tables',
      'tap_schema.tables > tap_schema.schemas',
    ])
  })

  test('M-242: it describes itself', () => {
    const tables = table('tables').map((row) => row.table_name)
    for (const name of rows.keys()) expect(tables).toContain(name)
  })

  test('private tables are not listed', () => {
    expect(table('tables').filter((row) => String(row.table_name).startsWith('x.'))).toEqual([])
  })
})
