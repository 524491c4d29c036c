// Table declarations → the VOSI tables document and its single tables (VOSI 1.1 §3.3; VODataService 1.2 §3).
import { RegistryError } from '../core/errors.js'
import { type Column, type ForeignKey, qualifiedName, type Schema, type Table } from '../tables/metadata.js'
import { escapeAttribute, escapeText } from '../xml/escape.js'
import { namespaceUri, xsiNamespace } from '../xml/namespaces.js'

/** `min`: names and descriptions; `max`: everything (VOSI 1.1 §3.3.1). */
export type TablesDetail = 'min' | 'max'

/** The value of `detail`, in any case; absent is `max`. Throws kind `usage` for another one. */
export function readDetail(value: string | undefined): TablesDetail {
  if (value === undefined) return 'max'
  const wanted = value.toLowerCase()
  if (wanted === 'min' || wanted === 'max') return wanted
  throw new RegistryError('usage', `detail "${value.slice(0, 60)}" is not known; expected min or max.`)
}

/** The tableset, in pieces. There is no `version` attribute: the schema has none. */
export function tablesetDocument(schemas: readonly Schema[], detail: TablesDetail): string {
  return [
    opening('tableset'),
    ...schemas.map((schema) =>
      element(
        'schema',
        text('name', schema.name) +
          text('title', schema.title) +
          text('description', schema.description) +
          text('utype', schema.utype) +
          schema.tables
            .map((table) => `<table type="${table.type}">\n${tableContent(table, detail)}</table>\n`)
            .join(''),
      ),
    ),
    '</vtm:tableset>\n',
  ].join('')
}

/** One table with all its columns, by its name as written in queries, in any case. Throws kind `not-found`. */
export function tableDocument(schemas: readonly Schema[], name: string): string {
  const tables = schemas.flatMap((schema) => schema.tables)
  // Delimited spellings of our names mean the same tables: all of them are lower case.
  const wanted = name.replaceAll('"', '').toLowerCase()
  const table = tables.find((one) => qualifiedName(one).toLowerCase() === wanted)
  if (table === undefined) {
    throw new RegistryError(
      'not-found',
      `There is no table "${name.slice(0, 100)}"; the tables are ${tables.map(qualifiedName).join(', ')}.`,
    )
  }
  return `${opening('table', ` type="${table.type}"`)}${tableContent(table, 'max')}</vtm:table>\n`
}

function opening(root: string, attributes = ''): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<vtm:${root} xmlns:vtm="${namespaceUri('vtm')}" xmlns:vs="${namespaceUri('vs')}"` +
    ` xmlns:xsi="${xsiNamespace}" xsi:schemaLocation="${namespaceUri('vtm')} ${namespaceUri('vtm')} ${namespaceUri('vs')} ${namespaceUri('vs')}"${attributes}>\n`
  )
}

function tableContent(table: Table, detail: TablesDetail): string {
  const head =
    text('name', qualifiedName(table)) +
    text('title', table.title) +
    text('description', table.description) +
    text('utype', table.utype)
  if (detail === 'min') return head
  return head + table.columns.map(columnElement).join('') + table.foreignKeys.map(foreignKeyElement).join('')
}

function columnElement(column: Column): string {
  // TAP 1.1 §4.3: the name as it must be written in queries, quotation marks included.
  const name = column.delimited === true ? `"${column.name.replaceAll('"', '""')}"` : column.name
  const type = attributes({ arraysize: column.arraysize, extendedType: column.xtype })
  const flags = [
    column.indexed ? 'indexed' : '',
    column.principal ? 'principal' : '',
    column.nullable ? 'nullable' : '',
  ]
  return element(
    'column',
    text('name', name) +
      text('description', column.description) +
      text('unit', column.unit) +
      text('ucd', column.ucd) +
      text('utype', column.utype) +
      `<dataType xsi:type="vs:VOTableType"${type}>${column.datatype}</dataType>\n` +
      flags.map((flag) => text('flag', flag === '' ? undefined : flag)).join(''),
    ` std="${column.std}"`,
  )
}

function foreignKeyElement(key: ForeignKey): string {
  const pairs = key.columns.map((pair) =>
    element('fkColumn', text('fromColumn', pair.from) + text('targetColumn', pair.target)),
  )
  return element(
    'foreignKey',
    text('targetTable', key.targetTable) +
      pairs.join('') +
      text('description', key.description) +
      text('utype', key.utype),
  )
}

function element(name: string, content: string, written = ''): string {
  return `<${name}${written}>\n${content}</${name}>\n`
}

function text(name: string, value: string | undefined): string {
  return value === undefined || value === '' ? '' : `<${name}>${escapeText(value)}</${name}>\n`
}

function attributes(values: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => ` ${name}="${escapeAttribute(value ?? '')}"`)
    .join('')
}
