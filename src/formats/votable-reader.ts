// An uploaded VOTable (1.1 to 1.5, any prefix; TABLEDATA, BINARY, BINARY2) → columns and rows of its first table.
import { Buffer } from 'node:buffer'
import { setImmediate } from 'node:timers/promises'
import { TextDecoder } from 'node:util'
import { SaxesParser, type SaxesTagNS } from 'saxes'
import { RegistryError } from '../core/errors.js'
import type { Row, Value } from '../core/sql.js'
import { type ColumnDescription, datatypes } from '../tables/metadata.js'
import type { LoadedTable, UploadedRows } from '../tables/result.js'
import { cellShape } from './arraysize.js'
import { readBinaryRows } from './binary-parsers.js'
import { cellParser, type UploadedColumn } from './cell-parsers.js'

/** Bytes parsed before other requests get their turn. */
const sliceBytes = 32_768

/** Bytes → the first table in them, under the given name. Throws kind `invalid` with the place of the mistake. */
export async function readVotable(bytes: Uint8Array, name: string): Promise<LoadedTable> {
  const reader = new TableReader(name)
  for (const text of decoded(bytes)) {
    reader.write(text)
    if (reader.isComplete) break
    await setImmediate()
  }
  return reader.table()
}

/** The columns of the first table; its rows stay unread. Throws as `readVotable`. */
export async function readVotableColumns(bytes: Uint8Array, name: string): Promise<readonly ColumnDescription[]> {
  const reader = new TableReader(name)
  for (const text of decoded(bytes)) {
    reader.write(text)
    if (reader.hasColumns) break
    await setImmediate()
  }
  return reader.columns()
}

/** The rows of an uploaded table, read if they have not been yet. */
export async function unpacked(table: UploadedRows): Promise<LoadedTable> {
  return 'rows' in table ? table : readVotable(table.votable, table.name)
}

// A byte order mark or the XML declaration names the encoding; clients send UTF-8, some old ones ISO 8859-1.
function* decoded(bytes: Uint8Array): Generator<string> {
  const declared = /^[^>]*encoding=["']([A-Za-z0-9._-]+)["']/.exec(
    Buffer.from(bytes.subarray(0, 200)).toString('latin1'),
  )?.[1]
  const utf16 = (bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0xff && bytes[1] === 0xfe)
  const encoding = utf16 ? (bytes[0] === 0xfe ? 'utf-16be' : 'utf-16le') : (declared ?? 'utf-8')
  const decoder = decoderOf(encoding)
  for (let start = 0; start < bytes.length; start += sliceBytes)
    yield decoder.decode(bytes.subarray(start, start + sliceBytes), { stream: start + sliceBytes < bytes.length })
}

function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding)
  } catch {
    throw new RegistryError(
      'invalid',
      `The uploaded table is in the encoding "${encoding}", which is not known; use UTF-8.`,
    )
  }
}

type Place = 'outside' | 'table' | 'field' | 'rows' | 'stream' | 'done'

class TableReader {
  readonly #parser = new SaxesParser({ xmlns: true, position: true })
  readonly #name: string
  readonly #columns: UploadedColumn[] = []
  #parsers: readonly ((text: string) => Value)[] = []
  readonly #rows: Row[] = []
  /** The rows of BINARY and BINARY2, still packed. */
  #bytes: Buffer = Buffer.alloc(0)
  #row: Value[] = []
  #place: Place = 'outside'
  #serialization: 'TABLEDATA' | 'BINARY' | 'BINARY2' = 'TABLEDATA'
  #text = ''
  #collecting = false
  #stream: string[] = []
  #sawRoot = false

