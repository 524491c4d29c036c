// Moves → the list for programs: every spelling of a former address with the end of its way, as JSON or a table.
import type { Row } from '../core/sql.js'
import { readOperationModes } from '../registry/legacy-settings.js'
import type { MoveData, MovedAddress, MoveIndex } from '../registry/moves-lookup.js'
import { findTable } from '../tables/declared.js'
import type { Schema } from '../tables/metadata.js'
import type { ResultTable } from '../tables/result.js'

/** Moves, addresses and changes of one move alone. */
export function onlyMove(data: MoveData, moveId: string): MoveData {
  const isOf = (one: { readonly moveId: string | null }): boolean => one.moveId === moveId
  const { present } = data
  return {
    moves: data.moves.filter(isOf),
    addresses: data.addresses.filter(isOf),
    changes: data.changes.filter(isOf),
    present,
  }
}

/** Names and meanings stay as they are; new ones may be added. `accessUrl` is where the chain of moves ends. */
export function moveListJson(data: MoveData, index: MoveIndex): string {
  const moves = data.moves.map(({ moveId, title, announced, bothServeFrom, closed, reason, forwarding }) => ({
    move: moveId,
    title,
    announced,
    bothServeFrom,
    closed,
    reason,
    forwarding: readOperationModes(forwarding),
  }))
  const addresses = data.addresses.map((one) => ({
    formerUrl: one.formerUrl,
    nextUrl: one.nextUrl,
    accessUrl: index.accessUrlOf(one),
    ivoid: one.ivoid,
    standardId: one.standardId,
    kind: one.kind,
    closed: one.closed,
    move: one.moveId,
    note: one.note,
  }))
  const changes = data.changes.map(({ moveId, ...change }) => ({ move: moveId, ...change }))
  return `${JSON.stringify({ moves, addresses, changes }, null, 2)}\n`
}

/** The columns of waymark.moved_access_url, without the key that is only there to search by. */
export function moveListTable(data: MoveData, index: MoveIndex, schemas: readonly Schema[]): ResultTable {
  const columns = findTable(schemas, 'waymark.moved_access_url').columns.filter(({ name }) => name !== 'former_key')
  async function* rows(): AsyncGenerator<readonly Row[]> {
    yield data.addresses.map((one) => {
      const cells = cellsOf(one, index)
      return columns.map(({ name }) => cells.get(name) ?? null)
    })
  }
  return { columns, rows: rows(), outcome: () => 'OK', infos: [] }
}

function cellsOf(one: MovedAddress, index: MoveIndex): ReadonlyMap<string, string | null> {
  return new Map([
    ['ivoid', one.ivoid],
    ['standard_id', one.standardId],
    ['former_url', one.formerUrl],
    ['next_url', one.nextUrl],
    ['access_url', index.accessUrlOf(one)],
    ['closed', one.closed],
    ['kind', one.kind],
    ['move_id', one.moveId],
    ['note', one.note],
  ])
}
