// What a builder is told from outside: where this program is served, what its own services can do, which schemas to keep to.
import type { Datestamp } from '../core/datestamp.js'
import { RegistryError } from '../core/errors.js'
import type { Schema } from '../tables/metadata.js'
import type { TableAccessFacts } from './capabilities/table-access.js'

/**
 * Which schema versions a record keeps to. `conservative` is what the Registry of Registries judges by: VOResource 1.1,
 * VODataService 1.2, TAPRegExt 1.0. `current` is VOResource 1.2 and TAPRegExt 1.1.
 */
export type Profile = 'conservative' | 'current'

/** The profile of that name. Throws kind `usage` for another. */
export function readProfile(name: string): Profile {
  if (name === 'conservative' || name === 'current') return name
  throw new RegistryError('usage', `There is no profile "${name}"; expected conservative or current (--profile).`)
}

/** What descriptors with `self: true` are filled in with. */
export interface SelfContext {
  /** Public address without trailing slash. */
  readonly baseUrl: string
  /** Authorities of all published records, for the registry's own record. */
  readonly managedAuthorities?: readonly string[]
  /** Languages, formats and limits of our own TAP service. */
  readonly tableAccess?: TableAccessFacts
  /** Tables of our own TAP service. */
  readonly tables?: readonly Schema[]
  /** Records on one page of our own OAI-PMH lists; 0 for no limit. */
  readonly oaiPageRecords?: number
}

/** Everything a build depends on beside the descriptor. */
export interface BuildContext {
  readonly self: SelfContext
  readonly profile?: Profile
}

/** The times of a record, kept by the ledger. */
export interface RecordTimes {
  readonly created: Datestamp
  readonly updated: Datestamp
}

/** Where this program answers. */
export function selfUrls(context: BuildContext): { readonly oai: string; readonly tap: string } {
  return { oai: `${context.self.baseUrl}/oai`, tap: `${context.self.baseUrl}/tap` }
}
