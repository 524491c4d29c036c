// The result of a query on its way from an engine to a format: columns first, then batches of rows.
import type { Row } from '../core/sql.js'
import type { ColumnDescription } from './metadata.js'

/** How a result ended. OVERFLOW: more rows were there than MAXREC or a service limit let out (DALI 1.2 §5.4.1). */
export type Outcome = 'OK' | 'OVERFLOW'

/** An extra INFO of the result: the query echoed, the standard served, a citation (DALI 1.2 §5.4.3). */
export interface ResultInfo {
  readonly name: string
  readonly value: string
  readonly text?: string
}

/** Columns now, rows as they are pulled. */
export interface ResultTable {
  /** One per select item, in order; names may repeat (clients.md: `SELECT r.ivoid, c.ivoid`). */
  readonly columns: readonly ColumnDescription[]
  /** Batches of rows, cells in the order of `columns`; never more rows than the limit in force. May throw half-way. */
  readonly rows: AsyncIterable<readonly Row[]>
  /** Valid once `rows` has ended. */
  readonly outcome: () => Outcome
  readonly infos: readonly ResultInfo[]
}

/** An uploaded or otherwise complete table that a query may join: `TAP_UPLOAD.<name>` (TAP 1.1 §2.7.6). */
export interface LoadedTable {
  readonly name: string
  readonly columns: readonly ColumnDescription[]
  readonly rows: readonly Row[]
}
