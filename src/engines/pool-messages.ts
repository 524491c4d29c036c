// What the serving process and an engine process say to each other.
import type { ErrorKind } from '../core/errors.js'
import type { Row } from '../core/sql.js'
import type { LoadedTable } from '../tables/result.js'
import type { DuckdbLimits } from './duckdb-reader.js'

export interface StartMessage {
  readonly type: 'start'
  readonly limits: DuckdbLimits
  /** Resident memory above which the process reports itself. */
  readonly memoryMegabytes: number
}

export interface QueryMessage {
  readonly type: 'query'
  readonly id: number
  /** The generation to ask. */
  readonly file: string
  readonly text: string
  readonly uploads: readonly LoadedTable[]
  readonly joinTexts: boolean
  /** Batches that may be sent before a `more`. */
  readonly batches: number
}

export type MessageToProcess =
  | StartMessage
  | QueryMessage
  /** A generation that queries will ask soon. */
  | { readonly type: 'open'; readonly file: string }
  | { readonly type: 'more'; readonly id: number; readonly batches: number }
  | { readonly type: 'stop'; readonly id: number }

export type MessageFromProcess =
  | { readonly type: 'ready' }
  | { readonly type: 'rows'; readonly id: number; readonly rows: readonly Row[] }
  | { readonly type: 'end'; readonly id: number }
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
