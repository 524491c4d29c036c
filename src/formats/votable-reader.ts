// A VOTable (1.1 to 1.5, any prefix; TABLEDATA, BINARY, BINARY2), piece by piece → columns and rows of its first table.

import { Buffer } from 'node:buffer'
import { setImmediate } from 'node:timers/promises'
import { TextDecoder } from 'node:util'
import { SaxesParser, type SaxesTagNS } from 'saxes'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import type { Row, Value } from '../core/sql.js'
import { type ColumnDescription, datatypes } from '../tables/metadata.js'
import type { LoadedTable, UploadedRows } from '../tables/result.js'
import { cellShape } from './arraysize.js'
import { BinaryRowReader } from './binary-parsers.js'
import { cellParser, type UploadedColumn } from './cell-parsers.js'

/** Bytes parsed before other requests get their turn. */
const sliceBytes = 32_768

/** Bytes → the first table in them, under the given name. Throws kind `invalid` with the place of the mistake. */
export async function readVotable(bytes: Uint8Array, name: string): Promise<LoadedTable> {
  const reader = new VotableReader(`The uploaded table "${name}"`)
  for (const text of decoded(bytes)) {
    reader.write(text)
    if (reader.isComplete) break
    await setImmediate()
  }
  reader.end()
  return { name, columns: reader.columns, rows: reader.takeRows() }
}

