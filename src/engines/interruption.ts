// A signal that ends a query → the error the query ends with.
import { RegistryError } from '../core/errors.js'

/** Why a query was ended: its deadline as kind `limit`, a RegistryError as it is, anything else as the signal gave it. */
export function interruptionError(signal: AbortSignal): unknown {
  const reason: unknown = signal.reason
  if (reason instanceof Error && reason.name === 'TimeoutError')
    return new RegistryError(
      'limit',
      'The query was stopped at its time limit. Ask for less: select fewer columns, add conditions, or run it as an asynchronous job with a longer execution duration.',
      { cause: reason },
    )
  return reason
}

/** Throws `interruptionError` when the signal has been given already. */
export function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interruptionError(signal)
}

/**
 * Calls `interrupt` when the signal is given, and again until the returned function is called: an interrupt that
 * arrives between two steps of a query is lost, so one is not enough.
 */
export function interruptOn(signal: AbortSignal | undefined, interrupt: () => void): () => void {
  if (signal === undefined) return () => undefined
  let timer: NodeJS.Timeout | undefined
  const start = () => {
    interrupt()
    timer = setInterval(interrupt, 20)
    timer.unref()
  }
  if (signal.aborted) start()
  else signal.addEventListener('abort', start, { once: true })
  return () => {
    signal.removeEventListener('abort', start)
    clearInterval(timer)
  }
}
