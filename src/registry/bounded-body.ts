// The body of an answer → its bytes, up to a limit.

/** All bytes; calls `tooLong`, which throws, as soon as there are more than `maxBytes`. */
export async function boundedBody(response: Response, maxBytes: number, tooLong: () => never): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > maxBytes) tooLong()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
