// What PostgreSQL says when something fails → an error with a kind.
import { RegistryError } from '../core/errors.js'

/** An error of the server, as far as we read it. */
interface ServerError extends Error {
  /** SQLSTATE, or a code of the operating system. */
  readonly code: string
  readonly where?: string
}

function isServerError(thrown: unknown): thrown is ServerError {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
}

/** The SQLSTATE of an error, or undefined. */
export function sqlStateOf(thrown: unknown): string | undefined {
  const error = thrown instanceof RegistryError ? thrown.cause : thrown
  return isServerError(error) ? error.code : undefined
}

const gone = /^(08|57P0|ECONN|ENOENT|ENOTFOUND|ETIMEDOUT|EPIPE|EHOST|53300)/

/** Anything that PostgreSQL or its client threw → RegistryError. `schema` names the table that rows were copied into. */
export function postgresqlError(thrown: unknown, schema?: string): RegistryError {
  if (thrown instanceof RegistryError) return thrown
  const code = sqlStateOf(thrown) ?? ''
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  // Class 22: data exceptions. A stranger's numbers cause them, not we.
  if (code.startsWith('22'))
    return new RegistryError('invalid', dataMessage(thrown, message, schema), { cause: thrown })
  if (code === '53200' || code === '53400' || code === '54000')
    return new RegistryError(
      'limit',
      'The query needs more memory or disk than one query may use. Add conditions, or sort and group fewer rows.',
      { cause: thrown },
    )
  if (code === '57014')
    return new RegistryError('limit', 'The query was stopped at the time limit of the database.', { cause: thrown })
  if (gone.test(code) || /Connection terminated|connect timeout/i.test(message))
    return new RegistryError('unavailable', 'The database does not answer. Send the query again in a minute.', {
      cause: thrown,
      retryAfterSeconds: 30,
    })
  return new RegistryError(
    'internal',
    'The database could not run a statement; the operator finds the details in the log.',
    {
      cause: thrown,
    },
  )
}

/** `COPY toy, line 1, column price: "cheap"`: where a row that was copied did not fit. */
const copied = /^COPY (\S+), line \d+, column ([^:]+): "([\s\S]*)"$/

function dataMessage(thrown: unknown, message: string, schema: string | undefined): string {
  const where = isServerError(thrown) ? copied.exec(thrown.where ?? '') : null
  if (where === null) return `A value could not be computed: ${message}`
  const [, table, column, value = ''] = where
  return `${schema === undefined ? '' : `${schema}.`}${table}.${column}: "${value.slice(0, 60)}" does not fit; ${message}.`
}
