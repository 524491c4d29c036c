// The generation in use → one file that anybody can keep, with its manifest beside it.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RegistryError } from '../core/errors.js'
import type { KeptGenerations } from '../engines/engine.js'
import { countRecords, readFacts } from './generation-facts.js'
import { manifestAddress, manifestText, type SnapshotManifest } from './snapshot-manifest.js'

/**
 * Writes a copy of the generation in use, then its manifest; each is written beside and renamed when it is on disk. Who
 * reads between the two finds a checksum that does not fit, and comes again. Throws kind `not-found` before the first
 * publication, `invalid` for a generation of an earlier version of the program.
 */
export async function writeSnapshot(
  kept: KeptGenerations,
  target: string,
  onBytes?: (bytes: number, of: number) => void,
): Promise<SnapshotManifest> {
  const current = (await kept.list()).find(({ use }) => use === 'current')
  if (current === undefined)
    throw new RegistryError('not-found', 'Nothing has been published yet; run "waymark publish" first.')
  const [facts, records] = await kept.read(current.generation, (reader) =>
    Promise.all([readFacts(reader), countRecords(reader)]),
  )
  if (facts === undefined)
    throw new RegistryError(
      'invalid',
      'The present generation was made by an earlier version of the program and does not say what it is. Make it again with "waymark rebuild".',
    )
  await mkdir(dirname(target), { recursive: true })
  const { sha256, bytes } = await copyWhole(current.file, target, (done) => onBytes?.(done, current.bytes))
  const manifest: SnapshotManifest = {
    format: facts.format,
    file: basename(target),
    bytes,
    sha256,
    generation: facts.id,
    made: facts.made,
    registry: facts.registry,
    baseUrl: facts.baseUrl,
    program: facts.program,
    records,
  }
  await replace(manifestAddress(target), (draft) => writeFile(draft, manifestText(manifest)))
  return manifest
}

/** Copies a file and takes its checksum on the way. */
async function copyWhole(
  source: string,
  target: string,
  onBytes: (bytes: number) => void,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  const taking = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      onBytes(bytes)
      done(null, chunk)
    },
  })
  // Opened at once: a generation that a writer removes meanwhile stays readable to who has it open.
  const reading = createReadStream(source, { highWaterMark: 1_000_000 })
  await replace(target, (draft) => pipeline(reading, taking, createWriteStream(draft)))
  return { sha256: hash.digest('hex'), bytes }
}

/** Writes a file beside the target and renames it when it is on disk; a draft that fails is removed. */
async function replace(target: string, write: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${target}.${randomUUID().slice(0, 8)}.part`
  try {
    await write(draft)
    const handle = await open(draft, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, target)
  } catch (thrown) {
    await rm(draft, { force: true })
    throw thrown
  }
}
