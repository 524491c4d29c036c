// A FITS file as it comes → columns and rows of its first binary table (FITS 4.0 §4, §7.3).

import { Buffer } from 'node:buffer'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import type { Row, Value } from '../core/sql.js'
import type { ColumnDescription, Datatype } from '../tables/metadata.js'
import { blockBytes, paddedLength } from './fits-header.js'

/** The first table of a file. */
export interface FitsTable {
  /** EXTNAME. */
  readonly name: string | undefined
  readonly nrows: number
  readonly columns: readonly ColumnDescription[]
  /** Some thousand rows at a time; arrays are left out (null). */
  readonly rows: AsyncIterable<readonly Row[]>
}

/** Header values by keyword, with the comment behind the slash. */
type Header = ReadonlyMap<string, { readonly value: string; readonly comment: string }>

/** Reads up to the first binary table. Throws kind `invalid` when there is none, or the file breaks off. */
export async function readFits(label: string, pieces: AsyncIterable<Uint8Array>): Promise<FitsTable> {
  const source = new BlockSource(label, pieces)
  for (let number = 0; ; number++) {
    const header = await readHeader(source)
    if (header === undefined)
      throw new RegistryError('invalid', `${label} has ${counted(number, 'part')} and no binary table (BINTABLE).`)
    if (textOf(header, 'XTENSION') === 'BINTABLE' && textOf(header, 'ZIMAGE') !== 'T') return tableOf(source, header)
    await source.skip(paddedLength(dataBytes(header)))
  }
}

/** Bytes in order, as many as are asked for. */
class BlockSource {
  readonly #iterator: AsyncIterator<Uint8Array>
  #rest: Buffer = Buffer.alloc(0)

  constructor(
    readonly label: string,
    pieces: AsyncIterable<Uint8Array>,
  ) {
    this.#iterator = pieces[Symbol.asyncIterator]()
  }

  /** The next bytes; undefined when there are no more at all. */
  async take(length: number): Promise<Buffer | undefined> {
    const parts = [this.#rest]
    let have = this.#rest.length
    while (have < length) {
      const next = await this.#iterator.next()
      if (next.done === true) break
      parts.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length))
      have += next.value.length
    }
    const all = parts.length === 1 ? this.#rest : Buffer.concat(parts)
    if (have === 0 && length > 0) return undefined
    if (have < length)
      throw new RegistryError(
        'invalid',
        `${this.label} breaks off: ${counted(length, 'byte is', 'bytes are')} expected where ${have} are left.`,
      )
    this.#rest = all.subarray(length)
    return all.subarray(0, length)
  }

  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; left -= 1 << 20) await this.take(Math.min(left, 1 << 20))
  }
}

async function readHeader(source: BlockSource): Promise<Header | undefined> {
  const header = new Map<string, { value: string; comment: string }>()
  let last: { value: string; comment: string } | undefined
  for (let blocks = 0; blocks < 10_000; blocks++) {
    const block = await source.take(blockBytes)
    if (block === undefined) return undefined
    for (let start = 0; start < blockBytes; start += 80) {
      const card = block.toString('latin1', start, start + 80)
      const keyword = card.slice(0, 8).trimEnd()
      if (keyword === 'END') return header
      const isContinued = keyword === 'CONTINUE' && last?.value.endsWith('&') === true
      if (card.slice(8, 10) !== '= ' && !isContinued) continue
      const read = readValue(card.slice(10))
      if (isContinued && last !== undefined) {
        last.value = last.value.slice(0, -1) + read.value
        last.comment += read.comment
      } else {
        last = read
        header.set(keyword, read)
      }
    }
  }
  throw new RegistryError('invalid', `${source.label} has a header without END.`)
}

/** `'text' / comment` or `12 / comment` (FITS 4.0 §4.2). */
function readValue(card: string): { value: string; comment: string } {
  const quoted = /^\s*'((?:[^']|'')*)'\s*(?:\/(.*))?/.exec(card)
  if (quoted !== null)
    return { value: (quoted[1] ?? '').replaceAll("''", "'").trimEnd(), comment: (quoted[2] ?? '').trim() }
  const [value = '', ...comment] = card.split('/')
  return { value: value.trim(), comment: comment.join('/').trim() }
}

