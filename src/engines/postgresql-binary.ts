// Rows as PostgreSQL sends them in binary (COPY … FORMAT binary) → columns of cells, texts as the bytes they came as.
//
// The client makes a string of each cell of a usual answer, and a format makes bytes of it again; for the hundred megabytes
// of a long answer that took as long as the search. Of COPY it hands over the bytes.
import { Buffer } from 'node:buffer'
import type { Value } from '../core/sql.js'
import type { CellColumn, ColumnBatch } from '../tables/result.js'
import { timestampText } from './timestamps.js'

/** A value in its binary form: `length` bytes from `start` on. */
type BinaryReader = (bytes: Buffer, start: number, length: number) => Value

/** Can rows with columns of these types (numbers of pg_type) be read? */
export function areReadable(types: readonly number[]): boolean {
  return types.every((type) => textTypes.has(type) || readers.has(type))
}

/** `COPY` begins with a header of so many bytes, which comes with the first row or before it. */
const headerBytes = 19
/** In place of a number of cells: no more rows. */
const endMark = -1
const firstBlockBytes = 262_144

/** Collects rows; `take` gives them and starts afresh. */
export class BinaryRows {
  readonly #columns: readonly Column[]
  #block = Buffer.allocUnsafe(firstBlockBytes)
  #length = 0
  #rowCount = 0
  #isHeaderRead = false

