// One query in an engine process, seen from the serving process: batches arrive, are pulled, and more are asked for.
import { RegistryError } from '../core/errors.js'
import type { Row } from '../core/sql.js'
import { type MessageFromProcess, sizeOf } from './pool-messages.js'

/**
 * Bytes of a result on their way or waiting: less would make the process wait for us, and a query that waits holds all the
 * memory it has in the database.
 */
export const windowBytes = 4_000_000

/** The process was lost or could not start on it, for all that is known by no fault of the query: it may be run again. */
export class NotRun extends RegistryError {
  /** `isSuspect`: it was one of several that together took too much, and shows by itself whether it was the one. */
  constructor(
    cause: unknown,
    readonly isSuspect = false,
  ) {
    super('unavailable', 'The engine process that ran the query had to be replaced. Send the query again.', {
      cause,
      retryAfterSeconds: 1,
    })
  }
}

/** What a query needs of the process it runs in. */
export interface QueryChannel {
  more(id: number, bytes: number): void
  stop(id: number): void
  /** The query became idle, busy or ended: the process may have room now. */
  changed(): void
}

export class PoolQuery {
  readonly #waiting: (readonly Row[])[] = []
  #isResting = false
  /** Bytes taken by the reader that the process has not been told of. */
  #taken = 0
  #failure: { readonly thrown: unknown } | undefined
  #wake: () => void = () => undefined
  #hasEnded = false

  constructor(
    readonly id: number,
    readonly channel: QueryChannel,
    /** No other query may run beside it. */
    readonly isAlone = false,
  ) {}

  /** The process has nothing more to do for it. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** The process works on it; false while it waits for a slow reader. */
  get isActive(): boolean {
    return !this.#hasEnded && !this.#isResting
  }

  receive(message: MessageFromProcess): void {
    switch (message.type) {
      case 'rows':
        this.#waiting.push(message.rows)
        if (message.isLast === true) this.#hasEnded = true
        break
      case 'end':
        this.#hasEnded = true
        break
      case 'rests':
        this.#isResting = message.isResting
        break
      case 'failed':
        this.end(new RegistryError(message.kind, message.message, { cause: new Error(message.cause) }))
        break
      case 'not-opened':
        this.end(new NotRun(new Error(message.cause)))
        break
      default:
        return
    }
    this.#wake()
    this.channel.changed()
  }

  /** It will hear no more from the process. */
  end(thrown: unknown): void {
    this.#hasEnded = true
    this.#failure ??= { thrown }
    this.#wake()
  }

  /** Nobody wants it any more: its reader gets the error now, the process is told to stop. */
  abort(thrown: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = { thrown }
    this.#waiting.length = 0
    this.#isResting = false
    if (!this.#hasEnded) this.channel.stop(this.id)
    this.#wake()
  }

  /** The batches in order, those of bytes in pieces, then the failure if there is one. */
  async *rows(): AsyncGenerator<readonly Row[], void, undefined> {
    for (;;) {
      const rows = this.#waiting.shift()
      if (rows !== undefined) {
        this.#askForMore(sizeOf(rows))
        yield rows
      } else if (this.#failure !== undefined) throw this.#failure.thrown
      else if (this.#hasEnded) return
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
  }

  #askForMore(bytes: number): void {
    this.#taken += bytes
    if (this.#hasEnded || this.#taken < windowBytes / 2) return
    this.channel.more(this.id, this.#taken)
    this.#taken = 0
  }
}
