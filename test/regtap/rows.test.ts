// Records of different kinds, generations and manners → every cell of every rr table. The documents lie in
// test/harvested/records; the rows beside them are written or checked by hand, out of the document and the rules, and
// nothing writes them anew: what the program gives is no expectation.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Row } from '../../src/core/sql.js'
import { recordMapper, recordTableNames } from '../../src/regtap/rows.js'
import { declaredSchemas, findTable } from '../../src/tables/declared.js'
import { firstChild, readXml, textOf } from '../../src/xml/reader.js'

const folder = fileURLToPath(new URL('../harvested/records', import.meta.url))
const schemas = declaredSchemas()
const map = recordMapper(schemas)

function rowsOfFile(file: string): ReadonlyMap<string, readonly Row[]> {
  const resource = readXml(readFileSync(`${folder}/${file}`, 'utf8'))
  const rows = map(resource, textOf(firstChild(resource, 'identifier')!).trim().toLowerCase())
  return new Map(recordTableNames.map((name) => [name, [...(rows.get(name) ?? [])]]))
}

/** Tables that have rows, each row as an object without its NULLs and without the ivoid, which is always the same. */
function readable(rows: ReadonlyMap<string, readonly Row[]>): Record<string, readonly unknown[]> {
  const shown: Record<string, readonly unknown[]> = {}
  for (const [name, tableRows] of rows) {
    const columns = findTable(schemas, name).columns.map((column) => column.name)
    const objects = tableRows.map((row) =>
      Object.fromEntries(
        columns.flatMap((column, index) => (index === 0 || row[index] === null ? [] : [[column, row[index]]])),
      ),
    )
    if (objects.length > 0) shown[name.slice(3)] = objects
  }
  return shown
}

const files = readdirSync(folder).filter((file) => file.endsWith('.xml'))

describe('rows of every table', () => {
  test.each(files)('%s', (file) => {
    const rows = rowsOfFile(file)
    const expectedFile = `${folder}/${file.replace('.xml', '.rows.json')}`
    expect(readable(rows)).toEqual(JSON.parse(readFileSync(expectedFile, 'utf8')))
  })

  test.each(files)('%s: each row has a cell for each column, the first one the ivoid in lower case (M-130)', (file) => {
    for (const [name, rows] of rowsOfFile(file)) {
      const { columns } = findTable(schemas, name)
      for (const row of rows) {
        expect(row, name).toHaveLength(columns.length)
        expect(row[0], name).toMatch(/^ivo:\/\/[^A-Z]+$/)
        for (const [index, column] of columns.entries())
          if (!column.nullable) expect(row[index], `${name}.${column.name}`).not.toBeNull()
      }
    }
  })

  test('the documents are of at least fifteen kinds, by their own type and those of their capabilities', () => {
    const kinds = files.map((file) => {
      const rows = readable(rowsOfFile(file)) as Record<string, { res_type?: string; cap_type?: string }[]>
      const types = (rows.capability ?? []).map(({ cap_type }) => cap_type ?? 'without type')
      return [rows.resource?.[0]?.res_type, ...types].join(' ')
    })
    expect(new Set(kinds).size).toBeGreaterThanOrEqual(15)
  })
})
