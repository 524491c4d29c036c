// What is read from the memory of chunks is what DuckDB's own objects say, whatever the columns hold.
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { columnReaders, rowsOf } from '../../src/engines/duckdb-rows.js'
import { TextColumn, textsOf } from '../../src/engines/duckdb-texts.js'
import { TimestampColumn } from '../../src/engines/duckdb-timestamps.js'
import { timestampText } from '../../src/engines/timestamps.js'

let instance: DuckDBInstance
let connection: DuckDBConnection
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  connection = await instance.connect()
})
afterAll(() => {
  connection.closeSync()
  instance.closeSync()
})

/** Texts of every chunk of a query as we read them, and as the objects of node-api do. */
async function bothWays(query: string): Promise<readonly [readonly unknown[], readonly unknown[]]> {
  const ours: unknown[] = []
  const theirs: unknown[] = []
  const result = await connection.stream(query)
  const texts = new TextColumn()
  for await (const chunk of result) {
    ours.push(...textsOf(texts.read(chunk, 0), chunk.rowCount))
    theirs.push(...chunk.getColumnValues(0))
  }
  return [ours, theirs]
}

async function fill(texts: readonly (string | null)[]): Promise<void> {
  await connection.run('CREATE OR REPLACE TABLE texts (n INTEGER, t VARCHAR)')
  const appender = await connection.createAppender('texts')
  for (const [n, text] of texts.entries()) {
    appender.appendInteger(n)
    if (text === null) appender.appendNull()
    else appender.appendVarchar(text)
    appender.endRow()
  }
  appender.closeSync()
}

describe('points in time', () => {
  it('become the bytes of their texts, of any year, with NULL between them', async () => {
    const micros = fc.oneof(
      fc.constant(null),
      fc.bigInt({ min: -2_000_000_000_000_000n, max: 4_000_000_000_000_000n }),
      fc.bigInt({ min: -9_000_000_000n, max: 9_000_000_000n }).map((second) => second * 1_000_000n),
      // What numbers hold exactly ends in 2255; years of four digits end in 9999.
      fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }),
      fc.constantFrom(0n, -1n, 86_399_999_999n, 86_400_000_000n, 9_007_199_254_740_991n, 9_007_199_254_740_992n),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(micros, { minLength: 1, maxLength: 300 }), async (times) => {
        const values = times.map((time, row) => `(${row}, make_timestamp(CAST(${time ?? 'NULL'} AS BIGINT)))`)
        const result = await connection.stream(`SELECT t FROM (VALUES ${values.join(', ')}) AS v(n, t) ORDER BY n`)
        const column = new TimestampColumn()
        const found: (string | null)[] = []
        for await (const chunk of result) found.push(...textsOf(column.read(chunk, 0), chunk.rowCount))
        expect(found).toEqual(times.map((time) => (time === null ? null : timestampText(time))))
      }),
      { numRuns: 60 },
    )
  })
})

describe('texts', () => {
  it('are read whatever they are', async () => {
    const text = fc.oneof(
      fc.constant(null),
      fc.string({ maxLength: 40 }),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom('', 'exactly 12 b', 'thirteen byte', 'ivo://cds.vizier/j/a+a/100/1', 'Größe und mehr als das'),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          text.map((value) => value?.replaceAll('\0', '') ?? null),
          { maxLength: 300 },
        ),
        async (texts) => {
          await fill(texts)
          const [ours, theirs] = await bothWays('SELECT t FROM texts ORDER BY n')
          expect(ours).toEqual(texts)
          expect(theirs).toEqual(texts)
        },
      ),
      { numRuns: 40 },
    )
  })

  it.each([
    ['of a stored table', 'SELECT t FROM texts'],
    ['filtered', 'SELECT t FROM texts WHERE n % 7 = 3'],
    ['repeated', "SELECT 'one and the same long text' FROM texts"],
    ['of few values', 'SELECT u FROM (SELECT t AS u, n FROM texts WHERE n < 5) JOIN texts ON texts.n % 5 = 4'],
    ['computed', "SELECT t || ' and ' || n FROM texts"],
    ['sorted', 'SELECT t FROM texts ORDER BY t DESC'],
    ['sliced', 'SELECT t FROM texts ORDER BY n LIMIT 5000 OFFSET 777'],
    ['cut', 'SELECT substr(t, 3, 20) FROM texts'],
    ['NULL', 'SELECT CAST(NULL AS VARCHAR) FROM texts'],
    ['very long', 'SELECT repeat(t, 1000) FROM texts WHERE n < 50'],
  ])('%s are read as by node-api', async (_, query) => {
    await fill(
      Array.from({ length: 20_000 }, (_, n) =>
        n % 11 === 0 ? null : `${n % 3 === 0 ? 'é' : ''}text ${'x'.repeat(n % 30)}${n}`,
      ),
    )
    const [ours, theirs] = await bothWays(query)
    expect(ours.length).toBeGreaterThan(0)
    expect(ours).toEqual(theirs)
  })
})

describe('numbers', () => {
  it('of every type are read, NULL among them', async () => {
    const result = await connection.stream(
      `SELECT CASE WHEN n % 3 <> 1 THEN n END AS i, CAST(-n AS SMALLINT), CASE WHEN n % 2 = 0 THEN n / 4.0::DOUBLE END,
         CAST(n AS FLOAT) / 8, CASE WHEN n > 0 THEN 9007199254740990 + n ELSE -n END, n % 2 = 0, CAST(1.25 AS DECIMAL(5,2))
       FROM (SELECT CAST(range AS INTEGER) AS n FROM range(4)) AS r`,
    )
    const rows: unknown[] = []
    for await (const chunk of result) rows.push(...rowsOf(chunk, columnReaders(result.columnTypes())))
    expect(rows).toEqual([
      [0, 0, 0, 0, 0, true, 1.25],
      [null, -1, null, 0.125, 9007199254740991, false, 1.25],
      [2, -2, 0.5, 0.25, 9007199254740992n, true, 1.25],
      [3, -3, null, 0.375, 9007199254740993n, false, 1.25],
    ])
  })
})
