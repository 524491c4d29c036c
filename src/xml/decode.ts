// Bytes of an XML document → text, in the encoding its first bytes or its declaration name (XML 1.0 appendix F).
import { TextDecoder } from 'node:util'
import { RegistryError } from '../core/errors.js'

/** A whole document. Throws kind `invalid` for an encoding nobody knows; wrong bytes become U+FFFD. */
export function decodeXml(bytes: Uint8Array): string {
  return decoderFor(bytes).decode(bytes)
}

/** A document that arrives in pieces. */
export async function* decodeXmlStream(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let decoder: TextDecoder | undefined
  for await (const piece of pieces) {
    if (piece.length === 0) continue
    decoder ??= decoderFor(piece)
    yield decoder.decode(piece, { stream: true })
  }
  const rest = decoder?.decode()
  if (rest) yield rest
}

function decoderFor(bytes: Uint8Array): TextDecoder {
  const label = encodingOf(bytes)
  try {
    return new TextDecoder(label)
  } catch (cause) {
    throw new RegistryError('invalid', `The document says its encoding is "${label}", which is not known here.`, {
      cause,
    })
  }
}

function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0 && second === 0x3c) return 'utf-16be'
  if (first === 0x3c && second === 0) return 'utf-16le'
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 200)).toString('latin1')
  const declared = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([^"']{1,40})["']/.exec(
    start.replace(/^\u00ef\u00bb\u00bf/, ''),
  )
  // What was transcoded on the way keeps an old declaration; single bytes cannot be UTF-16.
  return declared?.[1] === undefined || /^utf-?16/i.test(declared[1]) ? 'utf-8' : declared[1]
}
