// Answers that come again are kept, whole and in order, as long as they hold; and never where they do not.
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Row, type Sql, sql } from '../../src/core/sql.js'
import { AnswerCache } from '../../src/engines/answer-cache.js'
import { blockBytes } from '../../src/engines/block-file.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { temporaryFolder, toys, zoo } from './support.js'

interface Taken {
  readonly bytes: Buffer
  readonly rowCount: number
}

/** An answer of so many bytes, in batches of uneven sizes, that counts how often it is computed. */
function source(byteLength: number, seed: number) {
  const computed = { times: 0 }
  async function* run(): AsyncGenerator<readonly Row[]> {
    computed.times += 1
    for (let from = 0; from < byteLength; from += 70_001) {
      const bytes = Buffer.alloc(Math.min(70_001, byteLength - from), (seed + from) % 251)
      yield [[bytes, 7]]
    }
  }
  return { computed, run }
}

async function take(rows: AsyncIterable<readonly Row[]>): Promise<Taken> {
  const parts: Uint8Array[] = []
  let rowCount = 0
  for await (const batch of rows)
    for (const [bytes, count] of batch) {
      if (bytes instanceof Uint8Array) parts.push(bytes)
      rowCount += Number(count)
    }
  return { bytes: Buffer.concat(parts), rowCount }
}

it.each([0, 1, blockBytes - 1, blockBytes, blockBytes + 1, 1_000_003])(
  'computes an answer of %i bytes twice, then gives the same bytes and number of rows',
  async (byteLength) => {
    await using cache = new AnswerCache({ folder: temporaryFolder(), megabytes: 20 })
    const { computed, run } = source(byteLength, 5)
    const first = await take(cache.query('one', run))
    for (let times = 0; times < 4; times++) {
      const again = await take(cache.query('one', run))
      expect(again.bytes.equals(first.bytes)).toBe(true)
      expect(again.rowCount).toBe(first.rowCount)
    }
    expect(first.bytes).toHaveLength(byteLength)
    expect(computed.times).toBe(2)
  },
)

it('keeps the answers that are asked for, and gives up those that are not', async () => {
  await using cache = new AnswerCache({ folder: temporaryFolder(), megabytes: 16 })
  // Nine answers of two megabytes do not fit into sixteen.
  const answers = Array.from({ length: 9 }, (_, index) => source(1_900_000, index))
  for (const [index, { run }] of answers.entries())
    for (let times = 0; times < 3; times++) {
      await take(cache.query(`answer ${index}`, run))
      await take(cache.query('answer 0', answers[0]?.run ?? run))
    }
  expect(answers.map(({ computed }) => computed.times)).toEqual(answers.map(() => 2))
  const found = await Promise.all(answers.map(({ run }, index) => take(cache.query(`answer ${index}`, run))))
  for (const [index, { bytes }] of found.entries()) expect(bytes[0]).toBe(index)
  expect(answers[0]?.computed.times).toBe(2)
  expect(answers[1]?.computed.times).toBe(3)
})

it('computes again what is larger than its share, what was left early, and what failed', async () => {
  await using cache = new AnswerCache({ folder: temporaryFolder(), megabytes: 8 })
  const large = source(1_100_000, 1)
  for (let times = 0; times < 4; times++) expect((await take(cache.query('large', large.run))).bytes[0]).toBe(1)
  expect(large.computed.times).toBe(4)

  const left = source(500_000, 2)
  for (let times = 0; times < 4; times++) for await (const _ of cache.query('left', left.run)) break
  expect((await take(cache.query('left', left.run))).bytes).toHaveLength(500_000)
  expect(left.computed.times).toBeGreaterThanOrEqual(4)

  const part = source(200_000, 3)
  async function* failing(): AsyncGenerator<readonly Row[]> {
    yield* part.run()
    throw new Error('the engine process has gone')
  }
  for (let times = 0; times < 4; times++) await expect(take(cache.query('failing', failing))).rejects.toThrow('gone')
  expect(part.computed.times).toBe(4)
})

it('forgets what was computed from former data, also what is on its way when they change', async () => {
  await using cache = new AnswerCache({ folder: temporaryFolder(), megabytes: 8 })
  const former = source(400_000, 1)
  const present = source(400_000, 2)
  for (let times = 0; times < 3; times++) await take(cache.query('one', former.run))
  const reading = cache.query('one', former.run)
  const begun = await reading.next()
  cache.clear()
  const rest = await take(reading)
  // Who had begun to read goes on with the data that were shown then.
  expect(Number((begun.value as readonly Row[])[0]?.[0] instanceof Uint8Array)).toBe(1)
  expect(rest.bytes.length).toBe(400_000 - blockBytes)
  expect(rest.bytes.includes(2)).toBe(false)
  expect((await take(cache.query('one', present.run))).bytes[0]).toBe(2)

  await take(cache.query('two', former.run))
  const recording = cache.query('two', former.run)
  await recording.next()
  cache.clear()
  await take(recording)
  await take(cache.query('two', present.run))
  expect((await take(cache.query('two', present.run))).bytes[0]).toBe(2)
})

