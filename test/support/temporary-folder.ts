// Everything that tests put into the system's temporary folder goes into one of theirs, which is removed in the end.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder: string | undefined

/** Vitest calls it before the processes start that run tests. */
export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'waymark-tests-'))
  process.env.TMPDIR = folder
}

/** The same after they have ended. */
export function teardown(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
}
