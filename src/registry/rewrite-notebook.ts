// A Jupyter notebook as text → the stretches that hold the sources of its cells.
//
// Only places are wanted, so that everything else keeps its bytes: outputs, numbers, indentation, order of keys.
import type { Stretch } from './rewrite-find.js'

/** Depth beyond which nobody writes a notebook. */
const deepest = 200

/**
 * The string literals under `cells[…].source` (nbformat 4) and `worksheets[…].cells[…].input` or `source` (nbformat 3),
 * without quotation marks. Undefined when the text is no JSON.
 */
export function notebookSources(text: string): readonly Stretch[] | undefined {
  const sources: Stretch[] = []
  let at = 0

  const skipSpace = (): void => {
    while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at++
  }
  /** Leaves `at` behind the closing quotation mark; gives the place between the marks. */
  const string = (): Stretch => {
    const start = at + 1
    let end = text.indexOf('"', start)
    while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
    if (end === -1) throw new SyntaxError('a string does not end')
    at = end + 1
    return { start, end }
  }
  const separator = (closing: string): boolean => {
    skipSpace()
    const mark = text[at++]
    if (mark === ',') return true
    if (mark === closing) return false
    throw new SyntaxError(`expected , or ${closing}`)
  }
  const value = (path: readonly string[]): void => {
    if (path.length > deepest) throw new SyntaxError('nested too deep')
    skipSpace()
    const first = text[at]
    if (first === '"') {
      const stretch = string()
      if (isSource(path)) sources.push(stretch)
    } else if (first === '[' || first === '{') {
      at++
      skipSpace()
      if (text[at] === (first === '[' ? ']' : '}')) {
        at++
        return
      }
      if (first === '[') {
        const inside = [...path, '[]']
        do value(inside)
        while (separator(']'))
      } else {
        do {
          skipSpace()
          if (text[at] !== '"') throw new SyntaxError('expected a key')
          const key = string()
          skipSpace()
          if (text[at++] !== ':') throw new SyntaxError('expected :')
          value([...path, text.slice(key.start, key.end)])
        } while (separator('}'))
      }
    } else {
      const start = at
      while (at < text.length && !',]} \t\n\r'.includes(text.charAt(at))) at++
      if (at === start) throw new SyntaxError('expected a value')
    }
  }

  try {
    value([])
    return sources
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const sourcePaths = new Set([
  'cells.[].source',
  'cells.[].source.[]',
  'worksheets.[].cells.[].source',
  'worksheets.[].cells.[].source.[]',
  'worksheets.[].cells.[].input',
  'worksheets.[].cells.[].input.[]',
])

function isSource(path: readonly string[]): boolean {
  return path.length <= 6 && sourcePaths.has(path.join('.'))
}

/** An odd number of backslashes stands before it. */
function isEscaped(text: string, offset: number): boolean {
  let backslashes = 0
  while (text[offset - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}
