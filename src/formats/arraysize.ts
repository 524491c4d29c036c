// VOTable arraysize text → how many values a cell holds (VOTable 1.5 §2.2).
import { RegistryError } from '../core/errors.js'
import type { ColumnType } from '../tables/metadata.js'

/** How many values (or characters) one cell has. */
export type CellShape =
  | { readonly kind: 'scalar' }
  | { readonly kind: 'fixed'; readonly length: number }
  /** `step`: values per unit of the open dimension, 2 for `2x*`. */
  | { readonly kind: 'variable'; readonly step: number }

/** `undefined`, `19`, `*`, `20*`, `2x3`, `2x*` → shape; throws kind `invalid` on anything else. */
export function cellShape(arraysize: string | undefined): CellShape {
  const text = arraysize?.trim() ?? ''
  if (text === '') return { kind: 'scalar' }
  if (!/^(\d+x)*(\d+|\d*\*)$/.test(text)) {
    throw new RegistryError('invalid', `arraysize="${text}" is not an array size; expected for example 12, * or 2x*.`)
  }
  const dimensions = text.split('x')
  const last = dimensions.pop() ?? ''
  const step = dimensions.reduce((product, dimension) => product * Number(dimension), 1)
  if (last.endsWith('*')) return { kind: 'variable', step }
  return { kind: 'fixed', length: step * Number(last) }
}

/** True for char and unicodeChar: cells are strings. */
export function isText(type: ColumnType): boolean {
  return type.datatype === 'char' || type.datatype === 'unicodeChar'
}

/** True for the types whose text is read with BigInt or Number without fraction. */
export function isInteger(type: ColumnType): boolean {
  return ['unsignedByte', 'short', 'int', 'long'].includes(type.datatype)
}
