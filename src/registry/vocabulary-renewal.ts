// The IVOA's server → a vocabulary in the state folder, when what came is whole and takes nothing away
// (RegTAP 1.2 §4.5: vocabularies should be read again regularly).

import type { Clock } from '../core/clock.js'
import { counted } from '../core/counted.js'
import { asRegistryError, RegistryError } from '../core/errors.js'
import { replaceFile } from '../core/replace-file.js'
import {
  keptVocabularies,
  keptVocabularyPath,
  shippedVocabulary,
  type Vocabulary,
  type VocabularyName,
  type VocabularyTerm,
  type VocabularyTerms,
} from '../voresource/vocabulary-files.js'
import { boundedBody } from './bounded-body.js'
import { safeRedirects } from './safe-redirects.js'

export interface RenewalOptions {
  /** Where vocabularies are kept. */
  readonly folder: string
  /** What stands for `http://www.ivoa.net/rdf` in the addresses that are asked. */
  readonly baseUrl: string
  readonly fetch: typeof fetch
  readonly isPublicAddress: (address: string) => boolean
  readonly userAgent: string
  readonly clock: Clock
  readonly timeoutSeconds: number
  readonly maxBytes: number
  /** Takes a vocabulary although terms that are in force are no longer in it. */
  readonly allowRemovals?: boolean
  readonly signal?: AbortSignal
}

/** What is different from the vocabulary that was in force before. Terms in order of their names. */
export interface VocabularyChanges {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Deprecated since; with the term to use where there is one. */
  readonly deprecated: readonly { readonly term: string; readonly useInstead?: string }[]
  /** In force again, no longer preliminary, or with another replacement. */
  readonly changed: readonly string[]
}

export type VocabularyReport = {
  readonly name: VocabularyName
  readonly address: string
} & (
  | { readonly outcome: 'renewed'; readonly terms: number; readonly changes: VocabularyChanges }
  /** What was in force stays in force. */
  | { readonly outcome: 'refused'; readonly error: RegistryError }
)

/** The beginning of all their names. */
const rdfRoot = 'http://www.ivoa.net/rdf'

/**
 * Fetches one vocabulary and puts it into force in one step. Whatever is wrong with the answer is told in the report and
 * changes nothing. Throws an abort only.
 */
export async function renewVocabulary(name: VocabularyName, options: RenewalOptions): Promise<VocabularyReport> {
  const { uri, title } = shippedVocabulary(name)
  const address = options.baseUrl.replace(/\/+$/, '') + uri.slice(rdfRoot.length)
  try {
    const before = keptVocabularies(options.folder)(name)
    const terms = readTerms(await fetchVocabulary(address, options), uri)
    const changes = compareTerms(before.terms, terms)
    const gone = changes.removed.filter((term) => before.terms[term]?.preliminary !== true)
    // Vocabularies in the VO 2.1 §2: a term that is no longer to be used is deprecated, and stays.
    if (gone.length > 0 && options.allowRemovals !== true)
      throw unusable(`it lacks ${shortList(gone)}, which can be deprecated but never leave; see --allow-removals`)
    const vocabulary: Vocabulary = { uri, title, date: options.clock().toISOString().slice(0, 10), terms }
    await replaceFile(keptVocabularyPath(options.folder, name), `${JSON.stringify(vocabulary, null, 1)}\n`)
    return { name, address, outcome: 'renewed', terms: Object.keys(terms).length, changes }
  } catch (thrown) {
    options.signal?.throwIfAborted()
    const { kind, message } = asRegistryError(thrown)
    const error = new RegistryError(kind, `${address} is not taken: ${message}`, { cause: thrown })
    return { name, address, outcome: 'refused', error }
  }
}

/** True when nothing is different. */
export function isSame({ added, removed, deprecated, changed }: VocabularyChanges): boolean {
  return added.length + removed.length + deprecated.length + changed.length === 0
}

