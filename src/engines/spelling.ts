// What both dialects need to spell types and functions.
import { type Sql, sql } from '../core/sql.js'
import type { ColumnType } from '../tables/metadata.js'
import { type Storage, storageOf } from './column-storage.js'

type TypeNames = Readonly<Record<Exclude<Storage['kind'], 'numbers'>, string>>

const sharedNames = {
  boolean: 'BOOLEAN',
  smallint: 'SMALLINT',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  real: 'REAL',
  double: 'DOUBLE PRECISION',
  timestamp: 'TIMESTAMP',
} as const

/** SQL types of an engine, which differ in the names for texts and bytes only. */
export function columnTypes(own: Pick<TypeNames, 'text' | 'bytes'>): (type: ColumnType) => string {
  const names: TypeNames = { ...sharedNames, ...own }
  return (type) => {
    const storage = storageOf(type)
    return storage.kind === 'numbers' ? `${names[storage.element]}[]` : names[storage.kind]
  }
}

/** What stands for an argument that is not there. */
export const nothing = sql``

/** The spelling of a function of two arguments. */
export function pair(spelling: (first: Sql, second: Sql) => Sql): (args: readonly Sql[]) => Sql {
  return ([first = nothing, second = nothing]) => spelling(first, second)
}