function textOf(header: Header, keyword: string): string | undefined {
  const value = header.get(keyword)?.value.trim()
  return value === '' ? undefined : value
}

function numberOf(header: Header, keyword: string, otherwise: number): number {
  const value = Number(textOf(header, keyword)?.replace(/[dD]/, 'e') ?? otherwise)
  return Number.isFinite(value) ? value : otherwise
}

/** Bytes of the data behind a header (FITS 4.0 §4.4.1.2, equation 2). */
function dataBytes(header: Header): number {
  const axes = numberOf(header, 'NAXIS', 0)
  if (axes === 0) return 0
  let size = 1
  for (let axis = 1; axis <= axes; axis++) size *= numberOf(header, `NAXIS${axis}`, 0)
  const groups = numberOf(header, 'GCOUNT', 1)
  return (Math.abs(numberOf(header, 'BITPIX', 8)) / 8) * groups * (numberOf(header, 'PCOUNT', 0) + size)
}

interface Field {
  readonly description: ColumnDescription
  readonly bytes: number
  readonly read: (row: Buffer, offset: number) => Value
}

const batchRows = 4_096

function tableOf(source: BlockSource, header: Header): FitsTable {
  const count = numberOf(header, 'TFIELDS', 0)
  const fields = Array.from({ length: count }, (_, index) => fieldOf(source.label, header, index + 1))
  const rowBytes = numberOf(header, 'NAXIS1', 0)
  const nrows = numberOf(header, 'NAXIS2', 0)
  const stated = fields.reduce((sum, field) => sum + field.bytes, 0)
  if (stated > rowBytes)
    throw new RegistryError(
      'invalid',
      `${source.label} has rows of ${counted(rowBytes, 'byte')} (NAXIS1), but columns of ${counted(stated, 'byte')} together (TFORMn).`,
    )
  async function* rows(): AsyncGenerator<readonly Row[]> {
    for (let first = 0; first < nrows; first += batchRows) {
      const length = Math.min(batchRows, nrows - first)
      const bytes = await source.take(length * rowBytes)
      if (bytes === undefined)
        throw new RegistryError('invalid', `${source.label} breaks off: it ends before row ${first + 1} of ${nrows}.`)
      yield Array.from({ length }, (_, row) => {
        let offset = row * rowBytes
        return fields.map(({ read, bytes: width }) => {
          const value = read(bytes, offset)
          offset += width
          return value
        })
      })
    }
  }
  return { name: textOf(header, 'EXTNAME'), nrows, columns: fields.map((field) => field.description), rows: rows() }
}

/** TFORM letter → data type and bytes of one item. */
const letters: Readonly<Record<string, readonly [Datatype, number]>> = {
  L: ['boolean', 1],
  X: ['bit', 1],
  B: ['unsignedByte', 1],
  I: ['short', 2],
  J: ['int', 4],
  K: ['long', 8],
  A: ['char', 1],
  E: ['float', 4],
  D: ['double', 8],
  C: ['floatComplex', 8],
  M: ['doubleComplex', 16],
}

/** Unsigned integers are signed ones with an offset (FITS 4.0 §7.3.2); they fit the next greater type. */
const unsigned: Readonly<Record<string, readonly [zero: number, datatype: Datatype]>> = {
  B: [-128, 'short'],
  I: [32_768, 'int'],
  J: [2_147_483_648, 'long'],
  K: [2 ** 63, 'long'],
}

