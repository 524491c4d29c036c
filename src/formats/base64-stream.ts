// Rows packed into bytes → chunks of base64 between the head and the tail of a document.
import { asRegistryError } from '../core/errors.js'
import type { Row } from '../core/sql.js'
import { base64Lines, lineBytes } from './base64-lines.js'
import { ByteSink } from './byte-sink.js'

/** Bytes collected before they are encoded; a multiple of the 48 bytes of one base64 line. */
const chunkBytes = 49_152
/** A document whose rows are bytes. */
export interface BinaryDocument {
  readonly head: () => string
  readonly row: (sink: ByteSink, row: Row) => void
  readonly tail: () => string
  readonly failure: (message: string) => string
}

/** The document, piece by piece; a failure before the first piece is thrown, a later one ends the document. */
export async function* streamBase64(
  document: BinaryDocument,
  rows: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  const sink = new ByteSink()
  let before = document.head()
  try {
    for await (const batch of rows) {
      for (const row of batch) {
        document.row(sink, row)
        if (sink.length >= chunkBytes) {
          const chunk = before + base64Text(sink.take(lineBytes))
          before = ''
          yield chunk
        }
      }
    }
  } catch (thrown) {
    if (before !== '') throw thrown
    yield base64Text(sink.take()) + document.failure(asRegistryError(thrown).message)
    return
  }
  yield before + base64Text(sink.take()) + document.tail()
}

function base64Text(bytes: Uint8Array): string {
  return base64Lines(bytes).toString('latin1')
}
