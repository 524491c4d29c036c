// Result table → VOTable with BINARY2: base64 of packed rows, each with one NULL flag per column.
import type { Row } from '../core/sql.js'
import type { ColumnDescription } from '../tables/metadata.js'
import type { CellColumn, ResultTable } from '../tables/result.js'
import { cellShape, isText } from './arraysize.js'
import { base64Stream } from './base64-lines.js'
import { streamBase64 } from './base64-stream.js'
import { cellEncoder } from './binary-cells.js'
import { ByteSink } from './byte-sink.js'
import { streamEncoded } from './encoded-stream.js'
import type { Format } from './format.js'
import { type CellWriters, plainText, type RowEncoder, valueAt, writersOf } from './row-encoder.js'
import { votableError, votableFailure, votableHead, votableTail } from './votable-document.js'

export const votableBinary2: Format = {
  mediaType: 'application/x-votable+xml;serialization=BINARY2',
  aliases: ['votable/binary2', 'votable/b2', 'votableb2'],
  extension: 'vot',
  ivoid: 'ivo://ivoa.net/std/TAPRegExt#output-votable-binary2',
  write: (result: ResultTable) => {
    const document = {
      head: () => `${votableHead(result)}<DATA><BINARY2><STREAM encoding="base64">\n`,
      tail: () => `</STREAM></BINARY2></DATA>${votableTail(result)}`,
      failure: (message: string) => `</STREAM></BINARY2></DATA>${votableFailure(message)}`,
    }
    if (result.encodedRows !== undefined) return streamEncoded(document, base64Stream(result.encodedRows('binary2')))
    const encoders = result.columns.map((column) => cellEncoder(column))
    const row = (sink: ByteSink, cells: Row) => {
      writeNullFlags(sink, encoders.length, (index) => (cells[index] ?? null) === null)
      for (const [index, encode] of encoders.entries()) encode(sink, cells[index] ?? null)
    }
    return streamBase64({ ...document, row }, result.rows)
  },
  error: votableError,
}

/** Rows packed into bytes, not yet base64. */
export function binary2Encoder(columns: readonly ColumnDescription[]): RowEncoder {
  const sink = new ByteSink()
  const cellWriters = columns.map(binaryCellWriters)
  return ({ columns: cells, rowCount }) => {
    const writers = writersOf(cellWriters, cells)
    for (let row = 0; row < rowCount; row++) {
      writeNullFlags(sink, writers.length, (index) => isNull(cells[index], row))
      for (const write of writers) write(sink, row)
    }
    return sink.take()
  }
}

// What is not ASCII, and the control characters that `cellEncoder` replaces.
const plain = plainText((byte) => byte >= 0x80 || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d))

/** Texts of variable length are copied byte by byte where they are plain ASCII. */
function binaryCellWriters(column: ColumnDescription): CellWriters {
  const encode = cellEncoder(column)
  const isCopied = isText(column) && cellShape(column.arraysize).kind === 'variable'
  const wide = column.datatype === 'unicodeChar'
  return (cells) => {
    if (cells.kind === 'values' || !isCopied) return (sink, row) => encode(sink, valueAt(cells, row))
    const { blocks, blockNumbers, lengths, starts } = cells
    return (sink, row) => {
      const length = lengths[row] ?? -1
      const source = blocks[blockNumbers[row] ?? 0]
      const mark = sink.length
      sink.int32(Math.max(length, 0))
      if (length <= 0 || source === undefined) return
      const start = starts[row] ?? 0
      const isDone = wide
        ? sink.copyPlainWide(source, start, length, plain)
        : sink.copyPlain(source, start, length, plain)
      if (isDone) return
      sink.rewind(mark)
      encode(sink, valueAt(cells, row))
    }
  }
}

function isNull(cells: CellColumn | undefined, row: number): boolean {
  if (cells === undefined) return true
  return cells.kind === 'texts' ? (cells.lengths[row] ?? -1) < 0 : (cells.values[row] ?? null) === null
}

// VOTable 1.5 §6.4: the first column is the most significant bit of the first byte.
function writeNullFlags(sink: ByteSink, columns: number, isNullAt: (column: number) => boolean): void {
  for (let start = 0; start < columns; start += 8) {
    let byte = 0
    for (let bit = 0; bit < 8; bit++) byte = byte * 2 + (start + bit < columns && isNullAt(start + bit) ? 1 : 0)
    sink.byte(byte)
  }
}
