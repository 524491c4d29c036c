// Result table → VOTable with BINARY: base64 of packed rows, integers with a number that stands for NULL.
import type { ColumnDescription } from '../tables/metadata.js'
import type { ResultTable } from '../tables/result.js'
import { cellShape } from './arraysize.js'
import { streamBase64 } from './base64-stream.js'
import { cellEncoder, nullNumbers, withRoomForNull } from './binary-cells.js'
import type { Format } from './format.js'
import { votableError, votableFailure, votableHead, votableTail } from './votable-document.js'

export const votableBinary: Format = {
  mediaType: 'application/x-votable+xml;serialization=BINARY',
  aliases: ['votable/binary', 'votable/b', 'votableb'],
  extension: 'vot',
  ivoid: 'ivo://ivoa.net/std/TAPRegExt#output-votable-binary',
  write: (result: ResultTable) => {
    const columns = result.columns.map(withRoomForNull)
    const encoders = columns.map((column) => cellEncoder(column, nullNumberOf(column)))
    return streamBase64(
      {
        head: () =>
          `${votableHead({ ...result, columns }, (column) => nullNumberOf(column)?.toString())}<DATA><BINARY><STREAM encoding="base64">\n`,
        row: (sink, row) => {
          for (const [index, encode] of encoders.entries()) encode(sink, row[index] ?? null)
        },
        tail: () => `</STREAM></BINARY></DATA>${votableTail(result)}`,
        failure: (message) => `</STREAM></BINARY></DATA>${votableFailure(message)}`,
      },
      result.rows,
    )
  },
  error: votableError,
}

/** Only scalar integers need one: a NULL array has no items. */
function nullNumberOf(column: ColumnDescription): bigint | undefined {
  return cellShape(column.arraysize).kind === 'scalar' ? nullNumbers[column.datatype] : undefined
}
