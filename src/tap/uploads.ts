// UPLOAD parameters and the parts that came with them → tables that the query may join (TAP 1.1 §2.7.6).
import { gunzipSync } from 'node:zlib'
import { RegistryError } from '../core/errors.js'
import { readVotableColumns } from '../formats/votable-reader.js'
import type { PackedTable } from '../tables/result.js'
import { type FetchLimits, fetchUpload } from './fetch-upload.js'
import type { UploadRequest } from './parameters.js'

/** Bytes of the parts of a multipart request, by part name. */
export type UploadParts = ReadonlyMap<string, Uint8Array>

/** What uploads may cost, without the signal of the single request. */
export type UploadLimits = Omit<FetchLimits, 'signal'>

/** Fetches all uploaded tables and reads their columns. Throws kinds `usage` (part missing, address refused), `invalid` (no VOTable), `limit` (too big). */
export async function loadUploads(
  uploads: readonly UploadRequest[],
  parts: UploadParts,
  limits: FetchLimits,
): Promise<readonly PackedTable[]> {
  const tables: PackedTable[] = []
  let bytesLeft = limits.maxBytes
  for (const upload of uploads) {
    const bytes = upload.uri.startsWith('param:')
      ? partOf(upload, parts)
      : await fetchUpload(upload.uri, { ...limits, maxBytes: bytesLeft })
    const plain = unzipped(bytes, upload, bytesLeft)
    bytesLeft -= plain.length
    if (bytesLeft < 0) throw tooBig(upload, limits.maxBytes)
    // The rows are read beside the engine: a stranger's megabytes must not keep others waiting here.
    tables.push({ name: upload.name, columns: await readVotableColumns(plain, upload.name), votable: plain })
  }
  return tables
}

function partOf(upload: UploadRequest, parts: UploadParts): Uint8Array {
  const name = upload.uri.slice('param:'.length)
  const bytes = parts.get(name)
  if (bytes !== undefined) return bytes
  throw new RegistryError(
    'usage',
    `UPLOAD of "${upload.name}" names the part "${name.slice(0, 80)}", which is not in the request; ` +
      `expected a multipart/form-data body with a part of that name${parts.size > 0 ? ` (there are: ${[...parts.keys()].slice(0, 5).join(', ')})` : ''}.`,
  )
}

// Tables are often kept compressed at their addresses; TOPCAT users upload them as they are.
function unzipped(bytes: Uint8Array, upload: UploadRequest, maxBytes: number): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: Math.max(1, maxBytes) })
  } catch (thrown) {
    if (thrown instanceof RangeError) throw tooBig(upload, maxBytes)
    throw new RegistryError(
      'invalid',
      `The uploaded table "${upload.name}" begins like a gzip file but cannot be unpacked.`,
    )
  }
}

function tooBig(upload: UploadRequest, maxBytes: number): RegistryError {
  return new RegistryError(
    'limit',
    `With the table "${upload.name}" the upload is bigger than ${maxBytes} bytes, the limit for one query.`,
  )
}
