// A UCD → what is wrong with it, by the syntax and the list of words of UCD1+ (UCD 1.1 §3; UCD1+ list 1.6).
import { nearest } from '../adql/words.js'
import { readProjectJson } from '../core/project-files.js'

interface UcdList {
  /** Word → where it may stand: P first only, S not first, Q anywhere, E/C photometric, V vector (anywhere). */
  readonly words: Readonly<Record<string, string>>
  /** Deprecated word → what to write instead. */
  readonly replacements: Readonly<Record<string, string>>
}

/** One fault of a UCD. */
export interface UcdFault {
  readonly rule: 'ucd-syntax' | 'ucd-word' | 'ucd-order'
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly hint: string
}

/** Judges UCDs; the list of words is read once. */
export class UcdChecker {
  readonly #positions: ReadonlyMap<string, string>
  readonly #replacements: ReadonlyMap<string, string>
  readonly #words: readonly string[]
  readonly #judged = new Map<string, readonly UcdFault[]>()

  constructor() {
    const list = readProjectJson<UcdList>('schemas/vocabularies/ucd1p.json')
    this.#words = Object.keys(list.words)
    // UCDs are compared without case (UCD 1.1 §3.1).
    this.#positions = new Map(Object.entries(list.words).map(([word, position]) => [word.toLowerCase(), position]))
    this.#replacements = new Map(Object.entries(list.replacements).map(([word, now]) => [word.toLowerCase(), now]))
  }

  /** What is wrong with a UCD; nothing when it is well. */
  check(ucd: string): readonly UcdFault[] {
    const known = this.#judged.get(ucd)
    if (known !== undefined) return known
    const faults = this.#judge(ucd)
    this.#judged.set(ucd, faults)
    return faults
  }

  #judge(ucd: string): readonly UcdFault[] {
    const wordPattern = /^(?:[A-Za-z0-9][\w-]*:)?[A-Za-z0-9][\w-]*(?:\.[A-Za-z0-9][\w-]*)*$/
    const words = ucd
      .trim()
      .split(';')
      .map((word) => word.trim())
    const misshapen = words.find((word) => !wordPattern.test(word))
    if (misshapen !== undefined) {
      const what = misshapen === '' ? 'it has an empty word' : `"${misshapen}" is no word`
      const hint = 'words are made of letters, digits, - and _ with dots between, and joined by single semicolons'
      return [{ rule: 'ucd-syntax', severity: 'error', message: `the UCD "${ucd}" is not well-formed: ${what}`, hint }]
    }
    return words.flatMap((word, index) => this.#judgeWord(ucd, word, index))
  }

  #judgeWord(ucd: string, word: string, index: number): readonly UcdFault[] {
    // A namespace other than ivoa: makes a word the author's own (UCD 1.1 §3.1).
    const [, namespace, bare] = /^(?:([\w-]+):)?(.*)$/.exec(word) ?? []
    if (bare === undefined || (namespace !== undefined && namespace.toLowerCase() !== 'ivoa')) {
      const asWord = word.replace(':', '.')
      if (!this.#positions.has(asWord.toLowerCase())) return []
      return [
        {
          rule: 'ucd-word',
          severity: 'error',
          message: `the UCD "${ucd}" has a colon in "${word}"`,
          hint: `write "${asWord}"`,
        },
      ]
    }
    const position = this.#positions.get(bare.toLowerCase())
    if (position === undefined) {
      const replacement = this.#replacements.get(bare.toLowerCase())
      if (replacement !== undefined)
        return [
          {
            rule: 'ucd-word',
            severity: 'warning',
            message: `"${bare}" in the UCD "${ucd}" is deprecated`,
            hint: `write "${replacement}"`,
          },
        ]
      const meant = nearest(bare, this.#words)
      const hint = meant === undefined ? 'see the UCD1+ list of controlled words' : `did you mean "${meant}"?`
      return [
        { rule: 'ucd-word', severity: 'error', message: `"${bare}" in the UCD "${ucd}" is no word of UCD1+ 1.6`, hint },
      ]
    }
    if (index === 0 && position === 'S')
      return [
        {
          rule: 'ucd-order',
          severity: 'warning',
          message: `"${bare}" cannot be the first word of a UCD`,
          hint: 'put the quantity first and this word after it',
        },
      ]
    if (index > 0 && position === 'P')
      return [
        {
          rule: 'ucd-order',
          severity: 'warning',
          message: `"${bare}" can only be the first word of a UCD; it is word ${index + 1} of "${ucd}"`,
          hint: 'put it first',
        },
      ]
    return []
  }
}
