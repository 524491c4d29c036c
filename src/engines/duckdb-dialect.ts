// How DuckDB spells what the ADQL translator needs; everything else is standard.
import type { Dialect } from '../adql/dialect.js'
import { identifier, joinSql, type Sql, sql } from '../core/sql.js'
import { qualifiedName } from '../tables/metadata.js'
import { keyCondition } from './duckdb-keys.js'
import { columnTypes, nothing, pair } from './spelling.js'

const columnType = columnTypes({ text: 'VARCHAR', bytes: 'BLOB' })

/**
 * `string_agg(text, delimiter ORDER BY order)` in a third of its time: DuckDB sorts the rows of each group apart, which
 * costs much more than sorting a list.
 */
function joinedTexts(text: Sql, delimiter: Sql, order: readonly Sql[]): Sql {
  const cells = [...order, text].map((part, index) => sql`${identifier(`c${index}`)} := ${part}`)
  const sorted = sql`list_sort(list(struct_pack(${joinSql(cells)})) FILTER (WHERE ${text} IS NOT NULL))`
  return sql`array_to_string(list_transform(${sorted}, lambda one: one.${identifier(`c${order.length}`)}), ${delimiter})`
}

/** The dialect of DuckDB with the settings of `openDuckdb`. */
export const duckdbDialect: Dialect = {
  name: 'duckdb',
  functions: {
    contains_text: pair((text, part) => sql`contains(${text}, ${part})`),
    // RE2: linear in the length of the text, whatever the expression.
    matches: pair((text, expression) => sql`regexp_matches(${text}, ${expression})`),
    joined_texts: ([text = nothing, delimiter = nothing, ...order]) => joinedTexts(text, delimiter, order),
  },
  columnType,
  // Temporary tables belong to one connection, so two queries may upload the same name at the same time.
  uploadTable: (name) => sql`"temp"."main".${identifier(name)}`,
  nonLetter: String.raw`\P{L}`,
}

/** The dialect for a generation, of whose tables these have numbers beside their IVOIDs. */
export function keyedDialect(keyedTables: ReadonlySet<string>): Dialect {
  return {
    ...duckdbDialect,
    narrowed: (table, alias, column, values) =>
      column === 'ivoid' && keyedTables.has(qualifiedName(table)) ? keyCondition(alias, values) : undefined,
  }
}
