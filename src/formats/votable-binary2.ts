// Result table → VOTable with BINARY2: base64 of packed rows, each with one NULL flag per column.
import type { Row } from '../core/sql.js'
import type { ResultTable } from '../tables/result.js'
import { streamBase64 } from './base64-stream.js'
import { cellEncoder } from './binary-cells.js'
import type { ByteSink } from './byte-sink.js'
import type { Format } from './format.js'
import { votableError, votableFailure, votableHead, votableTail } from './votable-document.js'

export const votableBinary2: Format = {
  mediaType: 'application/x-votable+xml;serialization=BINARY2',
  aliases: ['votable/binary2', 'votable/b2', 'votableb2'],
  extension: 'vot',
  ivoid: 'ivo://ivoa.net/std/TAPRegExt#output-votable-binary2',
  write: (result: ResultTable) => {
    const encoders = result.columns.map((column) => cellEncoder(column))
    return streamBase64(
      {
        head: `${votableHead(result)}<DATA><BINARY2><STREAM encoding="base64">\n`,
        row: (sink, row) => {
          writeNullFlags(sink, row, encoders.length)
          for (const [index, encode] of encoders.entries()) encode(sink, row[index] ?? null)
        },
        tail: () => `</STREAM></BINARY2></DATA>${votableTail(result)}`,
        failure: (message) => `</STREAM></BINARY2></DATA>${votableFailure(message)}`,
      },
      result.rows,
    )
  },
  error: votableError,
}

// VOTable 1.5 §6.4: the first column is the most significant bit of the first byte.
function writeNullFlags(sink: ByteSink, row: Row, columns: number): void {
  for (let start = 0; start < columns; start += 8) {
    let byte = 0
    for (let bit = 0; bit < 8; bit++)
      byte = byte * 2 + (start + bit < columns && (row[start + bit] ?? null) === null ? 1 : 0)
    sink.byte(byte)
  }
}
