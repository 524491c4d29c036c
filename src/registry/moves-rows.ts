// Former addresses of descriptors and move files → rows of the tables of moves.
import { foldIvoid } from '../core/ivoid.js'
import type { Row, Value } from '../core/sql.js'
import type { Table } from '../tables/metadata.js'
import { operationModesText } from './legacy-settings.js'
import { addressKey, parseAddress } from './moves-address.js'
import type { MoveFile, MoveFileAddress } from './moves-file.js'
import { indexMoves, type Move, type MoveChange, type MovedAddress, type PresentAddress } from './moves-lookup.js'

/** What is read of a descriptor. */
export interface MovableResource {
  readonly ivoid: string
  readonly title: string
  readonly capabilities: readonly MovableCapability[]
}

export interface MovableCapability {
  /** As written in the record; null when the capability has none. */
  readonly standardId: string | null
  /** Present address of the standard interface. */
  readonly accessUrl: string
  readonly formerAccessUrls: readonly FormerUrl[]
}

export interface FormerUrl {
  readonly url: string
  readonly until?: string | undefined
  readonly note?: string | undefined
  readonly renamedTables?: Readonly<Record<string, string>> | undefined
}

/** Content of the three tables of moves. */
export interface MoveContent {
  readonly addresses: readonly MovedAddress[]
  readonly moves: readonly Move[]
  readonly changes: readonly MoveChange[]
}

interface FileAddress {
  readonly file: MoveFile
  readonly address: MoveFileAddress
}

/**
 * Joins what descriptors and move files say. A descriptor decides where its service is now; a move file adds dates,
 * reasons, pages and addresses without a replacement, and the steps in between when there was more than one move.
 */
export function collectMoves(resources: readonly MovableResource[], files: readonly MoveFile[]): MoveContent {
  const fromFiles = fileAddresses(files)
  const fileIndex = indexMoves({
    addresses: allAddresses(files).flatMap(({ file, address }) =>
      address.former.map((url) => fileRow(url, file, address, null)),
    ),
    moves: [],
    changes: [],
    present: [],
  })
  const addresses: MovedAddress[] = []
  const changes: MoveChange[] = []
  const owners = new Map<string, string>()
  for (const resource of resources) {
    const ivoid = foldIvoid(resource.ivoid)
    for (const capability of resource.capabilities) {
      for (const former of capability.formerAccessUrls) {
        const key = keyOf(former.url)
        const fromFile = fromFiles.get(key)
        owners.set(key, ivoid)
        // A file whose chain ends elsewhere is out of date: the descriptor knows better.
        const agrees =
          fromFile !== undefined && keyOf(fileIndex.lookUp(former.url).accessUrl ?? '') === keyOf(capability.accessUrl)
        addresses.push({
          ivoid,
          standardId: capability.standardId === null ? null : capability.standardId.toLowerCase(),
          formerUrl: former.url,
          nextUrl: agrees ? (fromFile.address.present ?? null) : capability.accessUrl,
          closed: former.until ?? closedOf(fromFile) ?? null,
          kind: 'service',
          moveId: agrees ? fromFile.file.move : null,
          note: former.note ?? fromFile?.address.note ?? null,
        })
        if (fromFile?.address.renamedTables === undefined)
          changes.push(...renamedTables(former.renamedTables, null, ivoid, capability.accessUrl))
      }
    }
  }
  const spelled = new Set(addresses.map((one) => one.formerUrl))
  for (const { file, address } of allAddresses(files)) {
    const owner = address.former.map((url) => owners.get(keyOf(url))).find((ivoid) => ivoid !== undefined)
    const ivoid = owner ?? (address.ivoid === undefined ? null : foldIvoid(address.ivoid))
    for (const url of address.former) if (!spelled.has(url)) addresses.push(fileRow(url, file, address, ivoid))
    changes.push(...renamedTables(address.renamedTables, file.move, ivoid, address.present ?? null))
  }
  for (const file of files)
    for (const { what, former, present, note } of file.changes ?? [])
      changes.push({
        moveId: file.move,
        ivoid: null,
        nextUrl: null,
        what,
        former: former ?? null,
        present: present ?? null,
        note: note ?? null,
      })
  return { addresses, moves: files.map(moveRow), changes: distinct(changes) }
}

