// What operators and move files say about former hosts → what happens to a request that still arrives at one.
import { RegistryError } from '../core/errors.js'

/** `redirect`: 308. `proxy`: queries and jobs are passed on. `error`: a VOTable error that names the present address. */
export const legacyModes = ['redirect', 'proxy', 'error'] as const
export type LegacyMode = (typeof legacyModes)[number]

/** Synchronous queries, asynchronous jobs, and everything else: VOSI documents, examples, services other than TAP. */
export const legacyOperations = ['sync', 'async', 'other'] as const
export type LegacyOperation = (typeof legacyOperations)[number]

export type OperationModes = Readonly<Partial<Record<LegacyOperation, LegacyMode>>>

/** What counts of a move. */
export interface ForwardedMove {
  readonly moveId: string
  /** As its file says: `sync=redirect,async=error`; null when it says nothing. */
  readonly forwarding: string | null
}

export interface LegacySettings {
  modeOf(move: ForwardedMove | undefined, operation: LegacyOperation): LegacyMode
}

/**
 * Reads `redirect`, or `redirect,async=error,2025-vo-tap=proxy,sia2.other=error`: first the mode of everything, then
 * that of single operations, moves, and operations of a move. The closest one counts; what a move's own file says is
 * closer than what is said about all moves. Undefined when the text is empty. Throws kind `usage`.
 */
export function readLegacySettings(text: string): LegacySettings | undefined {
  if (text.trim() === '') return undefined
  const [first = '', ...others] = text.split(',').map((part) => part.trim())
  const common = modeNamed(first, text)
  const single = new Map(
    others.map((part) => {
      const [name = '', mode = ''] = part.split('=').map((one) => one.trim())
      if (!/^[a-z0-9][a-z0-9-]*(?:\.(?:sync|async|other))?$/.test(name)) throw wrong(part, text)
      return [name, modeNamed(mode, text)] as const
    }),
  )
  return {
    modeOf: (move, operation) =>
      (move === undefined
        ? undefined
        : (single.get(`${move.moveId}.${operation}`) ??
          single.get(move.moveId) ??
          readOperationModes(move.forwarding)[operation])) ??
      single.get(operation) ??
      common,
  }
}

/** Reads `sync=redirect,async=error`, as the table of moves has it; what is not understood is left out. */
export function readOperationModes(text: string | null): OperationModes {
  const modes: Partial<Record<LegacyOperation, LegacyMode>> = {}
  for (const part of (text ?? '').split(',')) {
    const [name, value] = part.split('=')
    const operation = legacyOperations.find((one) => one === name)
    const mode = legacyModes.find((one) => one === value)
    if (operation !== undefined && mode !== undefined) modes[operation] = mode
  }
  return modes
}

/** Modes as one text, for the table of moves; null when there are none. */
export function operationModesText(modes: OperationModes | undefined): string | null {
  const parts = legacyOperations.flatMap((operation) => {
    const mode = modes?.[operation]
    return mode === undefined ? [] : [`${operation}=${mode}`]
  })
  return parts.length === 0 ? null : parts.join(',')
}

function modeNamed(name: string, text: string): LegacyMode {
  const mode = legacyModes.find((one) => one === name.toLowerCase())
  if (mode === undefined) throw wrong(name, text)
  return mode
}

function wrong(part: string, text: string): RegistryError {
  return new RegistryError(
    'usage',
    `The setting legacy is "${text}", where "${part}" is not understood; expected redirect, proxy or error, and behind it OPERATION=MODE, MOVE=MODE or MOVE.OPERATION=MODE, as redirect,async=error,2025-vo-tap=proxy. Operations are sync, async and other.`,
  )
}