function fieldOf(label: string, header: Header, number: number): Field {
  const form = textOf(header, `TFORM${number}`) ?? ''
  const [, repeatText = '', letter = '', element = ''] = /^(\d*)([A-Z])([A-Z]?)/.exec(form) ?? []
  const repeat = repeatText === '' ? 1 : Number(repeatText)
  const isPointer = letter === 'P' || letter === 'Q'
  const [datatype, itemBytes] = letters[isPointer ? element : letter] ?? []
  if (datatype === undefined || itemBytes === undefined)
    throw new RegistryError(
      'invalid',
      `${label} has a column ${number} of the unknown form "${form}" (TFORM${number}).`,
    )
  const scale = numberOf(header, `TSCAL${number}`, 1)
  const zero = numberOf(header, `TZERO${number}`, 0)
  const [unsignedZero, unsignedType] = unsigned[letter] ?? []
  const isUnsigned = scale === 1 && zero === unsignedZero && unsignedType !== undefined
  const isScaled = (scale !== 1 || zero !== 0) && /^[BIJKED]$/.test(letter)
  const type = isUnsigned ? unsignedType : isScaled ? 'double' : datatype
  const bytes = isPointer
    ? repeat * (letter === 'P' ? 8 : 16)
    : letter === 'X'
      ? Math.ceil(repeat / 8)
      : repeat * itemBytes
  const dimensions = /^\(([\d, ]+)\)$/
    .exec(textOf(header, `TDIM${number}`) ?? '')?.[1]
    ?.replaceAll(' ', '')
    .split(',')
  const arraysize = isPointer ? '*' : arraysizeOf(type, repeat, dimensions)
  const noValue = textOf(header, `TNULL${number}`)
  return {
    bytes,
    description: describe(header, number, type, arraysize),
    read:
      letter === 'A' && !isPointer
        ? (row, offset) => readText(row, offset, bytes)
        : repeat === 1 && !isPointer
          ? scaledReader(letter, scale, zero, noValue)
          : () => null,
  }
}

function arraysizeOf(type: Datatype, repeat: number, dimensions: readonly string[] | undefined): string | undefined {
  if (dimensions !== undefined && dimensions.length > 1) return dimensions.join('x')
  return repeat === 1 && type !== 'char' ? undefined : String(repeat)
}

function describe(
  header: Header,
  number: number,
  datatype: Datatype,
  arraysize: string | undefined,
): ColumnDescription {
  const given = (keyword: string) => textOf(header, `${keyword}${number}`)
  const remark = header.get(`TTYPE${number}`)?.comment ?? ''
  // Many writers say "label for field 3" there, which nobody needs to read.
  const comment = /^(?:label for (?:field|column)|field name|column (?:label|name|\d)|name of)/i.test(remark)
    ? ''
    : remark
  const described = {
    description: given('TCOMM') ?? (comment === '' ? undefined : comment),
    unit: given('TUNIT'),
    // Agreed among TOPCAT, STILTS and astropy rather than standard.
    ucd: given('TUCD') ?? given('TBUCD'),
    utype: given('TUTYP'),
    xtype: given('TXTYP'),
  }
  return {
    name: given('TTYPE') ?? `column_${number}`,
    datatype,
    ...(arraysize === undefined ? {} : { arraysize }),
    ...Object.fromEntries(Object.entries(described).filter(([, value]) => value !== undefined)),
  }
}

function readText(row: Buffer, offset: number, bytes: number): string | null {
  const text = row.toString('latin1', offset, offset + bytes)
  const end = text.indexOf('\0')
  const value = (end < 0 ? text : text.slice(0, end)).trimEnd()
  return value === '' ? null : value
}

function scaledReader(letter: string, scale: number, zero: number, noValue: string | undefined): Field['read'] {
  const read = scalarReader(letter)
  return (row, offset) => {
    const value = read(row, offset)
    if (value === null || Number.isNaN(value) || String(value) === noValue) return null
    return typeof value === 'number' || typeof value === 'bigint' ? Number(value) * scale + zero : value
  }
}

function scalarReader(letter: string): (row: Buffer, offset: number) => number | bigint | boolean | null {
  switch (letter) {
    case 'L':
      return (row, offset) => (row[offset] === 0x54 ? true : row[offset] === 0x46 ? false : null)
    case 'B':
      return (row, offset) => row.readUInt8(offset)
    case 'I':
      return (row, offset) => row.readInt16BE(offset)
    case 'J':
      return (row, offset) => row.readInt32BE(offset)
    case 'K':
      return (row, offset) => row.readBigInt64BE(offset)
    case 'E':
      return (row, offset) => row.readFloatBE(offset)
    case 'D':
      return (row, offset) => row.readDoubleBE(offset)
    default:
      return () => null
  }
}
