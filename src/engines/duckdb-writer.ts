// A database file that nobody reads yet → the next generation: one transaction of changes, then sorted if need be.
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { RegistryError } from '../core/errors.js'
import { ivoidNumber } from '../core/ivoid.js'
import { identifier, joinSql, type Row, type Sql, sql } from '../core/sql.js'
import { Turns } from '../core/turns.js'
import { qualifiedName, type Schema, type Table } from '../tables/metadata.js'
import { addColumns, type ColumnShape, columnList, createSchema, createTable, tableName } from './ddl.js'
import { appendRows } from './duckdb-append.js'
import { duckdbDialect } from './duckdb-dialect.js'
import { duckdbError } from './duckdb-errors.js'
import {
  besideIvoids,
  declaredOnly,
  hasKeys,
  isKeyed,
  keyColumn,
  lacksKeys,
  storedColumns,
  storedOrder,
  storedSelection,
} from './duckdb-keys.js'
import {
  createNumberTable,
  isNumbered,
  numberAll,
  numberColumn,
  numberTable,
  ResourceNumbers,
  withNumbers,
} from './duckdb-numbers.js'
import { commonSettings, type DuckdbLimits } from './duckdb-reader.js'
import { columnReaders, rowsOf } from './duckdb-rows.js'
import { createWordTable, describedTable, rowsAtOnce, selectWords, wordTable } from './duckdb-words.js'
import type { Transaction } from './engine.js'

const catalog = 'next'
/** Small groups let a look-up skip more of a table that is sorted by ivoid (ARCHITECTURE 8.1, rule 2). */
const rowGroupSize = 16_384

/**
 * Tables whose texts are stored as they are: most searches end in a few hundred rows of rr.resource, and DuckDB unpacks
 * thousands of texts to give them. It costs 20 MB for all of the VO.
 */
const unpackedTables: ReadonlySet<string> = new Set(['rr.resource'])

/**
 * Tables with a document in each row, in order of a number, which are sorted so many numbers at a time: DuckDB moves what
 * else is in a row to the disk while it sorts, but keeps documents in memory, two gigabytes for ten times the VO.
 */
const documentTables: ReadonlyMap<string, string> = new Map([['x.record', 'number']])
const numbersAtOnce = 10_000

/** What is remembered with each table, as its comment in the file. */
interface TableState {
  readonly sortedBy: readonly string[]
  /** Rows appended since the table was last sorted. */
  readonly appended: number
}

interface StoredTable extends TableState {
  readonly schema: string
  readonly name: string
}

