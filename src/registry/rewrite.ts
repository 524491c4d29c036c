// Text files and moves → what should stand in them, file by file.
import type { MovedAddress, MoveIndex } from './moves-lookup.js'
import { isFileError, replaceTextFile, type SkippedFile, textFiles } from './rewrite-files.js'
import { createAddressFinder, type FoundAddress } from './rewrite-find.js'
import { notebookSources } from './rewrite-notebook.js'

/** A former address and its place. */
export interface PlacedAddress extends FoundAddress {
  /** From 1. */
  readonly line: number
  /** From 1, in bytes. */
  readonly column: number
  /** It has been, or would be, replaced. */
  readonly isReplaced: boolean
}

/** A file with former addresses in it; texts have one character per byte. */
export interface FileFindings {
  readonly path: string
  readonly found: readonly PlacedAddress[]
  readonly before: string
  readonly after: string
}

export interface RewriteOptions {
  /** Replace addresses of pages too. */
  readonly pages: boolean
  /** True for files and folders that are left out. */
  readonly excluded: (path: string, name: string) => boolean
  readonly skipped: (file: SkippedFile) => void
}

/** Where former addresses come from. */
export interface KnownMoves {
  readonly addresses: readonly MovedAddress[]
  readonly index: MoveIndex
}

/** Scans files and folders; one result for each file with a former address, as soon as it is found. */
export function* findInFiles(
  paths: readonly string[],
  moves: KnownMoves,
  options: RewriteOptions,
): Generator<FileFindings> {
  const finder = createAddressFinder(moves.addresses, moves.index)
  for (const { path, text } of textFiles(paths, options.excluded, options.skipped)) {
    if (!finder.mayHold(text)) continue
    const isNotebook = /\.ipynb$/i.test(path)
    const stretches = isNotebook ? notebookSources(text) : [{ start: 0, end: text.length }]
    if (stretches === undefined) {
      options.skipped({ path, reason: 'is no notebook that can be read: not JSON' })
      continue
    }
    const found = finder.find(text, stretches)
    if (found.length > 0) yield findingsOf(path, text, found, options.pages)
  }
}

/** Replaces the file. Gives false, with the reason told, when the file system does not allow it. */
export function applyFindings({ path, after }: FileFindings, skipped: (file: SkippedFile) => void): boolean {
  try {
    replaceTextFile({ path, text: after })
    return true
  } catch (error) {
    if (!isFileError(error)) throw error
    skipped({ path, reason: `cannot be written (${error.code})` })
    return false
  }
}

function findingsOf(path: string, before: string, found: readonly FoundAddress[], pages: boolean): FileFindings {
  const placed: PlacedAddress[] = []
  const parts: string[] = []
  let copied = 0
  let line = 1
  let lineStart = 0
  for (const one of found) {
    for (let feed = before.indexOf('\n', lineStart); feed !== -1 && feed < one.start; ) {
      line++
      lineStart = feed + 1
      feed = before.indexOf('\n', lineStart)
    }
    const isReplaced = one.replacement !== undefined && (one.kind === 'moved' || pages)
    placed.push({ ...one, line, column: one.start - lineStart + 1, isReplaced })
    if (!isReplaced || one.replacement === undefined) continue
    parts.push(before.slice(copied, one.start), one.replacement)
    copied = one.end
  }
  return { path, found: placed, before, after: parts.join('') + before.slice(copied) }
}
