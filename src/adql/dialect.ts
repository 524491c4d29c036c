// Where SQL engines differ. Standard SQL, as DuckDB and PostgreSQL both read it, is the default of the translator;
// an engine states its differences only.
//
// What the translator takes for granted of every engine: names in quotation marks, `LIMIT n OFFSET m`, ILIKE,
// `string_agg(x, d ORDER BY …)`, `ARRAY[1, 2]` and `(list)[1]`, integer division, NULLs last when ascending, LIKE
// without an escape unless ESCAPE says so (PostgreSQL: the translator writes ESCAPE '' where it matters), and columns
// of xtype `timestamp` as TIMESTAMP without time zone.
import { joinSql, type Sql, sql } from '../core/sql.js'
import type { ColumnType, Table } from '../tables/metadata.js'

/** Spells one function for an engine. Arguments are translated already. */
export type FunctionSpelling = (args: readonly Sql[]) => Sql

/** What all text-joining aggregates of one SELECT have in common. */
export interface JoinedTexts {
  readonly order: readonly Sql[]
  readonly texts: readonly Sql[]
  /** How often each row's texts are joined, 1 or more; undefined for once. */
  readonly times?: Sql
}

/** A text, as often as it is to be joined. */
export function repeatedText(text: Sql, delimiter: Sql, times: Sql | undefined): Sql {
  return times === undefined ? text : sql`(${text} || repeat(${delimiter} || ${text}, CAST(${times} - 1 AS INTEGER)))`
}

/** What a database has besides declared tables and columns; one of an earlier version lacks some of it. */
export interface GenerationExtras {
  /** Qualified names of the tables with keys beside their IVOIDs. */
  readonly keyedTables: ReadonlySet<string>
  /** Of those with numbers of resources. */
  readonly numberedTables: ReadonlySet<string>
  /** Has the words of column descriptions. */
  readonly hasWords: boolean
}

export interface Dialect {
  readonly name: string
  /** What the dialect was made for, where that varies: with the name, all that a thread needs to make it again. */
  readonly extras?: GenerationExtras
  /**
   * By lower-case name of the ADQL function, or of one of the translator's own building blocks
   * (`divisor`, `contains_text`, `matches`, `exactly`, `joined_texts`, `timestamp_text`, `modified_julian_date`); a missing one is spelled as in
   * `standardFunctions`. Names that neither knows cannot be reached.
   */
  readonly functions: Readonly<Record<string, FunctionSpelling>>
  /**
   * An expression in which values have names, so that each is written once: the body refers to them as `name.column`.
   * The values are those of the surrounding query; the body knows nothing but them.
   */
  readonly bound: (name: Sql, values: Readonly<Record<string, Sql>>, body: Sql) => Sql
  /** SQL type for DDL, CAST and uploads. */
  readonly columnType: (type: ColumnType) => string
  /** Where the query that brought an upload finds it: name as in `LoadedTable.name`. Columns keep their names. */
  readonly uploadTable: (name: string) => Sql
  /** Regular expression, in the engine's syntax, for one character that is no letter of any alphabet. */
  readonly nonLetter: string
  /** `text ILIKE '%part%'` for a literal without wildcards, if the engine has something quicker. */
  readonly containsCaseless?: (text: Sql, part: Sql) => Sql
  /**
   * The aggregate `joined_texts` in two steps, for an engine that can keep the rows of a group as one value; the second
   * may be taken when a group is put out.
   */
  readonly joinedTexts?: {
    /** An aggregate: what all texts of one SELECT need of the rows of a group. */
    readonly rows: (together: JoinedTexts) => Sql
    /** One of the texts, from these rows. */
    readonly text: (rows: Sql, text: Sql, delimiter: Sql, together: JoinedTexts) => Sql
  }
  /**
   * A condition that is true wherever the column of the table is one of these texts, and NULL where it is NULL, if the
   * engine finds rows faster by it. It is added to the query's own, for tables of the same SELECT.
   */
  readonly narrowed?: (table: Table, alias: Sql, column: string, values: readonly string[]) => Sql | undefined
  /**
   * A column of the table, unseen by queries, whose values are equal exactly where those of the given column are, if the
   * engine compares them sooner. Where any table has one beside `ivoid`, x.word and x.moc_cell have the same.
   */
  readonly twin?: (table: Table, column: string) => string | undefined
  /**
   * A condition that is true wherever the text in the column has all of these words (lower-case runs of letters), if the
   * engine has a quicker way to such rows than reading the texts. Rows without the words may meet it as well.
   */
  readonly holdingWords?: (table: Table, alias: Sql, column: string, words: readonly string[]) => Sql | undefined
}

