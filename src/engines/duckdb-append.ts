// Rows of plain values → a DuckDB table: few through its appender, many packed into texts.
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBListType,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
} from '@duckdb/node-api'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import { identifier, joinSql, type Row } from '../core/sql.js'
import { withoutIllegalCharacters } from '../xml/escape.js'
import { type CellSpelling, cellSpelling, PackedRows } from './duckdb-packed.js'
import { anyNumber, bytes, longNumber, numbers, type PresentValue, text, truth, wholeNumber } from './duckdb-values.js'
import { timestampMicros } from './timestamps.js'

type CellWriter = (appender: DuckDBAppender, value: PresentValue) => void

/** A table in the database that one connection sees. */
export interface AppendTarget {
  readonly catalog: string
  readonly schema: string
  readonly name: string
  readonly columns: readonly { readonly name: string }[]
}

/** From so many rows on they are packed; fewer are through the appender in the time that a statement takes to be planned. */
const rowsWorthPacking = 500
/** Rows and characters of one statement: each column is one value for DuckDB, held in memory whole. */
const packedRows = 10_000
const packedCharacters = 4_000_000

/**
 * Appends rows, cells in the order of the table's columns. Throws kind `invalid` naming table, column and value when
 * a value does not fit; rows before it may have been written, which the transaction around it undoes.
 */
export async function appendRows(
  connection: DuckDBConnection,
  target: AppendTarget,
  rows: Iterable<Row>,
): Promise<void> {
  const appender = await connection.createAppender(target.name, target.schema, target.catalog)
  try {
    const types = target.columns.map((_, index) => appender.columnType(index))
    const spellings = spellingsOf(types)
    const iterator = rows[Symbol.iterator]()
    const first = spellings === undefined ? [] : take(iterator, rowsWorthPacking)
    const all = continued(first, iterator)
    if (spellings !== undefined && first.length === rowsWorthPacking)
      await insertPacked(connection, target, spellings, all)
    else {
      const writers = types.map(cellWriter)
      for (const row of all) appendRow(appender, target, writers, row)
    }
  } catch (thrown) {
    // Without this, closing would try to write the half row and throw in place of the reason.
    appender.clear()
    throw thrown
  } finally {
    appender.closeSync()
  }
}

async function insertPacked(
  connection: DuckDBConnection,
  target: AppendTarget,
  spellings: readonly CellSpelling[],
  rows: Iterable<Row>,
): Promise<void> {
  const table = joinSql([target.catalog, target.schema, target.name].map(identifier), '.')
  const misfit = (index: number, cause: unknown) => misfitIn(target, index, cause)
  let packed = new PackedRows(spellings)
  for (const row of rows) {
    checkLength(target, row)
    packed.add(row, misfit)
    if (packed.rows < packedRows && packed.characters < packedCharacters) continue
    await packed.insertInto(connection, table)
    packed = new PackedRows(spellings)
  }
  await packed.insertInto(connection, table)
}

/** How the cells of each column are written as text; undefined where those of one cannot be. */
function spellingsOf(types: readonly DuckDBType[]): readonly CellSpelling[] | undefined {
  const spellings = types.map(cellSpelling).filter((spelling) => spelling !== undefined)
  return spellings.length === types.length ? spellings : undefined
}

/** The first rows; fewer when there are no more. */
function take(rows: Iterator<Row>, limit: number): Row[] {
  const taken: Row[] = []
  while (taken.length < limit) {
    const next = rows.next()
    if (next.done === true) break
    taken.push(next.value)
  }
  return taken
}

function* continued(first: Iterable<Row>, rest: Iterator<Row>): Iterable<Row> {
  yield* first
  for (let next = rest.next(); next.done !== true; next = rest.next()) yield next.value
}

function appendRow(appender: DuckDBAppender, target: AppendTarget, writers: readonly CellWriter[], row: Row): void {
  checkLength(target, row)
  for (const [index, write] of writers.entries()) {
    const value = row[index] ?? null
    if (value === null) appender.appendNull()
    else
      try {
        write(appender, value)
      } catch (cause) {
        throw misfitIn(target, index, cause)
      }
  }
  appender.endRow()
}

function checkLength({ name, columns }: AppendTarget, row: Row): void {
  if (row.length !== columns.length)
    throw new TypeError(
      `a row for ${name} has ${counted(row.length, 'cell')}; the table has ${counted(columns.length, 'column')}`,
    )
}

/** What was thrown for a value, with its column. */
function misfitIn(target: AppendTarget, index: number, cause: unknown): RegistryError {
  const reason = cause instanceof RegistryError ? cause.message : String(cause)
  const column = `${target.schema}.${target.name}.${target.columns[index]?.name}`
  return new RegistryError('invalid', `${column}: ${reason}`, { cause })
}

function cellWriter(type: DuckDBType): CellWriter {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return (appender, value) => appender.appendBoolean(truth(value))
    case DuckDBTypeId.SMALLINT:
      return (appender, value) => appender.appendSmallInt(wholeNumber(value, 2 ** 15))
    case DuckDBTypeId.INTEGER:
      return (appender, value) => appender.appendInteger(wholeNumber(value, 2 ** 31))
    case DuckDBTypeId.BIGINT:
      return (appender, value) => appender.appendBigInt(longNumber(value))
    case DuckDBTypeId.FLOAT:
      return (appender, value) => appender.appendFloat(anyNumber(value))
    case DuckDBTypeId.DOUBLE:
      return (appender, value) => appender.appendDouble(anyNumber(value))
    case DuckDBTypeId.VARCHAR:
      // Encoders rely on it, that what is stored can be written into XML as it is (`RowEncoding.hasLegalTexts`).
      return (appender, value) => appender.appendVarchar(withoutIllegalCharacters(text(value)))
    case DuckDBTypeId.TIMESTAMP:
      return (appender, value) => appender.appendTimestamp(new DuckDBTimestampValue(timestampMicros(text(value))))
    case DuckDBTypeId.BLOB:
      return (appender, value) => appender.appendBlob(bytes(value))
    case DuckDBTypeId.LIST:
      return type instanceof DuckDBListType
        ? (appender, value) => appender.appendList(numbers(value, type), type)
        : unknownType(type)
    default:
      return unknownType(type)
  }
}

function unknownType(type: DuckDBType): never {
  throw new TypeError(`tables of ours have no columns of type ${String(type)}`)
}