  constructor(name: string) {
    this.#name = name
    const parser = this.#parser
    parser.on('error', (error) => {
      throw this.#invalid(`is not well-formed XML: ${error.message.replace(/^\d+:\d+: /, '')}`)
    })
    parser.on('doctype', (doctype) => {
      if (/<!ENTITY/i.test(doctype)) throw this.#invalid('declares entities, which are refused')
    })
    parser.on('opentag', (tag) => this.#open(tag))
    parser.on('text', (text) => this.#characters(text))
    parser.on('cdata', (text) => this.#characters(text))
    parser.on('closetag', (tag) => this.#close(tag.local))
  }

  get isComplete(): boolean {
    return this.#place === 'done'
  }

  write(text: string): void {
    this.#parser.write(text)
  }

  /** All FIELDs have been read. */
  get hasColumns(): boolean {
    return this.#place === 'rows' || this.#place === 'stream' || this.#place === 'done'
  }

  columns(): readonly ColumnDescription[] {
    if (!this.hasColumns) this.#failWithoutTable()
    return this.#columns.map((column) => column.description)
  }

  #failWithoutTable(): never {
    // The parser knows better than we do what is missing, if it is XML that is missing.
    this.#parser.close()
    throw this.#invalid('holds no TABLE')
  }

  async table(): Promise<LoadedTable> {
    if (!this.isComplete) this.#failWithoutTable()
    for (const rows of readBinaryRows(this.#bytes, this.#columns, this.#serialization === 'BINARY2')) {
      for (const row of rows) this.#rows.push(row)
      await setImmediate()
    }
    return { name: this.#name, columns: this.columns(), rows: this.#rows }
  }

  #open(tag: SaxesTagNS): void {
    if (!this.#sawRoot) {
      if (tag.local !== 'VOTABLE') throw this.#invalid(`is no VOTable: its root element is ${tag.local.slice(0, 60)}`)
      this.#sawRoot = true
    }
    switch (tag.local) {
      case 'TABLE':
        if (this.#place === 'outside') this.#place = 'table'
        break
      case 'FIELD':
        if (this.#place === 'table') this.#addColumn(tag)
        break
      case 'VALUES':
        if (this.#place === 'field') this.#addNull(attribute(tag, 'null'))
        break
      case 'DESCRIPTION':
        if (this.#place === 'field') this.#startText()
        break
      case 'DATA':
        if (this.#place === 'table') this.#beginData()
        break
      case 'BINARY':
      case 'BINARY2':
        if (this.#place === 'rows') this.#serialization = tag.local
        break
      case 'STREAM':
        if (this.#place === 'rows') this.#beginStream(tag)
        break
      case 'FITS':
        if (this.#place === 'rows') throw this.#invalid('has its rows as FITS; expected TABLEDATA, BINARY or BINARY2')
        break
      case 'TR':
        this.#row = []
        break
      case 'TD':
        if (this.#place === 'rows') this.#startText()
        break
      default:
    }
  }

  #characters(text: string): void {
    if (this.#place === 'stream') this.#stream.push(text)
    else if (this.#collecting) this.#text += text
  }

  #close(name: string): void {
    switch (name) {
      case 'TD':
        if (this.#place === 'rows') this.#row.push((this.#parsers[this.#row.length] ?? this.#tooMany)(this.#text))
        this.#collecting = false
        break
      case 'TR':
        if (this.#place === 'rows') this.#endRow()
        break
      case 'DESCRIPTION':
        if (this.#place === 'field') this.#describe(this.#text.trim())
        this.#collecting = false
        break
      case 'FIELD':
        if (this.#place === 'field') this.#place = 'table'
        break
      case 'STREAM':
        if (this.#place === 'stream') this.#endStream()
        break
      case 'TABLE':
        if (this.#place !== 'outside') this.#place = 'done'
        break
      default:
    }
  }

  #startText(): void {
    this.#text = ''
    this.#collecting = true
  }

  #addColumn(tag: SaxesTagNS): void {
    const name = attribute(tag, 'name') ?? attribute(tag, 'ID') ?? `column_${this.#columns.length + 1}`
    const datatype = attribute(tag, 'datatype') ?? 'char'
    if (!isDatatype(datatype)) throw this.#invalid(`has a column "${name}" of the unknown datatype "${datatype}"`)
    if (this.#columns.some((column) => column.description.name === name))
      throw this.#invalid(`has two columns named "${name}"`)
    const arraysize = attribute(tag, 'arraysize')
    cellShape(arraysize)
    const described = {
      // VOTable 1.3 erratum 3 discourages arraysize="1": an array of one is a scalar.
      arraysize: arraysize === '1' ? undefined : arraysize,
      xtype: attribute(tag, 'xtype'),
      unit: attribute(tag, 'unit'),
      ucd: attribute(tag, 'ucd'),
      utype: attribute(tag, 'utype'),
    }
    const given = Object.fromEntries(
      Object.entries(described).filter(([, value]) => value !== undefined && value !== ''),
    )
    this.#columns.push({ description: { name, datatype, ...given } })
    this.#place = 'field'
  }

  #addNull(nullText: string | undefined): void {
    const column = this.#columns.pop()
    if (column !== undefined)
      this.#columns.push(nullText === undefined ? column : { ...column, nullText: nullText.trim() })
  }

  #describe(description: string): void {
    const column = this.#columns.pop()
    if (column === undefined) return
    this.#columns.push(description === '' ? column : { ...column, description: { ...column.description, description } })
  }

  #beginData(): void {
    this.#place = 'rows'
    this.#parsers = this.#columns.map(cellParser)
  }

  #endRow(): void {
    const { length } = this.#columns
    if (this.#row.length !== length) {
      throw this.#invalid(`has ${length} columns, but row ${this.#rows.length + 1} has ${this.#row.length} cells`)
    }
    this.#rows.push(this.#row)
  }

  readonly #tooMany = (): Value => {
    throw this.#invalid(`has ${this.#columns.length} columns, but row ${this.#rows.length + 1} has more cells`)
  }

  #beginStream(tag: SaxesTagNS): void {
    const encoding = attribute(tag, 'encoding')
    if (attribute(tag, 'href') !== undefined)
      throw this.#invalid('keeps its rows at another address; they must be in the document')
    if (encoding !== undefined && encoding !== 'base64')
      throw this.#invalid(`has its rows encoded as "${encoding}"; expected base64`)
    this.#place = 'stream'
  }

  #endStream(): void {
    this.#bytes = Buffer.from(this.#stream.join(''), 'base64')
    this.#stream = []
    this.#place = 'rows'
  }

  #invalid(finding: string): RegistryError {
    return new RegistryError('invalid', `The uploaded table "${this.#name}" ${finding} (line ${this.#parser.line}).`)
  }
}

const knownDatatypes: ReadonlySet<string> = new Set(datatypes)

function isDatatype(text: string): text is ColumnDescription['datatype'] {
  return knownDatatypes.has(text)
}

function attribute(tag: SaxesTagNS, name: string): string | undefined {
  return Object.values(tag.attributes).find((one) => one.local === name && one.prefix === '')?.value
}
