// The list of rules that no JSON Schema knows: one line for each.

import type { VocabularySource } from '../vocabulary-files.js'
import { auxiliaryOnly, extensions, interfacesFit, reachable, tapComplete } from './capabilities.js'
import { coverageForms, pastDates, realDates } from './coverage.js'
import { foreignTypes } from './foreign-types.js'
import { altIdentifierForms, authorityIvoid, standardKeys, uniqueIvoids } from './identifiers.js'
import { goodPractice } from './practice.js'
import { existingReferences, managedAuthorities, oneOwnRegistry } from './references.js'
import type { ResourceRule, SetRule } from './rule.js'
import { distinguishable } from './selection.js'
import { columnMetadata, tableNames } from './tables.js'
import { vocabularyTerms } from './vocabulary.js'

/** Rules about one descriptor; made anew for each run, since some keep word lists. `today` as 2024-10-18, in UTC. */
export function resourceRules(today?: string, vocabularies?: VocabularySource): readonly ResourceRule[] {
  return [
    authorityIvoid,
    altIdentifierForms,
    standardKeys,
    vocabularyTerms(vocabularies),
    realDates,
    ...(today === undefined ? [] : [pastDates(today)]),
    coverageForms,
    tableNames,
    columnMetadata(),
    reachable,
    tapComplete,
    interfacesFit,
    foreignTypes,
    auxiliaryOnly,
    distinguishable,
    extensions,
    goodPractice,
  ]
}

/** Rules about all descriptors together. */
export const setRules: readonly SetRule[] = [uniqueIvoids, existingReferences, managedAuthorities, oneOwnRegistry]
