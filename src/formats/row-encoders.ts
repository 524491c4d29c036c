// The list of encodings that an engine can be asked for; each format names its own.
import type { ColumnDescription } from '../tables/metadata.js'
import type { RowEncodingName } from '../tables/result.js'
import { csvEncoder } from './csv.js'
import type { EncodedTexts, RowEncoder } from './row-encoder.js'
import { tsvEncoder } from './tsv.js'
import { tableDataEncoder } from './votable.js'
import { binary2Encoder } from './votable-binary2.js'

/** Makes the encoder of a result with those columns. */
type EncoderMaker = (columns: readonly ColumnDescription[], texts: EncodedTexts) => RowEncoder

export const rowEncoders: Readonly<Record<RowEncodingName, EncoderMaker>> = {
  tabledata: tableDataEncoder,
  binary2: binary2Encoder,
  csv: csvEncoder,
  tsv: tsvEncoder,
}
