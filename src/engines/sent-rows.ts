// What a query has given before it broke off → whether the same query, run again, begins with it, and what comes then.
import { crc32 } from 'node:zlib'
import type { Row } from '../core/sql.js'

/** The rows that have gone out as bytes (`QueryOptions.encode`): not kept, but known when they come again. */
export class SentRows {
  #byteCount = 0
  #rowCount = 0
  #checksum = 0

  add(batch: readonly Row[]): void {
    for (const { bytes, rowCount } of encodedIn(batch)) {
      this.#byteCount += bytes.length
      this.#rowCount += rowCount
      this.#checksum = crc32(bytes, this.#checksum)
    }
  }

  /**
   * The batches of the second run without the rows that have gone out, however either run was cut into batches.
   * Throws `otherwise` where it begins with other rows: without ORDER BY a database may give them in any order.
   */
  async *rest(
    again: AsyncIterable<readonly Row[]>,
    otherwise: unknown,
  ): AsyncGenerator<readonly Row[], void, undefined> {
    let [byteCount, rowCount, checksum] = [0, 0, 0]
    for await (const batch of again)
      for (const encoded of encodedIn(batch)) {
        const { bytes } = encoded
        const missing = this.#byteCount - byteCount
        if (missing > 0) checksum = crc32(bytes.subarray(0, missing), checksum)
        byteCount += bytes.length
        rowCount += encoded.rowCount
        if (byteCount < this.#byteCount) continue
        if (checksum !== this.#checksum) throw otherwise
        yield missing > 0 ? [[bytes.subarray(missing), rowCount - this.#rowCount]] : [[bytes, encoded.rowCount]]
      }
    if (byteCount < this.#byteCount) throw otherwise
  }
}

function encodedIn(batch: readonly Row[]): readonly { readonly bytes: Uint8Array; readonly rowCount: number }[] {
  return batch.flatMap(([bytes, count]) => (bytes instanceof Uint8Array ? { bytes, rowCount: Number(count) } : []))
}
