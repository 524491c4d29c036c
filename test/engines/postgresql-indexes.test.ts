// The columns for which RegTAP advises an index have one in PostgreSQL, of the kind that its searches need.
import { describe, expect, it } from 'vitest'
import { indexStatements } from '../../src/engines/postgresql-indexes.js'
import { declaredSchemas, findTable } from '../../src/tables/declared.js'

const schemas = declaredSchemas()

function statementsOf(table: string): readonly string[] {
  return indexStatements(findTable(schemas, table), true).map(({ text }) => text)
}

// RegTAP 1.2 §8: the last paragraph of each table's section.
const advised: Readonly<Record<string, readonly string[]>> = {
  'rr.res_role': ['role_name'],
  'rr.res_subject': ['res_subject'],
  'rr.capability': ['cap_type', 'standard_id'],
  'rr.res_table': ['table_description', 'table_utype'],
  'rr.table_column': ['name', 'ucd', 'utype', 'column_description'],
  'rr.interface': ['intf_type'],
  'rr.intf_param': ['name', 'ucd', 'utype', 'param_description'],
  'rr.relationship': ['related_id'],
  'rr.res_detail': ['detail_xpath', 'detail_value'],
  'rr.alt_identifier': ['alt_identifier'],
  'rr.stc_temporal': ['time_start', 'time_end'],
  'rr.stc_spectral': ['spectral_start', 'spectral_end'],
  'rr.tap_table': ['table_utype'],
}

describe('S-050: an index', () => {
  it.each(Object.entries(advised).flatMap(([table, columns]) => columns.map((column) => [table, column])))(
    'on %s.%s is announced and made',
    (table = '', column = '') => {
      const declared = findTable(schemas, table).columns.find(({ name }) => name === column)
      expect(declared?.indexed).toBe(true)
      // A view has the indexes of what it is made of.
      if (findTable(schemas, table).type === 'table') expect(statementsOf(table).join('\n')).toContain(`"${column}"`)
    },
  )

  it.each([
    ['rr.res_table', 'table_description'],
    ['rr.table_column', 'column_description'],
    ['rr.resource', 'res_description'],
  ])('on the words of %s.%s, which are searched without case', (table, column) => {
    expect(statementsOf(table)).toContainEqual(expect.stringContaining(`gin (lower("${column}") gin_trgm_ops)`))
  })
})
