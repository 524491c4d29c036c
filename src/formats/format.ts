// An output format: result table → chunks of a document. One file per format; the list is index.ts.
import type { ResultTable } from '../tables/result.js'

export interface Format {
  /** As sent in Content-Type and announced in TAPRegExt outputFormat/mime. */
  readonly mediaType: string
  /** Values of RESPONSEFORMAT that mean this format: short forms and other media types (DALI 1.2 §4.3.3). */
  readonly aliases: readonly string[]
  /** File extension without dot. */
  readonly extension: string
  /** TAPRegExt outputFormat/@ivo-id. */
  readonly ivoid?: string
  /** Pulls the rows and gives the document piece by piece. A failure half-way is written into formats that have a place for it, else thrown. */
  write(result: ResultTable): AsyncIterable<string | Uint8Array>
  /** An error document in this format, for those that can carry one. */
  error?(message: string): string
}
