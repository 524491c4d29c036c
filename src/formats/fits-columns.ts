// Result columns → columns of a FITS binary table: TFORM, bytes per row, header cards (FITS 4.0 §7.3).
import type { ColumnDescription, Datatype } from '../tables/metadata.js'
import { cellShape, isText } from './arraysize.js'
import { nullNumbers, withRoomForNull } from './binary-cells.js'
import type { Card } from './fits-header.js'

/** What is known about the values of a column once all rows have been seen. */
export interface ColumnExtent {
  /** Longest cell: characters, or array items. */
  longest: number
  /** Sum over all cells. */
  total: number
  hasNull: boolean
}

/** How a column is laid out in the table. */
export interface FitsColumn {
  readonly column: ColumnDescription
  readonly letter: string
  readonly itemBytes: number
  /** Items per cell; undefined when the items stand in the heap behind the table. */
  readonly repeat: number | undefined
  readonly rowBytes: number
  /** What stands for NULL; only where a NULL really is, so that no value is lost elsewhere. */
  readonly nullNumber?: bigint
}

const letters: Readonly<Record<Datatype, readonly [letter: string, bytes: number]>> = {
  boolean: ['L', 1],
  bit: ['B', 1],
  unsignedByte: ['B', 1],
  short: ['I', 2],
  int: ['J', 4],
  long: ['K', 8],
  char: ['A', 1],
  unicodeChar: ['A', 1],
  float: ['E', 4],
  double: ['D', 8],
  floatComplex: ['C', 8],
  doubleComplex: ['M', 16],
}

/** Bytes of an array descriptor: length and place in the heap, 64 bits each (TFORM Q). */
const descriptorBytes = 16

/** Padding to the longest cell costs at most this many times the real size, else the cells go to the heap. */
const tolerablePadding = 4
/** Bytes: cells up to this length are always padded, as every reader likes best. */
const shortCellBytes = 64

/** Decides the layout of one column. */
export function layoutColumn(given: ColumnDescription, extent: ColumnExtent, rows: number): FitsColumn {
  const column = extent.hasNull ? withRoomForNull(given) : given
  const [letter, itemBytes] = letters[column.datatype]
  const shape = cellShape(column.arraysize)
  const nullNumber = extent.hasNull ? nullNumbers[column.datatype] : undefined
  const fixed = (repeat: number): FitsColumn => ({
    column,
    letter,
    itemBytes,
    repeat,
    rowBytes: repeat * itemBytes,
    ...(nullNumber !== undefined && { nullNumber }),
  })
  if (shape.kind === 'scalar') return fixed(1)
  if (shape.kind === 'fixed') return fixed(shape.length)
  const padded = extent.longest * itemBytes
  // Arrays of numbers cannot be padded: there is no number that means "no more".
  const mayPad = isText(column)
  if (
    mayPad &&
    (padded <= shortCellBytes ||
      padded * rows <= tolerablePadding * (extent.total * itemBytes + descriptorBytes * rows))
  )
    return fixed(Math.max(1, extent.longest))
  return { column, letter, itemBytes, repeat: undefined, rowBytes: descriptorBytes }
}

/** The cards of column `number`, counted from 1. */
export function columnCards(layout: FitsColumn, number: number, extent: Pick<ColumnExtent, 'longest'>): Card[] {
  const { column, letter, repeat } = layout
  const cards: Card[] = [
    { keyword: `TTYPE${number}`, value: column.name },
    {
      keyword: `TFORM${number}`,
      value: repeat === undefined ? `1Q${letter}(${extent.longest})` : `${repeat}${letter}`,
    },
  ]
  const add = (keyword: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') cards.push({ keyword: `${keyword}${number}`, value })
  }
  add('TUNIT', column.unit)
  if (layout.nullNumber !== undefined) cards.push({ keyword: `TNULL${number}`, value: layout.nullNumber })
  // Agreed among TOPCAT, STILTS and astropy rather than standard: meaning beyond name and unit.
  add('TCOMM', column.description)
  add('TUCD', column.ucd)
  add('TUTYP', column.utype)
  add('TXTYP', column.xtype)
  return cards
}
