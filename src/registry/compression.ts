// Documents ↔ the bytes they are stored as: UTF-8, raw deflate.
//
// One alone on this thread on purpose: a record of 20 kB takes 0.2 ms, and handing it to another thread and back took five
// times as long (measured on 600 records, 2 cores).
import { promisify } from 'node:util'
import { deflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib'

const deflateAside = promisify(deflateRaw)
/** Texts that are compressed at the same time; each needs 270 kB, and more at a time means fewer waits for this thread. */
const atOnce = 32

/** Text → compressed bytes. */
export function compressText(text: string): Uint8Array {
  return deflateRawSync(Buffer.from(text, 'utf8'))
}

/** Many texts → their compressed bytes, in other threads while this one does something else; undefined stays undefined. */
export async function compressTexts(
  texts: readonly (string | undefined)[],
): Promise<readonly (Uint8Array | undefined)[]> {
  const compressed: (Uint8Array | undefined)[] = texts.map(() => undefined)
  const waiting = texts.entries()
  const work = async (): Promise<void> => {
    for (const [index, text] of waiting)
      if (text !== undefined) compressed[index] = await deflateAside(Buffer.from(text, 'utf8'))
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return compressed
}

/** Compressed bytes → text. */
export function decompressText(bytes: Uint8Array): string {
  return inflateRawSync(bytes).toString('utf8')
}
