// The setting `legacy` → what happens to requests that still arrive for former addresses, move by move.
import { RegistryError } from '../core/errors.js'

/** `redirect`: 308. `proxy`: queries and jobs are passed on. `error`: a VOTable error that names the present address. */
export const legacyModes = ['redirect', 'proxy', 'error'] as const
export type LegacyMode = (typeof legacyModes)[number]

export interface LegacySettings {
  modeOf(moveId: string | undefined): LegacyMode
}

/**
 * Reads `redirect`, or `redirect,2025-vo-tap=proxy,sia2=error`: first the mode of all moves, then that of single ones.
 * Undefined when the text is empty. Throws kind `usage`.
 */
export function readLegacySettings(text: string): LegacySettings | undefined {
  if (text.trim() === '') return undefined
  const [first = '', ...others] = text.split(',').map((part) => part.trim())
  const common = modeNamed(first, text)
  const single = new Map(
    others.map((part) => {
      const [move = '', mode = ''] = part.split('=').map((one) => one.trim())
      if (move === '') throw wrong(part, text)
      return [move, modeNamed(mode, text)] as const
    }),
  )
  return { modeOf: (moveId) => (moveId === undefined ? undefined : single.get(moveId)) ?? common }
}

function modeNamed(name: string, text: string): LegacyMode {
  const mode = legacyModes.find((one) => one === name.toLowerCase())
  if (mode === undefined) throw wrong(name, text)
  return mode
}

function wrong(part: string, text: string): RegistryError {
  return new RegistryError(
    'usage',
    `The setting legacy is "${text}", where "${part}" is not understood; expected redirect, proxy or error, and behind it MOVE=MODE for single moves, as redirect,2025-vo-tap=proxy.`,
  )
}
