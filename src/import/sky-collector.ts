// Positions, one after the other → a MOC in the order that suits them, in memory that does not grow with their number.
import { mocLibrary } from '../core/moc-library.js'

type Moc = ReturnType<ReturnType<typeof mocLibrary>['newEmpty']>

/** Orders that a coverage may get; 6 and finer is what searches profit from (VODataService 1.2 §3.2). */
const finestOrder = 10
const usualOrder = 6
const coarsestOrder = 3
/** A finer order is only worth it where its cells hold so many positions on average; else it shows gaps between them. */
const positionsPerCell = 10
/** Characters of the MOC as text. */
const longestText = 20_000
/** Positions that are added at a time. */
const batch = 65_536
/** Ranges above which a MOC is made coarser while it grows. */
const mostRanges = 300_000

export class SkyCollector {
  readonly #coordinates = new Float64Array(2 * batch)
  #waiting = 0
  #order = finestOrder
  #moc: Moc | undefined
  #count = 0

  /** Adds a position in degrees; anything that is none is passed over. */
  add(longitude: number, latitude: number): void {
    if (!Number.isFinite(longitude) || !(Math.abs(latitude) <= 90) || Math.abs(longitude) > 720) return
    this.#coordinates[2 * this.#waiting] = ((longitude % 360) + 360) % 360
    this.#coordinates[2 * this.#waiting + 1] = latitude
    this.#waiting += 1
    this.#count += 1
    if (this.#waiting === batch) this.#flush()
  }

  /** How many positions there were. */
  get count(): number {
    return this.#count
  }

  /** The MOC as text with its order; undefined without any position. Frees what the library holds. */
  finish(): { readonly text: string; readonly order: number } | undefined {
    this.#flush()
    if (this.#moc === undefined) return undefined
    let order = this.#order
    while (order > usualOrder && this.#count < positionsPerCell * cellsOf(this.#moc, order)) this.#degrade(--order)
    let text = this.#text()
    while (text.length > longestText && order > coarsestOrder) {
      this.#degrade(--order)
      text = this.#text()
    }
    this.#moc.free()
    this.#moc = undefined
    return { text, order }
  }

  #flush(): void {
    if (this.#waiting === 0) return
    const added = mocLibrary().fromCoo(this.#order, this.#coordinates.slice(0, 2 * this.#waiting))
    this.#waiting = 0
    if (this.#moc === undefined) this.#moc = added
    else {
      const both = this.#moc.or(added)
      this.#moc.free()
      added.free()
      this.#moc = both
    }
    while (this.#moc.nRanges() > mostRanges && this.#order > usualOrder) this.#degrade(--this.#order)
  }

  #degrade(order: number): void {
    const coarser = this.#moc?.degrade(order)
    this.#moc?.free()
    this.#moc = coarser
  }

  #text(): string {
    return String(this.#moc?.toAscii() ?? '')
      .trim()
      .replace(/\s+/g, ' ')
  }
}

/** Cells of that order that the MOC covers. */
function cellsOf(moc: Moc, order: number): number {
  return Math.round((moc.coveragePercentage() / 100) * 12 * 4 ** order)
}
