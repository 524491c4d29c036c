// Columns of cells → the bytes of rows, without making a string of every cell on the way. Used beside the engine.
import { Buffer } from 'node:buffer'
import type { Value } from '../core/sql.js'
import type { CellColumn, ColumnBatch, TextCells } from '../tables/result.js'
import { ByteSearch, firstFrom } from './byte-search.js'
import { Block, ByteSink, type PlainText } from './byte-sink.js'

/** Turns batches into the bytes of their rows; make one per result. Throws kind `invalid` for a cell that does not fit. */
export type RowEncoder = (batch: ColumnBatch) => Uint8Array

/** What is known of the texts of a result. */
export interface EncodedTexts {
  /** They consist of characters that XML allows, as all that is stored does. */
  readonly hasLegalTexts: boolean
}

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
  const [before, between, after] = [Block.of(start), Block.of(separator), Block.of(end)]
  return ({ columns: cells, rowCount }) => {
    const writers = writersOf(columns, cells)
    for (let row = 0; row < rowCount; row++) {
      sink.copy(before)
      for (let column = 0; column < writers.length; column++) {
        if (column > 0) sink.copy(between)
        writers[column]?.(sink, row)
      }
      sink.copy(after)
    }
    return sink.take()
  }
}

/** The writers of a batch; a column that is missing is NULL. */
export function writersOf(columns: readonly CellWriters[], cells: readonly CellColumn[]): readonly CellWriter[] {
  return columns.map((writers, index) => writers(cells[index] ?? { kind: 'values', values: [] }))
}

/** How a text format writes texts: as they are, between two others, but for a few bytes. */
export interface TextRules extends PlainText {
  /** Bytes that do not stand for themselves. */
  readonly search: ByteSearch
  /** What some of them become; a text with another one is written by itself. */
  readonly replacements: ReadonlyMap<number, Block>
}

/** Texts so short that looking at each byte is quicker than searching the memory they lie in. */
const shortBytes = 12

/** Writers of cells in a text format: `written` makes any cell; texts are copied from memory, which is much quicker. */
export function textCellWriters(written: (value: Value) => string, rules: TextRules): CellWriters {
  const nullText = Block.of(written(null))
  return (cells) => {
    if (cells.kind === 'values') return (sink, row) => sink.utf8(written(cells.values[row] ?? null))
    const { blocks, blockNumbers, lengths, starts } = cells
    const textBlocks: TextBlock[] = []
    return (sink, row) => {
      const length = lengths[row] ?? -1
      if (length < 0) {
        sink.copy(nullText)
        return
      }
      const start = starts[row] ?? 0
      const number = blockNumbers[row] ?? 0
      const block = blocks[number]
      if (block === undefined || length === 0) sink.utf8(written(textAt(cells, row)))
      else if (length <= shortBytes) {
        if (!sink.copyPlain(block, start, length, rules)) sink.utf8(written(textAt(cells, row)))
      } else {
        textBlocks[number] ??= new TextBlock(block, rules.search.positions(block))
        const textBlock = textBlocks[number]
        if (textBlock === undefined || !copyLong(sink, textBlock, start, start + length, rules))
          sink.utf8(written(textAt(cells, row)))
      }
    }
  }
}

/** Memory with texts. */
class TextBlock extends Block {
  /** Its bytes that need care, in ascending order. */
  readonly positions: readonly number[]

  constructor(bytes: Uint8Array, positions: readonly number[]) {
    super(bytes)
    this.positions = positions
  }
}

/** False, with nothing written, for a text that cannot be copied piece by piece. */
function copyLong(sink: ByteSink, block: TextBlock, start: number, end: number, rules: TextRules): boolean {
  const { bytes, positions } = block
  const { before, after, suspect, replacements } = rules
  if (suspect[bytes[start] ?? 0] === 1 || suspect[bytes[end - 1] ?? 0] === 1) return false
  const mark = sink.length
  sink.copy(before)
  let from = start
  for (let index = firstFrom(positions, start); (positions[index] ?? end) < end; index++) {
    const at = positions[index] ?? end
    const replacement = replacements.get(bytes[at] ?? 0)
    if (replacement === undefined) {
      sink.rewind(mark)
      return false
    }
    sink.copy(block, from, at)
    sink.copy(replacement)
    from = at + 1
  }
  sink.copy(block, from, end)
  sink.copy(after)
  return true
}

/** A cell as any writer takes it. */
export function valueAt(cells: CellColumn, row: number): Value {
  return cells.kind === 'values' ? (cells.values[row] ?? null) : textAt(cells, row)
}

function textAt({ blocks, blockNumbers, starts, lengths }: TextCells, row: number): string | null {
  const length = lengths[row] ?? -1
  const block = blocks[blockNumbers[row] ?? 0]
  if (length < 0 || block === undefined) return null
  const start = starts[row] ?? 0
  return Buffer.from(block.buffer, block.byteOffset, block.byteLength).toString('utf8', start, start + length)
}

/** Which texts stand for themselves; the tests are given each byte. */
export function plainText(
  anywhere: (byte: number) => boolean,
  { before = '', after = '', atEnds = () => false }: PlainTextOptions = {},
): PlainText {
  const suspect = Uint8Array.from({ length: 256 }, (_, byte) => (anywhere(byte) ? 2 : atEnds(byte) ? 1 : 0))
  return { before: Block.of(before), after: Block.of(after), suspect }
}

/** The same for a text format, with what some bytes become. */
export function textRules(
  anywhere: (byte: number) => boolean,
  {
    replacements = {},
    ...options
  }: PlainTextOptions & { readonly replacements?: Readonly<Record<string, string>> } = {},
): TextRules {
  const plain = plainText(anywhere, options)
  return {
    ...plain,
    search: new ByteSearch(Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => plain.suspect[byte] === 2)),
    replacements: new Map(
      Object.entries(replacements).map(([character, text]) => [character.charCodeAt(0), Block.of(text)]),
    ),
  }
}

interface PlainTextOptions {
  readonly before?: string
  readonly after?: string
  readonly atEnds?: (byte: number) => boolean
}