function call(name: Sql): FunctionSpelling {
  return (args) => sql`${name}(${joinSql(args)})`
}

const nothing = sql``

function argument(args: readonly Sql[], index: number): Sql {
  return args[index] ?? nothing
}

/**
 * How functions are spelled unless a dialect says otherwise. Numbers arrive as double precision where ADQL wants
 * doubles, numbers of digits as integers, text as text, timestamps as timestamps.
 */
export const standardFunctions: Readonly<Record<string, FunctionSpelling>> = {
  abs: call(sql`abs`),
  acos: call(sql`acos`),
  asin: call(sql`asin`),
  atan: call(sql`atan`),
  atan2: call(sql`atan2`),
  ceiling: call(sql`ceiling`),
  cos: call(sql`cos`),
  cot: call(sql`cot`),
  degrees: call(sql`degrees`),
  exp: call(sql`exp`),
  floor: call(sql`floor`),
  // ADQL 2.1 §2.3: LOG is the natural logarithm; PostgreSQL's log is not.
  log: call(sql`ln`),
  log10: call(sql`log10`),
  // The sign follows the first argument (ADQL 2.1 §2.3).
  mod: (args) => sql`(${argument(args, 0)} % ${argument(args, 1)})`,
  /** What something is divided by; the quotient must be NULL where it is zero (docs/tap.md). */
  divisor: (args) => argument(args, 0),
  pi: () => sql`pi()`,
  power: call(sql`power`),
  radians: call(sql`radians`),
  // The seed is ignored: engines keep it per session.
  rand: () => sql`random()`,
  round: ([value = nothing, digits]) => (digits ? sql`round(${value}, ${digits})` : sql`round(${value})`),
  truncate: ([value = nothing, digits]) => (digits ? sql`trunc(${value}, ${digits})` : sql`trunc(${value})`),
  sin: call(sql`sin`),
  sqrt: call(sql`sqrt`),
  tan: call(sql`tan`),
  lower: call(sql`lower`),
  upper: call(sql`upper`),
  /** Does the first text contain the second? */
  contains_text: (args) => sql`(strpos(${argument(args, 0)}, ${argument(args, 1)}) > 0)`,
  /** Does the regular expression (second) match somewhere in the text (first)? */
  matches: call(sql`regexp_matches`),
  /** A quick condition (first) on a text (third) that hardly any row meets, and the exact one (second) for these. */
  exactly: (args) => sql`(${argument(args, 0)} AND ${argument(args, 1)})`,
  /** An aggregate: texts (first) that are not NULL, joined with a delimiter (second) in the order of the rest; NULL for none. */
  joined_texts: ([text = nothing, delimiter = nothing, ...order]) =>
    sql`string_agg(${text}, ${delimiter}${order.length === 0 ? sql`` : sql` ORDER BY ${joinSql(order)}`})`,
  /** Timestamp → `YYYY-MM-DDThh:mm:ss`. */
  timestamp_text: (args) => sql`replace(CAST(${argument(args, 0)} AS VARCHAR), ' ', 'T')`,
  /** Timestamp → days since 1858-11-17. */
  modified_julian_date: (args) =>
    sql`(extract(epoch FROM ${argument(args, 0)}) / CAST(86400 AS DOUBLE PRECISION) + 40587)`,
  /** Whole number below 2^29 → a number with its bits at every second place: 5 (101) → 17 (10001). */
  spread_bits: ([value = nothing]) =>
    sql`CAST(CAST(regexp_replace(CAST(CAST(${value} AS BIT(32)) AS TEXT), '(.)', '0\\1', 'g') AS BIT(64)) AS BIGINT)`,
  /** Every second bit of a number from the lowest on: 21 (10101) → 7 (111). */
  gather_bits: ([value = nothing]) =>
    sql`CAST(CAST(regexp_replace(CAST(CAST(${value} AS BIT(64)) AS TEXT), '.(.)', '\\1', 'g') AS BIT(32)) AS BIGINT)`,
}

/** The engine's spelling of a function, else the standard one. Throws on a name nobody knows: our mistake. */
export function spell(dialect: Dialect, name: string, args: readonly Sql[]): Sql {
  const spelling = own(dialect.functions, name) ?? own(standardFunctions, name)
  if (spelling === undefined) throw new TypeError(`the dialect ${dialect.name} does not spell ${name}`)
  return spelling(args)
}

function own(functions: Readonly<Record<string, FunctionSpelling>>, name: string): FunctionSpelling | undefined {
  return Object.hasOwn(functions, name) ? functions[name] : undefined
}
