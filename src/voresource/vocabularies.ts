// An IVOA vocabulary → which terms there are, and what to write instead of others.
import { nearest } from '../adql/words.js'
import type { VocabularyName, VocabularySource, VocabularyTerm } from './vocabulary-files.js'

/** A term as a descriptor gives it, judged. */
export type TermJudgement =
  | { readonly kind: 'known' }
  | { readonly kind: 'deprecated'; readonly useInstead: string | undefined }
  | { readonly kind: 'unknown'; readonly didYouMean: string | undefined }

/** One IVOA vocabulary. */
export class Vocabulary {
  readonly uri: string
  readonly #terms: ReadonlyMap<string, VocabularyTerm>

  constructor(name: VocabularyName, source: VocabularySource) {
    const { uri, terms } = source(name)
    this.uri = uri
    this.#terms = new Map(Object.entries(terms))
  }

  judge(term: string): TermJudgement {
    const facts = this.#terms.get(term)
    if (facts === undefined) {
      // Terms are often written as labels: "Virtual Observatories" for virtual-observatories.
      const current = [...this.#terms].filter(([, one]) => one.deprecated !== true).map(([name]) => name)
      return {
        kind: 'unknown',
        didYouMean: nearest(term.trim().replace(/[\s_]+/g, '-'), current) ?? nearest(term, current),
      }
    }
    return facts.deprecated === true ? { kind: 'deprecated', useInstead: facts.useInstead } : { kind: 'known' }
  }
}
