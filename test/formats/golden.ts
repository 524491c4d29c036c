// Expected documents as files; UPDATE_GOLDEN=1 rewrites them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

/** Holds the bytes to the file `test/golden/<name>`. */
export function expectGolden(name: string, bytes: Buffer): void {
  const path = fileURLToPath(new URL(`../golden/${name}`, import.meta.url))
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, bytes)
  }
  expect(bytes.toString('latin1')).toBe(readFileSync(path, 'latin1'))
}
