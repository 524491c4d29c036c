// Small tables and engines for the tests of this room.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Row, Sql } from '../../src/core/sql.js'
import type { Engine, QueryOptions } from '../../src/engines/engine.js'
import type { Column, Schema, Table } from '../../src/tables/metadata.js'

function column(name: string, type: Partial<Column> & Pick<Column, 'datatype'>): Column {
  return { name, nullable: true, indexed: false, principal: false, std: false, ...type }
}

/** One column of every kind that tables of ours have. */
export const pets: Table = {
  schema: 'zoo',
  name: 'pet',
  type: 'table',
  sortedBy: ['name'],
  foreignKeys: [],
  columns: [
    column('name', { datatype: 'unicodeChar', arraysize: '*', indexed: true }),
    column('legs', { datatype: 'short' }),
    column('born', { datatype: 'char', arraysize: '*', xtype: 'timestamp' }),
    column('weight', { datatype: 'double' }),
    column('length', { datatype: 'float' }),
    column('steps', { datatype: 'long' }),
    column('tame', { datatype: 'boolean' }),
    column('picture', { datatype: 'unsignedByte', arraysize: '*' }),
    column('size', { datatype: 'double', arraysize: '2', xtype: 'interval' }),
  ],
}

/** A second table to join with. */
export const toys: Table = {
  schema: 'zoo',
  name: 'toy',
  type: 'table',
  sortedBy: ['owner'],
  foreignKeys: [],
  columns: [
    column('owner', { datatype: 'char', arraysize: '*' }),
    column('toy', { datatype: 'char', arraysize: '*' }),
    column('price', { datatype: 'int' }),
  ],
}

export const zoo: Schema = { name: 'zoo', tables: [pets, toys] }

export const petRows: readonly Row[] = [
  ['Zoë', 4, '2019-02-03T04:05:06', 3.5, 0.5, 9007199254740993n, true, new Uint8Array([0, 255, 1]), [0.25, 1.5]],
  ['Ada', 2, null, -1e-19, null, 12, false, null, null],
  ['o\'Hara "x" \\', null, '1858-11-17', null, 1.5, null, null, new Uint8Array(), [1, 2]],
]

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is removed when the tests of the file have ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-engines-'))
  folders.push(folder)
  return folder
}

/** All rows of a query. */
export async function rowsOf(
  engine: Pick<Engine, 'query'>,
  query: Sql,
  options?: QueryOptions,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for await (const batch of engine.query(query, options)) rows.push(...batch)
  return rows
}
