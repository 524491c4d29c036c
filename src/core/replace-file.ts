// A text → a file in place of the one before: whoever reads finds the old one or the new one, whole.
import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Replaces the file, or makes it with the folders above it. Several processes may do so at the same time. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}.draft`
  await mkdir(dirname(path), { recursive: true })
  try {
    await writeFile(draft, text, { flush: true })
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}
