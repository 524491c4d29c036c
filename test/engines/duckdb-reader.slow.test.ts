// A query that runs out of memory is run again with more, and leaves nothing behind that others would miss.
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Row } from '../../src/core/sql.js'
import { type DuckdbLimits, DuckdbReader } from '../../src/engines/duckdb-reader.js'
import type { RowEncoding } from '../../src/engines/engine.js'

let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waymark-reader-'))
  file = join(folder, 'some.duckdb')
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await connection.run('CREATE TABLE t AS SELECT range AS n FROM range(10)')
  // Numbers that cannot be packed: each column has a block of its own to read.
  await connection.run('CREATE TABLE long AS SELECT range AS n FROM range(2000000)')
  const columns = wideColumns.map((name, index) => `hash(range + ${index}) AS ${name}`)
  await connection.run(`CREATE TABLE wide AS SELECT ${columns.join(', ')} FROM range(100000)`)
  connection.closeSync()
  instance.closeSync()
})
afterAll(() => rm(folder, { recursive: true }))

function limits(roomyMegabytes?: number): DuckdbLimits {
  return {
    threads: 1,
    memoryMegabytes: 30,
    temporaryFolder: folder,
    temporaryMegabytes: 0,
    ...(roomyMegabytes === undefined ? {} : { roomyMegabytes }),
  }
}

/** One list of 40 MB, which cannot be written to a file. */
const wide = { text: 'SELECT len(list(n.range)) FROM range(5000000) AS n' }
const tiny = { text: 'SELECT count(*) FROM t' }
const wideColumns = Array.from({ length: 24 }, (_, index) => `c${index}`)
/** Begins with little memory, so that a first batch can be read, and goes on with 6 MB. */
const growing = { text: `SELECT n, '' FROM long UNION ALL SELECT 0, concat(${wideColumns.join(', ')}) FROM wide` }
/** Queries that keep lists of 5, 0.5 and 0.05 MB until their many rows have been read: more of each than fit. */
const holding = [650_000, 65_000, 6_500].flatMap((length) =>
  Array.from({ length: 12 }, () => ({
    text: `SELECT len(l) + n FROM long, (SELECT list(range) AS l FROM range(${length})) AS one`,
  })),
)
const encode: RowEncoding = {
  name: 'csv',
  columns: [
    { name: 'n', datatype: 'long' },
    { name: 's', datatype: 'char', arraysize: '*' },
  ],
  maxRows: 3_000_000,
  hasLegalTexts: true,
}

async function answer(reader: DuckdbReader, query: { readonly text: string }): Promise<readonly unknown[]> {
  const rows: unknown[] = []
  for await (const batch of reader.query(query)) rows.push(...batch)
  return rows
}

/** Of rows as bytes, a batch that was read before in front of them. */
async function digest(
  rows: AsyncIterable<readonly Row[]>,
  before: readonly Row[] = [],
): Promise<{ readonly bytes: string; readonly rowCount: number }> {
  const hash = createHash('sha256')
  let rowCount = 0
  const add = (batch: readonly Row[]): void => {
    for (const [bytes, count] of batch) {
      hash.update(bytes as Uint8Array)
      rowCount += Number(count)
    }
  }
  add(before)
  for await (const batch of rows) add(batch)
  return { bytes: hash.digest('hex'), rowCount }
}

describe('a query that needs more memory than DuckDB may use', () => {
  it('is refused where there is no more', async () => {
    const reader = await DuckdbReader.open(file, limits())
    await expect(answer(reader, wide)).rejects.toMatchObject({ kind: 'limit', message: /more memory/ })
    expect(await answer(reader, tiny)).toEqual([[10]])
    reader.close()
  })

  it('is answered where there is, again and again', async () => {
    const reader = await DuckdbReader.open(file, limits(600))
    for (let repetition = 0; repetition < 3; repetition++) expect(await answer(reader, wide)).toEqual([[5_000_000]])
    expect(await Promise.all([answer(reader, wide), answer(reader, tiny)])).toEqual([[[5_000_000]], [[10]]])
    reader.close()
  })

  it('is refused where more is not enough either, and those after it are answered', async () => {
    const reader = await DuckdbReader.open(file, limits(40))
    for (let repetition = 0; repetition < 3; repetition++) {
      await expect(answer(reader, wide)).rejects.toMatchObject({ kind: 'limit' })
      expect(await answer(reader, tiny)).toEqual([[10]])
    }
    reader.close()
  })

  it('goes on where it broke off when others take the memory half-way', async () => {
    const reader = await DuckdbReader.open(file, limits(600))
    const undisturbed = await digest(reader.query(growing, { encode }))
    const disturbed = reader.query(growing, { encode })
    const first = await disturbed.next()
    // Those that do not fit are run with more.
    const holders = holding.map((query) => reader.query(query))
    for (const holder of holders) await holder.next()
    expect(await digest(disturbed, first.value ?? [])).toEqual(undisturbed)
    expect(undisturbed.rowCount).toBe(2_100_000)
    for (const holder of holders) await holder.return()
    reader.close()
  })

  it('is told of half-way where there is no more', async () => {
    const reader = await DuckdbReader.open(file, limits())
    const disturbed = reader.query(growing, { encode })
    await disturbed.next()
    const holders = holding.map((query) => reader.query(query))
    for (const holder of holders) await holder.next().catch(() => undefined)
    await expect(digest(disturbed)).rejects.toMatchObject({ kind: 'limit', message: /memory/ })
    for (const holder of holders) await holder.return()
    reader.close()
  })
})
