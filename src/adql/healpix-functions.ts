// The functions for HEALPix of the catalogue of user-defined functions.
import type { KnownFunction } from './known-function.js'
import { long } from './resolved.js'

/** Cells in nested numbering; orders from 0 to 29. */
export const healpixFunctions: readonly KnownFunction[] = [
  {
    name: 'ivo_healpix_index',
    kind: 'special',
    signatures: [
      ['number', 'number', 'number'],
      ['number', 'point'],
    ],
    family: 'number',
    meaning: () => long,
    form: 'ivo_healpix_index(hpxOrder INTEGER, long DOUBLE PRECISION, lat DOUBLE PRECISION) -> BIGINT',
    description:
      'The number of the HEALPix cell of this order that holds the position, in nested numbering. Position in degrees; a POINT may stand in place of the two numbers.',
  },
  {
    name: 'ivo_healpix_center',
    kind: 'shape',
    signatures: [['number', 'number']],
    family: 'point',
    meaning: () => ({ datatype: 'double', arraysize: '2', xtype: 'point', unit: 'deg' }),
    form: 'ivo_healpix_center(hpxOrder INTEGER, hpxIndex BIGINT) -> POINT',
    description: 'The centre of the HEALPix cell with this number in the nested numbering of this order.',
  },
]
