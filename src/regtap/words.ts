// Titles and descriptions → rows of x.word, by which ivo_hasword finds records without reading every text.
import type { Row } from '../core/sql.js'

const letters = /\p{L}+/gu

/** The words of a text: greatest runs of Unicode letters, in lower case, each once. */
export function wordsOf(text: string | null): ReadonlySet<string> {
  return new Set(text === null ? [] : (text.toLowerCase().match(letters) ?? []))
}

/** Rows of word, field, ivoid for one column of rr.resource. */
export function wordRows(ivoid: string, field: 'res_title' | 'res_description', text: string | null): readonly Row[] {
  return Array.from(wordsOf(text), (word): Row => [word, field, ivoid])
}
