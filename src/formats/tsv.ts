// Result table → tab-separated values with a header line; no value holds a tab or a line end (TAP 1.1 §3.2).
import { cellText, commonSpelling } from './cell-text.js'
import type { Format } from './format.js'
import { joinCells, streamText } from './text-stream.js'

export const tsv: Format = {
  mediaType: 'text/tab-separated-values',
  aliases: ['tsv'],
  extension: 'tsv',
  write: (result) =>
    streamText(
      {
        head: `${result.columns.map((column) => onOneLine(column.name)).join('\t')}\n`,
        row: joinCells(
          result.columns.map((column) => {
            const text = cellText(column, commonSpelling)
            return (value) => (typeof value === 'string' ? onOneLine(value) : text(value))
          }),
          '',
          '\t',
          '\n',
        ),
        tail: () => '',
      },
      result.rows,
    ),
}

// The format has no quoting: tab and line ends can only be replaced.
function onOneLine(text: string): string {
  return /[\t\r\n]/.test(text) ? text.replace(/\r\n|[\t\r\n]/g, ' ') : text
}
