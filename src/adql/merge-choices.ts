// x = 1 OR x = 2 OR x IN (3, 4) → x IN (1, 2, 3, 4): clients write long alternatives, engines prefer lists.
import type { Resolved } from './resolved.js'
import { keyOf } from './walk.js'

/** Alternatives of one OR, with those that compare one column with literals put together. */
export function mergeChoices(operands: readonly Resolved[]): readonly Resolved[] {
  const lists = new Map<string, { readonly at: number; readonly operand: Resolved; readonly choices: Resolved[] }>()
  const merged: (Resolved | string)[] = []
  for (const term of operands) {
    const found = choicesOf(term)
    if (found === undefined) {
      merged.push(term)
      continue
    }
    const key = `${found.operand.family} ${keyOf(found.operand)}`
    const known = lists.get(key)
    if (known) known.choices.push(...found.choices)
    else {
      lists.set(key, { at: merged.length, operand: found.operand, choices: [...found.choices] })
      merged.push(key)
    }
  }
  return merged.map((term, index): Resolved => {
    if (typeof term !== 'string') return term
    const list = lists.get(term)
    const original = operands.find((operand) => choicesOf(operand)?.operand === list?.operand)
    if (list === undefined || original === undefined) throw new RangeError(`no list at ${index}`)
    if (original.kind === 'compare' && list.choices.length === 1) return original
    const { family, meaning, start, end } = original
    return { kind: 'in', negated: false, operand: list.operand, choices: list.choices, family, meaning, start, end }
  })
}

/** The column and the literals of `x = literal`, `literal = x`, `x IN (literals)`; undefined for all else. */
export function choicesOf(
  term: Resolved,
): { readonly operand: Resolved; readonly choices: readonly Resolved[] } | undefined {
  if (term.kind === 'compare' && term.operator === '=') {
    if (term.left.kind === 'column' && isLiteral(term.right)) return { operand: term.left, choices: [term.right] }
    if (term.right.kind === 'column' && isLiteral(term.left)) return { operand: term.right, choices: [term.left] }
    return undefined
  }
  if (term.kind !== 'in' || term.negated || term.operand.kind !== 'column' || 'kind' in term.choices) return undefined
  return term.choices.every(isLiteral) ? { operand: term.operand, choices: term.choices } : undefined
}

function isLiteral(value: Resolved): boolean {
  return value.kind === 'number' || value.kind === 'text'
}
