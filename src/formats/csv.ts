// Result table → CSV with a header line (RFC 4180; TAP 1.1 §3.2).
import { cellText, commonSpelling } from './cell-text.js'
import type { Format } from './format.js'
import { joinCells, streamText } from './text-stream.js'

export const csv: Format = {
  mediaType: 'text/csv;header=present',
  aliases: ['csv', 'text/csv'],
  extension: 'csv',
  write: (result) =>
    streamText(
      {
        head: `${result.columns.map((column) => quoteWhereNeeded(column.name)).join(',')}\r\n`,
        row: joinCells(
          result.columns.map((column) => {
            const text = cellText(column, commonSpelling)
            return (value) => (typeof value === 'string' ? quoteString(value) : text(value))
          }),
          '',
          ',',
          '\r\n',
        ),
        tail: () => '',
      },
      result.rows,
    ),
}

/** Nothing between the commas is NULL; an empty string is `""`. */
function quoteString(text: string): string {
  return text === '' ? '""' : quoteWhereNeeded(text)
}

// White space at the ends is part of the value (RFC 4180 §2.4), but some readers strip it unless it is quoted.
function quoteWhereNeeded(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
