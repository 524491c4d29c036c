// The IVOA's vocabularies: as they came with the program, or as they were fetched since, whichever is later
// (RegTAP 1.2 §4.5).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readProjectJson } from '../core/project-files.js'

/** Vocabularies that records are checked and stored by. */
export const vocabularyNames = ['content_level', 'content_type', 'date_role', 'relationship_type', 'uat'] as const

export type VocabularyName = (typeof vocabularyNames)[number]

export interface VocabularyTerm {
  readonly deprecated?: boolean
  readonly preliminary?: boolean
  readonly useInstead?: string
}

export type VocabularyTerms = Readonly<Record<string, VocabularyTerm>>

/** An IVOA vocabulary as far as it is used here. */
export interface Vocabulary {
  readonly uri: string
  readonly title: string
  /** Day of the version the terms are taken from; of one that was fetched, the day on which it was. */
  readonly date: string
  readonly terms: VocabularyTerms
  /** It did not come with the program. */
  readonly isFetched?: boolean
}

/** Gives the vocabulary that is in force; asked again, it may give a later one. */
export type VocabularySource = (name: VocabularyName) => Vocabulary

/** A vocabulary as shipped. */
export function shippedVocabulary(name: VocabularyName): Vocabulary {
  return readProjectJson<Vocabulary>(`schemas/vocabularies/${name}.json`)
}

/** The vocabularies fetched into a folder, and the shipped one where there is none or where that one is later. */
export function keptVocabularies(folder: string): VocabularySource {
  return (name) => {
    const shipped = shippedVocabulary(name)
    const kept = readKeptVocabulary(folder, name)
    return kept !== undefined && kept.date >= shipped.date ? kept : shipped
  }
}

/** Folder of fetched vocabularies inside the state folder. */
export const vocabularyFolder = 'vocabularies'

/** Where a fetched vocabulary is kept. */
export function keptVocabularyPath(folder: string, name: VocabularyName): string {
  return join(folder, `${name}.json`)
}

/** A vocabulary that was fetched; undefined when there is none, or none that can be used. */
export function readKeptVocabulary(folder: string, name: VocabularyName): Vocabulary | undefined {
  try {
    const file = JSON.parse(readFileSync(keptVocabularyPath(folder, name), 'utf8')) as Partial<Vocabulary> | null
    const isWhole = typeof file?.date === 'string' && file.terms !== undefined && Object.keys(file.terms).length > 0
    return isWhole ? { ...(file as Vocabulary), isFetched: true } : undefined
  } catch {
    return undefined
  }
}
