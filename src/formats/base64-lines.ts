// Bytes → base64 as bytes, in lines of 64 letters.
import { Buffer } from 'node:buffer'

/** Bytes on one line. */
export const lineBytes = 48

/** Pieces of any length as whole lines; what is left comes last, also when the pieces break off. */
export async function* base64Stream(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0)
  try {
    for await (const piece of pieces) {
      const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
      const whole = bytes.length - (bytes.length % lineBytes)
      rest = bytes.subarray(whole)
      if (whole > 0) yield base64Lines(bytes.subarray(0, whole))
    }
  } catch (thrown) {
    yield base64Lines(rest)
    throw thrown
  }
  yield base64Lines(rest)
}

const newline = 0x0a
const padding = 0x3d
const letters = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 'latin1')

/** Each line ends with a line feed; only the last one may be shorter, and only it is padded. */
export function base64Lines(bytes: Uint8Array): Buffer {
  const { length } = bytes
  const output = Buffer.allocUnsafe(Math.ceil(length / 3) * 4 + Math.ceil(length / lineBytes))
  let position = 0
  for (let line = 0; line < length; line += lineBytes) {
    const end = Math.min(line + lineBytes, length)
    for (let index = line; index < end; index += 3) {
      const group = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
      output[position] = letters[group >> 18] ?? 0
      output[position + 1] = letters[(group >> 12) & 63] ?? 0
      output[position + 2] = index + 1 < length ? (letters[(group >> 6) & 63] ?? 0) : padding
      output[position + 3] = index + 2 < length ? (letters[group & 63] ?? 0) : padding
      position += 4
    }
    output[position] = newline
    position += 1
  }
  return output
}
