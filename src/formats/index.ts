// The list of output formats. RESPONSEFORMAT, TAPRegExt, the menus of the pages and OpenAPI all read it.
import { csv } from './csv.js'
import { fits } from './fits.js'
import type { Format } from './format.js'
import { html } from './html.js'
import { json } from './json.js'
import { parquet } from './parquet.js'
import { text } from './text.js'
import { tsv } from './tsv.js'
import { votable } from './votable.js'
import { votableBinary } from './votable-binary.js'
import { votableBinary2 } from './votable-binary2.js'

/** All output formats, the default first. */
export const formats: readonly Format[] = [
  votable,
  votableBinary2,
  votableBinary,
  csv,
  tsv,
  json,
  text,
  html,
  fits,
  parquet,
]
