// The FROM clause → relations for the translator and a scope in which columns are found.
import type { ColumnDescription, Schema, Table } from '../tables/metadata.js'
import { qualifiedName } from '../tables/metadata.js'
import type { JoinedTable, Name, NamedTable, Query, TableReference } from './ast.js'
import { type TakenNames, uniqueSqlName } from './describe.js'
import type { Source as QueryText } from './errors.js'
import { resolveJoin } from './resolve-joins.js'
import type { BaseSource, DerivedSource, Relation, ResolvedQuery, Source, SourceColumn } from './resolved.js'
import { familyOf } from './resolved.js'
import { matchesName, type Scope, type ScopeTable, samePath, show, type Visible } from './scope.js'
import { nearest } from './words.js'

/** An uploaded table as far as queries need to know it. */
export interface UploadedTable {
  readonly name: string
  readonly columns: readonly ColumnDescription[]
}

/** A table defined by WITH. */
export interface CommonTableColumns {
  readonly name: Name
  readonly sqlName: string
  readonly query: ResolvedQuery
}

/** What names of tables are looked up in. */
export interface TableNames {
  readonly source: QueryText
  readonly schemas: readonly Schema[]
  readonly uploads: readonly UploadedTable[]
  readonly commonTables: readonly CommonTableColumns[]
  /** Names the SQL text has used up, in lower case. */
  readonly sqlAliases: TakenNames
  /** Tables that the query reads, as qualified names. */
  readonly used: Set<string>
  readonly resolveQuery: (query: Query, scope: Scope | undefined) => ResolvedQuery
}

/** A part of FROM: what it is, and which columns it lets be seen. */
export interface FromPart {
  readonly relation: Relation
  readonly tables: readonly ScopeTable[]
  readonly visible: readonly Visible[]
}

/** One table reference, joins within it included. `parent` is the scope around the whole query. */
export function resolveTable(names: TableNames, reference: TableReference, parent: Scope | undefined): FromPart {
  switch (reference.kind) {
    case 'table':
      return resolveNamed(names, reference)
    case 'join':
      return resolveJoined(names, reference, parent)
    case 'derived': {
      const alias = reference.alias
      if (reference.source.kind === 'join') {
        const part = resolveJoined(names, reference.source, parent)
        // The alias hides the names inside the parentheses.
        return { ...part, tables: [{ path: [alias?.text ?? ''], columns: part.visible }] }
      }
      const query = names.resolveQuery(reference.source, parent)
      const columns: SourceColumn[] = []
      const relation: DerivedSource = {
        kind: 'derived',
        sqlAlias: uniqueSqlName(alias?.text ?? 'derived', names.sqlAliases),
        query,
        columns,
      }
      for (const { name, sqlName, meaning } of query.columns) columns.push({ relation, name, sqlName, meaning })
      return asPart(relation, alias ? [alias.text] : undefined)
    }
  }
}

function resolveJoined(names: TableNames, reference: JoinedTable, parent: Scope | undefined): FromPart {
  const left = resolveTable(names, reference.left, parent)
  const right = resolveTable(names, reference.right, parent)
  return resolveJoin(names, reference, left, right, parent)
}

function resolveNamed(names: TableNames, reference: NamedTable): FromPart {
  if (names.sqlAliases.size > 2 * sourceLimit)
    names.source.fail(
      reference,
      `The query names more than ${sourceLimit} tables. Split it, or put lists into IN or an uploaded table.`,
    )
  const { path, alias } = reference
  const origin = findOrigin(names, path)
  const columns: SourceColumn[] = []
  const name = path.at(-1)?.text ?? ''
  const relation: BaseSource = {
    kind: 'base',
    sqlAlias: uniqueSqlName(alias?.text ?? name.toLowerCase(), names.sqlAliases),
    origin: origin.origin,
    columns,
  }
  for (const { name, sqlName, meaning } of origin.columns) columns.push({ relation, name, sqlName, meaning })
  return asPart(relation, alias ? [alias.text] : origin.path, alias ? origin.path.join('.') : undefined)
}

function asPart(relation: Source, path: readonly string[] | undefined, hidden?: string): FromPart {
  const visible = relation.columns.map((column): Visible => {
    const { meaning } = column
    return {
      name: column.name,
      value: { kind: 'column', column, family: familyOf(meaning), meaning, start: 0, end: 0 },
    }
  })
  const tables = path === undefined ? [] : [{ path, columns: visible, ...(hidden !== undefined && { hidden }) }]
  return { relation, tables, visible }
}

interface Origin {
  readonly origin: BaseSource['origin']
  readonly path: readonly string[]
  readonly columns: readonly Omit<SourceColumn, 'relation'>[]
}

