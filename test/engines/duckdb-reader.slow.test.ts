// A query that runs out of memory is run again with more, and leaves nothing behind that others would miss.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DuckdbLimits, DuckdbReader } from '../../src/engines/duckdb-reader.js'

let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waymark-reader-'))
  file = join(folder, 'some.duckdb')
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await connection.run('CREATE TABLE t AS SELECT range AS n FROM range(10)')
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

async function answer(reader: DuckdbReader, query: { readonly text: string }): Promise<readonly unknown[]> {
  const rows: unknown[] = []
  for await (const batch of reader.query(query)) rows.push(...batch)
  return rows
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
})
