// What went wrong on TAP → status, Content-Type and document, in the format the client asked for where it can carry an error.
import { type ErrorKind, errorSurfaces, RegistryError } from '../core/errors.js'
import { votable } from '../formats/votable.js'
import { type Parameters, requestedFormat } from './parameters.js'

/** What the state of a job, or the number of a client's jobs, does not allow; UWS 1.1 §2.2 wants 403. */
export class ForbiddenChange extends RegistryError {
  override readonly name = 'ForbiddenChange'
  constructor(message: string) {
    super('usage', message)
  }
}

export interface ErrorAnswer {
  readonly httpStatus: number
  readonly contentType: string
  readonly document: string
}

/** HTTP status of an error on TAP. */
export function errorStatus(error: RegistryError): number {
  return error instanceof ForbiddenChange ? 403 : statusOf(error.kind)
}

/** The error document (TAP 1.1 §3.3). `parameters` tell the format; a wrong RESPONSEFORMAT gets a VOTable. */
export function errorAnswer(error: RegistryError, parameters: Parameters | undefined): ErrorAnswer {
  const { format, contentType } = chosen(parameters)
  return { httpStatus: errorStatus(error), contentType, document: format(error.message) }
}

function statusOf(kind: ErrorKind): number {
  return errorSurfaces[kind].httpStatus
}

function chosen(parameters: Parameters | undefined): { format: (message: string) => string; contentType: string } {
  const fallback = { format: (message: string) => votable.error?.(message) ?? message, contentType: votable.mediaType }
  if (parameters === undefined) return fallback
  try {
    const { format, contentType } = requestedFormat(parameters)
    return format.error === undefined ? fallback : { format: format.error, contentType }
  } catch {
    // The wish for a format is what is wrong here.
    return fallback
  }
}
