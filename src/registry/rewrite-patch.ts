// A text before and after → a unified patch. Lines are changed in place here, never added or removed.

const contextLines = 3

/**
 * The patch for one file, as `git apply` and `patch -p1` take it; empty when nothing differs. Both texts must have the
 * same number of lines.
 */
export function unifiedPatch(path: string, before: string, after: string): string {
  const old = linesOf(before)
  const now = linesOf(after)
  if (old.length !== now.length) throw new RangeError('a patch of changed lines needs the same number of lines')
  const changed = old.flatMap((line, index) => (line === now[index] ? [] : [index]))
  if (changed.length === 0) return ''
  // A tab ends a name with blanks in it.
  const end = path.includes(' ') ? '\t' : ''
  const parts = [`--- a/${path}${end}\n+++ b/${path}${end}\n`]
  for (const { first, last } of groups(changed)) {
    const from = Math.max(0, first - contextLines)
    const to = Math.min(old.length - 1, last + contextLines)
    const count = to - from + 1
    parts.push(`@@ -${from + 1},${count} +${from + 1},${count} @@\n`)
    let index = from
    while (index <= to) {
      const start = index
      while (index <= to && old[index] !== now[index]) index++
      if (index > start) {
        for (const line of old.slice(start, index)) parts.push(marked('-', line))
        for (const line of now.slice(start, index)) parts.push(marked('+', line))
      } else parts.push(marked(' ', old[index++] ?? ''))
    }
  }
  return parts.join('')
}

/** Lines with their line feeds. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function marked(mark: string, line: string): string {
  return line.endsWith('\n') ? mark + line : `${mark}${line}\n\\ No newline at end of file\n`
}

/** Changed lines whose surroundings touch. */
function groups(changed: readonly number[]): readonly { readonly first: number; readonly last: number }[] {
  const result: { first: number; last: number }[] = []
  for (const line of changed) {
    const present = result.at(-1)
    if (present !== undefined && line - present.last <= 2 * contextLines) present.last = line
    else result.push({ first: line, last: line })
  }
  return result
}
