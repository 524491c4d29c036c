// Columns and status → the parts of a VOTable around its rows, the same for all serialisations (VOTable 1.4; DALI 1.2 §5.4).
import type { ColumnDescription } from '../tables/metadata.js'
import type { ResultTable } from '../tables/result.js'
import { escapeAttribute, escapeText } from '../xml/escape.js'
import { namespaceUri, xsiNamespace } from '../xml/namespaces.js'

const votable = namespaceUri('votable')

// Version 1.4 is the newest that the installed validators know; its namespace is still that of 1.3.
const opening =
  `<?xml version="1.0" encoding="UTF-8"?>\n<VOTABLE version="1.4" xmlns="${votable}" xmlns:xsi="${xsiNamespace}"` +
  ` xsi:schemaLocation="${votable} ${votable}">\n<RESOURCE type="results">\n`
const closing = '</RESOURCE>\n</VOTABLE>\n'

/** From the XML declaration to the last FIELD. `nullOf` gives the number that stands for NULL in a column, if it needs one. */
export function votableHead(
  result: Pick<ResultTable, 'columns' | 'infos'>,
  nullOf?: (column: ColumnDescription) => string | undefined,
): string {
  // A streaming service says OK first and appends a second status when that turns out too hopeful (DALI 1.2 §5.4.1).
  const infos = result.infos.map(
    (info) =>
      `<INFO name="${escapeAttribute(info.name)}" value="${escapeAttribute(info.value)}"${elementEnd(info.text)}`,
  )
  const fields = result.columns.map((column) => field(column, nullOf?.(column)))
  return `${opening}${status('OK')}${infos.join('')}<TABLE>\n${fields.join('')}`
}

/** Closes TABLE and the document after `</DATA>`; says OVERFLOW when there was more. */
export function votableTail(result: Pick<ResultTable, 'outcome'>): string {
  return `</TABLE>\n${result.outcome() === 'OVERFLOW' ? status('OVERFLOW') : ''}${closing}`
}

/** The same for rows that broke off (DALI 1.2 §5.4.2). */
export function votableFailure(message: string): string {
  return `</TABLE>\n${status('ERROR', message)}${closing}`
}

/** An error document (DALI 1.2 §5.2). */
export function votableError(message: string): string {
  return `${opening}${status('ERROR', message)}${closing}`
}

/** Columns without rows: what VOParquet files carry as their metadata. */
export function votableMetadata(result: Pick<ResultTable, 'columns' | 'infos'>): string {
  return `${votableHead(result)}</TABLE>\n${closing}`
}

function status(value: 'OK' | 'OVERFLOW' | 'ERROR', text?: string): string {
  return `<INFO name="QUERY_STATUS" value="${value}"${elementEnd(text)}`
}

function elementEnd(text: string | undefined): string {
  return text === undefined || text === '' ? '/>\n' : `>${escapeText(text)}</INFO>\n`
}

// VOTable 1.4 schema, type ucdType: an uploaded UCD that breaks it must not break the result.
const legalUcd = /^[A-Za-z0-9_.:;-]*$/

function field(column: ColumnDescription, nullText: string | undefined): string {
  const attributes = [
    ['name', column.name],
    ['datatype', column.datatype],
    ['arraysize', column.arraysize],
    ['xtype', column.xtype],
    ['unit', column.unit],
    ['ucd', legalUcd.test(column.ucd ?? '') ? column.ucd : undefined],
    ['utype', column.utype],
  ] as const
  const written = attributes
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => ` ${name}="${escapeAttribute(value ?? '')}"`)
  const description =
    column.description === undefined || column.description === ''
      ? ''
      : `<DESCRIPTION>${escapeText(column.description)}</DESCRIPTION>`
  const values = nullText === undefined ? '' : `<VALUES null="${nullText}"/>`
  const content = description + values
  return content === '' ? `<FIELD${written.join('')}/>\n` : `<FIELD${written.join('')}>${content}</FIELD>\n`
}
