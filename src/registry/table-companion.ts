// Tables whose whole content is known → their rows in the next generation, where they differ from those that serve.
import { identifier, type Row, sql } from '../core/sql.js'
import type { Engine, Transaction } from '../engines/engine.js'
import type { Table } from '../tables/metadata.js'
import { selectRows } from '../tables/select-rows.js'
import type { Companion } from './record-store.js'

/** Publishes tables whose whole content is known: replaces their rows when they differ from those that serve. */
export function tableCompanion(
  parts: readonly (readonly [Table, readonly Row[]])[],
  engine: Pick<Engine, 'query'>,
): Companion {
  return {
    isCurrent: async () => {
      for (const [table, wanted] of parts)
        if (!(await hasTable(engine, table)) || !(await hasRows(engine, table, wanted))) return false
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

/** False in generations that were made before the table was declared. */
export async function hasTable(engine: Pick<Engine, 'query'>, { schema, name }: Table): Promise<boolean> {
  const query = sql`SELECT 1 FROM information_schema.tables WHERE table_schema = ${schema} AND table_name = ${name}`
  for await (const rows of engine.query(query, { trusted: true })) if (rows.length > 0) return true
  return false
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
