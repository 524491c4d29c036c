// The list of encodings that an engine can be asked for; each format names its own.
import type { ColumnDescription } from '../tables/metadata.js'
import type { RowEncodingName } from '../tables/result.js'
import { csvEncoder } from './csv.js'
import type { RowEncoder } from './row-encoder.js'
import { tsvEncoder } from './tsv.js'
import { tableDataEncoder } from './votable.js'
import { binary2Encoder } from './votable-binary2.js'

/** Makes the encoder of a result with those columns. */
export const rowEncoders: Readonly<Record<RowEncodingName, (columns: readonly ColumnDescription[]) => RowEncoder>> = {
  tabledata: tableDataEncoder,
  binary2: binary2Encoder,
  csv: csvEncoder,
  tsv: tsvEncoder,
}
