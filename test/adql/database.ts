// A small registry in memory, asked in ADQL: in DuckDB, and in PostgreSQL compiled to WebAssembly.

import { DuckDBInstance } from '@duckdb/node-api'
import { PGlite } from '@electric-sql/pglite'
import { compileAdql } from '../../src/adql/compile.js'
import type { Dialect } from '../../src/adql/dialect.js'
import { cellPieces } from '../../src/core/sky-ranges.js'
import { identifier, joinSql, literal, type Sql, sql } from '../../src/core/sql.js'
import { tableName } from '../../src/engines/ddl.js'
import { generationDialect } from '../../src/engines/duckdb-dialect.js'
import { isKeyed, storedSelection } from '../../src/engines/duckdb-keys.js'
import { createNumberTable, isNumbered, numberAll, withNumbers } from '../../src/engines/duckdb-numbers.js'
import { createWordTable, describedTable, rowsAtOnce, selectWords, wordTable } from '../../src/engines/duckdb-words.js'
import { postgresqlDialect } from '../../src/engines/postgresql-dialect.js'
import { readMoc } from '../../src/regtap/moc.js'
import { wordRows } from '../../src/regtap/words.js'
import { declaredSchemas, privateSchema } from '../../src/tables/declared.js'
import { type ColumnDescription, qualifiedName, type Table } from '../../src/tables/metadata.js'

export const schemas = declaredSchemas()

export interface Upload {
  readonly name: string
  readonly columns: readonly ColumnDescription[]
  readonly rows: readonly (readonly (string | number | null)[])[]
}

type Cell = string | number | bigint | null

/** Rows by table of `rr`; columns that are left out are NULL. */
export type Rows = Readonly<Record<string, readonly Readonly<Record<string, Cell>>[]>>

export const sampleRows: Rows = {
  resource: [
    {
      ivoid: 'ivo://a/one',
      res_type: 'vs:catalogservice',
      short_name: 'One',
      res_title: 'Quasars of the 2MASS survey',
      res_description: "Barnard's star, white dwarfs and Pan-STARRS data",
      waveband: 'optical#infrared',
      created: '2020-01-02T03:04:05',
      updated: '2021-01-01T00:00:00',
      creator_seq: 'Äquator, B.',
    },
    {
      ivoid: 'ivo://a/two',
      res_type: 'vs:catalogresource',
      short_name: 'Two',
      res_title: 'A quasar catalogue',
      res_description: 'Nothing 100% certain_here \\ there',
      waveband: 'x-ray',
      created: '2022-06-07T08:09:10',
      updated: '2022-06-07T08:09:10',
    },
    {
      ivoid: 'ivo://b/three',
      res_type: 'vg:registry',
      short_name: 'Three',
      res_title: 'Registry',
      created: '2019-01-01T00:00:00',
      updated: '2019-01-01T00:00:00',
    },
  ],
  capability: [
    { ivoid: 'ivo://a/one', cap_index: 1, cap_type: 'cs:conesearch', standard_id: 'ivo://ivoa.net/std/conesearch' },
    {
      ivoid: 'ivo://a/one',
      cap_index: 2,
      cap_type: 'tr:tableaccess',
      standard_id: 'ivo://ivoa.net/std/tap',
      cap_description: 'tables',
    },
    { ivoid: 'ivo://a/two', cap_index: 1, standard_id: 'ivo://ivoa.net/std/tap#aux' },
  ],
  interface: [
    {
      ivoid: 'ivo://a/one',
      cap_index: 1,
      intf_index: 1,
      intf_type: 'vs:paramhttp',
      intf_role: 'std',
      access_url: 'http://a/cone',
      authenticated_only: 0,
    },
    {
      ivoid: 'ivo://a/one',
      cap_index: 2,
      intf_index: 2,
      intf_type: 'vs:paramhttp',
      intf_role: 'std',
      access_url: 'http://a/tap',
      authenticated_only: 0,
    },
    {
      ivoid: 'ivo://a/one',
      cap_index: 2,
      intf_index: 3,
      intf_type: 'vr:webbrowser',
      access_url: 'http://a/www',
      authenticated_only: 0,
    },
    {
      ivoid: 'ivo://a/two',
      cap_index: 1,
      intf_index: 1,
      intf_type: 'vs:paramhttp',
      intf_role: 'std',
      access_url: 'http://a/tap',
      authenticated_only: 1,
    },
  ],
  res_subject: [
    { ivoid: 'ivo://a/one', res_subject: 'quasars' },
    { ivoid: 'ivo://a/one', res_subject: 'active-galactic-nuclei' },
    { ivoid: 'ivo://a/two', res_subject: 'quasars' },
  ],
  stc_spatial: [
    { ivoid: 'ivo://a/one', coverage: '0/0-11' },
    { ivoid: 'ivo://a/two', coverage: '6/19284 8/308600' },
    { ivoid: 'ivo://b/three' },
  ],
  stc_spectral: [
    { ivoid: 'ivo://a/one', spectral_start: 1e-19, spectral_end: 5e-19 },
    { ivoid: 'ivo://a/two', spectral_start: 6e-19, spectral_end: 9e-19 },
  ],
  stc_temporal: [{ ivoid: 'ivo://a/one', time_start: 54000, time_end: 59600.5 }],
}

