// What the serving process and an engine process say to each other.
import type { ErrorKind } from '../core/errors.js'
import type { Row } from '../core/sql.js'
import type { UploadedRows } from '../tables/result.js'
import type { DuckdbLimits } from './duckdb-reader.js'
import type { RowEncoding } from './engine.js'

export interface StartMessage {
  readonly type: 'start'
  readonly limits: DuckdbLimits
  /** Resident memory above which the process reports itself at once. */
  readonly memoryMegabytes: number
  /** Resident memory above which it reports itself when it has nothing to do. */
  readonly idleMegabytes: number
}

export interface QueryMessage {
  readonly type: 'query'
  readonly id: number
  /** The generation to ask. */
  readonly file: string
  readonly text: string
  readonly uploads: readonly UploadedRows[]
  readonly encode?: RowEncoding
  /** What may be sent before a `more`, in bytes (`sizeOf`). */
  readonly bytes: number
}

/** What a batch counts for while it is on its way or waits for its reader. */
export function sizeOf(rows: readonly Row[]): number {
  let bytes = 0
  for (const [first] of rows) {
    // Rows that are values are of our own asking, and few.
    if (!(first instanceof Uint8Array)) return valueBatchBytes
    bytes += first.length
  }
  return bytes
}

const valueBatchBytes = 1_000_000

export type MessageToProcess =
  | StartMessage
  | QueryMessage
  /** A generation that queries will ask soon. */
  | { readonly type: 'open'; readonly file: string }
  | { readonly type: 'more'; readonly id: number; readonly bytes: number }
  | { readonly type: 'stop'; readonly id: number }

export type MessageFromProcess =
  | { readonly type: 'ready' }
  /** One batch, or a piece of one. No `end` follows one that `isLast`. */
  | { readonly type: 'rows'; readonly id: number; readonly rows: readonly Row[]; readonly isLast?: boolean }
  /** One batch, whose bytes follow through the pipe (pool-bytes.ts). No `end` follows one that `isLast`. */
  | {
      readonly type: 'bytes'
      readonly id: number
      readonly length: number
      readonly rowCount: number
      readonly isLast: boolean
    }
  | { readonly type: 'end'; readonly id: number }
  /** Nothing is computed for it: all has been, or too much waits for its reader. */
  | { readonly type: 'rests'; readonly id: number; readonly isResting: boolean }
  | {
      readonly type: 'failed'
      readonly id: number
      readonly kind: ErrorKind
      readonly message: string
      readonly cause: string
    }
  /** The file could not be opened: it may have been replaced meanwhile. */
  | { readonly type: 'not-opened'; readonly id: number; readonly cause: string }
  | { readonly type: 'memory'; readonly megabytes: number }
  /** Has been idle for a while, and what it keeps from earlier queries is much. */
  | { readonly type: 'swollen'; readonly megabytes: number }