/** Rows of `moved_access_url`, `move` and `move_change`, each in the order of its table's columns. */
export function moveRows(
  content: MoveContent,
  present: readonly PresentAddress[],
  tables: { readonly addresses: Table; readonly moves: Table; readonly changes: Table },
): { readonly addresses: readonly Row[]; readonly moves: readonly Row[]; readonly changes: readonly Row[] } {
  const index = indexMoves({ ...content, present })
  const addressRows = content.addresses.map((one) =>
    rowOf(tables.addresses, {
      ivoid: one.ivoid,
      standard_id: one.standardId,
      former_url: one.formerUrl,
      former_key: keyOf(one.formerUrl),
      next_url: one.nextUrl,
      access_url: index.accessUrlOf(one),
      closed: one.closed,
      kind: one.kind,
      move_id: one.moveId,
      note: one.note,
    }),
  )
  return {
    addresses: sortedBy(addressRows, tables.addresses),
    moves: content.moves.map((one) =>
      rowOf(tables.moves, {
        move_id: one.moveId,
        title: one.title,
        announced: one.announced,
        both_serve_from: one.bothServeFrom,
        closed: one.closed,
        reason: one.reason,
        forwarding: one.forwarding,
      }),
    ),
    changes: content.changes.map((one) =>
      rowOf(tables.changes, {
        move_id: one.moveId,
        ivoid: one.ivoid,
        next_url: one.nextUrl,
        what: one.what,
        former: one.former,
        present: one.present,
        note: one.note,
      }),
    ),
  }
}

function rowOf(table: Table, cells: Readonly<Record<string, Value>>): Row {
  return table.columns.map((column) => {
    const cell = cells[column.name]
    if (cell === undefined) throw new TypeError(`nothing is known for the column ${column.name} of ${table.name}`)
    return cell
  })
}

function sortedBy(rows: readonly Row[], table: Table): readonly Row[] {
  const index = table.columns.findIndex((column) => column.name === table.sortedBy?.[0])
  const cell = (row: Row): string => String(row[index] ?? '')
  return [...rows].sort((a, b) => (cell(a) < cell(b) ? -1 : cell(a) > cell(b) ? 1 : 0))
}

function allAddresses(files: readonly MoveFile[]): readonly FileAddress[] {
  return files.flatMap((file) => file.addresses.map((address) => ({ file, address })))
}

function fileAddresses(files: readonly MoveFile[]): ReadonlyMap<string, FileAddress> {
  return new Map(allAddresses(files).flatMap((one) => one.address.former.map((url) => [keyOf(url), one] as const)))
}

function fileRow(formerUrl: string, file: MoveFile, address: MoveFileAddress, ivoid: string | null): MovedAddress {
  return {
    ivoid,
    standardId: null,
    formerUrl,
    nextUrl: address.present ?? null,
    closed: closedOf({ file, address }) ?? null,
    kind: address.kind ?? 'service',
    moveId: file.move,
    note: address.note ?? null,
  }
}

function closedOf(one: FileAddress | undefined): string | undefined {
  return one?.address.closed ?? one?.file.closed
}

function moveRow(file: MoveFile): Move {
  return {
    moveId: file.move,
    title: file.title,
    announced: file.announced ?? null,
    bothServeFrom: file.bothServeFrom ?? null,
    closed: file.closed ?? null,
    reason: file.reason?.trim() ?? null,
    forwarding: operationModesText(file.forwarding),
  }
}

function renamedTables(
  renamed: Readonly<Record<string, string>> | undefined,
  moveId: string | null,
  ivoid: string | null,
  nextUrl: string | null,
): readonly MoveChange[] {
  return Object.entries(renamed ?? {}).map(([former, present]) => ({
    moveId,
    ivoid,
    nextUrl,
    what: 'table',
    former,
    present,
    note: null,
  }))
}

/** The spellings of one address repeat its changes. */
function distinct(changes: readonly MoveChange[]): readonly MoveChange[] {
  return [...new Map(changes.map((one) => [JSON.stringify(one), one])).values()]
}

function keyOf(url: string): string {
  const address = parseAddress(url)
  return address === undefined ? url : addressKey(address)
}
