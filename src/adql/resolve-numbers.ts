// Literals, arithmetic and casts → the type and unit of their result.
import type { CastType, ExpressionOf } from './ast.js'
import type { Source } from './errors.js'
import { double, long, type Meaning, type Resolved, whole, widest } from './resolved.js'

/** A numeric literal with the smallest type that holds it; throws when no double does. */
export function checkNumber(source: Source, expression: ExpressionOf<'number'>): Resolved {
  const { digits, start, end } = expression
  if (!Number.isFinite(Number(digits)))
    source.fail(expression, `${digits.slice(0, 40)} is greater than any number that can be held (1.8E308).`)
  const meaning =
    !/^\d+$/.test(digits) || digits.length > 400
      ? double
      : BigInt(digits) < 2n ** 31n
        ? whole
        : BigInt(digits) < 2n ** 63n
          ? long
          : double
  return { kind: 'number', digits, family: 'number', meaning, start, end }
}

/** Sums keep a unit that all their operands share; pure numbers do not count. */
export function sumMeaning(operands: readonly Resolved[]): Meaning {
  const type = widest([...operands.map((operand) => operand.meaning), whole])
  const units = new Set(operands.filter((operand) => operand.kind !== 'number').map((operand) => operand.meaning.unit))
  const [unit] = units
  return units.size === 1 && unit !== undefined ? { ...type, unit } : type
}

/** Products lose their unit, except where one quantity is multiplied or divided by pure numbers: then nobody can tell. */
export function productMeaning(operands: readonly Resolved[]): Meaning {
  return widest([...operands.map((operand) => operand.meaning), whole])
}

/** ADQL 2.1 §4.7 */
export function castMeaning(type: CastType): Meaning {
  switch (type.name) {
    case 'SMALLINT':
      return { datatype: 'short' }
    case 'INTEGER':
      return whole
    case 'BIGINT':
      return long
    case 'REAL':
      return { datatype: 'float' }
    case 'DOUBLE PRECISION':
      return double
    case 'CHAR':
      return { datatype: 'unicodeChar', arraysize: type.length === undefined ? '*' : String(type.length) }
    case 'VARCHAR':
      return { datatype: 'unicodeChar', arraysize: type.length === undefined ? '*' : `${type.length}*` }
    case 'TIMESTAMP':
      return { datatype: 'char', arraysize: '*', xtype: 'timestamp' }
    case 'POINT':
      return { datatype: 'double', arraysize: '2', xtype: 'point' }
    case 'CIRCLE':
      return { datatype: 'double', arraysize: '3', xtype: 'circle' }
    case 'POLYGON':
      return { datatype: 'double', arraysize: '*', xtype: 'polygon' }
  }
}
