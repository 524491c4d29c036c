// What a query has given before it broke off → whether the same query, run again, begins with it, and what comes then.
import { crc32 } from 'node:zlib'
import type { Row } from '../core/sql.js'
import { joined } from './encoded-rows.js'

/** The rows that have gone out as bytes (`QueryOptions.encode`): not kept, but known when they come again. */
export class SentRows {
  #byteCount = 0
  #rowCount = 0
  #checksum = 0

  add(batch: readonly Row[]): void {
    const [bytes, rowCount] = joined(batch)
    this.#byteCount += bytes.length
    this.#rowCount += rowCount
    this.#checksum = crc32(bytes, this.#checksum)
  }

  /**
   * The batches of the second run without the rows that have gone out, however either run was cut into batches.
   * Throws `otherwise` where it begins with other rows: without ORDER BY a database may give them in any order.
   */
  async *rest(
    again: AsyncIterable<readonly Row[]>,
    otherwise: unknown,
  ): AsyncGenerator<readonly Row[], void, undefined> {
    const repeated = new SentRows()
    for await (const batch of again) {
      const missing = this.#byteCount - repeated.#byteCount
      if (missing === 0) {
        yield batch
        continue
      }
      const [bytes, rowCount] = joined(batch)
      repeated.add([[bytes.subarray(0, missing), rowCount]])
      if (repeated.#byteCount < this.#byteCount) continue
      if (repeated.#checksum !== this.#checksum) throw otherwise
      yield [[bytes.subarray(missing), repeated.#rowCount - this.#rowCount]]
    }
    if (repeated.#byteCount < this.#byteCount) throw otherwise
  }
}
