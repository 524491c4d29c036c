// What is wrong with a request, in the eight codes of OAI-PMH 2.0 §3.6. Sent with HTTP 200 inside the usual envelope.
import { RegistryError } from '../core/errors.js'

/** The codes of OAI-PMH 2.0 §3.6. */
export type OaiCode =
  | 'badArgument'
  | 'badResumptionToken'
  | 'badVerb'
  | 'cannotDisseminateFormat'
  | 'idDoesNotExist'
  | 'noMetadataFormats'
  | 'noRecordsMatch'
  | 'noSetHierarchy'

/** One `error` element. */
export interface OaiProblem {
  readonly code: OaiCode
  readonly message: string
}

/** A request that OAI-PMH answers with `error` elements: all that was found, not only the first. */
export class OaiError extends RegistryError {
  override readonly name = 'OaiError'
  constructor(readonly problems: readonly OaiProblem[]) {
    super('usage', problems.map((problem) => `${problem.code}: ${problem.message}`).join(' '))
  }
  /** Code of the first problem. */
  get code(): OaiCode {
    return this.problems[0]?.code ?? 'badArgument'
  }
}

/** One argument as it was sent, decoded. */
export interface OaiArgument {
  readonly name: string
  readonly value: string
}

/** A stranger's text as it may stand in a message: in quotation marks, cut to a readable length. */
export function quoted(text: string): string {
  return `"${text.length > 80 ? `${text.slice(0, 80)}…` : text}"`
}
