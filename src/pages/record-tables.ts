// The tableset of a record → tables and columns in the order their publisher gave them. RegTAP keeps no order of
// columns, and order is what makes a list of a hundred columns readable.
import { readXml, type XmlElement } from '../xml/reader.js'

export interface RecordColumn {
  readonly name: string
  readonly datatype: string | null
  readonly unit: string | null
  readonly ucd: string | null
  readonly description: string | null
}

export interface RecordTable {
  readonly name: string
  readonly title: string | null
  readonly description: string | null
  readonly columns: readonly RecordColumn[]
}

/** What pages take from the document itself. */
export interface RecordDocument {
  /** The xsi:type as written, `vs:CatalogService`. */
  readonly type: string
  readonly tables: readonly RecordTable[]
}

/** Reads a record's document. Throws kind `invalid` when it is not well-formed. */
export function readRecordDocument(xml: string): RecordDocument {
  const root = readXml(xml)
  const tablesets = childrenOf(root, 'tableset')
  // VODataService 1.0 had tables right below the resource.
  const parents = [root, ...tablesets, ...tablesets.flatMap((tableset) => childrenOf(tableset, 'schema'))]
  return {
    type: root.attributes.find((one) => one.name === 'type')?.value ?? 'vr:Resource',
    tables: parents.flatMap((parent) => childrenOf(parent, 'table').map(tableOf)),
  }
}

function tableOf(table: XmlElement): RecordTable {
  return {
    name: textOf(table, 'name') ?? 'unnamed',
    title: textOf(table, 'title'),
    description: textOf(table, 'description'),
    columns: childrenOf(table, 'column').map((column) => ({
      name: textOf(column, 'name') ?? 'unnamed',
      datatype: textOf(column, 'dataType'),
      unit: textOf(column, 'unit'),
      ucd: textOf(column, 'ucd'),
      description: textOf(column, 'description'),
    })),
  }
}

function childrenOf(parent: XmlElement, name: string): readonly XmlElement[] {
  return parent.children.filter((child): child is XmlElement => typeof child !== 'string' && child.name === name)
}

function textOf(parent: XmlElement, name: string): string | null {
  const child = childrenOf(parent, name)[0]
  const text = child?.children
    .filter((part) => typeof part === 'string')
    .join('')
    .trim()
    .replace(/\s+/g, ' ')
  return text === undefined || text === '' ? null : text
}