/** The columns of the first table; its rows stay unread. Throws as `readVotable`. */
export async function readVotableColumns(bytes: Uint8Array, name: string): Promise<readonly ColumnDescription[]> {
  const reader = new VotableReader(`The uploaded table "${name}"`)
  for (const text of decoded(bytes)) {
    reader.write(text)
    if (reader.hasColumns) break
    await setImmediate()
  }
  reader.end('columns')
  return reader.columns
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

/** What a VOTable says about its table as a whole. */
export interface VotableFacts {
  readonly name?: string
  readonly description?: string
  /** As promised by TABLE/@nrows. */
  readonly nrows?: number
}

/** Reads a VOTable as it comes. Errors are of kind `invalid` and name the line. */
export class VotableReader {
  readonly #parser = new SaxesParser({ xmlns: true, position: true })
  readonly #called: string
  readonly #columns: UploadedColumn[] = []
  #parsers: readonly ((text: string) => Value)[] = []
  #rows: Row[] = []
  #rowsTaken = 0
  /** The rows of BINARY and BINARY2. */
  #binary: BinaryRowReader | undefined
  /** Characters of base64 that make no whole bytes yet. */
  #base64 = ''
  /** The beginning of a tag, waiting for its end. */
  #tag = ''
  #facts: VotableFacts = {}
  #row: Value[] = []
  #place: Place = 'outside'
  #serialization: 'TABLEDATA' | 'BINARY' | 'BINARY2' = 'TABLEDATA'
  #text = ''
  #collecting = false
  #sawRoot = false

  /** `called` begins the messages: `The uploaded table "stars"`. */
  constructor(called: string) {
    this.#called = called
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

  get columns(): readonly ColumnDescription[] {
    return this.#columns.map((column) => column.description)
  }

  /** All FIELDs have been read. */
  get hasColumns(): boolean {
    return this.#place === 'rows' || this.#place === 'stream' || this.#place === 'done'
  }

  get facts(): VotableFacts {
    return this.#facts
  }

  /** The parser would keep the text of a STREAM until its end; so it gets the tags around it only. */
  write(text: string): void {
    let rest = this.#tag + text
    this.#tag = ''
    while (rest !== '') {
      if (this.#place === 'stream') {
        const end = rest.indexOf('<')
        this.#addBase64(end < 0 ? rest : rest.slice(0, end))
        if (end < 0) return
        rest = rest.slice(end)
      }
      const stop = this.#place === 'stream' ? rest.indexOf('>') + 1 : endOfStreamTag(rest)
      if (stop === 0) {
        this.#tag = rest
        return
      }
      this.#parser.write(rest.slice(0, stop))
      rest = rest.slice(stop)
    }
  }

  /** The rows read since the last call. */
  takeRows(): readonly Row[] {
    const rows = this.#rows
    this.#rowsTaken += rows.length
    this.#rows = []
    return rows
  }

  /** Ends the document; throws when it ends before the table, or the columns if no more is wanted, are complete. */
  end(wanted: 'rows' | 'columns' = 'rows'): void {
    if (this.isComplete || (wanted === 'columns' && this.hasColumns)) return
    // The parser knows better than we do what is missing, if it is XML that is missing.
    this.#parser.write(this.#tag).close()
    throw this.#invalid('holds no TABLE')
  }

  #open(tag: SaxesTagNS): void {
    if (!this.#sawRoot) {
      if (tag.local !== 'VOTABLE') throw this.#invalid(`is no VOTable: its root element is ${tag.local.slice(0, 60)}`)
      this.#sawRoot = true
    }
    switch (tag.local) {
      case 'TABLE':
        if (this.#place === 'outside') this.#beginTable(tag)
        break
      case 'FIELD':
        if (this.#place === 'table') this.#addColumn(tag)
        break
      case 'VALUES':
        if (this.#place === 'field') this.#addNull(attribute(tag, 'null'))
        break
      case 'DESCRIPTION':
        if (this.#place === 'field' || this.#place === 'table' || this.#place === 'outside') this.#startText()
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
    if (this.#collecting) this.#text += text
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
        this.#describe(this.#text.trim())
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

  #beginTable(tag: SaxesTagNS): void {
    const name = attribute(tag, 'name')
    const nrows = attribute(tag, 'nrows')
    this.#facts = {
      ...this.#facts,
      ...(name === undefined || name.trim() === '' ? {} : { name: name.trim() }),
      ...(nrows !== undefined && /^\d{1,15}$/.test(nrows) ? { nrows: Number(nrows) } : {}),
    }
    this.#place = 'table'
  }

  #describe(description: string): void {
    if (this.#place === 'outside' || this.#place === 'table') {
      // The words about the table itself are nearer than those about what it stands in.
      if (description !== '') this.#facts = { ...this.#facts, description }
      return
    }
    if (this.#place !== 'field') return
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
      throw this.#invalid(
        `has ${counted(length, 'column')}, but row ${this.#rowsTaken + this.#rows.length + 1} has ${counted(this.#row.length, 'cell')}`,
      )
    }
    this.#rows.push(this.#row)
  }

  readonly #tooMany = (): Value => {
    throw this.#invalid(
      `has ${counted(this.#columns.length, 'column')}, but row ${this.#rowsTaken + this.#rows.length + 1} has more cells`,
    )
  }

  #beginStream(tag: SaxesTagNS): void {
    const encoding = attribute(tag, 'encoding')
    if (attribute(tag, 'href') !== undefined)
      throw this.#invalid('keeps its rows at another address; they must be in the document')
    if (encoding !== undefined && encoding !== 'base64')
      throw this.#invalid(`has its rows encoded as "${encoding}"; expected base64`)
    this.#binary = new BinaryRowReader(this.#columns, this.#serialization === 'BINARY2')
    this.#place = 'stream'
  }

  #endStream(): void {
    const rest = Buffer.from(this.#base64, 'base64')
    this.#base64 = ''
    for (const row of this.#binary?.read(rest) ?? []) this.#rows.push(row)
    this.#binary?.end()
    this.#place = 'rows'
  }

  #addBase64(text: string): void {
    const characters = this.#base64 + text.replace(/\s+/g, '')
    // Four characters are three bytes.
    const whole = characters.length - (characters.length % 4)
    this.#base64 = characters.slice(whole)
    if (whole === 0) return
    for (const row of this.#binary?.read(Buffer.from(characters.slice(0, whole), 'base64')) ?? []) this.#rows.push(row)
  }

  #invalid(finding: string): RegistryError {
    return new RegistryError('invalid', `${this.#called} ${finding} (line ${this.#parser.line}).`)
  }
}

/**
 * Where the first STREAM tag of a text ends, the text's own end when there is none, 0 when a tag is cut off that may be
 * one.
 */
function endOfStreamTag(text: string): number {
  const tag = /<(?:[\w.-]+:)?STREAM(?:\s[^>]*)?>/.exec(text)
  if (tag !== null) return tag.index + tag[0].length
  const last = text.lastIndexOf('<')
  const isCut = last >= 0 && !text.includes('>', last) && text.length - last < 10_000
  return isCut ? last : text.length
}

const knownDatatypes: ReadonlySet<string> = new Set(datatypes)

function isDatatype(text: string): text is ColumnDescription['datatype'] {
  return knownDatatypes.has(text)
}

function attribute(tag: SaxesTagNS, name: string): string | undefined {
  return Object.values(tag.attributes).find((one) => one.local === name && one.prefix === '')?.value
}
