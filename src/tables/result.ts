// The result of a query on its way from an engine to a format: columns first, then batches of rows.
import type { Row, Value } from '../core/sql.js'
import type { ColumnDescription } from './metadata.js'

/** How a result ended. OVERFLOW: more rows were there than MAXREC or a service limit let out (DALI 1.2 §5.4.1). */
export type Outcome = 'OK' | 'OVERFLOW'

/** An extra INFO of the result: the query echoed, the standard served, a citation (DALI 1.2 §5.4.3). */
export interface ResultInfo {
  readonly name: string
  readonly value: string
  readonly text?: string
}

/** Formats whose rows can be made beside the engine, where the rows are still columns of bytes. */
export type RowEncodingName = 'tabledata' | 'binary2' | 'csv' | 'tsv'

/** Texts of a column as UTF-8, where the engine keeps them; valid until the next batch is asked for. */
export interface TextCells {
  readonly kind: 'texts'
  /** Memory in which texts lie, with other bytes around them. */
  readonly blocks: readonly Uint8Array[]
  /** By row: number of its block, first byte in it, length in bytes (-1 for NULL). There may be more of them than rows. */
  readonly blockNumbers: Int32Array
  readonly starts: Int32Array
  readonly lengths: Int32Array
}

/** Cells of one column, by row. */
export type CellColumn = TextCells | { readonly kind: 'values'; readonly values: readonly Value[] }

/** Some rows, column by column. */
export interface ColumnBatch {
  readonly rowCount: number
  readonly columns: readonly CellColumn[]
}

/** Columns now, rows as they are pulled. */
export interface ResultTable {
  /** One per select item, in order; names may repeat (clients.md: `SELECT r.ivoid, c.ivoid`). */
  readonly columns: readonly ColumnDescription[]
  /** Batches of rows, cells in the order of `columns`; never more rows than the limit in force. May throw half-way. */
  readonly rows: AsyncIterable<readonly Row[]>
  /** Instead of `rows`, the bytes of the rows as that encoding has them. May throw half-way. */
  readonly encodedRows?: (encoding: RowEncodingName) => AsyncIterable<Uint8Array>
  /** Valid once `rows` or `encodedRows` has ended. */
  readonly outcome: () => Outcome
  readonly infos: readonly ResultInfo[]
}

/** A complete table that a query may join: `TAP_UPLOAD.<name>` (TAP 1.1 §2.7.6). */
export interface LoadedTable {
  readonly name: string
  readonly columns: readonly ColumnDescription[]
  readonly rows: readonly Row[]
}

/** The same as it was uploaded: its columns are known, its rows are read where they are needed. */
export interface PackedTable {
  readonly name: string
  readonly columns: readonly ColumnDescription[]
  readonly votable: Uint8Array
}

export type UploadedRows = LoadedTable | PackedTable
