// Numbers and texts → bytes in network order, in a buffer that grows.
import { Buffer } from 'node:buffer'

/** Collects bytes; `take` gives them away and starts afresh. */
export class ByteSink {
  #buffer: Buffer
  #length = 0

  constructor(capacityBytes = 98_304) {
    this.#buffer = Buffer.allocUnsafe(capacityBytes)
  }

  get length(): number {
    return this.#length
  }

  /** The collected bytes, whole multiples of `multiple` of them; the rest stays for the next time. */
  take(multiple = 1): Buffer {
    const taken = this.#length - (this.#length % multiple)
    const bytes = Buffer.from(this.#buffer.subarray(0, taken))
    this.#buffer.copy(this.#buffer, 0, taken, this.#length)
    this.#length -= taken
    return bytes
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

  bytes(value: Uint8Array): void {
    this.#ensure(value.length)
    this.#buffer.set(value, this.#length)
    this.#length += value.length
  }

  /** One byte per character; what is not ASCII becomes `?`. */
  ascii(value: string): void {
    this.#ensure(value.length)
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index)
      this.#buffer[this.#length++] = code < 128 ? code : 63
    }
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
    this.#buffer = larger
  }
}
