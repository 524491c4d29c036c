// Where SQL engines differ. Standard SQL, as DuckDB and PostgreSQL both read it, is the default of the translator;
// an engine states its differences only.
import type { Sql } from '../core/sql.js'
import type { ColumnType } from '../tables/metadata.js'

/** Spells one function of `adql/functions.ts` for an engine. Arguments are translated already. */
export type FunctionSpelling = (args: readonly Sql[]) => Sql

export interface Dialect {
  readonly name: string
  /** By lower-case name of the ADQL function; a missing one is spelled as in `standardFunctions`. */
  readonly functions: Readonly<Record<string, FunctionSpelling>>
  /** SQL type for DDL, CAST and uploads. */
  readonly columnType: (type: ColumnType) => string
}
