// Plain values → what a column of a DuckDB table takes, or the reason why one does not fit.
import { type DuckDBListType, DuckDBTypeId } from '@duckdb/node-api'
import { RegistryError } from '../core/errors.js'
import type { Value } from '../core/sql.js'

export type PresentValue = Exclude<Value, null>

/** Throws kind `invalid`, as all functions here do, with the value and what was expected. */
export function truth(value: PresentValue): boolean {
  if (typeof value === 'boolean') return value
  if (value === 0 || value === 1) return value === 1
  throw misfit(value, 'true or false')
}

/** A whole number from `-limit` to below `limit`. */
export function wholeNumber(value: PresentValue, limit: number): number {
  const number = typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= -limit && number < limit) return number
  throw misfit(value, `a whole number between ${-limit} and ${limit - 1}`)
}

/** Of any size that DuckDB has; numbers must be exact. */
export function longNumber(value: PresentValue): bigint {
  return typeof value === 'bigint' ? value : BigInt(wholeNumber(value, Number.MAX_SAFE_INTEGER))
}

export function anyNumber(value: PresentValue): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  throw misfit(value, 'a number')
}

export function text(value: PresentValue): string {
  if (typeof value === 'string') return value
  throw misfit(value, 'text')
}

export function bytes(value: PresentValue): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw misfit(value, 'bytes')
}

/** Items of a list of the type. */
export function numbers(value: PresentValue, type: DuckDBListType): readonly number[] | readonly bigint[] {
  if (typeof value !== 'object' || value instanceof Uint8Array) throw misfit(value, 'a list of numbers')
  return type.valueType.typeId === DuckDBTypeId.BIGINT ? value.map(BigInt) : value
}

function misfit(value: PresentValue, expected: string): RegistryError {
  const shown = typeof value === 'string' ? `"${value.slice(0, 60)}"` : String(value).slice(0, 60)
  return new RegistryError('invalid', `${shown} does not fit; expected ${expected}.`)
}