/** One engine with the sample in it. */
export interface Database extends AsyncDisposable {
  readonly dialect: Dialect
  run(statement: Sql): Promise<readonly (readonly unknown[])[]>
}

export async function openDuckdb(rows = sampleRows): Promise<Database> {
  const numbered = [...schemas, privateSchema()].flatMap((schema) => schema.tables).filter(isNumbered)
  const keyed = numbered.filter(isKeyed)
  const instance = await DuckDBInstance.create(':memory:', {
    default_null_order: 'nulls_last_on_asc_first_on_desc',
    integer_division: 'true',
    ieee_floating_point_ops: 'false',
  })
  const connection = await instance.connect()
  const database: Database = {
    dialect: generationDialect({
      keyedTables: new Set(keyed.map(qualifiedName)),
      numberedTables: new Set(numbered.map(qualifiedName)),
      hasWords: true,
    }),
    run: async (statement) => (await connection.runAndReadAll(statement.text)).getRowsJS(),
    [Symbol.asyncDispose]: async () => connection.closeSync(),
  }
  await fill(database, rows)
  // As the engine stores them.
  await database.run(createNumberTable)
  await database.run(numberAll(numbered))
  for (const { schema, name, sortedBy = [] } of numbered) {
    const table = sql`${identifier(schema)}.${identifier(name)}`
    const rows = withNumbers(sql`SELECT ${storedSelection(sortedBy)} FROM ${table}`)
    await database.run(sql`CREATE OR REPLACE TABLE ${table} AS ${rows}`)
  }
  await database.run(createWordTable)
  await database.run(sql`INSERT INTO ${tableName(wordTable)} ${selectWords(tableName(describedTable), 0, rowsAtOnce)}`)
  return database
}

export async function openPostgresql(rows = sampleRows): Promise<Database> {
  const engine = await PGlite.create()
  const database: Database = {
    dialect: postgresqlDialect,
    run: async (statement) => (await engine.query<unknown[]>(statement.text, [], { rowMode: 'array' })).rows,
    [Symbol.asyncDispose]: () => engine.close(),
  }
  await fill(database, rows)
  return database
}

/** The engines to ask: DuckDB always; PostgreSQL, which takes its time in WebAssembly, in the slow tests. */
export const testedEngines: readonly (readonly [string, (rows?: Rows) => Promise<Database>])[] = [
  ['duckdb', openDuckdb],
  ...(process.env.WAYMARK_SLOW_TESTS === undefined ? [] : [['postgresql', openPostgresql] as const]),
]

