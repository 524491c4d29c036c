// A vocabulary → the present term for a deprecated one (RegTAP 1.2 §4.5).
import type { Vocabulary, VocabularyTerms } from '../voresource/vocabulary-files.js'

/** Vocabularies whose deprecated terms are replaced in rows, by the column (RegTAP 1.2 §4.5). */
export const replacedVocabularies = ['content_level', 'content_type', 'date_role', 'relationship_type'] as const

/** Replaces deprecated terms of one vocabulary, whatever their case; leaves everything else as it is. */
export function termReplacer(vocabulary: Pick<Vocabulary, 'terms'>): (term: string) => string {
  const replacements = termReplacements(vocabulary.terms)
  return (term) => replacements.get(term.toLowerCase()) ?? term
}

/** The term in force by each term (in lower case) that has one; a replacement may have been replaced itself. */
export function termReplacements(terms: VocabularyTerms): ReadonlyMap<string, string> {
  const direct = new Map<string, string>()
  for (const [term, { useInstead }] of Object.entries(terms))
    if (useInstead !== undefined) direct.set(term.toLowerCase(), useInstead)
  const present = new Map<string, string>()
  for (const [term, useInstead] of direct) {
    const passed = new Set([term])
    let last = useInstead
    for (let next: string | undefined = last; next !== undefined; next = direct.get(last.toLowerCase())) {
      last = next
      if (passed.has(last.toLowerCase())) break
      passed.add(last.toLowerCase())
    }
    // Of terms that name each other none is in force.
    if (!direct.has(last.toLowerCase())) present.set(term, last)
  }
  return present
}
