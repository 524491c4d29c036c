// Errors are thrown once, with a kind, and rendered by the door they leave through (ARCHITECTURE 6.2).

/** What went wrong, seen from the person who has to act on it. */
export type ErrorKind = 'usage' | 'not-found' | 'invalid' | 'limit' | 'unavailable' | 'internal'

/** How one kind of error looks on each surface. */
export interface ErrorSurface {
  /** Exit code of the command line. */
  readonly exitCode: number
  /** HTTP status; OAI-PMH sends its protocol errors with 200 instead. */
  readonly httpStatus: number
  /** UWS errorSummary/@type, where a job can fail that way. */
  readonly uwsType: 'fatal' | 'transient'
  readonly meaning: string
}

/** One row per kind: the only place where kinds meet exit codes and statuses. */
export const errorSurfaces: Readonly<Record<ErrorKind, ErrorSurface>> = {
  usage: { exitCode: 2, httpStatus: 400, uwsType: 'fatal', meaning: 'the request is wrong' },
  'not-found': { exitCode: 3, httpStatus: 404, uwsType: 'fatal', meaning: 'nothing by that name' },
  invalid: { exitCode: 4, httpStatus: 400, uwsType: 'fatal', meaning: 'data given to us breaks a rule' },
  limit: { exitCode: 5, httpStatus: 413, uwsType: 'fatal', meaning: 'more than a stated limit' },
  unavailable: {
    exitCode: 6,
    httpStatus: 503,
    uwsType: 'transient',
    meaning: 'engine, queue or another registry does not answer',
  },
  internal: { exitCode: 1, httpStatus: 500, uwsType: 'fatal', meaning: 'our fault; the detail goes to the log only' },
}

/**
 * An error a person can act on: its message says what was found, where, what was expected and what to do.
 * Subclasses add facts, never another way of rendering.
 */
export class RegistryError extends Error {
  override readonly name: string = 'RegistryError'
  constructor(
    readonly kind: ErrorKind,
    message: string,
    options?: ErrorOptions & {
      /** Seconds after which a new try makes sense (kind `unavailable`). */ readonly retryAfterSeconds?: number
    },
  ) {
    super(message, options)
    this.retryAfterSeconds = options?.retryAfterSeconds
  }
  readonly retryAfterSeconds: number | undefined
}

/** Anything thrown → a RegistryError. What is not one of ours is our fault and shows no detail outside. */
export function asRegistryError(thrown: unknown): RegistryError {
  if (thrown instanceof RegistryError) return thrown
  return new RegistryError('internal', 'The registry made a mistake; its operator finds the details in the log.', {
    cause: thrown,
  })
}
