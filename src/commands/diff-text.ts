// What publishing would change → lines for people, and patches of XML.

import { createTwoFilesPatch } from 'diff'
import { counted } from '../core/counted.js'
import type { RecordDifference } from '../voresource/record-difference.js'
import type { ShownChange } from './diff.js'

const shownDifferences = 40
const shownCharacters = 100

/** Each record with its differences, then what it amounts to. */
export function differenceText(
  changes: readonly ShownChange[],
  { unchanged, areMovesChanged }: { readonly unchanged: number; readonly areMovesChanged: boolean },
): string {
  const counts = (['new', 'changed', 'returned', 'deleted', 'restored'] as const).flatMap((kind) => {
    const count = changes.filter((one) => one.kind === kind).length
    return count === 0 ? [] : [`${count} ${kind}`]
  })
  const moves = areMovesChanged ? ['the list of moved addresses'] : []
  const summary =
    counts.length + moves.length === 0
      ? `Nothing would change: ${counted(unchanged, 'record is', 'records are')} as published.\n`
      : `${[...counts, ...moves, `${unchanged} unchanged`].join(', ')}. Nothing is published yet: waymark publish\n`
  const blocks = changes.map(block)
  return blocks.length === 0 ? summary : `${blocks.join('\n')}\n${summary}`
}

function block(change: ShownChange): string {
  const { kind, ivoid, title, file, type, differences } = change
  const from = file === undefined ? '' : `  (${file})`
  const head = `${kind} ${ivoid}${from}\n`
  switch (kind) {
    case 'new':
      return `${head}  ${type ?? ''} ${quoted(title)}\n`
    case 'returned':
      return `${head}  was deleted, and comes back with the date of its first appearance\n`
    case 'deleted':
      return `${head}  ${quoted(title)} becomes a tombstone: harvesters will remove it\n`
    case 'restored':
      return `${head}  is missing in the data, and is given to them again with its datestamp kept\n`
    case 'changed': {
      const lines = differences.slice(0, shownDifferences).map(differenceLine)
      const more = differences.length - lines.length
      if (lines.length === 0) lines.push('  the same content in another form, as after an update of the program\n')
      return `${head}${lines.join('')}${more > 0 ? `  and ${more} more; --format json shows all\n` : ''}`
    }
  }
}

function differenceLine({ path: bare, of, kind, from, to }: RecordDifference): string {
  const path = of === undefined ? bare : `${bare} (${of})`
  switch (kind) {
    case 'added':
      return `  + ${path}: ${quoted(to ?? '')}\n`
    case 'removed':
      return `  - ${path}: ${quoted(from ?? '')}\n`
    case 'changed':
      return `  ~ ${path}: ${quoted(from ?? '')} → ${quoted(to ?? '')}\n`
  }
}

function quoted(text: string): string {
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text
}

/** The record before and after as a unified patch; what comes or goes stands against /dev/null. */
export function xmlPatch({ ivoid, before, after }: ShownChange): string {
  const name = ivoid.replace('ivo://', '')
  const patch = createTwoFilesPatch(
    before === undefined ? '/dev/null' : `a/${name}`,
    after === undefined ? '/dev/null' : `b/${name}`,
    withEnd(before),
    withEnd(after),
    undefined,
    undefined,
    { context: 3 },
  )
  // The library begins with a line of equal signs, which patch programs do not need.
  return patch.replace(/^=+\n/, '')
}

function withEnd(xml: string | undefined): string {
  return xml === undefined || xml.endsWith('\n') ? (xml ?? '') : `${xml}\n`
}
