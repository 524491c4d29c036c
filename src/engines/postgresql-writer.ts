// One PostgreSQL transaction → the next state of the data: everything in it becomes visible at COMMIT, or nothing.
import { randomUUID } from 'node:crypto'
import type { PoolClient } from 'pg'
import { RegistryError } from '../core/errors.js'
import { identifier, type Row, type Sql, sql } from '../core/sql.js'
import { Turns } from '../core/turns.js'
import type { Schema, Table } from '../tables/metadata.js'
import { addColumns, columnList, createSchema, createTable, tableName } from './ddl.js'
import type { Transaction } from './engine.js'
import { copyRows } from './postgresql-copy.js'
import { postgresqlDialect } from './postgresql-dialect.js'
import { postgresqlError } from './postgresql-errors.js'
import { indexStatements } from './postgresql-indexes.js'
import { PortalQuery } from './postgresql-portal.js'
import { grantStatements } from './postgresql-roles.js'

/** Marks schemas of ours, as their comment. */
export const schemaMark = 'Waymark'
/** Begins the names of schemas that have been replaced and may be dropped. */
const replacedPrefix = 'waymark_replaced_'

/** Make with `begin`; then change through `Transaction`; then `commit` or `rollBack`. */
export class PostgresqlWriter implements Transaction {
  readonly #client: PoolClient
  /** The client takes one statement at a time. */
  readonly #turns = new Turns()
  readonly #declared: Table[] = []
  readonly #created: Table[] = []

  private constructor(client: PoolClient) {
    this.#client = client
  }

  /** `fresh` puts our present schemas aside, within the transaction: readers see them until it commits. */
  static async begin(client: PoolClient, fresh: boolean): Promise<PostgresqlWriter> {
    const writer = new PostgresqlWriter(client)
    await writer.run(sql`BEGIN`)
    // Indexes are made inside the transaction; the default would sort them on disk.
    await writer.run(sql`SET LOCAL maintenance_work_mem = '256MB'`)
    if (fresh)
      for (const schema of await writer.#schemas())
        await writer.run(
          sql`ALTER SCHEMA ${identifier(schema)} RENAME TO ${identifier(`${replacedPrefix}${randomUUID()}`)}`,
        )
    return writer
  }

  async createTables(schemas: readonly Schema[]): Promise<void> {
    for (const schema of schemas) {
      await this.run(createSchema(schema.name))
      await this.run(sql`COMMENT ON SCHEMA ${identifier(schema.name)} IS ${schemaMark}`)
      for (const table of schema.tables.filter((candidate) => candidate.type === 'table'))
        await this.#createTable(table)
    }
  }

  async run(statement: Sql): Promise<void> {
    try {
      await this.#turns.take(() => this.#client.query(statement.text))
    } catch (thrown) {
      throw postgresqlError(thrown)
    }
  }

  // The answer is complete before its first row goes out: one connection cannot run two statements at a time.
  async *query(query: Sql): AsyncGenerator<readonly Row[], void, undefined> {
    try {
      yield* await this.#turns.take(() => this.#answer(query))
    } catch (thrown) {
      throw postgresqlError(thrown)
    }
  }

  async append(table: Table, rows: Iterable<Row>): Promise<void> {
    try {
      await this.#turns.take(() => copyRows(this.#client, tableName(table), table.columns, rows))
    } catch (thrown) {
      throw postgresqlError(thrown, table.schema)
    }
  }

  /** Indexes of new tables, statistics, rights; then everything is visible at once. */
  async commit(): Promise<void> {
    const hasTrigrams = await this.#has(sql`SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'`)
    for (const table of this.#created)
      for (const statement of indexStatements(table, hasTrigrams)) await this.run(statement)
    for (const table of this.#created) await this.run(sql`ANALYZE ${tableName(table)}`)
    for (const statement of grantStatements(this.#declared)) await this.run(statement)
    await this.run(sql`COMMIT`)
  }

  async rollBack(): Promise<void> {
    await this.run(sql`ROLLBACK`)
  }

  async #answer(query: Sql): Promise<readonly (readonly Row[])[]> {
    const portal = new PortalQuery(query.text, 0)
    this.#client.query(portal)
    try {
      const batches: (readonly Row[])[] = []
      for await (const batch of portal.batches()) batches.push(batch)
      return batches
    } finally {
      await portal.close()
    }
  }

  async #createTable(table: Table): Promise<void> {
    this.#declared.push(table)
    const present = await this.#columnsOf(table.schema, table.name)
    if (present.length === 0) {
      await this.run(createTable(table, postgresqlDialect))
      this.#created.push(table)
      return
    }
    // The declaration as a table of its own, so that both sides bear PostgreSQL's names of types.
    await this.run(sql`CREATE TEMPORARY TABLE declared (${columnList(table.columns, postgresqlDialect)})`)
    const declared = await this.#columnsOf('pg_temp', 'declared')
    await this.run(sql`DROP TABLE pg_temp.declared`)
    const added = addColumns(table, present, declared, postgresqlDialect)
    if (added === undefined)
      throw new RegistryError(
        'invalid',
        `The table ${table.schema}.${table.name} of the present data has other columns than this version declares. Make the data again with "waymark rebuild".`,
      )
    for (const statement of added) await this.run(statement)
  }

  #columnsOf(schema: string, table: string): Promise<readonly Row[]> {
    const name = tableName({ schema, name: table }).text
    return this.#rows(sql`SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
      WHERE attrelid = to_regclass(${name}) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`)
  }

  async #schemas(): Promise<readonly string[]> {
    const rows = await this.#rows(sql`SELECT nspname::text FROM pg_namespace
      WHERE obj_description(oid, 'pg_namespace') = ${schemaMark} AND NOT starts_with(nspname, ${replacedPrefix})`)
    return rows.map(([name]) => String(name))
  }

  async #has(query: Sql): Promise<boolean> {
    return (await this.#rows(query)).length > 0
  }

  async #rows(query: Sql): Promise<readonly Row[]> {
    const rows: Row[] = []
    for await (const batch of this.query(query)) rows.push(...batch)
    return rows
  }
}

/** Drops schemas that were put aside; waits a little for queries that still read them, else leaves them for later. */
export async function dropReplaced(client: PoolClient): Promise<void> {
  const { rows } = await client.query(
    sql`SELECT nspname::text AS name FROM pg_namespace WHERE starts_with(nspname, ${replacedPrefix})`.text,
  )
  for (const { name } of rows) {
    await client.query(sql`SET lock_timeout = '2s'`.text)
    try {
      await client.query(sql`DROP SCHEMA ${identifier(String(name))} CASCADE`.text)
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === '55P03')) throw postgresqlError(thrown)
    } finally {
      await client.query(sql`RESET lock_timeout`.text)
    }
  }
}