  /** At most `mostRows` are collected before they are taken. */
  constructor(types: readonly number[], mostRows: number) {
    const zeros = new Int32Array(mostRows)
    this.#columns = types.map((type) => {
      const read = readers.get(type)
      return read === undefined ? new TextColumn(zeros) : new ValueColumn(read)
    })
  }

  get rowCount(): number {
    return this.#rowCount
  }

  /** Bytes of the collected rows. */
  get byteCount(): number {
    return this.#length
  }

  /** One message of COPY: the header, a row, or the end. Its bytes are copied, because the client uses their place again. */
  add(message: Buffer): void {
    const from = this.#isHeaderRead ? 0 : headerBytes
    this.#isHeaderRead = true
    if (message.length <= from || message.readInt16BE(from) === endMark) return
    const base = this.#length
    this.#ensure(message.length - from)
    message.copy(this.#block, base, from)
    this.#length += message.length - from
    let position = base + 2
    for (const column of this.#columns) {
      const length = this.#block.readInt32BE(position)
      position += 4
      column.add(this.#block, position, length)
      if (length > 0) position += length
    }
    this.#rowCount += 1
  }

  /** The rows so far, as columns; nothing of them is used again. */
  take(): ColumnBatch {
    const block = new Uint8Array(this.#block.buffer, this.#block.byteOffset, this.#length)
    const batch = { rowCount: this.#rowCount, columns: this.#columns.map((column) => column.take(block)) }
    this.#block = Buffer.allocUnsafe(this.#block.length)
    this.#length = 0
    this.#rowCount = 0
    return batch
  }

  #ensure(byteCount: number): void {
    if (this.#length + byteCount <= this.#block.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#block.length * 2, this.#length + byteCount))
    this.#block.copy(larger, 0, 0, this.#length)
    this.#block = larger
  }
}

interface Column {
  /** A length of -1 is NULL. */
  add(bytes: Buffer, start: number, length: number): void
  take(block: Uint8Array): CellColumn
}

class TextColumn implements Column {
  /** All texts of a batch lie in its only block. */
  readonly #zeros: Int32Array
  #starts: Int32Array
  #lengths: Int32Array
  #count = 0

  constructor(zeros: Int32Array) {
    this.#zeros = zeros
    this.#starts = new Int32Array(zeros.length)
    this.#lengths = new Int32Array(zeros.length)
  }

  add(_: Buffer, start: number, length: number): void {
    this.#starts[this.#count] = start
    this.#lengths[this.#count] = length
    this.#count += 1
  }

  take(block: Uint8Array): CellColumn {
    const [starts, lengths] = [this.#starts, this.#lengths]
    this.#starts = new Int32Array(this.#zeros.length)
    this.#lengths = new Int32Array(this.#zeros.length)
    this.#count = 0
    return { kind: 'texts', blocks: [block], blockNumbers: this.#zeros, starts, lengths }
  }
}

class ValueColumn implements Column {
  readonly #read: BinaryReader
  #values: Value[] = []

  constructor(read: BinaryReader) {
    this.#read = read
  }

  add(bytes: Buffer, start: number, length: number): void {
    this.#values.push(length < 0 ? null : this.#read(bytes, start, length))
  }

  take(): CellColumn {
    const values = this.#values
    this.#values = []
    return { kind: 'values', values }
  }
}

/** From 1970, where ours begin, to 2000, where PostgreSQL's points in time do. */
const microsTo2000 = 946_684_800_000_000n

function long(bytes: Buffer, start: number): number | bigint {
  const high = bytes.readInt32BE(start)
  // Below 2^53 a number is exact.
  const isSmall = high >= -(2 ** 21) && high < 2 ** 21
  return isSmall ? high * 2 ** 32 + bytes.readUInt32BE(start + 4) : bytes.readBigInt64BE(start)
}

/** Digits to the base of 10,000; infinities and what is too long for a double are not ours to tell apart. */
function decimal(bytes: Buffer, start: number): Value {
  const [count, weight, sign] = [bytes.readInt16BE(start), bytes.readInt16BE(start + 2), bytes.readUInt16BE(start + 4)]
  if (sign === 0xc000) return Number.NaN
  const digits = Array.from({ length: count }, (_, index) =>
    String(bytes.readInt16BE(start + 8 + index * 2)).padStart(4, '0'),
  ).join('')
  const whole = (weight + 1) * 4
  const text = `${sign === 0x4000 ? '-' : ''}${digits.padEnd(whole, '0').slice(0, Math.max(0, whole)) || '0'}`
  const fraction = whole >= 0 ? digits.slice(whole) : digits.padStart(digits.length - whole, '0')
  if (bytes.readInt16BE(start + 6) > 0) return Number(`${text}.${fraction || '0'}`)
  const integer = BigInt(text)
  return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer
}

/** One dimension; a missing number inside a list is NaN, as in VOTable arrays (VOTable 1.5 §6). */
function listOf(item: (bytes: Buffer, start: number) => number): BinaryReader {
  return (bytes, start) => {
    if (bytes.readInt32BE(start) === 0) return []
    let position = start + 20
    return Array.from({ length: bytes.readInt32BE(start + 12) }, () => {
      const length = bytes.readInt32BE(position)
      const value = length < 0 ? Number.NaN : item(bytes, position + 4)
      position += 4 + Math.max(0, length)
      return value
    })
  }
}

const smallint = (bytes: Buffer, start: number): number => bytes.readInt16BE(start)
const integer = (bytes: Buffer, start: number): number => bytes.readInt32BE(start)
const real = (bytes: Buffer, start: number): number => bytes.readFloatBE(start)
const double = (bytes: Buffer, start: number): number => bytes.readDoubleBE(start)

/** name, text, bpchar, varchar, unknown: bytes of UTF-8. */
const textTypes: ReadonlySet<number> = new Set([19, 25, 1042, 1043, 705])

const readers: ReadonlyMap<number, BinaryReader> = new Map<number, BinaryReader>([
  [16, (bytes, start) => bytes[start] === 1],
  [17, (bytes, start, length) => new Uint8Array(bytes.subarray(start, start + length))],
  [20, long],
  [21, smallint],
  [23, integer],
  [26, (bytes, start) => bytes.readUInt32BE(start)],
  [700, real],
  [701, double],
  [1005, listOf(smallint)],
  [1007, listOf(integer)],
  [1016, listOf((bytes, start) => Number(long(bytes, start)))],
  [1021, listOf(real)],
  [1022, listOf(double)],
  [1114, (bytes, start) => timestampText(bytes.readBigInt64BE(start) + microsTo2000)],
  [1700, decimal],
])
