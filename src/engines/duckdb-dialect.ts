// How DuckDB spells what the ADQL translator needs; everything else is standard.
import { type Dialect, type GenerationExtras, repeatedText } from '../adql/dialect.js'
import { identifier, joinSql, type Sql, sql } from '../core/sql.js'
import { qualifiedName } from '../tables/metadata.js'
import { keyCondition } from './duckdb-keys.js'
import { numberColumn } from './duckdb-numbers.js'
import { wordCondition } from './duckdb-words.js'
import { columnTypes, nothing, pair } from './spelling.js'

const columnType = columnTypes({ text: 'VARCHAR', bytes: 'BLOB' })

/**
 * `string_agg(text, delimiter ORDER BY order)` in a fraction of its time: DuckDB sorts the rows of each group apart, which
 * costs much more than sorting a list, and all texts that a SELECT joins are in one list, which it makes once.
 */
const joinedTexts: Dialect['joinedTexts'] = {
  rows: ({ order, texts, times }) => {
    const cells = [...order, ...texts].map((part, index) => sql`${identifier(`c${index}`)} := ${part}`)
    if (times !== undefined) cells.push(sql`"times" := ${times}`)
    return sql`list_sort(list(struct_pack(${joinSql(cells)})))`
  },
  // NULLs among the texts are left out.
  text: (rows, text, delimiter, { order, texts, times }) => {
    const place = order.length + texts.findIndex((one) => one.text === text.text)
    const piece = repeatedText(sql`one.${identifier(`c${place}`)}`, delimiter, times && sql`one."times"`)
    return sql`array_to_string(list_transform(${rows}, lambda one: ${piece}), ${delimiter})`
  },
}

/** Doubles the distance of bits from half of them down to one, or back: each step is a shift and a mask of those to keep. */
function movedBits(value: Sql, steps: readonly (readonly [bits: number, mask: string])[], operator: Sql): Sql {
  // The argument of a lambda is a name for a value that stands twice in the step.
  return steps.reduce(
    (moved, [bits, mask]) =>
      sql`list_transform([${moved}], lambda b: (b | (b ${operator} ${bits})) & CAST(${mask} AS BIGINT))[1]`,
    sql`CAST(${value} AS BIGINT)`,
  )
}

const everySecondBit = '6148914691236517205'
const spreadingSteps = [
  [16, '281470681808895'],
  [8, '71777214294589695'],
  [4, '1085102592571150095'],
  [2, '3689348814741910323'],
  [1, everySecondBit],
] as const
const gatheringSteps = [
  [1, '3689348814741910323'],
  [2, '1085102592571150095'],
  [4, '71777214294589695'],
  [8, '281470681808895'],
  [16, '4294967295'],
] as const

/** The dialect of DuckDB with the settings of `openDuckdb`. */
export const duckdbDialect: Dialect = {
  name: 'duckdb',
  functions: {
    contains_text: pair((text, part) => sql`contains(${text}, ${part})`),
    // RE2: linear in the length of the text, whatever the expression.
    matches: pair((text, expression) => sql`regexp_matches(${text}, ${expression})`),
    spread_bits: ([value = nothing]) => movedBits(value, spreadingSteps, sql`<<`),
    gather_bits: ([value = nothing]) =>
      movedBits(sql`(${value} & CAST(${everySecondBit} AS BIGINT))`, gatheringSteps, sql`>>`),
    // AND would look for the regular expression in every row.
    exactly: ([quick = nothing, exact = nothing, text = nothing]) =>
      sql`(CASE WHEN ${quick} THEN ${exact} WHEN ${text} IS NOT NULL THEN FALSE END)`,
  },
  // ILIKE compares the same two texts, pattern and all, and takes twice as long.
  containsCaseless: (text, part) => sql`contains(lower(${text}), lower(${part}))`,
  joinedTexts,
  // DuckDB computes lists without turning the query inside out, which it must for a subquery.
  bound: (name, values, body) => {
    const fields = Object.entries(values).map(([column, value]) => sql`${identifier(column)} := ${value}`)
    return sql`list_transform([struct_pack(${joinSql(fields)})], lambda ${name}: ${body})[1]`
  },
  columnType,
  // Temporary tables belong to one connection, so two queries may upload the same name at the same time.
  uploadTable: (name) => sql`"temp"."main".${identifier(name)}`,
  nonLetter: String.raw`\P{L}`,
}

/** Where the translator looks resources up; their columns are compared with those of other tables. */
const searchTables = ['x.word', 'x.moc_cell']

/** The dialect for a generation: keys are those of duckdb-keys.ts, numbers those of duckdb-numbers.ts. */
export function generationDialect(extras: GenerationExtras): Dialect {
  const { keyedTables, numberedTables, hasWords } = extras
  const twin: Dialect['twin'] = (table, column) =>
    column === 'ivoid' && numberedTables.has(qualifiedName(table)) ? numberColumn.name : undefined
  return {
    ...duckdbDialect,
    extras,
    ...(searchTables.every((name) => numberedTables.has(name)) ? { twin } : {}),
    narrowed: (table, alias, column, values) =>
      column === 'ivoid' && keyedTables.has(qualifiedName(table)) ? keyCondition(alias, values) : undefined,
    ...(hasWords ? { holdingWords: wordCondition } : {}),
  }
}
