// Batches of a result → rows as bytes of an output format, within the row limit; runs where the engine runs.
import type { Row } from '../core/sql.js'
import type { RowEncoder } from '../formats/row-encoder.js'
import { rowEncoders } from '../formats/row-encoders.js'
import type { ColumnBatch } from '../tables/result.js'
import type { RowEncoding } from './engine.js'

/** Each call gives a batch as `QueryOptions.encode` promises it: one row of bytes and their number of rows. */
export class BatchEncoder {
  readonly #encode: RowEncoder
  readonly #columns: number
  #left: number

  constructor({ name, columns, maxRows, hasLegalTexts }: RowEncoding) {
    this.#encode = rowEncoders[name](columns, { hasLegalTexts })
    this.#columns = columns.length
    this.#left = maxRows
  }

  add(batch: ColumnBatch): readonly Row[] {
    const written = Math.min(batch.rowCount, this.#left)
    this.#left -= written
    return [[this.#encode({ ...batch, rowCount: written }), batch.rowCount]]
  }

  /** The same for an engine whose rows are values. */
  addRows(rows: readonly Row[]): readonly Row[] {
    const columns = Array.from({ length: this.#columns }, (_, column) => ({
      kind: 'values' as const,
      values: rows.map((row) => row[column] ?? null),
    }))
    return this.add({ rowCount: rows.length, columns })
  }
}
