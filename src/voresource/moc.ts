// An ASCII MOC → what is wrong with it, and its order (MOC 2.0 §4.3.2).

const maxOrder = 29

/** A MOC in ASCII form, judged. */
export type MocJudgement =
  | { readonly fault: undefined; readonly order: number; readonly isWholeSky: boolean }
  | { readonly fault: string }

/** Reads `order/cells`, cells being numbers and ranges; cells may be separated by blanks or commas. */
export function checkMoc(text: string): MocJudgement {
  let order: number | undefined
  let highestOrder = 0
  let coveredParts = 0
  // The grammar allows "s" in front; many readers do not.
  for (const piece of text.trim().split(/[\s,]+/)) {
    const match = /^(?:(\d+)\/)?(?:(\d+)(?:-(\d+))?)?$/.exec(piece)
    if (match === null || piece === '')
      return { fault: `"${piece}" is neither order/cells, a cell nor a range of cells` }
    const [, ownOrder, first, last] = match
    if (ownOrder !== undefined) order = Number(ownOrder)
    if (order === undefined) return { fault: `"${piece}" has no order in front, as 6/${piece}` }
    if (order > maxOrder) return { fault: `order ${order} is above ${maxOrder}` }
    highestOrder = Math.max(highestOrder, order)
    if (first === undefined) continue
    const cells = 12 * 4 ** order
    const [low, high] = [Number(first), Number(last ?? first)]
    if (high < low) return { fault: `the range ${first}-${last} runs backwards` }
    if (high >= cells) return { fault: `order ${order} has no cell ${high}; its last one is ${cells - 1}` }
    coveredParts += (high - low + 1) / cells
  }
  return { fault: undefined, order: highestOrder, isWholeSky: coveredParts >= 1 }
}
