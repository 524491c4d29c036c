// Many rows → one INSERT with a text for each column, which DuckDB takes apart in a thread of its own.
//
// The appender is handed each cell on this thread and stores them on this thread. A million rows of columns held it up for
// a third of the time that all of the VO took to come in; as texts they take a fifth of that, and others can work meanwhile.
import { type DuckDBConnection, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import { joinSql, type Row, type Sql, sql, sqlParameter } from '../core/sql.js'
import { withoutIllegalCharacters } from '../xml/escape.js'
import { anyNumber, longNumber, type PresentValue, text, truth, wholeNumber } from './duckdb-values.js'
import { timestampMicros } from './timestamps.js'

// Characters that no stored text has, because XML cannot carry them.
const cellEnd = '\u001E'
const noValue = '\u001F'
/** What is not stored (`withoutIllegalCharacters`), but for these two; lone surrogates and pairs alike. */
const suspectBeside = /[\u0000-\u0008\u000B\u000C\u000E-\u001D\uD800-\uDFFF\uFFFE\uFFFF]/

/** How the cells of a column are written into its text, and read from there. */
export interface CellSpelling {
  write(value: PresentValue): string
  /** SQL of one cell as text → SQL of its value. */
  read(cell: Sql): Sql
}

const castTo = (type: Sql) => (cell: Sql) => sql`CAST(${cell} AS ${type})`

/** Undefined for types whose values are not written as text: bytes and lists. */
export function cellSpelling(type: DuckDBType): CellSpelling | undefined {
  switch (type.typeId) {
    case DuckDBTypeId.VARCHAR:
      return { write: text, read: (cell) => cell }
    case DuckDBTypeId.BOOLEAN:
      return { write: (value) => String(truth(value)), read: castTo(sql`BOOLEAN`) }
    case DuckDBTypeId.SMALLINT:
      return { write: (value) => String(wholeNumber(value, 2 ** 15)), read: castTo(sql`SMALLINT`) }
    case DuckDBTypeId.INTEGER:
      return { write: (value) => String(wholeNumber(value, 2 ** 31)), read: castTo(sql`INTEGER`) }
    case DuckDBTypeId.BIGINT:
      return { write: (value) => String(longNumber(value)), read: castTo(sql`BIGINT`) }
    // Rounded before it is spelled: the shortest digits of a double may lie on the other side of the middle of two floats.
    case DuckDBTypeId.FLOAT:
      return { write: (value) => decimal(Math.fround(anyNumber(value))), read: castTo(sql`FLOAT`) }
    case DuckDBTypeId.DOUBLE:
      return { write: (value) => decimal(anyNumber(value)), read: castTo(sql`DOUBLE`) }
    case DuckDBTypeId.TIMESTAMP:
      return {
        write: (value) => String(timestampMicros(text(value))),
        read: (cell) => sql`make_timestamp(CAST(${cell} AS BIGINT))`,
      }
    default:
      return undefined
  }
}

function decimal(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** Rows that wait for an INSERT into a table with these columns. */
export class PackedRows {
  readonly #spellings: readonly CellSpelling[]
  readonly #columns: (string | null)[][]
  #rows = 0
  #characters = 0

  constructor(spellings: readonly CellSpelling[]) {
    this.#spellings = spellings
    this.#columns = spellings.map(() => [])
  }

  get rows(): number {
    return this.#rows
  }

  get characters(): number {
    return this.#characters
  }

  /** `inColumn` tells where a value did not fit: it is given the index of the column, and what was thrown. */
  add(row: Row, inColumn: (index: number, thrown: unknown) => Error): void {
    for (const [index, spelling] of this.#spellings.entries()) {
      const value = row[index] ?? null
      this.#columns[index]?.push(value === null ? null : this.#written(spelling, value, index, inColumn))
    }
    this.#rows += 1
  }

  /** Inserts the rows in their order, into a table with as many columns. */
  async insertInto(connection: DuckDBConnection, table: Sql): Promise<void> {
    if (this.#rows === 0) return
    const texts: string[] = []
    const values = this.#columns.map((cells, index) => {
      const packed = packedText(cells)
      if (packed === undefined) return sql`NULL`
      texts.push(packed.text)
      const cell = sql`unnest(string_split(${sqlParameter(texts.length)}, ${cellEnd}))`
      const present = packed.hasNulls ? sql`nullif(${cell}, ${noValue})` : cell
      return this.#spellings[index]?.read(present) ?? present
    })
    // Without a single text there is nothing to take apart, so nothing that says how many rows there are.
    const source = texts.length === 0 ? sql` FROM range(${this.#rows})` : sql``
    await connection.run(sql`INSERT INTO ${table} SELECT ${joinSql(values)}${source}`.text, texts)
  }

  #written(
    spelling: CellSpelling,
    value: PresentValue,
    index: number,
    inColumn: (index: number, thrown: unknown) => Error,
  ): string {
    try {
      const written = spelling.write(value)
      this.#characters += written.length
      return written
    } catch (thrown) {
      throw inColumn(index, thrown)
    }
  }
}

/** All cells of a column as one text; undefined where none has a value. */
function packedText(
  cells: readonly (string | null)[],
): { readonly text: string; readonly hasNulls: boolean } | undefined {
  const nulls = cells.reduce((count, cell) => (cell === null ? count + 1 : count), 0)
  if (nulls === cells.length) return undefined
  const joined = join(cells)
  // One look at the whole: nearly all texts are fine.
  const isFine =
    !suspectBeside.test(joined) && count(joined, cellEnd) === cells.length - 1 && count(joined, noValue) === nulls
  const packed = isFine ? joined : join(cells.map((cell) => (cell === null ? null : withoutIllegalCharacters(cell))))
  return { text: packed, hasNulls: nulls > 0 }
}

function join(cells: readonly (string | null)[]): string {
  return cells.map((cell) => cell ?? noValue).join(cellEnd)
}

function count(text: string, character: string): number {
  let found = 0
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) found += 1
  return found
}
