// Columns of a DuckDB chunk → arrays of plain values, or texts as bytes, read from the chunk's memory a column at a time.
//
// The objects of node-api make one native call for each text of more than 12 bytes; most of the time of a large result
// would go there. Texts of a column mostly lie one after the other in memory, so whole stretches are read at once.
import type { DuckDBDataChunk, DuckDBType } from '@duckdb/node-api'
import { DuckDBTypeId } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import type { TextCells } from '../tables/result.js'

/** Values of one column of a chunk, by row. */
export type ColumnReader<Cell> = (chunk: DuckDBDataChunk, column: number) => readonly (Cell | null)[]

/** A string_t: length, then up to 12 bytes, or 4 bytes of prefix and a pointer. */
const structBytes = 16
const inlineBytes = 12
/**
 * Texts whose distance is smaller than this lie in one block. Nothing but padding is between them, and no page begins
 * and ends in so few bytes, so the memory between them may be read.
 */
const largestGapBytes = 16

/** Reads a type whose values are fixed in size, or undefined for other types. */
export function numberReader(type: DuckDBType): ColumnReader<number | bigint> | undefined {
  switch (type.typeId) {
    case DuckDBTypeId.SMALLINT:
      return fixed(Int16Array)
    case DuckDBTypeId.INTEGER:
      return fixed(Int32Array)
    case DuckDBTypeId.FLOAT:
      return fixed(Float32Array)
    case DuckDBTypeId.DOUBLE:
      return fixed(Float64Array)
    case DuckDBTypeId.BIGINT:
      return fixed(BigInt64Array)
    default:
      return undefined
  }
}

interface FixedArray<Cell> {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): ArrayLike<Cell>
}

function fixed<Cell>(array: FixedArray<Cell>): ColumnReader<Cell> {
  return (chunk, column) => {
    const count = chunk.rowCount
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, column)
    const data = duckdb.vector_get_data(vector, count * array.BYTES_PER_ELEMENT)
    const values: ArrayLike<Cell> = new array(data.buffer, data.byteOffset, count)
    const isValid = validityOf(vector, count)
    return Array.from({ length: count }, (_, row) => (isValid(row) ? (values[row] ?? null) : null))
  }
}

/** Which rows are not NULL. */
function validityOf(vector: duckdb.Vector, count: number): (row: number) => boolean {
  const bits: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(count / 64) * 8)
  if (bits === null) return () => true
  return (row) => ((bits[row >> 3] ?? 0) & (1 << (row & 7))) !== 0
}

/** Reads texts as strings. */
export const textReader: ColumnReader<string> = (chunk, column) => {
  const texts: (string | null)[] = new Array(chunk.rowCount).fill(null)
  const onShort = (row: number, bytes: Buffer, start: number, length: number) => {
    texts[row] = bytes.toString('utf8', start, start + length)
  }
  readTexts(chunk, column, onShort, (stretch, memory) => decodeStretch(stretch, memory, texts))
  return texts
}

/** Finds texts as bytes, which stay where they are: valid as long as the chunk. */
export function textCells(chunk: DuckDBDataChunk, column: number): TextCells {
  const count = chunk.rowCount
  const memory: Uint8Array[] = new Array(count).fill(noBytes)
  const starts = new Int32Array(count)
  const lengths = new Int32Array(count).fill(-1)
  const onText = (row: number, bytes: Buffer, start: number, length: number) => {
    memory[row] = bytes
    starts[row] = start
    lengths[row] = length
  }
  readTexts(chunk, column, onText, ({ texts, address }, bytes) => {
    for (const text of texts) onText(text.row, bytes, text.address - address, text.length)
  })
  return { kind: 'texts', memory, starts, lengths }
}

const noBytes = Buffer.alloc(0)

/** Short texts one by one, with the bytes they lie in; long ones a stretch at a time. NULL is left out. */
function readTexts(
  chunk: DuckDBDataChunk,
  column: number,
  onShort: (row: number, bytes: Buffer, start: number, length: number) => void,
  onStretch: (stretch: Stretch, memory: Buffer) => void,
): void {
  const count = chunk.rowCount
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, column)
  const data = duckdb.vector_get_data(vector, count * structBytes)
  const bytes = Buffer.from(data.buffer, data.byteOffset, count * structBytes)
  const words = new Uint32Array(data.buffer, data.byteOffset, count * (structBytes / 4))
  const isValid = validityOf(vector, count)
  const stretches = new StretchReader(bytes)
  for (let row = 0; row < count; row += 1) {
    if (!isValid(row)) continue
    const start = row * structBytes
    const length = words[row * (structBytes / 4)] ?? 0
    if (length <= inlineBytes) onShort(row, bytes, start + 4, length)
    else stretches.add(row, length)
  }
  stretches.read(onStretch)
}

interface LongText {
  readonly row: number
  readonly address: number
  readonly length: number
}

/** Long texts that lie one after the other, from an address on. */
interface Stretch {
  readonly address: number
  readonly texts: readonly LongText[]
}

/** Collects long texts, then reads each stretch of neighbours with one call. */
class StretchReader {
  readonly #bytes: Buffer
  readonly #texts: LongText[] = []
  #isAscending = true
  #last = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  add(row: number, length: number): void {
    const pointer = row * structBytes + 8
    // Addresses have 48 bits, which a number holds exactly.
    const address = this.#bytes.readUInt32LE(pointer) + this.#bytes.readUInt32LE(pointer + 4) * 2 ** 32
    if (address < this.#last) this.#isAscending = false
    this.#last = address
    this.#texts.push({ row, address, length })
  }

  read(onStretch: (stretch: Stretch, memory: Buffer) => void): void {
    // Columns with few different values point at the same texts again and again, in any order.
    if (!this.#isAscending) this.#texts.sort((one, other) => one.address - other.address)
    let texts: LongText[] = []
    let end = 0
    for (const text of this.#texts) {
      if (texts.length > 0 && text.address - end >= largestGapBytes) {
        this.#readStretch(texts, end, onStretch)
        texts = []
      }
      texts.push(text)
      end = texts.length === 1 ? text.address + text.length : Math.max(end, text.address + text.length)
    }
    if (texts.length > 0) this.#readStretch(texts, end, onStretch)
  }

  #readStretch(texts: readonly LongText[], end: number, onStretch: (stretch: Stretch, memory: Buffer) => void): void {
    const [first] = texts
    if (first === undefined) return
    const size = end - first.address
    const pointer = this.#bytes.byteOffset + first.row * structBytes + 8
    const found = duckdb.get_data_from_pointer(this.#bytes.buffer as ArrayBuffer, pointer, size)
    onStretch({ address: first.address, texts }, Buffer.from(found.buffer, found.byteOffset, size))
  }
}

function decodeStretch({ address: begin, texts }: Stretch, memory: Buffer, into: (string | null)[]): void {
  const whole = memory.toString('utf8')
  // As long in letters as in bytes: all ASCII, so that positions are the same in both.
  const isAscii = whole.length === memory.length
  for (const { row, address, length } of texts) {
    const start = address - begin
    into[row] = isAscii ? whole.slice(start, start + length) : memory.toString('utf8', start, start + length)
  }
}
