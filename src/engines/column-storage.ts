// VOTable types of columns → how an engine keeps them; the same for every engine, which only spells the words.
import type { ColumnType } from '../tables/metadata.js'

/** One value, or a list of numbers in one cell (`numbers` of `element`). */
export type Storage =
  | { readonly kind: 'boolean' | 'smallint' | 'integer' | 'bigint' | 'real' | 'double' }
  | { readonly kind: 'text' | 'timestamp' | 'bytes' }
  | { readonly kind: 'numbers'; readonly element: 'smallint' | 'integer' | 'bigint' | 'real' | 'double' }

const scalars = {
  boolean: 'boolean',
  bit: 'boolean',
  unsignedByte: 'smallint',
  short: 'smallint',
  int: 'integer',
  long: 'bigint',
  char: 'text',
  unicodeChar: 'text',
  float: 'real',
  double: 'double',
} as const

/** How a column of that type is kept (VOTable 1.5 §2.1; ADQL 2.1 §3). */
export function storageOf(type: ColumnType): Storage {
  if (type.datatype === 'char' || type.datatype === 'unicodeChar')
    return { kind: type.xtype === 'timestamp' || type.xtype === 'adql:TIMESTAMP' ? 'timestamp' : 'text' }
  // A complex number is a pair of real ones (VOTable 1.5 §2.1).
  if (type.datatype === 'floatComplex') return { kind: 'numbers', element: 'real' }
  if (type.datatype === 'doubleComplex') return { kind: 'numbers', element: 'double' }
  const scalar = scalars[type.datatype]
  if (isScalar(type)) return { kind: scalar }
  // Arrays of bits, bytes and booleans travel packed.
  if (scalar === 'boolean' || type.datatype === 'unsignedByte') return { kind: 'bytes' }
  return { kind: 'numbers', element: scalar }
}

function isScalar(type: ColumnType): boolean {
  return type.arraysize === undefined || type.arraysize === '' || type.arraysize === '1'
}
