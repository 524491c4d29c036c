// Who may read what in the PostgreSQL database: strangers' queries run as a role that sees public tables only.
import type { ClientBase } from 'pg'
import { RegistryError } from '../core/errors.js'
import { identifier, joinSql, type Sql, sql } from '../core/sql.js'
import { tableName } from './ddl.js'
import { postgresqlError, sqlStateOf } from './postgresql-errors.js'

/** The role of strangers' queries; it cannot log in. */
export const queryRole = 'waymark_query'

/** Tables of the private schema that translated queries look things up in; they hold nothing that is not public. */
const searchTables: ReadonlySet<string> = new Set(['word', 'moc_cell'])
const privateSchema = 'x'

/** May strangers' queries read the table? */
export function isReadable(table: { readonly schema: string; readonly name: string }): boolean {
  return table.schema !== privateSchema || searchTables.has(table.name)
}

/** Makes the role when it is missing. Throws kind `usage` with the statements for an administrator when we may not. */
export async function ensureQueryRole(client: ClientBase): Promise<void> {
  const role = identifier(queryRole)
  try {
    const { rows } = await client.query(
      sql`SELECT pg_has_role(current_user, oid, 'MEMBER') AS "isOurs" FROM pg_roles WHERE rolname = ${queryRole}`.text,
    )
    if (rows.length === 0) await client.query(sql`CREATE ROLE ${role} NOLOGIN`.text)
    if (rows[0]?.isOurs !== true) await client.query(sql`GRANT ${role} TO CURRENT_USER`.text)
  } catch (thrown) {
    // Somebody else has made it in the same moment.
    if (sqlStateOf(thrown) === '42710' || sqlStateOf(thrown) === '23505') return ensureQueryRole(client)
    if (sqlStateOf(thrown) !== '42501') throw postgresqlError(thrown)
    throw new RegistryError(
      'usage',
      `The database user may not create the role that strangers' queries run as. Let an administrator run: CREATE ROLE ${queryRole} NOLOGIN; GRANT ${queryRole} TO the database user.`,
      { cause: thrown },
    )
  }
}

/** Statements that let the role read exactly what `isReadable` says of these tables. */
export function grantStatements(tables: readonly { readonly schema: string; readonly name: string }[]): readonly Sql[] {
  const readable = tables.filter(isReadable)
  if (readable.length === 0) return []
  const schemas = [...new Set(readable.map((table) => table.schema))].map(identifier)
  const role = identifier(queryRole)
  return [
    sql`GRANT USAGE ON SCHEMA ${joinSql(schemas)} TO ${role}`,
    sql`GRANT SELECT ON ${joinSql(readable.map(tableName))} TO ${role}`,
  ]
}
