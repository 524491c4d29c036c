// How PostgreSQL spells what the ADQL translator needs; everything else is standard.
import type { Dialect } from '../adql/dialect.js'
import { identifier, joinSql, type Sql, sql } from '../core/sql.js'
import { columnTypes, nothing, pair } from './spelling.js'

const columnType = columnTypes({ text: 'TEXT', bytes: 'BYTEA' })

/** PostgreSQL rounds and cuts digits of NUMERIC only, and rounds halves of doubles to even ones, unlike DuckDB. */
function throughNumeric(name: Sql): (args: readonly Sql[]) => Sql {
  return ([value = nothing, digits]) => {
    const exact = sql`CAST(${value} AS NUMERIC)`
    const rounded = digits === undefined ? sql`${name}(${exact})` : sql`${name}(${exact}, CAST(${digits} AS INTEGER))`
    return sql`CAST(${rounded} AS DOUBLE PRECISION)`
  }
}

/** The dialect of PostgreSQL 15 and later, in a database with a Unicode locale. */
export const postgresqlDialect: Dialect = {
  name: 'postgresql',
  functions: {
    // As a pattern, so that a trigram index on the text can be used; its wildcards are escaped at planning.
    contains_text: pair(
      (text, part) =>
        sql`(${text} LIKE ('%' || replace(replace(replace(${part}, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%') ESCAPE '\\')`,
    ),
    matches: pair((text, expression) => sql`(${text} ~ ${expression})`),
    // PostgreSQL ends the whole query at a division by zero; DuckDB gives NULL in that row.
    divisor: ([value = nothing]) => sql`NULLIF(${value}, 0)`,
    // There is no % for doubles.
    mod: pair(
      (value, divisor) =>
        sql`CAST(mod(CAST(${value} AS NUMERIC), NULLIF(CAST(${divisor} AS NUMERIC), 0)) AS DOUBLE PRECISION)`,
    ),
    round: throughNumeric(sql`round`),
    truncate: throughNumeric(sql`trunc`),
  },
  // OFFSET keeps the planner from writing each value wherever its name stands.
  bound: (name, values, body) => {
    const columns = Object.entries(values).map(([column, value]) => sql`${value} AS ${identifier(column)}`)
    return sql`(SELECT ${body} FROM (SELECT ${joinSql(columns)} OFFSET 0) AS ${name})`
  },
  columnType,
  uploadTable: (name) => sql`"pg_temp".${identifier(name)}`,
  nonLetter: '[^[:alpha:]]',
}
