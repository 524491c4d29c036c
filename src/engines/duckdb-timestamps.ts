// Points in time of DuckDB chunks → their texts as bytes, as formats that copy texts want them.
import type { DuckDBDataChunk } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import type { TextCells } from '../tables/result.js'
import { validityOf } from './duckdb-columns.js'
import { TimestampWriter, timestampBytes, timestampText } from './timestamps.js'

/** Of the 64 bits of microseconds since 1970, which JavaScript would make an object of. */
const wordsEach = 2

/** Make one per column of a result: what it needs for one chunk it uses again for the next. */
export class TimestampColumn {
  readonly #writer = new TimestampWriter()
  #bytes = new Uint8Array()
  #starts = new Int32Array()
  #lengths = new Int32Array()
  #blockNumbers = new Int32Array()

  /** The texts of a chunk, valid until the next call. */
  read(chunk: DuckDBDataChunk, column: number): TextCells {
    const count = chunk.rowCount
    if (count > this.#lengths.length) this.#makeRoom(count)
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, column)
    const data = duckdb.vector_get_data(vector, count * wordsEach * 4)
    const words = new Int32Array(data.buffer, data.byteOffset, count * wordsEach)
    const isValid = validityOf(vector, count)
    let used = 0
    for (let row = 0; row < count; row++) {
      if (!isValid(row)) {
        this.#lengths[row] = -1
        continue
      }
      const low = words[row * wordsEach] ?? 0
      const high = words[row * wordsEach + 1] ?? 0
      const length = this.#write(used, low, high)
      this.#starts[row] = used
      this.#lengths[row] = length
      used += length
    }
    const blocks = [this.#bytes.subarray(0, used)]
    return { kind: 'texts', blocks, blockNumbers: this.#blockNumbers, starts: this.#starts, lengths: this.#lengths }
  }

  #write(at: number, low: number, high: number): number {
    const micros = high * 2 ** 32 + (low >>> 0)
    if (Number.isSafeInteger(micros)) return this.#writer.write(this.#bytes, at, micros)
    const text = timestampText((BigInt(high) << 32n) + BigInt(low >>> 0))
    return Buffer.from(this.#bytes.buffer).write(text, at, 'latin1')
  }

  #makeRoom(rows: number): void {
    this.#bytes = new Uint8Array(rows * timestampBytes)
    this.#starts = new Int32Array(rows)
    this.#lengths = new Int32Array(rows)
    this.#blockNumbers = new Int32Array(rows)
  }
}
