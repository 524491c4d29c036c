// Result table → CSV with a header line (RFC 4180; TAP 1.1 §3.2).
import type { Value } from '../core/sql.js'
import type { ColumnDescription } from '../tables/metadata.js'
import { cellText, commonSpelling } from './cell-text.js'
import { streamEncoded } from './encoded-stream.js'
import type { Format } from './format.js'
import { type RowEncoder, textCellWriters, textEncoder, textRules } from './row-encoder.js'
import { joinCells, streamText } from './text-stream.js'

export const csv: Format = {
  mediaType: 'text/csv;header=present',
  aliases: ['csv', 'text/csv'],
  extension: 'csv',
  write: (result) => {
    const head = () => `${result.columns.map((column) => quoteWhereNeeded(column.name)).join(',')}\r\n`
    const tail = () => ''
    if (result.encodedRows !== undefined) return streamEncoded({ head, tail }, result.encodedRows('csv'))
    const { start, separator, end } = punctuation
    return streamText({ head, row: joinCells(result.columns.map(csvCell), start, separator, end), tail }, result.rows)
  },
}

const punctuation = { start: '', separator: ',', end: '\r\n' } as const

// Blanks at the ends need quotes, and beyond ASCII it takes a second look to know them.
const rules = textRules((byte) => byte === 0x22 || byte === 0x2c || byte === 0x0d || byte === 0x0a, {
  atEnds: (byte) => byte <= 0x20 || byte >= 0x80,
})

/** The rows of the document as bytes. */
export function csvEncoder(columns: readonly ColumnDescription[]): RowEncoder {
  const writers = columns.map((column) => textCellWriters(csvCell(column), rules))
  return textEncoder(writers, punctuation)
}

function csvCell(column: ColumnDescription): (value: Value) => string {
  const text = cellText(column, commonSpelling)
  return (value) => (typeof value === 'string' ? quoteString(value) : text(value))
}

/** Nothing between the commas is NULL; an empty string is `""`. */
function quoteString(text: string): string {
  return text === '' ? '""' : quoteWhereNeeded(text)
}

// White space at the ends is part of the value (RFC 4180 §2.4), but some readers strip it unless it is quoted.
function quoteWhereNeeded(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
