// Terms of the IVOA's vocabularies (VOResource 1.2 §3.1; S-007 to S-009).
import type { Descriptor } from '../resource-types/index.js'
import { Vocabulary, type VocabularyName } from '../vocabularies.js'
import { quoted, type Report, type ResourceRule } from './rule.js'

/** Subjects, content types and levels, date roles and relationship types come from their vocabularies. */
export function vocabularyTerms(): ResourceRule {
  const open = new Map<VocabularyName, Vocabulary>()
  return (descriptor, report) => {
    for (const { name, term, pointer } of termsOf(descriptor)) {
      const vocabulary = open.get(name) ?? new Vocabulary(name)
      open.set(name, vocabulary)
      judge(vocabulary, term, pointer, report)
    }
  }
}

function judge(vocabulary: Vocabulary, term: string, pointer: string, report: Report): void {
  const judgement = vocabulary.judge(term)
  if (judgement.kind === 'unknown') {
    const hint =
      judgement.didYouMean === undefined
        ? `terms are listed at ${vocabulary.uri}`
        : `did you mean ${quoted(judgement.didYouMean)}?`
    report({
      pointer,
      rule: 'vocabulary',
      severity: 'warning',
      message: `${quoted(term)} is no term of ${vocabulary.uri}`,
      hint,
    })
  } else if (judgement.kind === 'deprecated') {
    const hint =
      judgement.useInstead === undefined ? `look for another at ${vocabulary.uri}` : `write ${judgement.useInstead}`
    report({
      pointer,
      rule: 'vocabulary-deprecated',
      severity: 'warning',
      message: `${quoted(term)} is deprecated in ${vocabulary.uri}`,
      hint,
    })
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
