// A table's rows → the chunks of a text document, about 64 kB each, with flat memory.
import { asRegistryError } from '../core/errors.js'
import type { Row } from '../core/sql.js'

/** Characters after which a chunk is handed on. */
export const chunkCharacters = 65_536

/** The pieces of a document with one line or element per row. */
export interface TextDocument {
  /** Called once; where the engine makes the rows as bytes, when it has begun to. */
  readonly head: () => string
  readonly row: (row: Row) => string
  /** Called after the last row. */
  readonly tail: () => string
  /** What ends the document when the rows break off; formats without it let the failure through. */
  readonly failure?: (message: string) => string
}

/**
 * The document, piece by piece. A failure before the first piece is thrown, so that the answer can still say so with
 * its status; a later one ends the document with `failure` where the format has it, else it is thrown.
 */
export async function* streamText(document: TextDocument, rows: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
  const { row: rowText } = document
  let text = document.head()
  let begun = false
  try {
    for await (const batch of rows) {
      for (const row of batch) {
        text += rowText(row)
        if (text.length >= chunkCharacters) {
          const chunk = text
          text = ''
          begun = true
          yield chunk
        }
      }
    }
  } catch (thrown) {
    if (!begun || document.failure === undefined) throw thrown
    yield text + document.failure(asRegistryError(thrown).message)
    return
  }
  yield text + document.tail()
}

/** One function per column → one per row: cells joined with `separator`, `end` after the last. */
export function joinCells(
  cells: readonly ((value: Row[number]) => string)[],
  start: string,
  separator: string,
  end: string,
): (row: Row) => string {
  return (row) => {
    let text = start
    let index = 0
    for (const cell of cells) {
      if (index > 0) text += separator
      text += cell(row[index] ?? null)
      index++
    }
    return text + end
  }
}
