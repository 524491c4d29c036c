// What every SQL engine must do, whatever it is made of.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { spell } from '../../src/adql/dialect.js'
import { RegistryError } from '../../src/core/errors.js'
import { identifier, literal, type Row, type Sql, sql, type Value } from '../../src/core/sql.js'
import type { Engine, Transaction, WritableEngine } from '../../src/engines/engine.js'
import type { LoadedTable } from '../../src/tables/result.js'
import { petRows, pets, rowsOf, toys, zoo } from './support.js'

export interface EngineUnderTest {
  readonly name: string
  /** A new engine without any data. */
  open(): Promise<WritableEngine>
}

async function fill(engine: WritableEngine): Promise<void> {
  const work = async (next: Transaction) => {
    await next.createTables([zoo])
    await next.append(pets, petRows)
    await next.append(toys, [
      ['Ada', 'ball', 3],
      ['Zoë', 'mouse', 12],
    ])
  }
  await engine.renew(work, { fresh: true })
}

async function namesIn(engine: Pick<Engine, 'query'>): Promise<readonly unknown[]> {
  return (await rowsOf(engine, sql`SELECT name FROM zoo.pet ORDER BY name`)).map(([name]) => name)
}

/** Counts for minutes on any machine. */
const runaway = sql`SELECT count(*) FROM generate_series(1, 200000) AS a(n), generate_series(1, 200000) AS b(n) WHERE a.n * b.n % 7 = 3`

const upload: LoadedTable = {
  name: 'mine',
  columns: [
    { name: 'key', datatype: 'char', arraysize: '*' },
    { name: 'Größe "x"', datatype: 'double' },
    { name: 'seen', datatype: 'char', arraysize: '*', xtype: 'timestamp' },
    { name: 'many', datatype: 'double', arraysize: '*' },
    { name: 'big', datatype: 'long' },
    { name: 'raw', datatype: 'unsignedByte', arraysize: '*' },
    { name: 'yes', datatype: 'boolean' },
  ],
  rows: [
    ['Ada', 1.5, '2020-01-01T00:00:00', [1, 2.5], 9007199254740993n, new Uint8Array([7]), true],
    ["it's", null, null, null, null, null, null],
  ],
}

