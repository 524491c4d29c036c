// Rows that come as bytes → the chunks of a document: the head before them, the tail or the failure behind.
import { Buffer } from 'node:buffer'
import { asRegistryError } from '../core/errors.js'
import { chunkCharacters, type TextDocument } from './text-stream.js'

/** Like `streamText`, a failure before the first piece is thrown and a later one written where the format can. */
export async function* streamEncoded(
  document: Omit<TextDocument, 'row'>,
  rows: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [Buffer.from(document.head)]
  let length = 0
  let begun = false
  try {
    for await (const bytes of rows) {
      held.push(bytes)
      length += bytes.length
      if (length < chunkCharacters) continue
      const chunk = held.length === 1 ? bytes : Buffer.concat(held)
      held = []
      length = 0
      begun = true
      yield chunk
    }
  } catch (thrown) {
    if (!begun || document.failure === undefined) throw thrown
    yield Buffer.concat([...held, Buffer.from(document.failure(asRegistryError(thrown).message))])
    return
  }
  yield Buffer.concat([...held, Buffer.from(document.tail())])
}
