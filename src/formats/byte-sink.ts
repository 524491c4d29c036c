// Numbers and texts → bytes in network order, in a buffer that grows.
import { Buffer } from 'node:buffer'

/** What stands around texts, and which of their bytes (index) need a second look: 2 anywhere, 1 at the ends. */
export interface PlainText {
  readonly before: Block
  readonly after: Block
  readonly suspect: Uint8Array
}

/** Bytes that are copied from; made once for many pieces. */
export class Block {
  readonly bytes: Uint8Array
  readonly view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  static of(text: string): Block {
    return new Block(Buffer.from(text))
  }
}

/**
 * Fewer bytes are copied sooner by a loop, four at a time, than by a call of the C library, which besides leaves an object
 * for each piece.
 */
const worthCallingBytes = 160

/** The same for letters of a text that become UTF-8. */
const worthCallingLetters = 64

/** A buffer has room for that many times what the last one was given away with. */
const roomForMore = 1.25

/** Collects bytes; `take` gives them away and starts afresh. */
export class ByteSink {
  #buffer: Buffer
  #view: DataView
  #length = 0

  constructor(capacityBytes = 98_304) {
    this.#buffer = Buffer.allocUnsafe(capacityBytes)
    this.#view = viewOf(this.#buffer)
  }

  get length(): number {
    return this.#length
  }

  /** The collected bytes, whole multiples of `multiple` of them; the rest stays for the next time. */
  take(multiple = 1): Buffer {
    const taken = this.#length - (this.#length % multiple)
    const rest = this.#buffer.subarray(taken, this.#length)
    const bytes = this.#buffer.subarray(0, taken)
    // What fills its buffer is given away with it; what does not would keep too much memory.
    const isFull = taken * 2 > this.#buffer.length
    const given = isFull ? bytes : Buffer.from(bytes)
    if (isFull) this.#use(Buffer.allocUnsafe(Math.ceil(taken * roomForMore)))
    this.#buffer.set(rest)
    this.#length = rest.length
    return given
  }

  /** Forgets what was written since the length was `length`. */
  rewind(length: number): void {
    this.#length = length
  }

  byte(value: number): void {
    this.#ensure(1)
    this.#buffer[this.#length++] = value
  }

  int16(value: number): void {
    this.#ensure(2)
    this.#length = this.#buffer.writeInt16BE(value, this.#length)
  }

  int32(value: number): void {
    this.#ensure(4)
    this.#length = this.#buffer.writeInt32BE(value, this.#length)
  }

  int64(value: bigint): void {
    this.#ensure(8)
    this.#length = this.#buffer.writeBigInt64BE(value, this.#length)
  }

  float32(value: number): void {
    this.#ensure(4)
    this.#length = this.#buffer.writeFloatBE(value, this.#length)
  }

  float64(value: number): void {
    this.#ensure(8)
    this.#length = this.#buffer.writeDoubleBE(value, this.#length)
  }

  /** The bytes of a block from `start` up to `end`. */
  copy(block: Block, start = 0, end = block.bytes.length): void {
    const length = end - start
    this.#ensure(length)
    if (length >= worthCallingBytes) this.#buffer.set(block.bytes.subarray(start, end), this.#length)
    else this.#copyShort(block, start, end)
    this.#length += length
  }

  #copyShort({ bytes, view: from }: Block, start: number, end: number): void {
    const to = this.#view
    let at = start
    let position = this.#length
    for (; at + 4 <= end; at += 4, position += 4) to.setUint32(position, from.getUint32(at, true), true)
    for (; at < end; at++, position++) to.setUint8(position, bytes[at] ?? 0)
  }

  /** One byte per character; what is not ASCII becomes `?`. */
  ascii(value: string): void {
    this.#ensure(value.length)
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index)
      this.#buffer[this.#length++] = code < 128 ? code : 63
    }
  }

  utf8(value: string): void {
    this.#ensure(value.length * 3)
    const buffer = this.#buffer
    if (value.length >= worthCallingLetters) {
      this.#length += buffer.write(value, this.#length, 'utf8')
      return
    }
    let position = this.#length
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index)
      if (code >= 128) {
        this.#length = position + buffer.write(value.slice(index), position, 'utf8')
        return
      }
      buffer[position++] = code
    }
    this.#length = position
  }

  /** Copies bytes between two others, unless one is suspect (2) or one at the ends is (1): then it gives false. */
  copyPlain(source: Uint8Array, start: number, length: number, { before, after, suspect }: PlainText): boolean {
    const end = start + length
    if (suspect[source[start] ?? 0] !== 0 || suspect[source[end - 1] ?? 0] !== 0) return false
    const mark = this.#length
    this.copy(before)
    this.#ensure(length)
    const buffer = this.#buffer
    let position = this.#length
    for (let index = start; index < end; index++) {
      const byte = source[index] ?? 0
      if (suspect[byte] === 2) {
        this.#length = mark
        return false
      }
      buffer[position++] = byte
    }
    this.#length = position
    this.copy(after)
    return true
  }

  /** The same with two bytes for each, for bytes that are ASCII. */
  copyPlainWide(source: Uint8Array, start: number, length: number, { suspect }: PlainText): boolean {
    this.#ensure(length * 2)
    const buffer = this.#buffer
    let position = this.#length
    for (let index = start; index < start + length; index++) {
      const byte = source[index] ?? 0
      if (suspect[byte] !== 0) return false
      buffer[position] = 0
      buffer[position + 1] = byte
      position += 2
    }
    this.#length = position
    return true
  }

  /** Two bytes per UTF-16 unit, big endian (VOTable 1.5 §2.1: UCS-2). */
  utf16(value: string): void {
    this.#ensure(value.length * 2)
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index)
      this.#buffer[this.#length++] = code >> 8
      this.#buffer[this.#length++] = code & 255
    }
  }

  zeros(count: number): void {
    this.#ensure(count)
    this.#buffer.fill(0, this.#length, this.#length + count)
    this.#length += count
  }

  #ensure(count: number): void {
    if (this.#length + count <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + count))
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#use(larger)
  }

  #use(buffer: Buffer): void {
    this.#buffer = buffer
    this.#view = viewOf(buffer)
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}
