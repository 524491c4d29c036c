// Result table → FITS file with one binary table. FITS states the number of rows before the first one, so the rows
// wait in a temporary file until all have come.
import type { Row, Value } from '../core/sql.js'
import type { ColumnDescription } from '../tables/metadata.js'
import type { ResultTable } from '../tables/result.js'
import { cellShape, isText } from './arraysize.js'
import { type CellEncoder, cellEncoder, isComplex, isTrue, itemsOf, textOf } from './binary-cells.js'
import { ByteSink } from './byte-sink.js'
import { type ColumnExtent, columnCards, type FitsColumn, layoutColumn } from './fits-columns.js'
import { type Card, fitsText, headerBytes, paddedLength } from './fits-header.js'
import type { Format } from './format.js'
import { RowSpool } from './spool.js'

const chunkBytes = 65_536

export const fits: Format = {
  mediaType: 'application/fits',
  aliases: ['fits', 'fits-basic', 'image/fits', 'application/x-fits'],
  extension: 'fits',
  write: writeFits,
}

async function* writeFits(result: ResultTable): AsyncGenerator<Uint8Array> {
  await using spool = await RowSpool.open()
  const extents = result.columns.map((): ColumnExtent => ({ longest: 0, total: 0, hasNull: false }))
  let rows = 0
  for await (const batch of result.rows) {
    for (const row of batch) measure(row, result.columns, extents)
    rows += batch.length
    await spool.append(batch)
  }
  const none: ColumnExtent = { longest: 0, total: 0, hasNull: false }
  const layouts = result.columns.map((column, index) => layoutColumn(column, extents[index] ?? none, rows))
  const rowBytes = layouts.reduce((sum, layout) => sum + layout.rowBytes, 0)
  const heapBytes = layouts.reduce(
    (sum, layout, index) => sum + (layout.repeat === undefined ? (extents[index]?.total ?? 0) * layout.itemBytes : 0),
    0,
  )
  yield headerBytes(primaryCards)
  yield headerBytes([
    ...tableCards(rows, rowBytes, heapBytes, layouts.length),
    ...layouts.flatMap((layout, index) => columnCards(layout, index + 1, extents[index] ?? none)),
    ...(result.outcome() === 'OVERFLOW'
      ? [{ keyword: 'OVERFLOW', value: true, comment: 'the query had more rows' }]
      : []),
  ])
  yield* tableBytes(spool, layouts)
  if (heapBytes > 0) yield* heap(spool, layouts)
  const length = rows * rowBytes + heapBytes
  yield new Uint8Array(paddedLength(length) - length)
}

const primaryCards: readonly Card[] = [
  { keyword: 'SIMPLE', value: true, comment: 'FITS' },
  { keyword: 'BITPIX', value: 8 },
  { keyword: 'NAXIS', value: 0 },
  { keyword: 'EXTEND', value: true },
]

function tableCards(rows: number, rowBytes: number, heapBytes: number, columns: number): Card[] {
  return [
    { keyword: 'XTENSION', value: 'BINTABLE' },
    { keyword: 'BITPIX', value: 8 },
    { keyword: 'NAXIS', value: 2 },
    { keyword: 'NAXIS1', value: rowBytes, comment: 'bytes per row' },
    { keyword: 'NAXIS2', value: rows, comment: 'rows' },
    { keyword: 'PCOUNT', value: heapBytes, comment: 'bytes behind the table' },
    { keyword: 'GCOUNT', value: 1 },
    { keyword: 'TFIELDS', value: columns, comment: 'columns' },
  ]
}

function measure(row: Row, columns: readonly ColumnDescription[], extents: readonly ColumnExtent[]): void {
  for (const [index, extent] of extents.entries()) {
    const value = row[index] ?? null
    const column = columns[index]
    if (value === null) extent.hasNull = true
    if (column === undefined) continue
    const length = itemCount(column, value)
    extent.total += length
    if (length > extent.longest) extent.longest = length
  }
}

function itemCount(column: ColumnDescription, value: Value): number {
  if (isText(column)) return fitsText(textOf(value)).length
  return itemsOf(value).length / (isComplex(column) ? 2 : 1)
}

async function* tableBytes(spool: RowSpool, layouts: readonly FitsColumn[]): AsyncGenerator<Uint8Array> {
  const sink = new ByteSink()
  let heapOffset = 0
  const encoders = layouts.map((layout): CellEncoder => {
    const { column, itemBytes } = layout
    if (layout.repeat !== undefined) return fixedEncoder(column, layout.repeat, layout.nullNumber)
    return (into, value) => {
      const items = itemCount(column, value)
      into.int64(BigInt(items))
      into.int64(BigInt(heapOffset))
      heapOffset += items * itemBytes
    }
  })
  for await (const batch of spool.batches()) {
    for (const row of batch) for (const [index, encode] of encoders.entries()) encode(sink, row[index] ?? null)
    if (sink.length >= chunkBytes) yield sink.take()
  }
  yield sink.take()
}

// The heap holds the cells row by row, in the order in which the descriptors counted them.
async function* heap(spool: RowSpool, layouts: readonly FitsColumn[]): AsyncGenerator<Uint8Array> {
  const sink = new ByteSink()
  const encoders = layouts.map((layout): CellEncoder | undefined => {
    const { column } = layout
    if (layout.repeat !== undefined) return undefined
    if (isText(column)) return (into, value) => into.ascii(fitsText(textOf(value)))
    const item = fixedEncoder({ ...column, arraysize: '1' }, 1)
    return (into, value) => {
      const items = itemsOf(value)
      const step = isComplex(column) ? 2 : 1
      for (let start = 0; start < items.length; start += step)
        item(into, step === 1 ? (items[start] ?? null) : pair(items, start))
    }
  })
  for await (const batch of spool.batches()) {
    for (const row of batch) for (const [index, encode] of encoders.entries()) encode?.(sink, row[index] ?? null)
    if (sink.length >= chunkBytes) yield sink.take()
  }
  yield sink.take()
}

function pair(items: readonly Value[], start: number): readonly number[] {
  return [Number(items[start]), Number(items[start + 1])]
}

function fixedEncoder(column: ColumnDescription, repeat: number, nullNumber?: bigint): CellEncoder {
  if (isText(column)) {
    return (sink, value) => {
      const text = fitsText(textOf(value)).slice(0, repeat)
      sink.ascii(text)
      sink.zeros(repeat - text.length)
    }
  }
  // FITS has 0 for an unknown truth value where VOTable has `?`; bits become bytes.
  if (column.datatype === 'boolean' || column.datatype === 'bit') {
    const [yes, no] = column.datatype === 'boolean' ? [0x54, 0x46] : [1, 0]
    return (sink, value) => {
      const items = itemsOf(value)
      for (let index = 0; index < repeat; index++) {
        const item = items[index] ?? null
        sink.byte(item === null ? 0 : isTrue(item) ? yes : no)
      }
    }
  }
  const scalar = cellShape(column.arraysize).kind === 'scalar'
  return cellEncoder(scalar ? column : { ...column, arraysize: String(repeat) }, nullNumber)
}