/** The only writer of a file: `open`, change through `Transaction`, `commit`, perhaps `sortInto`; `close` in any case. */
export class DuckdbWriter implements Transaction {
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  /** Last row number of each table when the transaction began; rows behind it are new. */
  readonly #lastRows = new Map<string, number>()
  /** Tables with keys beside their IVOIDs. */
  readonly #keyed = new Set<string>()
  /** Resources have numbers, as they have in all but files of earlier versions. */
  #hasNumbers = true
  /** DuckDB plans and runs a statement in two steps, and no other of the same connection is to come between them. */
  readonly #turns = new Turns()
  /** Loaded when rows are added. */
  #numbers: ResourceNumbers | undefined

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance
    this.#connection = connection
  }

  /** Opens or creates the file and begins the transaction. */
  static async open(file: string, limits: DuckdbLimits): Promise<DuckdbWriter> {
    const instance = await DuckDBInstance.create(':memory:', {
      ...commonSettings,
      threads: String(limits.threads),
      memory_limit: `${limits.memoryMegabytes}MB`,
      temp_directory: limits.temporaryFolder,
      max_temp_directory_size: `${limits.temporaryMegabytes}MB`,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    })
    const writer = new DuckdbWriter(instance, await instance.connect())
    await writer.#attach(file, catalog)
    await writer.run(sql`USE ${identifier(catalog)}`)
    const tables = await writer.#tables()
    writer.#hasNumbers =
      tables.length === 0 || tables.some((table) => qualifiedName(table) === qualifiedName(numberTable))
    for (const table of tables) {
      writer.#lastRows.set(qualifiedName(table), await writer.#lastRow(table))
      if (hasKeys(table.sortedBy)) writer.#keyed.add(qualifiedName(table))
    }
    await writer.run(sql`BEGIN TRANSACTION`)
    return writer
  }

  async createTables(schemas: readonly Schema[]): Promise<void> {
    if (this.#hasNumbers) await this.#createNumberTable()
    for (const schema of schemas) {
      await this.run(createSchema(schema.name))
      for (const table of schema.tables.filter((candidate) => candidate.type === 'table'))
        await this.#createTable(table)
    }
  }

  async run(statement: Sql): Promise<void> {
    try {
      await this.#turns.take(() => this.#connection.run(statement.text))
    } catch (thrown) {
      throw duckdbError(thrown)
    }
  }

  // The answer is complete before its first row goes out, because statements between two batches would end a stream.
  async *query(query: Sql): AsyncGenerator<readonly Row[], void, undefined> {
    try {
      const result = await this.#turns.take(() => this.#connection.run(query.text))
      const readers = columnReaders(result.columnTypes())
      for await (const chunk of result) yield rowsOf(chunk, readers)
    } catch (thrown) {
      throw duckdbError(thrown)
    }
  }

  async append(table: Table, rows: Iterable<Row>): Promise<void> {
    const columns = this.#presentColumns(table)
    const numbers = columns.includes(numberColumn) ? await this.#resourceNumbers() : undefined
    const makers = [
      ...(columns.includes(keyColumn) ? [ivoidNumber] : []),
      ...(numbers === undefined ? [] : [(ivoid: string) => numbers.numberOf(ivoid)]),
    ]
    const beside = makers.length === 0 ? rows : besideIvoids(table.columns, rows, makers)
    try {
      await this.#turns.take(() => appendRows(this.#connection, { ...table, columns, catalog }, beside))
      if (numbers !== undefined) {
        const target = { ...numberTable, columns: [{ name: 'ivoid' }, { name: 'number' }], catalog }
        await this.#turns.take(() => appendRows(this.#connection, target, numbers.takeAdded()))
      }
    } catch (thrown) {
      throw duckdbError(thrown)
    }
  }

  /**
   * Commits; gives the share (0 to 1) of rows that stand behind the sorted parts of their tables. A table of an earlier
   * version, without keys or numbers beside its IVOIDs, stands there whole.
   */
  async commit(worthSortingRows: number): Promise<number> {
    // All tables together: a small one is read in no time in any order, and must not make the big ones be sorted.
    let allAppended = 0
    let allRows = 0
    let isOld = false
    const tables = await this.#tables()
    for (const table of tables) {
      const [added, rows] = await this.#countRows(table)
      const lacksColumns = lacksKeys(table.sortedBy) || (!this.#hasNumbers && isNumbered(table))
      isOld ||= lacksColumns
      const appended = lacksColumns ? rows : table.appended + added
      if (table.sortedBy.length > 0) {
        allAppended += Math.min(appended, rows)
        allRows += rows
      }
      if (added > 0) await this.#remember(catalog, table, { ...table, appended })
    }
    await this.run(sql`COMMIT`)
    return allRows < worthSortingRows && !isOld ? 0 : allAppended / Math.max(1, allRows)
  }

  /** After `commit`: writes all tables, each in its order, into a new file without gaps. */
  async sortInto(file: string): Promise<void> {
    const target = 'sorted'
    await this.#attach(file, target)
    if (!this.#hasNumbers) {
      await this.#createNumberTable()
      await this.run(numberAll((await this.#tables()).filter(isNumbered)))
    }
    const tables = await this.#tables()
    // The words of the present descriptions are found anew below.
    for (const table of tables.filter((one) => qualifiedName(one) !== qualifiedName(wordTable))) {
      const copy = sql`${identifier(target)}.${tableName(table)}`
      await this.run(sql`CREATE SCHEMA IF NOT EXISTS ${identifier(target)}.${identifier(table.schema)}`)
      const sortedBy = storedOrder(table)
      const isUnpacked = unpackedTables.has(qualifiedName(table))
      if (isUnpacked) await this.run(sql`SET force_compression = 'uncompressed'`)
      await this.#copySorted(table, copy, sortedBy)
      await this.#remember(target, table, { sortedBy, appended: 0 })
      if (isUnpacked) {
        // Only now are the last rows of the table stored.
        await this.run(sql`CHECKPOINT ${identifier(target)}`)
        await this.run(sql`SET force_compression = 'auto'`)
      }
    }
    if (tables.some((table) => qualifiedName(table) === qualifiedName(describedTable))) await this.#sortWords(target)
    await this.run(sql`CHECKPOINT ${identifier(target)}`)
    await this.run(sql`DETACH ${identifier(target)}`)
  }

  /** After `commit`, where nothing is sorted: the words of descriptions that were added, of all of them where there are none yet. */
  async addWords(): Promise<void> {
    const described = qualifiedName(describedTable)
    // A table of an earlier version has no numbers, which stand for the resources.
    if (!this.#keyed.has(described)) return
    const hasWords = (await this.#columnsOf(catalog, wordTable.schema, wordTable.name)).length > 0
    if (!hasWords) {
      await this.run(createSchema(wordTable.schema))
      await this.run(createWordTable)
    }
    await this.#findWords(tableName(describedTable), hasWords ? (this.#lastRows.get(described) ?? -1) + 1 : 0)
  }

  async #copySorted(table: StoredTable, copy: Sql, sortedBy: readonly string[]): Promise<void> {
    const present = sql`SELECT ${storedSelection(table.sortedBy)} FROM ${tableName(table)}`
    const rows = !this.#hasNumbers && isNumbered(table) ? sql`SELECT * FROM (${withNumbers(present)})` : present
    const order = sortedBy.length === 0 ? sql`` : sql`ORDER BY ${joinSql(sortedBy.map(identifier))}`
    const number = documentTables.get(qualifiedName(table))
    if (number === undefined) {
      await this.run(sql`CREATE TABLE ${copy} AS ${rows} ${order}`)
      return
    }
    const column = identifier(number)
    const [range = []] = await this.#rows(sql`SELECT min(${column}), max(${column}) FROM ${tableName(table)}`)
    await this.run(sql`CREATE TABLE ${copy} AS ${rows} LIMIT 0`)
    for (let first = Number(range[0] ?? 0); first <= Number(range[1] ?? -1); first += numbersAtOnce)
      await this.run(
        sql`INSERT INTO ${copy} ${rows} WHERE ${column} >= ${first} AND ${column} < ${first + numbersAtOnce} ${order}`,
      )
  }

  /** The words of all descriptions of a sorted copy, in their order. They pass through the table of the file that is copied. */
  async #sortWords(target: string): Promise<void> {
    await this.run(createSchema(wordTable.schema))
    await this.run(sql`DROP TABLE IF EXISTS ${tableName(wordTable)}`)
    await this.run(createWordTable)
    await this.#findWords(sql`${identifier(target)}.${tableName(describedTable)}`, 0)
    const copy = sql`${identifier(target)}.${tableName(wordTable)}`
    await this.run(sql`CREATE SCHEMA IF NOT EXISTS ${identifier(target)}.${identifier(wordTable.schema)}`)
    await this.run(sql`CREATE TABLE ${copy} AS SELECT * FROM ${tableName(wordTable)} ORDER BY ALL`)
  }

  /** Adds the words of the rows from a number on; a resource at the border of two steps may have some twice. */
  async #findWords(from: Sql, firstRow: number): Promise<void> {
    const [row = []] = await this.#rows(sql`SELECT max(rowid) FROM ${from}`)
    for (let first = firstRow; first <= Number(row[0] ?? -1); first += rowsAtOnce)
      await this.run(sql`INSERT INTO ${tableName(wordTable)} ${selectWords(from, first, first + rowsAtOnce)}`)
  }

  /** Moves everything from the write-ahead log into the file. */
  async checkpoint(): Promise<void> {
    await this.run(sql`CHECKPOINT ${identifier(catalog)}`)
  }

  close(): void {
    this.#connection.closeSync()
    this.#instance.closeSync()
  }

  // The newest storage keeps dictionaries of texts that are themselves compressed. No other version of DuckDB reads our files.
  async #attach(file: string, name: string): Promise<void> {
    await this.run(
      sql`ATTACH ${file} AS ${identifier(name)} (ROW_GROUP_SIZE ${rowGroupSize}, STORAGE_VERSION 'latest')`,
    )
  }

  async #createTable(table: Table): Promise<void> {
    const present = await this.#columnsOf(catalog, table.schema, table.name)
    if (present.length === 0) {
      if (isKeyed(table)) this.#keyed.add(qualifiedName(table))
      await this.run(createTable({ ...table, columns: this.#presentColumns(table) }, duckdbDialect))
      await this.#remember(catalog, table, { sortedBy: storedOrder(table), appended: 0 })
      return
    }
    // The declaration as a table of its own, so that both sides bear DuckDB's names of types.
    const columns = columnList(table.columns, duckdbDialect)
    await this.run(sql`CREATE OR REPLACE TEMPORARY TABLE declared (${columns})`)
    const declared = await this.#columnsOf('temp', 'main', 'declared')
    const added = addColumns(table, declaredOnly(present), declared, duckdbDialect)
    // What stands beside IVOIDs stands at the end, where a further column cannot come.
    if (added === undefined || (added.length > 0 && isNumbered(table)))
      throw new RegistryError(
        'invalid',
        `The table ${table.schema}.${table.name} of the present data has other columns than this version declares. Make the data again with "waymark rebuild".`,
      )
    for (const statement of added) await this.run(statement)
  }

  /** Columns of a table in this file, which may lack some that this version would store. */
  #presentColumns(table: Table): readonly ColumnShape[] {
    const absent = [this.#keyed.has(qualifiedName(table)) ? [] : keyColumn, this.#hasNumbers ? [] : numberColumn].flat()
    return storedColumns(table).filter((column) => !absent.includes(column))
  }

  async #createNumberTable(): Promise<void> {
    const { schema, name } = numberTable
    if ((await this.#columnsOf(catalog, schema, name)).length > 0) return
    await this.run(createSchema(schema))
    await this.run(createNumberTable)
  }

  async #resourceNumbers(): Promise<ResourceNumbers> {
    this.#numbers ??= await ResourceNumbers.load(this.query(sql`SELECT * FROM ${tableName(numberTable)}`))
    return this.#numbers
  }

  #columnsOf(database: string, schema: string, table: string): Promise<readonly Row[]> {
    return this.#rows(sql`SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = ${database}
      AND schema_name = ${schema} AND table_name = ${table} ORDER BY column_index`)
  }

  /** All tables of the file, with what is remembered of them. */
  async #tables(): Promise<readonly StoredTable[]> {
    const rows = await this.#rows(sql`SELECT schema_name, table_name, comment FROM duckdb_tables()
      WHERE database_name = ${catalog} ORDER BY ALL`)
    return rows.map(([schema, name, comment]) => {
      const state = (typeof comment === 'string' ? JSON.parse(comment) : {}) as Partial<TableState>
      return { sortedBy: [], appended: 0, ...state, schema: String(schema), name: String(name) }
    })
  }

  #remember(database: string, table: { readonly schema: string; readonly name: string }, state: TableState) {
    const comment = JSON.stringify({ sortedBy: state.sortedBy, appended: state.appended })
    return this.run(sql`COMMENT ON TABLE ${identifier(database)}.${tableName(table)} IS ${comment}`)
  }

  async #lastRow(table: StoredTable): Promise<number> {
    const [row = []] = await this.#rows(sql`SELECT max(rowid) FROM ${tableName(table)}`)
    return Number(row[0] ?? -1)
  }

  /** Rows that this transaction has added, and all rows there are now. */
  async #countRows(table: StoredTable): Promise<readonly [number, number]> {
    const lastRow = this.#lastRows.get(qualifiedName(table)) ?? -1
    const [row = []] = await this.#rows(
      sql`SELECT count(*) FILTER (WHERE rowid > ${lastRow}), count(*) FROM ${tableName(table)}`,
    )
    return [Number(row[0]), Number(row[1])]
  }

  async #rows(query: Sql): Promise<readonly Row[]> {
    const batches: Row[] = []
    for await (const batch of this.query(query)) batches.push(...batch)
    return batches
  }
}