it('computes once more for all who ask while the answer is being recorded', async () => {
  await using cache = new AnswerCache({ folder: temporaryFolder(), megabytes: 8 })
  const { computed, run } = source(600_000, 1)
  await take(cache.query('one', run))
  const answers = await Promise.all(Array.from({ length: 30 }, () => take(cache.query('one', run))))
  for (const { bytes } of answers) expect(bytes).toHaveLength(600_000)
  expect(computed.times).toBe(2)
})

it('waits for no reader that is slow, and not for an answer that is too large to keep', async () => {
  await using cache = new AnswerCache({ folder: temporaryFolder(), megabytes: 8, patienceMs: 50 })
  const { computed, run } = source(600_000, 1)
  await take(cache.query('one', run))
  const slow = cache.query('one', run)
  await slow.next()
  expect((await take(cache.query('one', run))).bytes).toHaveLength(600_000)
  expect(computed.times).toBe(3)
  await take(slow)

  await using patient = new AnswerCache({ folder: temporaryFolder(), megabytes: 8, patienceMs: 3_600_000 })
  const large = source(3_000_000, 1)
  await take(patient.query('large', large.run))
  const answers = await Promise.all(Array.from({ length: 5 }, () => take(patient.query('large', large.run))))
  for (const { bytes } of answers) expect(bytes).toHaveLength(3_000_000)
})

it('gives up no block that is being read', async () => {
  await using cache = new AnswerCache({ folder: temporaryFolder(), megabytes: 4 })
  const read = source(450_000, 1)
  for (let times = 0; times < 2; times++) await take(cache.query('read', read.run))
  const reading = cache.query('read', read.run)
  const begun = await reading.next()
  for (let index = 2; index < 40; index++) {
    const other = source(450_000, index)
    for (let times = 0; times < 2; times++) await take(cache.query(`other ${index}`, other.run))
  }
  const expected = await take(source(450_000, 1).run())
  const [[bytes] = []] = begun.value as readonly Row[]
  expect(Buffer.concat([bytes as Uint8Array, (await take(reading)).bytes]).equals(expected.bytes)).toBe(true)
})

it('answers without a disk, and keeps again once there is one', async () => {
  const parent = temporaryFolder()
  const blocked = join(parent, 'state')
  writeFileSync(blocked, 'a file where the folder should be')
  await using cache = new AnswerCache({ folder: join(blocked, 'below'), megabytes: 8 })
  const { computed, run } = source(300_000, 1)
  for (let times = 0; times < 3; times++) expect((await take(cache.query('one', run))).bytes).toHaveLength(300_000)
  expect(computed.times).toBe(3)
  rmSync(blocked)
  for (let times = 0; times < 3; times++) expect((await take(cache.query('one', run))).bytes).toHaveLength(300_000)
  expect(computed.times).toBe(4)
})

const encode = {
  name: 'csv',
  columns: [{ name: 'price', datatype: 'int' }],
  maxRows: 100_000,
  hasLegalTexts: true,
} as const

function price(value: number): Sql {
  return sql`UPDATE zoo.toy SET price = ${value}`
}

it('never gives an answer of an earlier generation, of RAND, or of an upload', async () => {
  const folder = temporaryFolder()
  await using engine = await DuckdbEngine.open({ folder, answers: { folder, megabytes: 8 } })
  await engine.renew(async (next) => {
    await next.createTables([zoo])
    await next.append(toys, [['Ada', 'ball', 1]])
  })
  const ask = async (query: Sql): Promise<string> => (await take(engine.query(query, { encode }))).bytes.toString()
  for (let value = 2; value < 5; value++) {
    await engine.renew((next) => next.run(price(value)))
    for (let times = 0; times < 4; times++) expect(await ask(sql`SELECT price FROM zoo.toy`)).toContain(String(value))
  }
  const numbers = new Set<string>()
  for (let times = 0; times < 5; times++) numbers.add(await ask(sql`SELECT random() FROM zoo.toy`))
  expect(numbers.size).toBe(5)
  const columns = [{ name: 'n', datatype: 'int' }] as const
  for (let n = 0; n < 5; n++) {
    const uploads = [{ name: 'mine', columns, rows: [[n]] }]
    const rows = engine.query(sql`SELECT n FROM ${engine.dialect.uploadTable('mine')} m`, { encode, uploads })
    expect((await take(rows)).bytes.toString().trim()).toBe(String(n))
  }
  // The file has no name: nothing is left for others to read, or to remove after a crash.
  expect(readdirSync(folder).filter((name) => name.startsWith('answers'))).toEqual([])
})
