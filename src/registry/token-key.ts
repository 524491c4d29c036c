// The key that signs resumption tokens: kept in the state directory, so that tokens survive restarts.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RegistryError } from '../core/errors.js'

const keyBytes = 32

/**
 * The key of a state directory; made on first use from `random` and then never changed.
 * Throws kind `invalid` when the file is there but holds no key.
 */
export function openTokenKey(stateFolder: string, random: (bytes: number) => Uint8Array): Uint8Array {
  const path = join(stateFolder, 'oai-token.key')
  const present = readKey(path)
  if (present !== undefined) return present
  mkdirSync(stateFolder, { recursive: true })
  // Linked into place whole: of two processes that start together, the second finds the first one's key.
  const draft = `${path}.${Buffer.from(random(8)).toString('hex')}`
  writeFileSync(draft, `${Buffer.from(random(keyBytes)).toString('hex')}\n`, { mode: 0o600 })
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  } finally {
    rmSync(draft, { force: true })
  }
  const made = readKey(path)
  if (made === undefined) throw new RegistryError('unavailable', `The key file ${path} vanished while it was made.`)
  return made
}

function readKey(path: string): Uint8Array | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
  if (/^[0-9a-f]+$/.test(text) && text.length === 2 * keyBytes) return Buffer.from(text, 'hex')
  throw new RegistryError(
    'invalid',
    `${path} does not hold a key of ${keyBytes} bytes in hexadecimal; remove it and a new one is made (tokens given out before end with it).`,
  )
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
