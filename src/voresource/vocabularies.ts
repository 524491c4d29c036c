// schemas/vocabularies/*.json → which terms there are, and what to write instead of others.
import { nearest } from '../adql/words.js'
import { readProjectJson } from '../core/project-files.js'

interface TermFacts {
  readonly deprecated?: boolean
  readonly useInstead?: string
}

/** A term as a descriptor gives it, judged. */
export type TermJudgement =
  | { readonly kind: 'known' }
  | { readonly kind: 'deprecated'; readonly useInstead: string | undefined }
  | { readonly kind: 'unknown'; readonly didYouMean: string | undefined }

/** One IVOA vocabulary. */
export class Vocabulary {
  readonly uri: string
  readonly #terms: ReadonlyMap<string, TermFacts>

  constructor(name: VocabularyName) {
    const file = readProjectJson<{ uri: string; terms: Readonly<Record<string, TermFacts>> }>(
      `schemas/vocabularies/${name}.json`,
    )
    this.uri = file.uri
    this.#terms = new Map(Object.entries(file.terms))
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

export type VocabularyName = 'uat' | 'content_type' | 'content_level' | 'date_role' | 'relationship_type'
