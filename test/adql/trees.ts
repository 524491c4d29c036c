// Syntax trees for comparison: what two texts of the same query have in common.

/** A copy without the places in the text. */
export function withoutPlaces(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutPlaces)
  if (typeof node !== 'object' || node === null) return node
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => key !== 'start' && key !== 'end')
      .map(([key, value]) => [key, withoutPlaces(value)]),
  )
}
