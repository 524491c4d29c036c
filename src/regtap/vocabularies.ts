// schemas/vocabularies/*.json → the present term for a deprecated one (RegTAP 1.2 §4.5).
import { readProjectJson } from '../core/project-files.js'

interface VocabularyTerm {
  readonly deprecated?: boolean
  readonly preliminary?: boolean
  readonly useInstead?: string
}

/** An IVOA vocabulary as far as it is used here. */
export interface Vocabulary {
  readonly uri: string
  readonly title: string
  /** Day of the version the terms are taken from. */
  readonly date: string
  readonly terms: Readonly<Record<string, VocabularyTerm>>
}

export type VocabularyName = 'content_level' | 'content_type' | 'date_role' | 'relationship_type' | 'messenger'

/** A vocabulary as shipped. */
export function readVocabulary(name: VocabularyName): Vocabulary {
  return readProjectJson<Vocabulary>(`schemas/vocabularies/${name}.json`)
}

/** Replaces deprecated terms of one vocabulary, whatever their case; leaves everything else as it is. */
export function termReplacer(vocabulary: Vocabulary): (term: string) => string {
  const replacements = new Map<string, string>()
  for (const [term, facts] of Object.entries(vocabulary.terms)) {
    if (facts.useInstead !== undefined) replacements.set(term.toLowerCase(), facts.useInstead)
  }
  return (term) => replacements.get(term.toLowerCase()) ?? term
}
