// Rows made beside the engine are, byte for byte, the rows that the formats make of values.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Row, Value } from '../../src/core/sql.js'
import { csv } from '../../src/formats/csv.js'
import type { Format } from '../../src/formats/format.js'
import { rowEncoders } from '../../src/formats/row-encoders.js'
import { tsv } from '../../src/formats/tsv.js'
import { votable } from '../../src/formats/votable.js'
import { votableBinary2 } from '../../src/formats/votable-binary2.js'
import type { ColumnDescription } from '../../src/tables/metadata.js'
import type { CellColumn, ColumnBatch, ResultTable, RowEncodingName } from '../../src/tables/result.js'
import { withoutIllegalCharacters } from '../../src/xml/escape.js'

const columns: readonly ColumnDescription[] = [
  { name: 'char', datatype: 'char', arraysize: '*' },
  { name: 'wide', datatype: 'unicodeChar', arraysize: '*' },
  { name: 'fixed', datatype: 'char', arraysize: '5' },
  { name: 'number', datatype: 'int' },
  { name: 'floats', datatype: 'double', arraysize: '*' },
]

const anyTexts = { hasLegalTexts: false }

const written: readonly Format[] = [votable, votableBinary2, csv, tsv]

/** Texts as an engine has them in memory: one after the other, with other bytes around them. */
function textColumn(texts: readonly (string | null)[]): CellColumn {
  const bytes = Buffer.from(`<&"${texts.map((text) => text ?? '').join('')}\u0001`)
  const starts = new Int32Array(texts.length)
  const lengths = new Int32Array(texts.length).fill(-1)
  let start = 3
  for (const [row, text] of texts.entries()) {
    if (text === null) continue
    starts[row] = start
    lengths[row] = Buffer.byteLength(text)
    start += Buffer.byteLength(text)
  }
  return { kind: 'texts', blocks: [bytes], blockNumbers: new Int32Array(texts.length), starts, lengths }
}

function columnBatch(rows: readonly Row[]): ColumnBatch {
  return {
    rowCount: rows.length,
    columns: columns.map(({ datatype }, index) => {
      const values = rows.map((row) => row[index] ?? null)
      const isText = datatype === 'char' || datatype === 'unicodeChar'
      return isText
        ? textColumn(values.map((value) => (value === null ? null : String(value))))
        : { kind: 'values', values }
    }),
  }
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items
}

function result(batches: readonly (readonly Row[])[]): ResultTable {
  return { columns, rows: each(batches), outcome: () => 'OK', infos: [] }
}

async function documentOf(format: Format, table: ResultTable): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of format.write(table)) pieces.push(Buffer.from(piece as Uint8Array))
  return Buffer.concat(pieces).toString()
}

const special = ['', ' ', '&', '<', '>', '"', ',', '\r', '\n', '\t', '\u0000', '\u001f', '\u00a0', 'é', '\ufffe', '😀']
const piece = fc.oneof(
  fc.constantFrom(...special),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.string({ maxLength: 90 }),
)
// Texts come from the engine as UTF-8, which has no lone surrogates.
const text = fc.array(piece, { maxLength: 6 }).map((pieces) => Buffer.from(pieces.join('')).toString())
const row = fc.tuple(
  fc.option(text),
  fc.option(text),
  fc.option(text),
  fc.option(fc.integer()),
  fc.option(fc.array(fc.double(), { maxLength: 3 })),
)
const batches = fc.array(fc.array(row, { maxLength: 8 }), { maxLength: 4 })

/** As texts are stored (RegTAP 1.2 §4.4). */
function cleaned(value: Value): Value {
  return typeof value === 'string' ? withoutIllegalCharacters(value) : value
}

describe.each(written)('rows encoded for $mediaType', (format) => {
  it('are those that the format writes', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (given) => {
        const encoded = result(given)
        const withBytes: ResultTable = {
          ...encoded,
          encodedRows: (name) => each(given.map(columnBatch).map(rowEncoders[name](columns, anyTexts))),
        }
        expect(await documentOf(format, withBytes)).toBe(await documentOf(format, result(given)))
      }),
      { numRuns: 150 },
    )
  })

  it('are the same where texts are known to be legal', async () => {
    const legal = batches.map((given) => given.map((rows) => rows.map((cells) => cells.map((cell) => cleaned(cell)))))
    await fc.assert(
      fc.asyncProperty(legal, async (given) => {
        const encode = (name: RowEncodingName) => rowEncoders[name](columns, { hasLegalTexts: true })
        const withBytes: ResultTable = {
          ...result(given),
          encodedRows: (name) => each(given.map(columnBatch).map(encode(name))),
        }
        expect(await documentOf(format, withBytes)).toBe(await documentOf(format, result(given)))
      }),
      { numRuns: 150 },
    )
  })

  it('that break off end as the format says, after whole rows', async () => {
    const rows = Array.from({ length: 2000 }, (_, index) => [`text ${index}`, 'wide', 'fixed', index, [1, 2]])
    async function* breakOff<Item>(item: Item): AsyncGenerator<Item> {
      yield item
      throw new TypeError('a mistake of ours')
    }
    const byRows = documentOf(format, { ...result([]), rows: breakOff<readonly Row[]>(rows) })
    const byBytes = documentOf(format, {
      ...result([]),
      encodedRows: (name) => breakOff(rowEncoders[name](columns, anyTexts)(columnBatch(rows))),
    })
    const [one, other] = await Promise.allSettled([byRows, byBytes])
    expect(other).toEqual(one)
  })
})
