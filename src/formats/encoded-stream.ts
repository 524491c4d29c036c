// Rows that come as bytes → the chunks of a document: the head before them, the tail or the failure behind.
import { Buffer } from 'node:buffer'
import { asRegistryError } from '../core/errors.js'
import { chunkCharacters, type TextDocument } from './text-stream.js'

/** Like `streamText`, a failure before the first piece is thrown and a later one written where the format can. */
export async function* streamEncoded(
  document: Omit<TextDocument, 'row'>,
  rows: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const iterator = rows[Symbol.asyncIterator]()
  const first = iterator.next()
  // It is waited for below; until then a failure is nobody's.
  first.catch(() => undefined)
  let held: Uint8Array[] = []
  let length = 0
  let begun = false
  try {
    held.push(Buffer.from(document.head()))
    for (let step = await first; step.done !== true; step = await iterator.next()) {
      const bytes = step.value
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
  } finally {
    await iterator.return?.()
  }
  yield Buffer.concat([...held, Buffer.from(document.tail())])
}
