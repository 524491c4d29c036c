// IVOIDs → small numbers in a column of their own, by which DuckDB joins tables.
//
// Reading, hashing and comparing IVOIDs is a third of the work of a search over several tables. So each table whose order
// `ivoid` has a part in has a further column with the number of the resource. The table x.resource_number(ivoid, number)
// says which number is whose; a number once given is kept, and never given again, so numbers are equal exactly where IVOIDs
// are. Nobody sees the column: ADQL knows declared columns only.
import { identifier, joinSql, type Row, type Sql, sql } from '../core/sql.js'
import type { Table } from '../tables/metadata.js'
import { type ColumnShape, tableName } from './ddl.js'

const ivoidColumn = 'ivoid'
/** The column with the numbers. */
export const numberColumn: ColumnShape = { name: 'resource_number', datatype: 'int' }

export const numberTable = { schema: 'x', name: 'resource_number' } as const

export const createNumberTable: Sql = sql`CREATE TABLE ${tableName(numberTable)} (${identifier(ivoidColumn)} VARCHAR, ${identifier('number')} INTEGER)`

/** Of a declared table, or of the order that a table is stored in: its rows get numbers. */
export function isNumbered({ sortedBy }: Pick<Table, 'sortedBy'>): boolean {
  return sortedBy?.includes(ivoidColumn) === true
}

/** The table of numbers for all IVOIDs of some tables. */
export function numberAll(tables: readonly Pick<Table, 'schema' | 'name'>[]): Sql {
  const ivoids = tables.map((table) => sql`SELECT ${identifier(ivoidColumn)} FROM ${tableName(table)}`)
  const all = ivoids.length === 0 ? sql`SELECT NULL AS ${identifier(ivoidColumn)}` : joinSql(ivoids, ' UNION ')
  return sql`INSERT INTO ${tableName(numberTable)} SELECT ${identifier(ivoidColumn)}, row_number() OVER () FROM (${all}) AS found WHERE ${identifier(ivoidColumn)} IS NOT NULL`
}

/** Rows of a table without numbers, with these. */
export function withNumbers(rows: Sql): Sql {
  return sql`SELECT stored.*, given.${identifier('number')} AS ${identifier(numberColumn.name)} FROM (${rows}) AS stored LEFT JOIN ${tableName(numberTable)} AS given ON given.${identifier(ivoidColumn)} = stored.${identifier(ivoidColumn)}`
}

/** The numbers given so far, while more are given. */
export class ResourceNumbers {
  readonly #known: Map<string, number>
  #last: number
  #added: Row[] = []

  private constructor(known: Map<string, number>, last: number) {
    this.#known = known
    this.#last = last
  }

  /** `rows` are those of the table of numbers. */
  static async load(rows: AsyncIterable<readonly Row[]>): Promise<ResourceNumbers> {
    const known = new Map<string, number>()
    let last = 0
    for await (const batch of rows)
      for (const [ivoid, number] of batch) {
        known.set(String(ivoid), Number(number))
        last = Math.max(last, Number(number))
      }
    return new ResourceNumbers(known, last)
  }

  /** Its number; a new one where it has none. */
  numberOf(ivoid: string): number {
    const known = this.#known.get(ivoid)
    if (known !== undefined) return known
    this.#last += 1
    this.#known.set(ivoid, this.#last)
    this.#added.push([ivoid, this.#last])
    return this.#last
  }

  /** Rows to add to the table of numbers; each is given once. */
  takeAdded(): readonly Row[] {
    const added = this.#added
    this.#added = []
    return added
  }
}
