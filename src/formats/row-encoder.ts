// Columns of cells → the bytes of rows, without making a string of every cell on the way. Used beside the engine.
import { Buffer } from 'node:buffer'
import type { Value } from '../core/sql.js'
import type { CellColumn, ColumnBatch, TextCells } from '../tables/result.js'
import { ByteSink, type PlainText } from './byte-sink.js'

/** Turns batches into the bytes of their rows; make one per result. Throws kind `invalid` for a cell that does not fit. */
export type RowEncoder = (batch: ColumnBatch) => Uint8Array

/** Writes the cell of one row. */
export type CellWriter = (sink: ByteSink, row: number) => void

/** Cells of a column in one batch → the writer of each. */
export type CellWriters = (cells: CellColumn) => CellWriter

/** What stands around cells and rows. */
export interface Punctuation {
  readonly start: string
  readonly separator: string
  readonly end: string
}

/** Rows of text. */
export function textEncoder(columns: readonly CellWriters[], { start, separator, end }: Punctuation): RowEncoder {
  const sink = new ByteSink()
  return ({ columns: cells, rowCount }) => {
    const writers = writersOf(columns, cells)
    for (let row = 0; row < rowCount; row++) {
      sink.ascii(start)
      let between = ''
      for (const write of writers) {
        sink.ascii(between)
        write(sink, row)
        between = separator
      }
      sink.ascii(end)
    }
    return sink.take()
  }
}

/** The writers of a batch; a column that is missing is NULL. */
export function writersOf(columns: readonly CellWriters[], cells: readonly CellColumn[]): readonly CellWriter[] {
  return columns.map((writers, index) => writers(cells[index] ?? { kind: 'values', values: [] }))
}

/** Writers of cells in a text format: `written` makes any cell, plain texts are copied byte by byte. */
export function textCellWriters(written: (value: Value) => string, plain: PlainText): CellWriters {
  const nullText = written(null)
  return (cells) => {
    if (cells.kind === 'values') return (sink, row) => sink.utf8(written(cells.values[row] ?? null))
    const { lengths, starts, memory } = cells
    return (sink, row) => {
      const length = lengths[row] ?? -1
      const source = memory[row]
      if (length < 0 || source === undefined) {
        sink.ascii(nullText)
        return
      }
      if (length === 0 || !sink.copyPlain(source, starts[row] ?? 0, length, plain))
        sink.utf8(written(textAt(cells, row)))
    }
  }
}

/** A cell as any writer takes it. */
export function valueAt(cells: CellColumn, row: number): Value {
  return cells.kind === 'values' ? (cells.values[row] ?? null) : textAt(cells, row)
}

function textAt({ memory, starts, lengths }: TextCells, row: number): string | null {
  const length = lengths[row] ?? -1
  const source = memory[row]
  if (length < 0 || source === undefined) return null
  const start = starts[row] ?? 0
  return Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('utf8', start, start + length)
}

/** Texts with `before` and `after` around them; the tests are given each byte. */
export function plainText(
  anywhere: (byte: number) => boolean,
  { before = '', after = '', atEnds = () => false }: PlainTextOptions = {},
): PlainText {
  const suspect = Uint8Array.from({ length: 256 }, (_, byte) => (anywhere(byte) ? 2 : atEnds(byte) ? 1 : 0))
  return { before: Buffer.from(before), after: Buffer.from(after), suspect }
}

interface PlainTextOptions {
  readonly before?: string
  readonly after?: string
  readonly atEnds?: (byte: number) => boolean
}