async function fetchVocabulary(address: string, options: RenewalOptions): Promise<string> {
  const { timeoutSeconds, maxBytes, userAgent, isPublicAddress } = options
  const deadline = AbortSignal.timeout(timeoutSeconds * 1000)
  const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline])
  const follow = safeRedirects(options.fetch, isPublicAddress, (_named, _redirecting, reason) => unreachable(reason))
  try {
    // Vocabularies in the VO 2.1 §3.2: the JSON form is asked for by its media type.
    const headers = { accept: 'application/x-desise+json', 'user-agent': userAgent }
    const response = await follow(address, { headers, signal })
    if (!response.ok) {
      await response.body?.cancel()
      throw unreachable(`it answers with HTTP status ${response.status}`)
    }
    const bytes = await boundedBody(response, maxBytes, () => {
      throw new RegistryError('limit', `it is longer than ${counted(maxBytes, 'byte')}.`)
    })
    return bytes.toString('utf8')
  } catch (thrown) {
    if (thrown instanceof RegistryError) throw thrown
    if (deadline.aborted) throw unreachable(`it takes longer than ${counted(timeoutSeconds, 'second')}`)
    const cause = thrown instanceof Error && thrown.cause instanceof Error ? `: ${thrown.cause.message}` : ''
    throw unreachable(`${thrown instanceof Error ? thrown.message : String(thrown)}${cause}`)
  }
}

/** A document in Desise → terms; of what else is said about them nothing is used. Throws kind `invalid`. */
function readTerms(text: string, uri: string): VocabularyTerms {
  const document = parse(text)
  if (!isObject(document) || !isObject(document.terms))
    throw unusable('it has no object "terms", as a vocabulary in Desise has')
  if (typeof document.uri !== 'string' || comparableUri(document.uri) !== comparableUri(uri))
    throw unusable(`it is ${JSON.stringify(document.uri)?.slice(0, 200) ?? 'a vocabulary without uri'}, not ${uri}`)
  const terms = new Map(Object.entries(document.terms).map(([term, facts]) => [term, readTerm(term, facts)]))
  if (terms.size === 0) throw unusable('it has no terms')
  for (const [term, { useInstead }] of terms)
    if (useInstead !== undefined && !terms.has(useInstead))
      throw unusable(`"${term}" is to be replaced by "${useInstead}", which is no term of it`)
  return Object.fromEntries(terms)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const found = /^\s*</.test(text) ? 'a page or other markup' : text.trim() === '' ? 'nothing' : 'a part or no JSON'
    throw unusable(`it is ${found}; expected the whole of a JSON document`)
  }
}

function readTerm(term: string, facts: unknown): VocabularyTerm {
  if (!isObject(facts) || !/^[^\s"<>#]{1,200}$/.test(term))
    throw unusable(`"${term.slice(0, 100)}" is no term with an object of facts`)
  const { useInstead } = facts
  if (useInstead !== undefined && typeof useInstead !== 'string')
    throw unusable(`useInstead of "${term}" is no text; expected a term`)
  return {
    ...(isFlagged(facts.deprecated) ? { deprecated: true } : {}),
    ...(isFlagged(facts.preliminary) ? { preliminary: true } : {}),
    ...(useInstead === undefined || useInstead === '' ? {} : { useInstead: useInstead.replace(/^.*#/, '') }),
  }
}

/** In Desise the key alone says it; its value is mostly an empty text. */
function isFlagged(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false
}

function compareTerms(before: VocabularyTerms, after: VocabularyTerms): VocabularyChanges {
  const names = (terms: VocabularyTerms) => Object.keys(terms).sort()
  const both = names(after).flatMap((term) => {
    const [old, now] = [before[term], after[term]]
    return old === undefined || now === undefined ? [] : [{ term, old, now }]
  })
  const isNewlyDeprecated = ({ old, now }: (typeof both)[number]) => now.deprecated === true && old.deprecated !== true
  return {
    added: names(after).filter((term) => !Object.hasOwn(before, term)),
    removed: names(before).filter((term) => !Object.hasOwn(after, term)),
    deprecated: both
      .filter(isNewlyDeprecated)
      .map(({ term, now }) => ({ term, ...(now.useInstead === undefined ? {} : { useInstead: now.useInstead }) })),
    changed: both
      .filter((one) => !isNewlyDeprecated(one) && factsText(one.old) !== factsText(one.now))
      .map(({ term }) => term),
  }
}

function factsText({ deprecated, preliminary, useInstead }: VocabularyTerm): string {
  return JSON.stringify([deprecated === true, preliminary === true, useInstead ?? null])
}

function comparableUri(uri: string): string {
  return uri.replace(/^https?:\/\//, '').replace(/[#/]+$/, '')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shortList(terms: readonly string[]): string {
  const shown = terms.slice(0, 5).map((term) => `"${term}"`)
  return terms.length > 5 ? `${shown.join(', ')} and ${terms.length - 5} more` : shown.join(', ')
}

function unusable(reason: string): RegistryError {
  return new RegistryError('invalid', `${reason}.`)
}

function unreachable(reason: string): RegistryError {
  return new RegistryError('unavailable', `${reason}.`)
}
