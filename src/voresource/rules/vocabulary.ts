// Terms of the IVOA's vocabularies (VOResource 1.2 §3.1; S-007 to S-009).
import type { Descriptor } from '../resource-types/index.js'
import { Vocabulary } from '../vocabularies.js'
import { shippedVocabulary, type VocabularyName, type VocabularySource } from '../vocabulary-files.js'
import { type Fault, quoted, type ResourceRule } from './rule.js'

/** Subjects, content types and levels, date roles and relationship types come from their vocabularies. */
export function vocabularyTerms(source?: VocabularySource): ResourceRule {
  const vocabularies = new Vocabularies(source)
  return (descriptor, report) => {
    for (const { name, term, pointer } of termsOf(descriptor)) {
      const fault = vocabularies.fault(name, term)
      if (fault !== undefined) report({ pointer, ...fault })
    }
  }
}

/** Judges terms; each vocabulary is read when it is first needed. */
export class Vocabularies {
  readonly #open = new Map<VocabularyName, Vocabulary>()

  constructor(private readonly source: VocabularySource = shippedVocabulary) {}

  /** What is wrong with a term; undefined when nothing is. */
  fault(name: VocabularyName, term: string): Omit<Fault, 'pointer'> | undefined {
    const vocabulary = this.#open.get(name) ?? new Vocabulary(name, this.source)
    this.#open.set(name, vocabulary)
    const judgement = vocabulary.judge(term)
    if (judgement.kind === 'known') return undefined
    if (judgement.kind === 'unknown') {
      const { didYouMean } = judgement
      return {
        rule: 'vocabulary',
        severity: 'warning',
        message: `${quoted(term)} is no term of ${vocabulary.uri}`,
        hint:
          didYouMean === undefined ? `terms are listed at ${vocabulary.uri}` : `did you mean ${quoted(didYouMean)}?`,
      }
    }
    const { useInstead } = judgement
    return {
      rule: 'vocabulary-deprecated',
      severity: 'warning',
      message: `${quoted(term)} is deprecated in ${vocabulary.uri}`,
      hint: useInstead === undefined ? `look for another at ${vocabulary.uri}` : `write ${useInstead}`,
    }
  }
}

interface Term {
  readonly name: VocabularyName
  readonly term: string
  readonly pointer: string
}

function termsOf(descriptor: Descriptor): readonly Term[] {
  const listed = (name: VocabularyName, key: 'subjects' | 'contentTypes' | 'contentLevels') =>
    (descriptor[key] ?? []).map((term, index): Term => ({ name, term, pointer: `/${key}/${index}` }))
  return [
    ...listed('uat', 'subjects'),
    ...listed('content_type', 'contentTypes'),
    ...listed('content_level', 'contentLevels'),
    ...(descriptor.dates ?? []).map(
      ({ role }, index): Term => ({ name: 'date_role', term: role, pointer: `/dates/${index}/role` }),
    ),
    ...(descriptor.relationships ?? []).map(
      ({ type }, index): Term => ({ name: 'relationship_type', term: type, pointer: `/relationships/${index}/type` }),
    ),
  ]
}
