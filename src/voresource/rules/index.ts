// The list of rules that no JSON Schema knows: one line for each.
import { auxiliaryOnly, distinguishable, extensions, interfacesFit, reachable, tapComplete } from './capabilities.js'
import { coverageForms, realDates } from './coverage.js'
import { altIdentifierForms, authorityIvoid, standardKeys, uniqueIvoids } from './identifiers.js'
import { goodPractice } from './practice.js'
import { existingReferences, managedAuthorities, oneOwnRegistry } from './references.js'
import type { ResourceRule, SetRule } from './rule.js'
import { columnMetadata, tableNames } from './tables.js'
import { vocabularyTerms } from './vocabulary.js'

/** Rules about one descriptor; made anew for each run, since some keep word lists. */
export function resourceRules(): readonly ResourceRule[] {
  return [
    authorityIvoid,
    altIdentifierForms,
    standardKeys,
    vocabularyTerms(),
    realDates,
    coverageForms,
    tableNames,
    columnMetadata(),
    reachable,
    tapComplete,
    interfacesFit,
    auxiliaryOnly,
    distinguishable,
    extensions,
    goodPractice,
  ]
}

/** Rules about all descriptors together. */
export const setRules: readonly SetRule[] = [uniqueIvoids, existingReferences, managedAuthorities, oneOwnRegistry]
