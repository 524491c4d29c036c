// Text of a corpus ↔ its cases. A case is a query, one or more lines, and below it what is expected, each line after an
// arrow; empty lines part the cases, lines that begin with # are headings.

export interface Case {
  readonly heading: string
  readonly query: string
  readonly expected: readonly string[]
}

const arrow = '=> '

export function cases(text: string): readonly Case[] {
  return text
    .split(/\n\s*\n/)
    .map((block) => block.split('\n').filter((line) => line !== ''))
    .filter((lines) => lines.length > 0)
    .map((lines) => ({
      heading: lines.filter((line) => line.startsWith('#')).join('\n'),
      query: lines.filter((line) => !line.startsWith('#') && !line.startsWith(arrow)).join('\n'),
      expected: lines.filter((line) => line.startsWith(arrow)).map((line) => line.slice(arrow.length)),
    }))
}

export function printCases(corpus: readonly Case[]): string {
  const blocks = corpus.map(({ heading, query, expected }) =>
    [
      ...(heading === '' ? [] : [heading]),
      ...(query === '' ? [] : [query]),
      ...expected.map((line) => `${arrow}${line}`),
    ].join('\n'),
  )
  return `${blocks.join('\n\n')}\n`
}
