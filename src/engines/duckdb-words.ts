// Words of column descriptions → the resources that have them.
//
// A search for a word would read all descriptions of the VO, two million. So each generation has the table
// x.column_word(word, bucket), sorted by word: which resources have the word in any of their columns. A bucket is the lower
// bits of the number beside an IVOID (duckdb-keys.ts), short enough that all of the VO takes 20 MB; what else is in the bucket,
// and what the table still says of descriptions that are gone, costs a look and changes nothing: the search itself decides.
// PostgreSQL has an index of its own for these texts.
import { identifier, joinSql, literal, type Sql, sql } from '../core/sql.js'
import type { Table } from '../tables/metadata.js'
import { tableName } from './ddl.js'
import { keyColumn } from './duckdb-keys.js'
import type { Engine } from './engine.js'

/** The texts whose words are kept. */
export const describedTable = { schema: 'rr', name: 'table_column' } as const
const describedColumn = 'column_description'

export const wordTable = { schema: 'x', name: 'column_word' } as const

/** 24 bits: of 30,000 resources one in 600 shares its bucket, of 300,000 one in 60. */
const bucketMask = 0xff_ffff

/** Letters of alphabets whose letters all versions of Unicode agree about; words of others are not looked up. */
const settledWord = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]+$/u

export const createWordTable: Sql = sql`CREATE TABLE ${tableName(wordTable)} (${identifier('word')} VARCHAR, ${identifier('bucket')} INTEGER)`

/** Rows whose words are found in one go: DuckDB holds the pairs in memory, some 200 MB. */
export const rowsAtOnce = 1_000_000

/** Words with their buckets, each pair once, of the rows of the described table (`from`) from `firstRow` to before `endRow`. */
export function selectWords(from: Sql, firstRow: number, endRow: number): Sql {
  const text = sql`lower(${identifier(describedColumn)})`
  return sql`SELECT DISTINCT unnest(regexp_extract_all(${text}, '\\p{L}+')) AS ${identifier('word')}, ${bucketOf(identifier(keyColumn.name))} AS ${identifier('bucket')} FROM ${from} WHERE rowid >= ${firstRow} AND rowid < ${endRow}`
}

/**
 * A condition that is true of every row whose text has all of these words, lower-case runs of letters; undefined where
 * the table cannot tell.
 */
export function wordCondition(table: Table, alias: Sql, column: string, words: readonly string[]): Sql | undefined {
  if (table.schema !== describedTable.schema || table.name !== describedTable.name || column !== describedColumn)
    return undefined
  const settled = words.filter((word) => settledWord.test(word))
  if (settled.length === 0) return undefined
  const bucket = bucketOf(sql`${alias}.${identifier(keyColumn.name)}`)
  const conditions = settled.map(
    (word) =>
      sql`${bucket} IN (SELECT ${identifier('bucket')} FROM ${tableName(wordTable)} WHERE ${identifier('word')} = ${literal(word)})`,
  )
  return joinSql(conditions, ' AND ')
}

/** Does a generation have the table? One of an earlier version has not. */
export async function hasWordTable(generation: Pick<Engine, 'query'>): Promise<boolean> {
  const query = sql`SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database()
    AND schema_name = ${wordTable.schema} AND table_name = ${wordTable.name}`
  for await (const [row] of generation.query(query)) return Number(row?.[0]) > 0
  return false
}

function bucketOf(key: Sql): Sql {
  return sql`CAST(${key} & ${bucketMask} AS INTEGER)`
}
