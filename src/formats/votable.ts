// Result table → VOTable with TABLEDATA, the format everybody reads.
import type { Row } from '../core/sql.js'
import type { ColumnDescription } from '../tables/metadata.js'
import { escapeText } from '../xml/escape.js'
import { cellShape, isText } from './arraysize.js'
import { cellText, votableSpelling } from './cell-text.js'
import { streamEncoded } from './encoded-stream.js'
import type { Format } from './format.js'
import { type EncodedTexts, type RowEncoder, textCellWriters, textEncoder, textRules } from './row-encoder.js'
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
  write: (result) => {
    const document = {
      head: () => `${votableHead(result)}<DATA><TABLEDATA>\n`,
      tail: () => `</TABLEDATA></DATA>${votableTail(result)}`,
      failure: (message: string) => `</TABLEDATA></DATA>${votableFailure(message)}`,
    }
    if (result.encodedRows !== undefined) return streamEncoded(document, result.encodedRows('tabledata'))
    const { start, separator, end } = punctuation
    const row = joinCells(result.columns.map(tableCell), start, separator, end)
    return streamText({ ...document, row }, result.rows)
  },
  error: votableError,
}

const punctuation = { start: '<TR>', separator: '', end: '</TR>\n' } as const

const written = {
  before: '<TD>',
  after: '</TD>',
  replacements: { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' },
} as const

const isMarkup = (byte: number): boolean => byte === 0x26 || byte === 0x3c || byte === 0x3e || byte === 0x0d

// Control characters, and the first byte of U+FFFE and U+FFFF in UTF-8.
const isDoubtful = (byte: number): boolean =>
  isMarkup(byte) || byte === 0xef || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a)

const rulesForLegalTexts = textRules(isMarkup, written)
const rulesForAnyTexts = textRules(isDoubtful, written)

/** The rows of the document as bytes. */
export function tableDataEncoder(columns: readonly ColumnDescription[], { hasLegalTexts }: EncodedTexts): RowEncoder {
  const rules = hasLegalTexts ? rulesForLegalTexts : rulesForAnyTexts
  return textEncoder(
    columns.map((column) => textCellWriters(tableCell(column), rules)),
    punctuation,
  )
}

function tableCell(column: ColumnDescription): (value: Row[number]) => string {
  const text = cellText(column, votableSpelling)
  const empty = nullCell(column)
  // An engine keeps points in time as such and spells them itself.
  if (isPointInTime(column)) return (value) => (value === null ? empty : `<TD>${text(value)}</TD>`)
  if (isText(column)) return (value) => (value === null ? empty : `<TD>${escapeCell(text(value))}</TD>`)
  // Numbers and truth values hold nothing that needs escaping, unless an engine gave them as text.
  return (value) => (value === null ? empty : `<TD>${typeof value === 'string' ? escapeCell(value) : text(value)}</TD>`)
}

function isPointInTime({ xtype }: ColumnDescription): boolean {
  return xtype === 'timestamp' || xtype === 'adql:TIMESTAMP'
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
