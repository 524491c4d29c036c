// Result table → VOTable with TABLEDATA, the format everybody reads.
import type { Row } from '../core/sql.js'
import type { ColumnDescription } from '../tables/metadata.js'
import { escapeText } from '../xml/escape.js'
import { cellShape, isText } from './arraysize.js'
import { cellText, votableSpelling } from './cell-text.js'
import type { Format } from './format.js'
import { joinCells, streamText } from './text-stream.js'
import { votableError, votableFailure, votableHead, votableTail } from './votable-document.js'

export const votable: Format = {
  mediaType: 'application/x-votable+xml',
  aliases: [
    'votable',
    'application/x-votable+xml;serialization=TABLEDATA',
    'text/xml',
    'application/xml',
    'votable/td',
    'votabletd',
  ],
  extension: 'vot',
  ivoid: 'ivo://ivoa.net/std/TAPRegExt#output-votable-td',
  write: (result) =>
    streamText(
      {
        head: `${votableHead(result)}<DATA><TABLEDATA>\n`,
        row: joinCells(result.columns.map(tableCell), '<TR>', '', '</TR>\n'),
        tail: () => `</TABLEDATA></DATA>${votableTail(result)}`,
        failure: (message) => `</TABLEDATA></DATA>${votableFailure(message)}`,
      },
      result.rows,
    ),
  error: votableError,
}

function tableCell(column: ColumnDescription): (value: Row[number]) => string {
  const text = cellText(column, votableSpelling)
  const empty = nullCell(column)
  if (isText(column)) return (value) => (value === null ? empty : `<TD>${escapeCell(text(value))}</TD>`)
  // Numbers and truth values hold nothing that needs escaping, unless an engine gave them as text.
  return (value) => (value === null ? empty : `<TD>${typeof value === 'string' ? escapeCell(value) : text(value)}</TD>`)
}

// VOTable 1.5 §6.2: an empty TD is NULL. Arrays of a fixed number of floats have that many NaN instead, because
// validators want to see the number kept.
function nullCell(column: ColumnDescription): string {
  const shape = cellShape(column.arraysize)
  if (shape.kind !== 'fixed' || (column.datatype !== 'float' && column.datatype !== 'double')) return '<TD/>'
  return `<TD>${Array.from({ length: shape.length }, () => 'NaN').join(' ')}</TD>`
}

// Parsers turn a carriage return into a line feed unless it is written as a reference.
function escapeCell(text: string): string {
  const escaped = escapeText(text)
  return escaped.includes('\r') ? escaped.replaceAll('\r', '&#13;') : escaped
}