export function describeEngine(engineUnderTest: EngineUnderTest): void {
  describe(`the engine ${engineUnderTest.name}`, () => {
    let engine: WritableEngine
    beforeAll(async () => {
      engine = await engineUnderTest.open()
      await fill(engine)
    }, 60_000)
    afterAll(() => engine[Symbol.asyncDispose]())

    it('gives back every kind of value as it was put in', async () => {
      const rows = await rowsOf(engine, sql`SELECT * FROM zoo.pet ORDER BY weight, length`)
      expect(rows).toEqual([
        ['Ada', 2, null, -1e-19, null, 12, false, null, null],
        [
          petRows[0]?.[0],
          4,
          '2019-02-03T04:05:06',
          3.5,
          0.5,
          9007199254740993n,
          true,
          new Uint8Array([0, 255, 1]),
          [0.25, 1.5],
        ],
        ['o\'Hara "x" \\', null, '1858-11-17T00:00:00', null, 1.5, null, null, new Uint8Array(), [1, 2]],
      ])
    })

    it('gives numbers for what SQL computes: counts, sums, averages, decimals', async () => {
      const [row] = await rowsOf(
        engine,
        sql`SELECT count(*), sum(price), avg(price), 1.5 + 0.25, 5 / 2, max(price) FROM zoo.toy`,
      )
      expect(row).toEqual([2, 15, 7.5, 1.75, 2, 12])
    })

    it('gives an empty result as no rows', async () => {
      expect(await rowsOf(engine, sql`SELECT name FROM zoo.pet WHERE name = 'nobody'`)).toEqual([])
    })

    it('sorts NULL last when ascending and first when descending', async () => {
      const legs = async (query: Sql) => (await rowsOf(engine, query)).map(([value]) => value)
      expect(await legs(sql`SELECT legs FROM zoo.pet ORDER BY legs`)).toEqual([2, 4, null])
      expect(await legs(sql`SELECT legs FROM zoo.pet ORDER BY legs DESC`)).toEqual([null, 4, 2])
    })

    it('compares text by code point', async () => {
      expect(await namesIn(engine)).toEqual(['Ada', 'Zoë', 'o\'Hara "x" \\'])
    })

    it('takes any text as a value and none of it as syntax', async () => {
      const nasty = `'; DROP TABLE zoo.pet; -- \\' $1 "x" \u{1F680}`
      expect(await rowsOf(engine, sql`SELECT ${nasty}, ${literal(-5)}, - ${-5}`)).toEqual([[nasty, -5, 5]])
      expect(await namesIn(engine)).toHaveLength(3)
    })

    it('gives many rows in batches, in order, as they are pulled', async () => {
      const sizes: number[] = []
      const wrong: Row[] = []
      let expected = 0
      for await (const batch of engine.query(
        sql`SELECT n, 'row ' || n FROM generate_series(0, 29999) AS s(n) ORDER BY n`,
      )) {
        sizes.push(batch.length)
        for (const row of batch) {
          if (row[0] !== expected || row[1] !== `row ${expected}`) wrong.push(row)
          expected += 1
        }
      }
      expect(wrong).toEqual([])
      expect(expected).toBe(30_000)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(4096)
    })

    it('can be left in the middle of a result, and answers the next query', async () => {
      for await (const batch of engine.query(sql`SELECT n FROM generate_series(1, 5000000) AS s(n)`)) {
        expect(batch[0]).toEqual([1])
        break
      }
      expect(await rowsOf(engine, sql`SELECT 1`)).toEqual([[1]])
    })

    it('says what was wrong with a value, also after rows have gone out', async () => {
      await expect(
        rowsOf(engine, sql`SELECT CAST(name AS INTEGER) FROM zoo.pet WHERE name = 'Zoë'`),
      ).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringContaining('Zoë'),
      })
      const late = sql`SELECT CASE WHEN n = 900000 THEN CAST('late' || n AS INTEGER) ELSE n END FROM generate_series(1, 1000000) AS s(n)`
      let rows = 0
      const pulling = (async () => {
        for await (const batch of engine.query(late)) rows += batch.length
      })()
      await expect(pulling).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining('late900000') })
      expect(rows).toBeLessThan(1_000_000)
    })

    it('keeps statements of ours that fail to itself', async () => {
      const failure = await rowsOf(engine, sql`SELECT secret_column FROM zoo.pet`).catch((thrown: unknown) => thrown)
      expect(failure).toBeInstanceOf(RegistryError)
      expect(failure).toMatchObject({ kind: 'internal' })
      expect((failure as RegistryError).message).not.toContain('secret_column')
    })

    it('stops a query at once when its signal is given, and answers the next one', async () => {
      const stop = new AbortController()
      const running = rowsOf(engine, runaway, { signal: stop.signal })
      setTimeout(() => stop.abort(), 100)
      const start = performance.now()
      await expect(running).rejects.toMatchObject({ name: 'AbortError' })
      expect(performance.now() - start).toBeLessThan(2000)
      expect(await rowsOf(engine, sql`SELECT 1`)).toEqual([[1]])
    })

    it('ends a query at its deadline as a limit, and does not begin one whose signal was given before', async () => {
      await expect(rowsOf(engine, runaway, { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({
        kind: 'limit',
      })
      await expect(rowsOf(engine, sql`SELECT 1`, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        name: 'AbortError',
      })
    })

    it('joins tables that come with the query, and forgets them', async () => {
      const mine = engine.dialect.uploadTable('mine')
      expect(await rowsOf(engine, sql`SELECT m.* FROM ${mine} AS m ORDER BY m.key`, { uploads: [upload] })).toEqual(
        upload.rows,
      )
      const joined = sql`SELECT t.toy, m.${identifier('Größe "x"')} FROM zoo.toy t JOIN ${mine} AS m ON m.key = t.owner`
      expect(await rowsOf(engine, joined, { uploads: [upload] })).toEqual([['ball', 1.5]])
      await expect(rowsOf(engine, joined)).rejects.toMatchObject({ kind: 'internal' })
    })

    it('keeps no characters that XML cannot carry', async () => {
      const mine = engine.dialect.uploadTable('mine')
      const uploads: readonly LoadedTable[] = [
        {
          name: 'mine',
          columns: [{ name: 't', datatype: 'char', arraysize: '*' }],
          rows: [['a \u0001 b\ttab \u0000'], ['\ufffe and \ud800'], ['\u{1F680}']],
        },
      ]
      expect(await rowsOf(engine, sql`SELECT m.t FROM ${mine} AS m ORDER BY m.t`, { uploads })).toEqual([
        ['? and ?'],
        ['a ? b\ttab ?'],
        ['\u{1F680}'],
      ])
    })

    it('lets two queries bring different tables of one name at the same time', async () => {
      const other: LoadedTable = { name: 'mine', columns: [{ name: 'n', datatype: 'int' }], rows: [[42]] }
      const mine = engine.dialect.uploadTable('mine')
      const [first, second] = await Promise.all([
        rowsOf(engine, sql`SELECT count(*) FROM ${mine} m`, { uploads: [upload] }),
        rowsOf(engine, sql`SELECT n FROM ${mine} m`, { uploads: [other] }),
      ])
      expect([first, second]).toEqual([[[2]], [[42]]])
    })

    it.each<[string, readonly Sql[], Value]>([
      ['round', [sql`CAST(2.5 AS DOUBLE PRECISION)`], 3],
      ['round', [sql`CAST(-2.5 AS DOUBLE PRECISION)`], -3],
      ['round', [sql`CAST(1234.567 AS DOUBLE PRECISION)`, sql`2`], 1234.57],
      ['round', [sql`CAST(1250 AS DOUBLE PRECISION)`, sql`-2`], 1300],
      ['truncate', [sql`CAST(-3.19 AS DOUBLE PRECISION)`, sql`1`], -3.1],
      ['truncate', [sql`CAST(-3.99 AS DOUBLE PRECISION)`], -3],
      ['ceiling', [sql`CAST(1.2 AS DOUBLE PRECISION)`], 2],
      ['mod', [sql`CAST(-5.5 AS DOUBLE PRECISION)`, sql`CAST(2 AS DOUBLE PRECISION)`], -1.5],
      ['log', [sql`CAST(1 AS DOUBLE PRECISION)`], 0],
      ['log10', [sql`CAST(1000 AS DOUBLE PRECISION)`], 3],
      ['power', [sql`CAST(2 AS DOUBLE PRECISION)`, sql`CAST(-1 AS DOUBLE PRECISION)`], 0.5],
      ['degrees', [sql`pi()`], 180],
      ['lower', [sql`'ÉTOILE'`], 'étoile'],
      ['contains_text', [sql`'100% of a_b \\ c'`, sql`'0% of a_b \\'`], true],
      ['contains_text', [sql`'100 of axb'`, sql`'a_b'`], false],
      ['matches', [sql`'die étoile polaire'`, literal('@étoile@')], true],
      ['matches', [sql`'die étoilées'`, literal('@étoile@')], false],
      ['matches', [sql`'l''étoile2'`, literal('@étoile@')], true],
      ['matches', [sql`'ñétoile'`, literal('@étoile@')], false],
      ['timestamp_text', [sql`CAST('2020-02-29T12:00:00' AS TIMESTAMP)`], '2020-02-29T12:00:00'],
      ['timestamp_text', [sql`CAST('2020-02-29 12:00:00.25' AS TIMESTAMP)`], '2020-02-29T12:00:00.25'],
      ['modified_julian_date', [sql`CAST('1858-11-18T12:00:00' AS TIMESTAMP)`], 1.5],
    ])('computes %s of %s', async (name, given, expected) => {
      const { dialect } = engine
      // @ stands for the boundary of a word, which each engine writes in its own way.
      const args = given.map((argument) =>
        argument.text.includes('@')
          ? literal(
              argument.text
                .slice(1, -1)
                .replace('@', `(^|${dialect.nonLetter})`)
                .replace('@', `(${dialect.nonLetter}|$)`),
            )
          : argument,
      )
      const [row] = await rowsOf(engine, sql`SELECT ${spell(dialect, name, args)}`)
      if (typeof expected === 'number') expect(row?.[0]).toBeCloseTo(expected, 12)
      else expect(row).toEqual([expected])
    })

    it('shows renewed tables all at once, and nothing of a renewal that failed', async () => {
      await fill(engine)
      let renewals = 0
      engine.onRenewed(() => {
        renewals += 1
      })
      await engine.renew(async (next) => {
        await next.run(sql`DELETE FROM zoo.pet WHERE name = 'Ada'`)
        expect(await namesIn(engine)).toHaveLength(3)
        expect(await namesIn(next)).toEqual(['Zoë', 'o\'Hara "x" \\'])
        await next.append(pets, [['Bob', ...new Array(8).fill(null)]])
        expect(await namesIn(engine)).toHaveLength(3)
      })
      expect(await namesIn(engine)).toEqual(['Bob', 'Zoë', 'o\'Hara "x" \\'])
      expect(renewals).toBe(1)
      const failing = engine.renew(async (next) => {
        await next.run(sql`DELETE FROM zoo.pet`)
        throw new Error('not today')
      })
      await expect(failing).rejects.toThrow('not today')
      expect(await namesIn(engine)).toEqual(['Bob', 'Zoë', 'o\'Hara "x" \\'])
      expect(renewals).toBe(1)
    })

    it('finishes a result on the data it began with', async () => {
      await fill(engine)
      await engine.renew((next) =>
        next.append(
          toys,
          Array.from({ length: 50_000 }, (_, index) => ['many', `toy ${index}`, index]),
        ),
      )
      const reading = engine.query(sql`SELECT toy FROM zoo.toy`)[Symbol.asyncIterator]()
      let rows = (await reading.next()).value.length
      await engine.renew((next) => next.run(sql`DELETE FROM zoo.toy`))
      for (;;) {
        const { done, value } = await reading.next()
        if (done) break
        rows += value.length
      }
      expect(rows).toBe(50_002)
      expect(await rowsOf(engine, sql`SELECT count(*) FROM zoo.toy`)).toEqual([[0]])
    })

    it('starts a fresh renewal from nothing', async () => {
      await fill(engine)
      await engine.renew(
        async (next) => {
          await next.createTables([{ name: 'zoo', tables: [pets] }])
        },
        { fresh: true },
      )
      expect(await namesIn(engine)).toEqual([])
      await expect(rowsOf(engine, sql`SELECT * FROM zoo.toy`)).rejects.toMatchObject({ kind: 'internal' })
    })

    it('keeps tables that exist when they are declared again, and refuses other columns', async () => {
      await fill(engine)
      await engine.renew((next) => next.createTables([zoo]))
      expect(await namesIn(engine)).toHaveLength(3)
      const changed = { name: 'zoo', tables: [{ ...toys, columns: toys.columns.slice(1) }] }
      await expect(engine.renew((next) => next.createTables([changed]))).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringContaining('zoo.toy'),
      })
    })

    it('names table, column and value when a value does not fit', async () => {
      await fill(engine)
      const wrong = engine.renew((next) => next.append(toys, [['Ada', 'ball', 'cheap']]))
      await expect(wrong).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringMatching(/zoo\.toy\.price.*cheap/),
      })
    })

    it('runs one renewal after the other', async () => {
      await fill(engine)
      await Promise.all(
        ['one', 'two', 'three'].map((name) => engine.renew((next) => next.append(toys, [[name, name, 1]]))),
      )
      expect(await rowsOf(engine, sql`SELECT count(*) FROM zoo.toy`)).toEqual([[5]])
    })

    it('takes rows and answers queries of one renewal at the same time', async () => {
      await fill(engine)
      const many = (owner: string) => Array.from({ length: 700 }, (_, toy): Row => [owner, `toy ${toy}`, toy])
      const counts: unknown[] = []
      await engine.renew(async (next) => {
        const count = async () => {
          for await (const rows of next.query(sql`SELECT count(*) FROM zoo.pet`)) counts.push(...rows)
        }
        const work = Array.from({ length: 30 }, (_, turn) => [next.append(toys, many(`owner ${turn}`)), count()])
        await Promise.all(work.flat())
      })
      expect(counts).toHaveLength(30)
      expect(
        await rowsOf(engine, sql`SELECT count(*), count(DISTINCT owner) FROM zoo.toy WHERE owner LIKE 'owner%'`),
      ).toEqual([[21_000, 30]])
    })

    it('answers that nothing has been published while there is no data', async () => {
      await using empty = await engineUnderTest.open()
      await expect(rowsOf(empty, sql`SELECT * FROM zoo.pet`)).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('published'),
      })
    })
  })
}
