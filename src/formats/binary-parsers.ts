// Bytes of a VOTable BINARY or BINARY2 stream → rows (VOTable 1.5 §6.3, §6.4).

import { Buffer } from 'node:buffer'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import type { Row, Value } from '../core/sql.js'
import type { Datatype } from '../tables/metadata.js'
import { type CellShape, cellShape, isText } from './arraysize.js'
import { isComplex } from './binary-cells.js'
import { arrayCell, arrayItem, exactInteger, type UploadedColumn, unlessUnknown } from './cell-parsers.js'

/** The bytes end inside a value. */
class BreakOff extends RegistryError {}

/** Reads numbers and texts from the start of the bytes on. */
class ByteSource {
  #offset = 0
  constructor(
    readonly bytes: Buffer,
    /** Bytes of the stream before these. */
    readonly before: number,
  ) {}

  /** Where the next value begins. */
  get offset(): number {
    return this.#offset
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.bytes.length
  }

  /** Steps over `count` bytes; gives where they begin. */
  skip(count: number): number {
    const start = this.#offset
    if (count < 0 || start + count > this.bytes.length) {
      throw new BreakOff(
        'invalid',
        `The uploaded table breaks off: byte ${this.before + start} of ${this.before + this.bytes.length} begins a value of ${counted(count, 'byte')}.`,
      )
    }
    this.#offset += count
    return start
  }
}

type CellReader = (source: ByteSource) => Value

/** Takes the bytes of a stream piece by piece and gives the rows that are complete. */
export class BinaryRowReader {
  readonly #readers: readonly CellReader[]
  readonly #flagBytes: number
  #rest: Buffer = Buffer.alloc(0)
  #before = 0

  /** `flagged`: BINARY2, each row begins with NULL flags. */
  constructor(columns: readonly UploadedColumn[], flagged: boolean) {
    this.#readers = columns.map((column) => cellReader(column, flagged))
    this.#flagBytes = flagged ? Math.ceil(columns.length / 8) : 0
  }

  /** The rows that end in this piece. */
  read(piece: Buffer): Row[] {
    const source = new ByteSource(this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]), this.#before)
    const rows: Row[] = []
    let used = 0
    try {
      while (!source.isAtEnd && this.#readers.length > 0) {
        rows.push(this.#row(source))
        used = source.offset
      }
    } catch (thrown) {
      if (!(thrown instanceof BreakOff)) throw thrown
    }
    this.#rest = source.bytes.subarray(used)
    this.#before += used
    return rows
  }

  /** Ends the stream. Throws kind `invalid` when it ends inside a row. */
  end(): void {
    if (this.#rest.length > 0 && this.#readers.length > 0) this.#row(new ByteSource(this.#rest, this.#before))
  }

  #row(source: ByteSource): Row {
    const flags = source.skip(this.#flagBytes)
    const { bytes } = source
    return this.#readers.map((read, index) => {
      const value = read(source)
      const isNull = this.#flagBytes > 0 && (((bytes[flags + (index >> 3)] ?? 0) << (index & 7)) & 0x80) !== 0
      return isNull ? null : value
    })
  }
}

const itemBytes: Readonly<Record<Datatype, number>> = {
  boolean: 1,
  bit: 1,
  unsignedByte: 1,
  short: 2,
  int: 4,
  long: 8,
  char: 1,
  unicodeChar: 2,
  float: 4,
  double: 8,
  floatComplex: 4,
  doubleComplex: 8,
}

function cellReader(column: UploadedColumn, flagged: boolean): CellReader {
  const { description } = column
  const shape = cellShape(description.arraysize)
  if (isText(description)) return textReader(description.datatype, shape)
  if (description.datatype === 'bit') return bitReader(shape)
  const item = itemReader(description.datatype)
  const size = itemBytes[description.datatype]
  if (shape.kind === 'scalar' && !isComplex(description)) {
    const nullText = column.nullText
    return (source) => {
      const value = unlessUnknown(item(source.bytes, source.skip(size)))
      // VALUES/@null counts where there are no flags.
      return !flagged && nullText !== undefined && String(value) === nullText ? null : value
    }
  }
  const perItem = isComplex(description) ? 2 : 1
  const width = size * perItem
  return (source) => {
    const length = arrayLength(source, shape)
    const start = source.skip(length * width)
    if (length === 0) return null
    return arrayCell(
      description,
      Array.from({ length: length * perItem }, (_, index) => arrayItem(item(source.bytes, start + index * size))),
    )
  }
}

function arrayLength(source: ByteSource, shape: CellShape): number {
  if (shape.kind === 'variable') return source.bytes.readUInt32BE(source.skip(4))
  return shape.kind === 'fixed' ? shape.length : 1
}

function textReader(datatype: Datatype, shape: CellShape): CellReader {
  const wide = datatype === 'unicodeChar'
  return (source) => {
    const bytes = arrayLength(source, shape) * (wide ? 2 : 1)
    const start = source.skip(bytes)
    const piece = source.bytes.subarray(start, start + bytes)
    // `char` is ASCII up to VOTable 1.5 and UTF-8 from 1.6 on; the latter includes the former.
    const text = wide ? utf16Text(piece) : piece.toString('utf8')
    const end = text.indexOf('\0')
    const value = end < 0 ? text : text.slice(0, end)
    return value === '' ? null : value
  }
}

function utf16Text(bigEndian: Buffer): string {
  let text = ''
  for (let index = 0; index + 1 < bigEndian.length; index += 2)
    text += String.fromCharCode(bigEndian.readUInt16BE(index))
  return text
}

function bitReader(shape: CellShape): CellReader {
  return (source) => {
    const length = arrayLength(source, shape)
    const start = source.skip(Math.ceil(length / 8))
    const bit = (index: number): number => ((source.bytes[start + (index >> 3)] ?? 0) >> (7 - (index & 7))) & 1
    if (shape.kind === 'scalar') return bit(0)
    return length === 0 ? null : Array.from({ length }, (_, index) => bit(index))
  }
}

function itemReader(datatype: Datatype): (bytes: Buffer, offset: number) => Value {
  switch (datatype) {
    case 'boolean':
      return (bytes, offset) => truth(bytes[offset])
    case 'unsignedByte':
      return (bytes, offset) => bytes.readUInt8(offset)
    case 'short':
      return (bytes, offset) => bytes.readInt16BE(offset)
    case 'int':
      return (bytes, offset) => bytes.readInt32BE(offset)
    case 'long':
      return (bytes, offset) => exactInteger(bytes.readBigInt64BE(offset))
    case 'float':
    case 'floatComplex':
      return (bytes, offset) => bytes.readFloatBE(offset)
    default:
      return (bytes, offset) => bytes.readDoubleBE(offset)
  }
}

// VOTable 1.5 §2.1: T, t, 1 are true, F, f, 0 false, everything else unknown.
function truth(byte: number | undefined): boolean | null {
  if (byte === 0x54 || byte === 0x74 || byte === 0x31) return true
  return byte === 0x46 || byte === 0x66 || byte === 0x30 ? false : null
}
