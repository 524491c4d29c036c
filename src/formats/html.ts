// Result table → an HTML page with one table, for looking at a result in a browser.
import type { Row } from '../core/sql.js'
import type { ColumnDescription } from '../tables/metadata.js'
import { escapeAttribute, escapeText } from '../xml/escape.js'
import { isText } from './arraysize.js'
import { cellText, commonSpelling } from './cell-text.js'
import type { Format } from './format.js'
import { joinCells, streamText } from './text-stream.js'

const style =
  'body{font:15px/1.4 system-ui,sans-serif;margin:1.5rem}table{border-collapse:collapse}' +
  'th,td{border-bottom:1px solid #ccc;padding:.25rem .6rem;text-align:left;vertical-align:top;max-width:60ch;overflow-wrap:anywhere}' +
  'th{position:sticky;top:0;background:#fff}td.n{text-align:right}small{font-weight:normal;color:#555}'

export const html: Format = {
  mediaType: 'text/html',
  aliases: ['html'],
  extension: 'html',
  write: (result) =>
    streamText(
      {
        head: () =>
          `${pageHead('Query result')}<table>\n<thead><tr>${result.columns.map(headCell).join('')}</tr></thead>\n<tbody>\n`,
        row: joinCells(result.columns.map(bodyCell), '<tr>', '', '</tr>\n'),
        tail: () =>
          `</tbody>\n</table>\n${result.outcome() === 'OVERFLOW' ? '<p>There are more rows; raise MAXREC to see them.</p>\n' : ''}${pageTail}`,
        failure: (message) =>
          `</tbody>\n</table>\n<p><strong>The result broke off:</strong> ${escapeText(message)}</p>\n${pageTail}`,
      },
      result.rows,
    ),
  error: (message) => `${pageHead('Query failed')}<pre>${escapeText(message)}</pre>\n${pageTail}`,
}

const pageTail = '</body>\n</html>\n'

function pageHead(title: string): string {
  return `<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"/><title>${title}</title><style>${style}</style></head>\n<body>\n<h1>${title}</h1>\n`
}

function headCell(column: ColumnDescription): string {
  const hint = [column.description, column.ucd].filter((one) => one !== undefined && one !== '').join(' — ')
  const unit = column.unit === undefined || column.unit === '' ? '' : `<br/><small>${escapeText(column.unit)}</small>`
  return `<th scope="col"${hint === '' ? '' : ` title="${escapeAttribute(hint)}"`}>${escapeText(column.name)}${unit}</th>`
}

function bodyCell(column: ColumnDescription): (value: Row[number]) => string {
  const toText = cellText(column, commonSpelling)
  const start = isText(column) ? '<td>' : '<td class="n">'
  return (value) => {
    const written = escapeText(toText(value))
    // Only web addresses become links: a javascript: address in somebody's record must stay text.
    if (!/^https?:\/\/[^\s<>"]+$/.test(written)) return `${start}${written}</td>`
    return `${start}<a href="${written.replaceAll('"', '&quot;')}" rel="nofollow noreferrer">${written}</a></td>`
  }
}
