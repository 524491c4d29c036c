// Result table → tab-separated values with a header line; no value holds a tab or a line end (TAP 1.1 §3.2).
import type { Value } from '../core/sql.js'
import type { ColumnDescription } from '../tables/metadata.js'
import { cellText, commonSpelling } from './cell-text.js'
import { streamEncoded } from './encoded-stream.js'
import type { Format } from './format.js'
import { type RowEncoder, textCellWriters, textEncoder, textRules } from './row-encoder.js'
import { joinCells, streamText } from './text-stream.js'

export const tsv: Format = {
  mediaType: 'text/tab-separated-values',
  aliases: ['tsv'],
  extension: 'tsv',
  write: (result) => {
    const head = () => `${result.columns.map((column) => onOneLine(column.name)).join('\t')}\n`
    const tail = () => ''
    if (result.encodedRows !== undefined) return streamEncoded({ head, tail }, result.encodedRows('tsv'))
    const { start, separator, end } = punctuation
    return streamText({ head, row: joinCells(result.columns.map(tsvCell), start, separator, end), tail }, result.rows)
  },
}

const punctuation = { start: '', separator: '\t', end: '\n' } as const

const rules = textRules((byte) => byte === 0x09 || byte === 0x0d || byte === 0x0a)

/** The rows of the document as bytes. */
export function tsvEncoder(columns: readonly ColumnDescription[]): RowEncoder {
  const writers = columns.map((column) => textCellWriters(tsvCell(column), rules))
  return textEncoder(writers, punctuation)
}

function tsvCell(column: ColumnDescription): (value: Value) => string {
  const text = cellText(column, commonSpelling)
  return (value) => (typeof value === 'string' ? onOneLine(value) : text(value))
}

// The format has no quoting: tab and line ends can only be replaced.
function onOneLine(text: string): string {
  return /[\t\r\n]/.test(text) ? text.replace(/\r\n|[\t\r\n]/g, ' ') : text
}
