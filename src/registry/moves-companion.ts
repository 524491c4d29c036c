// Moves → rows in the next generation, published together with the records.
import { identifier, type Row, sql } from '../core/sql.js'
import type { Engine, Transaction } from '../engines/engine.js'
import { findTable } from '../tables/declared.js'
import type { Schema, Table } from '../tables/metadata.js'
import { selectRows } from '../tables/select-rows.js'
import { type MoveContent, moveRows } from './moves-rows.js'
import type { Companion } from './record-store.js'

/** Publishes the moves: replaces the rows of the three tables when they differ from those that serve. */
export function movesCompanion(
  content: MoveContent,
  engine: Pick<Engine, 'query'>,
  schemas: readonly Schema[],
): Companion {
  const tables = {
    addresses: findTable(schemas, 'waymark.moved_access_url'),
    moves: findTable(schemas, 'waymark.move'),
    changes: findTable(schemas, 'waymark.move_change'),
  }
  const rows = moveRows(content, [], tables)
  const parts: readonly (readonly [Table, readonly Row[]])[] = [
    [tables.addresses, rows.addresses],
    [tables.moves, rows.moves],
    [tables.changes, rows.changes],
  ]
  return {
    isCurrent: async () => {
      for (const [table, wanted] of parts) if (!(await hasRows(engine, table, wanted))) return false
      return true
    },
    write: async (next: Transaction) => {
      for (const [table, wanted] of parts) await replaceRows(next, table, wanted)
    },
  }
}

/** Replaces all rows of a table. */
export async function replaceRows(next: Transaction, table: Table, rows: readonly Row[]): Promise<void> {
  await next.run(sql`DELETE FROM ${nameOf(table)}`)
  await next.append(table, rows)
}

/** True when the table holds exactly these rows, in whatever order. */
export async function hasRows(engine: Pick<Engine, 'query'>, table: Table, wanted: readonly Row[]): Promise<boolean> {
  const present: string[] = []
  for await (const batch of engine.query(selectRows(table), { trusted: true }))
    present.push(...batch.map((row) => JSON.stringify(row)))
  const keys = wanted.map((row) => JSON.stringify(row)).sort()
  present.sort()
  return present.length === keys.length && present.every((key, index) => key === keys[index])
}

function nameOf(table: Table): ReturnType<typeof sql> {
  return sql`${identifier(table.schema)}.${identifier(table.name)}`
}
