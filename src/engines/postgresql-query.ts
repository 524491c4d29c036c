// One query with its uploads on a connection of the query role → batches of rows, interrupted by its signal.
import type { Pool, PoolClient } from 'pg'
import { identifier, joinSql, type Row, type Sql, sql } from '../core/sql.js'
import { unpacked } from '../formats/votable-reader.js'
import type { LoadedTable } from '../tables/result.js'
import { BatchEncoder } from './batch-encoder.js'
import { columnList } from './ddl.js'
import type { QueryOptions } from './engine.js'
import { interruptionError, interruptOn, throwIfInterrupted } from './interruption.js'
import { areReadable } from './postgresql-binary.js'
import { copyRows } from './postgresql-copy.js'
import { CopyOutQuery, columnTypes } from './postgresql-copy-out.js'
import { postgresqlDialect } from './postgresql-dialect.js'
import { postgresqlError } from './postgresql-errors.js'
import { PortalQuery } from './postgresql-portal.js'
import { queryRole } from './postgresql-roles.js'

const batchRows = 2048
/** Uploads of so many rows are worth statistics for the planner. */
const analyzedRows = 1000

/** Throws kind `invalid`, `limit`, `unavailable`, or what the signal was given with. */
export async function* runQuery(
  readers: Pool,
  control: Pool,
  query: Sql,
  options: QueryOptions,
): AsyncGenerator<readonly Row[], void, undefined> {
  const { signal } = options
  throwIfInterrupted(signal)
  const uploads = await Promise.all((options.uploads ?? []).map(unpacked))
  const client = await readers.connect().catch((thrown: unknown) => {
    throw postgresqlError(thrown)
  })
  // A connection that breaks off tells its query, too.
  client.on('error', ignored)
  const stopWatching = interruptOn(signal, canceller(control, client))
  let isReusable = false
  try {
    if (uploads.length > 0) await loadUploads(client, uploads)
    yield* rowsOf(client, query, options)
    if (uploads.length > 0) await client.query('COMMIT')
    isReusable = true
  } catch (thrown) {
    throw signal?.aborted ? interruptionError(signal) : postgresqlError(thrown)
  } finally {
    stopWatching()
    if (!isReusable) await cancel(control, client)
    // A cancellation may still be on its way to a connection that was interrupted, so it is closed.
    client.off('error', ignored)
    client.release(!isReusable)
  }
}

/** Values, or bytes of rows. */
async function* rowsOf(
  client: PoolClient,
  query: Sql,
  options: QueryOptions,
): AsyncGenerator<readonly Row[], void, undefined> {
  const encoder = options.encode === undefined ? undefined : new BatchEncoder(options.encode)
  // A look-up has a few rows, which are not worth the second round trip.
  if (encoder !== undefined && options.lane !== 'lookup') {
    const types = await columnTypes(client, query.text)
    if (areReadable(types)) {
      const copy = new CopyOutQuery(query.text, types)
      client.query(copy)
      for await (const batch of copy.batches()) yield encoder.add(batch)
      return
    }
  }
  const portal = new PortalQuery(query.text, options.batchRows ?? batchRows)
  client.query(portal)
  for await (const batch of portal.batches()) yield encoder === undefined ? batch : encoder.addRows(batch)
}

function ignored(): void {}

/** Cancels what the connection runs, one request at a time. */
function canceller(control: Pool, client: PoolClient): () => void {
  let isUnderWay = false
  return () => {
    if (isUnderWay) return
    isUnderWay = true
    void cancel(control, client).finally(() => {
      isUnderWay = false
    })
  }
}

async function cancel(control: Pool, client: PoolClient): Promise<void> {
  // The number of the server process; not in the client's published types.
  const pid = 'processID' in client ? Number(client.processID) : 0
  if (pid > 0) await control.query(sql`SELECT pg_cancel_backend(${pid})`.text).catch(() => undefined)
}

/** Uploads as temporary tables of one transaction, readable for the query role, which the query then runs as. */
async function loadUploads(client: PoolClient, uploads: readonly LoadedTable[]): Promise<void> {
  const role = identifier(queryRole)
  const statements = (list: readonly Sql[]) => client.query(joinSql(list, '; ').text)
  // Connections are of the query role and read only; the tables are made as the owner.
  await statements([sql`BEGIN READ WRITE`, sql`SET LOCAL ROLE NONE`])
  for (const table of uploads) {
    const name = postgresqlDialect.uploadTable(table.name)
    await client.query(
      sql`CREATE TEMPORARY TABLE ${identifier(table.name)} (${columnList(table.columns, postgresqlDialect)}) ON COMMIT DROP`
        .text,
    )
    await copyRows(client, name, table.columns, table.rows)
    if (table.rows.length >= analyzedRows) await client.query(sql`ANALYZE ${name}`.text)
    await client.query(sql`GRANT SELECT ON ${name} TO ${role}`.text)
  }
  await statements([sql`SET LOCAL ROLE ${role}`, sql`SET TRANSACTION READ ONLY`])
}
