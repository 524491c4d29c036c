// What is too large for one step when a file is sorted: documents, and the words of descriptions.
import { describe, expect, it } from 'vitest'
import { compileAdql } from '../../src/adql/compile.js'
import { sql } from '../../src/core/sql.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { rowsAtOnce } from '../../src/engines/duckdb-words.js'
import { declaredSchemas, findTable, privateSchema } from '../../src/tables/declared.js'
import { rowsOf, temporaryFolder } from './support.js'

const schemas = declaredSchemas()
const everything = [...schemas, privateSchema()]

describe('sorting in several steps', () => {
  it('keeps every document, in order of its number', async () => {
    await using engine = await DuckdbEngine.open({ folder: temporaryFolder(), worthSortingRows: 0 })
    const records = findTable(everything, 'x.record')
    const numbers = [40_000, 7, 19_999, 20_000, 10_007, 8]
    await engine.renew(async (next) => {
      await next.createTables(everything)
      const document = (number: number) => new TextEncoder().encode(`document ${number}`)
      await next.append(
        records,
        numbers.map((number) => [
          number,
          `ivo://a/${number}`,
          `ivo://A/${number}`,
          '2026-01-01T00:00:00Z',
          'ivo://r/r',
          'active',
          document(number),
          null,
        ]),
      )
    })
    const found = await rowsOf(engine, sql`SELECT number, CAST(xml AS VARCHAR) FROM x.record ORDER BY rowid`)
    const expected = numbers.toSorted((one, other) => one - other)
    expect(found).toEqual(expected.map((number) => [number, `document ${number}`]))
  })

  it('finds words beyond the first million descriptions', { timeout: 120_000 }, async () => {
    await using engine = await DuckdbEngine.open({ folder: temporaryFolder(), worthSortingRows: 0 })
    await engine.renew(async (next) => {
      await next.createTables(everything)
      // The number beside the IVOID decides about the order; here it is the row's own.
      await next.run(sql`INSERT INTO rr.table_column (ivoid, column_description, ivoid_key)
        SELECT 'ivo://a/' || n, CASE n WHEN 3 THEN 'the first' WHEN ${rowsAtOnce + 20} THEN 'the last' ELSE 'flux' END, n
        FROM range(${rowsAtOnce + 100}) AS r(n)`)
    })
    const search = async (word: string) => {
      const query = `SELECT ivoid FROM rr.table_column WHERE 1 = ivo_hasword(column_description, '${word}')`
      const { text } = compileAdql(query, { schemas, dialect: engine.dialect }).sql
      expect(text).toContain('column_word')
      return rowsOf(engine, compileAdql(query, { schemas, dialect: engine.dialect }).sql)
    }
    expect(await search('first')).toEqual([['ivo://a/3']])
    expect(await search('last')).toEqual([[`ivo://a/${rowsAtOnce + 20}`]])
  })
})
