// Texts of DuckDB chunks → where their bytes lie, found in the chunk's memory a column at a time.
//
// The objects of node-api make one native call for each text of more than 12 bytes; most of the time of a large result
// would go there. Texts of a column mostly lie one after the other in memory, so whole stretches are read at once.
import { Buffer } from 'node:buffer'
import type { DuckDBDataChunk } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import type { TextCells } from '../tables/result.js'
import { validityOf } from './duckdb-columns.js'

/** A string_t: length, then up to 12 bytes, or 4 bytes of prefix and a pointer. */
const structBytes = 16
const structWords = structBytes / 4
const inlineBytes = 12
/** Where the pointer begins. */
const pointerBytes = 8
const pointerWords = pointerBytes / 4
/**
 * Texts whose distance is smaller than this lie in one block. Nothing but padding is between them, and no page begins
 * and ends in so few bytes, so the memory between them may be read.
 */
const largestGapBytes = 16

/** Make one per column of a result: what it needs for one chunk it uses again for the next. */
export class TextColumn {
  #lengths = new Int32Array()
  #starts = new Int32Array()
  #blockNumbers = new Int32Array()
  /** Of long texts, by row; addresses have 48 bits, which a number holds exactly. */
  #addresses = new Float64Array()
  /** Rows with long texts. */
  #longRows = new Int32Array()

  /** The texts of a chunk, valid as long as the chunk and until the next call. */
  read(chunk: DuckDBDataChunk, column: number): TextCells {
    const count = chunk.rowCount
    if (count > this.#lengths.length) this.#makeRoom(count)
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, column)
    const structs = duckdb.vector_get_data(vector, count * structBytes)
    const words = new Uint32Array(structs.buffer, structs.byteOffset, count * structWords)
    const isValid = validityOf(vector, count)
    const lengths = this.#lengths
    const addresses = this.#addresses
    let longCount = 0
    let isAscending = true
    let last = 0
    for (let row = 0; row < count; row++) {
      if (!isValid(row)) {
        lengths[row] = -1
        continue
      }
      const word = row * structWords
      const length = words[word] ?? 0
      lengths[row] = length
      if (length <= inlineBytes) {
        this.#blockNumbers[row] = 0
        this.#starts[row] = row * structBytes + 4
        continue
      }
      const address = (words[word + pointerWords] ?? 0) + (words[word + pointerWords + 1] ?? 0) * 2 ** 32
      if (address < last) isAscending = false
      last = address
      addresses[row] = address
      this.#longRows[longCount++] = row
    }
    const rows = this.#longRows.subarray(0, longCount)
    // Columns with few different values point at the same texts again and again, in any order.
    if (!isAscending) rows.sort((one, other) => (addresses[one] ?? 0) - (addresses[other] ?? 0))
    const blocks = [structs]
    this.#readStretches(structs, rows, blocks)
    return { kind: 'texts', blocks, blockNumbers: this.#blockNumbers, starts: this.#starts, lengths }
  }

  /** One block for all texts that lie one after the other. */
  #readStretches(structs: Uint8Array, rows: Int32Array, blocks: Uint8Array[]): void {
    const addresses = this.#addresses
    const lengths = this.#lengths
    for (let first = 0, next = 0; first < rows.length; first = next) {
      const firstRow = rows[first] ?? 0
      const begin = addresses[firstRow] ?? 0
      let end = begin
      for (; next < rows.length; next++) {
        const row = rows[next] ?? 0
        const address = addresses[row] ?? 0
        if (next > first && address - end >= largestGapBytes) break
        end = Math.max(end, address + (lengths[row] ?? 0))
        this.#blockNumbers[row] = blocks.length
        this.#starts[row] = address - begin
      }
      const pointer = structs.byteOffset + firstRow * structBytes + pointerBytes
      const found = duckdb.get_data_from_pointer(structs.buffer as ArrayBuffer, pointer, end - begin)
      // Pieces of a Buffer cost twice what pieces of a plain array do.
      blocks.push(new Uint8Array(found.buffer, found.byteOffset, found.byteLength))
    }
  }

  #makeRoom(rows: number): void {
    this.#lengths = new Int32Array(rows)
    this.#starts = new Int32Array(rows)
    this.#blockNumbers = new Int32Array(rows)
    this.#addresses = new Float64Array(rows)
    this.#longRows = new Int32Array(rows)
  }
}

/** The same texts as strings. */
export function textsOf({ blocks, blockNumbers, starts, lengths }: TextCells, rowCount: number): (string | null)[] {
  const decoded: DecodedBlock[] = []
  return Array.from({ length: rowCount }, (_, row) => {
    const length = lengths[row] ?? -1
    const number = blockNumbers[row] ?? 0
    const block = blocks[number]
    if (length < 0 || block === undefined) return null
    const start = starts[row] ?? 0
    // The first block has other things between its texts, which all are short.
    decoded[number] ??= number === 0 ? { bytes: bufferOf(block), ascii: undefined } : decodeBlock(block)
    const { ascii, bytes } = decoded[number] ?? decodeBlock(block)
    return ascii === undefined ? bytes.toString('utf8', start, start + length) : ascii.slice(start, start + length)
  })
}

interface DecodedBlock {
  readonly bytes: Buffer
  /** The whole block where it is ASCII, so that positions are the same in both. */
  readonly ascii: string | undefined
}

function decodeBlock(block: Uint8Array): DecodedBlock {
  const bytes = bufferOf(block)
  const whole = bytes.toString('utf8')
  return { bytes, ascii: whole.length === bytes.length ? whole : undefined }
}

function bufferOf(block: Uint8Array): Buffer {
  return Buffer.from(block.buffer, block.byteOffset, block.byteLength)
}
