// schemas/tables/*.json → Schema. The files state what differs from the usual; this file fills in the usual.
import { readdirSync } from 'node:fs'
import { projectPath, readProjectJson } from '../core/project-files.js'
import type { Column, ForeignKey, Schema, Table } from './metadata.js'

/** A column as written in a file: what is left out is nullable, without index, not principal, not standard. */
type DeclaredColumn = Omit<Column, 'nullable' | 'indexed' | 'principal' | 'std'> & Partial<Column>

interface DeclaredTable extends Partial<Omit<Table, 'columns' | 'schema'>> {
  readonly name: string
  readonly columns: readonly DeclaredColumn[]
  readonly foreignKeys?: readonly ForeignKey[]
}

interface DeclaredSchema extends Omit<Schema, 'tables'> {
  readonly tables: readonly DeclaredTable[]
}

const folder = 'schemas/tables'
const privateFile = 'private.json'
// TAP_SCHEMA lists itself first, then the registry, then what is particular to us.
const firstFiles = ['tap_schema.json', 'rr.json']

/** Every schema that TAP serves: `tap_schema`, `rr`, then those of the further files of schemas/tables by name. */
export function declaredSchemas(): readonly Schema[] {
  const further = readdirSync(projectPath(folder))
    .filter((file) => file.endsWith('.json') && file !== privateFile && !firstFiles.includes(file))
    .sort()
  return joined([...firstFiles, ...further].map(readSchema))
}

/** Files of the same schema make one: each adds its tables, its title and its description. */
function joined(parts: readonly Schema[]): readonly Schema[] {
  const schemas = new Map<string, Schema>()
  for (const part of parts) {
    const before = schemas.get(part.name)
    schemas.set(part.name, before === undefined ? part : withPart(before, part))
  }
  return [...schemas.values()]
}

function withPart(before: Schema, part: Schema): Schema {
  return {
    ...before,
    title: `${before.title}, ${part.title?.toLowerCase()}`,
    description: `${before.description} ${part.description}`,
    tables: [...before.tables, ...part.tables],
  }
}

/** The schema `x`: records, search words, sky cells. Never visible through TAP. */
export function privateSchema(): Schema {
  return readSchema(privateFile)
}

/** The table of a qualified name, as `rr.resource`; asking for one that is not declared is a mistake of ours. */
export function findTable(schemas: readonly Schema[], name: string): Table {
  const [schemaName, tableName] = name.split('.')
  const table = schemas
    .find((schema) => schema.name === schemaName)
    ?.tables.find((candidate) => candidate.name === tableName)
  if (table === undefined) throw new TypeError(`no table ${name} is declared in ${folder}`)
  return table
}

function readSchema(file: string): Schema {
  const declared = readProjectJson<DeclaredSchema>(`${folder}/${file}`)
  return { ...declared, tables: declared.tables.map((table) => completeTable(declared.name, table)) }
}

function completeTable(schema: string, declared: DeclaredTable): Table {
  return {
    type: 'table',
    foreignKeys: [],
    ...declared,
    schema,
    columns: declared.columns.map((column) => ({
      nullable: true,
      indexed: false,
      principal: false,
      std: false,
      ...column,
    })),
  }
}