async function fill(database: Database, given: Rows): Promise<void> {
  const privateTables = privateSchema()
  for (const schema of [...schemas, privateTables]) {
    await database.run(sql`CREATE SCHEMA ${identifier(schema.name)}`)
    for (const table of schema.tables)
      await createTable(database, sql`${identifier(table.schema)}.${identifier(table.name)}`, table.columns)
  }
  const insert = async (table: Table, rows: readonly Readonly<Record<string, Cell>>[]): Promise<void> => {
    for (const row of rows) {
      const columns = joinSql(Object.keys(row).map(identifier))
      await database.run(
        sql`INSERT INTO ${identifier(table.schema)}.${identifier(table.name)} (${columns}) VALUES (${joinSql(Object.values(row).map(literal))})`,
      )
    }
  }
  const tables = [...schemas, privateTables].flatMap((schema) => schema.tables)
  const find = (schema: string, name: string): Table =>
    tables.find((table) => table.schema === schema && table.name === name)!
  for (const [name, rows] of Object.entries(given)) await insert(find('rr', name), rows)
  const words = given['resource']!.flatMap((row) =>
    (['res_title', 'res_description'] as const).flatMap((field) =>
      wordRows(String(row['ivoid']), field, row[field] === undefined ? null : String(row[field])),
    ),
  )
  await insert(
    find('x', 'word'),
    words.map(([word, field, ivoid]) => ({ word: String(word), field: String(field), ivoid: String(ivoid) })),
  )
  for (const { ivoid, coverage } of given['stc_spatial']!) {
    const moc = typeof coverage === 'string' ? readMoc(coverage) : undefined
    if (moc === undefined) continue
    await insert(
      find('x', 'moc_cell'),
      [...cellPieces(moc.ranges)]
        // The whole sky in one statement below.
        .filter(({ range }) => range !== null)
        .map(({ cell, range }) => ({ cell, low: range?.[0] ?? null, high: range?.[1] ?? null, ivoid: ivoid ?? null })),
    )
    const whole = [...cellPieces(moc.ranges)].filter(({ range }) => range === null).map(({ cell }) => sql`${cell}`)
    if (whole.length > 0)
      await database.run(
        sql`INSERT INTO "x"."moc_cell" ("cell", "ivoid") SELECT cells, ${String(ivoid)} FROM unnest(ARRAY[${joinSql(whole)}]) AS w(cells)`,
      )
  }
}

async function createTable(
  database: Database,
  name: Sql,
  columns: readonly ColumnDescription[],
  kind = sql`TABLE`,
): Promise<void> {
  const spelled = columns.map(
    (column) => sql`${identifier(column.name)} ${typeSql(database.dialect.columnType(column))}`,
  )
  await database.run(sql`CREATE ${kind} ${name} (${joinSql(spelled)})`)
}

const types: readonly Sql[] = [
  sql`BOOLEAN`,
  sql`SMALLINT`,
  sql`INTEGER`,
  sql`BIGINT`,
  sql`REAL`,
  sql`DOUBLE PRECISION`,
  sql`VARCHAR`,
  sql`TEXT`,
  sql`TIMESTAMP`,
  sql`BLOB`,
  sql`BYTEA`,
  sql`DOUBLE PRECISION[]`,
  sql`SMALLINT[]`,
]

function typeSql(name: string): Sql {
  const found = types.find((type) => type.text === name.toUpperCase())
  if (found === undefined) throw new Error(`the dialect spells a type ${name}, which the test does not know`)
  return found
}

/** Creates an upload where the dialect looks for it. */
export async function createUpload(database: Database, upload: Upload): Promise<void> {
  const place = database.dialect.uploadTable(upload.name)
  await createTable(database, place, upload.columns, sql`TEMPORARY TABLE`)
  for (const row of upload.rows)
    await database.run(sql`INSERT INTO ${place} VALUES (${joinSql(row.map((cell) => literal(cell)))})`)
}

/** The rows of a query, with numbers as numbers. */
export async function ask(
  database: Database,
  query: string,
  uploads: readonly Upload[] = [],
  isPlain = false,
): Promise<readonly (readonly unknown[])[]> {
  const compiled = compileAdql(query, { schemas, dialect: database.dialect, uploads, isPlain })
  const rows = await database.run(compiled.sql)
  return rows.map((row) => row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell)))
}
