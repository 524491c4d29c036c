// Moves → rows in the next generation, published together with the records.
import type { Engine } from '../engines/engine.js'
import { findTable } from '../tables/declared.js'
import type { Schema } from '../tables/metadata.js'
import { type MoveContent, moveRows } from './moves-rows.js'
import type { Companion } from './record-store.js'
import { tableCompanion } from './table-companion.js'

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
  return tableCompanion(
    [
      [tables.addresses, rows.addresses],
      [tables.moves, rows.moves],
      [tables.changes, rows.changes],
    ],
    engine,
  )
}