/** Tables and subqueries in all FROM clauses of a query together; engines plan few well, and hundreds not at all. */
const sourceLimit = 200

const uploadSchema = 'tap_upload'

function findOrigin(names: TableNames, path: readonly Name[]): Origin {
  const [only] = path
  const common =
    path.length === 1 && only ? names.commonTables.findLast((table) => matchesName(only, table.name.text)) : undefined
  if (common)
    return {
      origin: { kind: 'common', sqlName: common.sqlName },
      path: [common.name.text],
      columns: common.query.columns.map(({ name, sqlName, meaning }) => ({ name, sqlName, meaning })),
    }
  const uploads = names.uploads.filter((upload) => samePath(path, [uploadSchema, upload.name]))
  const tables = (tablesByName(names.schemas).get(path.at(-1)?.text.toLowerCase() ?? '') ?? []).filter((table) =>
    samePath(path, [table.schema, table.name]),
  )
  const [upload] = uploads
  const [table] = tables
  if (tables.length + uploads.length > 1) {
    const candidates = [...tables.map(qualifiedName), ...uploads.map(({ name }) => `TAP_UPLOAD.${name}`)]
    failTable(names, path, `${show(path)} could mean ${candidates.join(' or ')}. Put the schema before it.`)
  }
  if (table) {
    names.used.add(qualifiedName(table))
    return {
      origin: { kind: 'declared', table },
      path: [table.schema, table.name],
      columns: storedColumns(table.columns),
    }
  }
  if (upload) {
    names.used.add(`${uploadSchema}.${upload.name}`)
    return {
      origin: { kind: 'upload', name: upload.name },
      path: [uploadSchema, upload.name],
      columns: storedColumns(upload.columns),
    }
  }
  if (path.length > 1 && path.at(-2)?.text.toLowerCase() === uploadSchema) {
    const list =
      names.uploads.length === 0
        ? ' There is no upload at all; see the parameter UPLOAD.'
        : ` Uploaded: ${names.uploads.map(({ name }) => name).join(', ')}.`
    failTable(names, path, `No table ${show(path.slice(-1))} was uploaded with this query.${list}`)
  }
  failTable(names, path, `There is no table ${show(path)}.${adviseTable(names, path)}`)
}

/** The schemas of a service are the same for all its queries, and so is what is made of them here. */
const knownTables = new WeakMap<readonly Schema[], ReadonlyMap<string, readonly Table[]>>()
const knownColumns = new WeakMap<readonly ColumnDescription[], Origin['columns']>()

/** Tables by their names without schema, in lower case. */
function tablesByName(schemas: readonly Schema[]): ReadonlyMap<string, readonly Table[]> {
  const known = knownTables.get(schemas)
  if (known !== undefined) return known
  const byName = new Map<string, Table[]>()
  for (const table of schemas.flatMap((schema) => schema.tables)) {
    const name = table.name.toLowerCase()
    byName.set(name, [...(byName.get(name) ?? []), table])
  }
  knownTables.set(schemas, byName)
  return byName
}

/** The declaration itself is the meaning; what does not belong into a result is left out in the end. */
function storedColumns(columns: readonly ColumnDescription[]): Origin['columns'] {
  const known = knownColumns.get(columns)
  if (known !== undefined) return known
  const stored = columns.map((column) => ({ name: column.name, sqlName: column.name, meaning: column }))
  knownColumns.set(columns, stored)
  return stored
}

function failTable(names: TableNames, path: readonly Name[], sentence: string): never {
  const [first] = path
  const last = path.at(-1)
  names.source.fail({ start: first?.start ?? 0, end: last?.end ?? 0 }, sentence)
}

function adviseTable(names: TableNames, path: readonly Name[]): string {
  const known: Table[] = names.schemas.flatMap((schema) => schema.tables)
  const wanted = path.map((name) => name.text).join('.')
  const whole = nearest(wanted, [...known.map(qualifiedName), ...names.commonTables.map((table) => table.name.text)])
  const last = nearest(
    path.at(-1)?.text ?? '',
    known.map((table) => table.name),
  )
  const near = whole ?? known.filter((table) => table.name === last).map(qualifiedName)[0]
  if (near !== undefined) return ` Did you mean ${near}?`
  return ` Schemas here: ${names.schemas.map((schema) => schema.name).join(', ')}; TAP_SCHEMA.tables lists their tables.`
}

/** Tables with a column of that name, for advice. */
export function tablesWithColumn(names: TableNames, column: string): readonly string[] {
  const folded = column.toLowerCase()
  return names.schemas
    .flatMap((schema) => schema.tables)
    .filter((table) => table.columns.some((one) => one.name.toLowerCase() === folded))
    .map(qualifiedName)
}
