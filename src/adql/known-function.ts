// What is known about one function: how it is called and what it gives.
import { type Family, type Meaning, type Resolved, whole } from './resolved.js'

/** What an argument may be. `shape`: a point, circle, polygon, MOC, or a column that holds one. */
export type Parameter = Family | 'any' | 'shape'

/**
 * How the translator treats a function. `plain`: spelled by the dialect. `predicate`: a condition that the standard
 * writes as 1 = f(…). `shape`: builds a geometry. `special`: has a rule of its own in the translator.
 */
export type FunctionKind = 'plain' | 'aggregate' | 'predicate' | 'shape' | 'special'

export interface KnownFunction {
  /** In lower case. */
  readonly name: string
  readonly kind: FunctionKind
  /** The ways to call it. */
  readonly signatures: readonly (readonly Parameter[])[]
  /** The last parameter of the last signature may come again any number of times. */
  readonly repeats?: boolean
  readonly meaning: (args: readonly Resolved[]) => Meaning
  readonly family: Family
  /** How to call it, for people and for TAPRegExt. */
  readonly form: string
  /** For user-defined functions, which TAPRegExt lists (ADQL 2.1 §4.3). */
  readonly description?: string
}

/** Are all these texts known to be plain ASCII? */
export function isAscii(values: readonly Resolved[]): boolean {
  return values.every((value) => value.meaning.datatype !== 'unicodeChar')
}

/** A condition that the standards write as 1 = f(…). */
export function predicate(
  name: string,
  parameters: readonly Parameter[],
  form: string,
  description?: string,
): KnownFunction {
  return {
    name,
    kind: 'predicate',
    signatures: [parameters],
    family: 'number',
    meaning: () => whole,
    form,
    ...(description !== undefined && { description }),
  }
}
