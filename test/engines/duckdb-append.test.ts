// Rows go into DuckDB in two ways, few and many: what is stored, and what is refused, must be the same.
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import type { Row } from '../../src/core/sql.js'
import { appendRows } from '../../src/engines/duckdb-append.js'

const columns = ['word', 'flag', 'small', 'whole', 'long', 'single', 'double', 'moment'].map((name) => ({ name }))
const types = ['VARCHAR', 'BOOLEAN', 'SMALLINT', 'INTEGER', 'BIGINT', 'FLOAT', 'DOUBLE', 'TIMESTAMP']

async function stored(pieces: readonly (readonly Row[])[]): Promise<readonly unknown[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run(
      `CREATE TABLE odd (${types.map((type, index) => `${columns[index]?.name} ${type}`).join(', ')})`,
    )
    const target = { catalog: 'memory', schema: 'main', name: 'odd', columns }
    for (const rows of pieces) await appendRows(connection, target, rows)
    const result = await connection.run('SELECT *, rowid FROM odd ORDER BY rowid')
    return await result.getRowsJson()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const oddTexts = ['', ' ', 'a\u001Eb', '\u001F', '\u001E', 'c\u0000d', '\uD800', '😀', "O'Neil", '\\', 'ü\n\t', 'NULL']
const oddNumbers = [0, -0, 0.1, 1e-320, Number.NaN, Number.POSITIVE_INFINITY, 1.0000000596046448, -1.7e308]
const row = (n: number): Row => [
  oddTexts[n % oddTexts.length] ?? null,
  n % 2 === 0,
  n % 7 === 0 ? null : (n % 65536) - 32768,
  -(2 ** 31) + n,
  n % 3 === 0 ? 9007199254740993n : -n,
  oddNumbers[n % oddNumbers.length] ?? null,
  oddNumbers[(n + 3) % oddNumbers.length] ?? null,
  n % 5 === 0 ? null : '2016-09-14T10:00:00.123456',
]

describe('many rows', () => {
  it('are stored as they are one by one, over the borders of statements too', async () => {
    const rows = Array.from({ length: 12_000 }, (_, n) => row(n))
    const few = Array.from({ length: 40 }, (_, piece) => rows.slice(piece * 300, piece * 300 + 300))
    expect(await stored([rows])).toEqual(await stored(few))
  })

  it('may have a column without any value, or nothing but such columns', async () => {
    const empty: Row = columns.map(() => null)
    const rows = Array.from({ length: 600 }, (_, n): Row => [String(n), ...empty.slice(1)])
    const nothing = Array.from({ length: 600 }, () => empty)
    const found = await stored([rows, nothing])
    expect(found).toHaveLength(1200)
    expect(found[599]).toEqual(['599', ...empty.slice(1), '599'])
    expect(found[1199]).toEqual([...empty, '1199'])
  })

  it.each<[number, unknown, string]>([
    [0, 5, 'main.odd.word: 5 does not fit; expected text.'],
    [2, 32768, 'main.odd.small: 32768 does not fit; expected a whole number between -32768 and 32767.'],
    [4, 'x', 'main.odd.long: "x" does not fit; expected a whole number'],
    [7, 'yesterday', 'main.odd.moment: "yesterday" is not a point in time'],
  ])('with one value that does not fit (column %i) are refused like a few', async (index, value, message) => {
    const bad = row(1).map((cell, place) => (place === index ? value : cell)) as Row
    const good = Array.from({ length: 700 }, (_, n) => row(n))
    await expect(stored([[...good, bad]])).rejects.toThrow(message)
    await expect(stored([[bad]])).rejects.toThrow(message)
  })

  it('with one of another length are refused', async () => {
    const good = Array.from({ length: 700 }, (_, n) => row(n))
    await expect(stored([[...good, ['short']]])).rejects.toThrow('1 cell; the table has 8 columns')
  })
})
