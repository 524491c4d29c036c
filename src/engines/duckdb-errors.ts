// What DuckDB says when something fails → an error with a kind; its sentences name values, never our files or SQL.
import { RegistryError } from '../core/errors.js'

/** DuckDB classes of errors that the data or the numbers in the query cause, not we. */
const dataErrors = ['Conversion Error', 'Out of Range Error', 'Invalid Input Error']

/** DuckDB's names of types → those that people write in CAST. */
const adqlTypes: Readonly<Record<string, string>> = {
  INT16: 'SMALLINT',
  INT32: 'INTEGER',
  INT64: 'BIGINT',
  FLOAT: 'REAL',
}

const needsMore = 'The query needs more memory than one query may use. Add conditions, or sort and group fewer rows.'

/** A query needed more than DuckDB may use of the memory, or more than others had left of it. */
export class OutOfMemory extends RegistryError {
  constructor(cause: unknown, sentence = needsMore) {
    super('limit', sentence, { cause })
  }
}

/** Anything that DuckDB threw → RegistryError. */
export function duckdbError(thrown: unknown): RegistryError {
  if (thrown instanceof RegistryError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const [kind = '', ...rest] = (message.split('\n')[0] ?? '').split(': ')
  const sentence = rest.join(': ').replace(/\b(INT16|INT32|INT64|FLOAT)\b/g, (type) => adqlTypes[type] ?? type)
  if (dataErrors.includes(kind))
    return new RegistryError('invalid', `A value could not be computed: ${sentence}`, { cause: thrown })
  if (kind === 'Out of Memory Error') return new OutOfMemory(thrown)
  return new RegistryError(
    'internal',
    'The database could not run a statement; the operator finds the details in the log.',
    {
      cause: thrown,
    },
  )
}
