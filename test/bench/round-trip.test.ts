// Rows → record → rows: what the generator says about a resource is what ingest stores of its record, in every table.
import { describe, expect, it } from 'vitest'
import type { Value } from '../../src/core/sql.js'
import { type RecordRows, recordMapper, recordTableNames } from '../../src/regtap/rows.js'
import { declaredSchemas, findTable, privateSchema } from '../../src/tables/declared.js'
import { readXml } from '../../src/xml/reader.js'
import { type Cell, hasGenerator, loadSyntheticVo, type ResourceRows, type SyntheticTable } from './synthetic-vo.js'
import { voresourceRecord } from './voresource-record.js'

describe.runIf(hasGenerator)('a synthetic record', () => {
  it('gives back the rows it was made of', async () => {
    const vo = await loadSyntheticVo()
    const schemas = [...declaredSchemas(), privateSchema()]
    const rowsOf = recordMapper(schemas)
    // Authorities, organisations, registries, standards and the like are rare: look at 600 resources, compare each tenth and these.
    for (let index = 0; index < 600; index++) {
      if (index % 10 !== 0 && vo.kindOf(index) === 'viz') continue
      const expected = vo.resource(index, 42, 1)
      const found = rowsOf(readXml(voresourceRecord(expected)), vo.ivoidOf(index))
      for (const name of recordTableNames) {
        const columns = findTable(schemas, name).columns.map((column) => column.name)
        const table = name.replace('rr.', '') as SyntheticTable
        expect(comparable(columns, found.get(name)), `${name} of ${vo.ivoidOf(index)}`).toEqual(
          comparable(columns, inOrderOf(columns, vo.columns(table), expected[table])),
        )
      }
      expect(ranges(found), `sky ranges of ${vo.ivoidOf(index)}`).toEqual(expectedRanges(expected))
    }
  })
})

/** Rows as text in a fixed order; coordinates are compared to 12 digits. */
function comparable(columns: readonly string[], rows: Iterable<readonly Value[]> | undefined): readonly string[] {
  return [...(rows ?? [])]
    .map((row) => columns.map((column, at) => `${column}=${cellText(column, row[at] ?? null)}`).join(' | '))
    .sort()
}

function cellText(column: string, value: Value): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(12)))
  return column === 'created' || column === 'updated' || column === 'date_value'
    ? String(value).replace(' ', 'T')
    : String(value)
}

function inOrderOf(
  columns: readonly string[],
  given: readonly string[],
  rows: readonly (readonly Cell[])[],
): readonly (readonly Cell[])[] {
  return rows.map((row) => columns.map((column) => row[given.indexOf(column)] ?? null))
}

/** The pieces of coverages, put together where they touch; a cell of order 6 has 4^23 of order 29. */
function ranges(found: RecordRows): readonly string[] {
  const joined: { low: bigint; high: bigint }[] = []
  for (const [cell, low, high] of found.get('x.moc_cell') ?? []) {
    const start = BigInt(Number(cell)) << 46n
    const piece =
      low === null ? { low: start, high: start + (1n << 46n) } : { low: low as bigint, high: high as bigint }
    const last = joined.at(-1)
    if (last?.high === piece.low) last.high = piece.high
    else joined.push(piece)
  }
  return joined.map(({ low, high }) => `${low} to ${high}`).sort()
}

function expectedRanges(rows: ResourceRows): readonly string[] {
  return rows.moc_range.map(([, low, high]) => `${low} to ${high}`).sort()
}
