// PostgreSQL as engine: the tables in a server, for registries that outgrow one machine.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool, type PoolClient } from 'pg'
import { RegistryError } from '../core/errors.js'
import { type Row, type Sql, sql } from '../core/sql.js'
import type { Engine, QueryOptions, RenewOptions, Transaction, WritableEngine } from './engine.js'
import { postgresqlDialect } from './postgresql-dialect.js'
import { postgresqlError, sqlStateOf } from './postgresql-errors.js'
import { RenewalListener, renewalChannel } from './postgresql-listener.js'
import { runQuery } from './postgresql-query.js'
import { ensureQueryRole, queryRole } from './postgresql-roles.js'
import { PostgresqlSlots } from './postgresql-slots.js'
import { dropReplaced, PostgresqlWriter, schemaMark } from './postgresql-writer.js'

export interface PostgresqlOptions {
  /** `postgresql://user:password@host/database`. */
  readonly databaseUrl: string
  /** Strangers' queries that run at a time; two more are kept for look-ups. */
  readonly queries?: number
  /** Queries that may wait; one more is refused. */
  readonly queueLimit?: number
  /** Asked before renewed tables serve; throws to refuse them. */
  readonly check?: (candidate: Pick<Engine, 'query'>) => Promise<void>
  /** Adds to each next state before it is tested; told what makes it. */
  readonly complete?: (next: Transaction, madeBy: string) => Promise<void>
  /** How long to wait for another writer. */
  readonly lockWaitMs?: number
}

const lookupQueries = 2
/** Number of the advisory lock that writers of Waymark hold. */
const writerLock = 8_462_903
const lockRetryMs = 100
/** Timestamps and dates as text in one form; nothing of it depends on the server's configuration. */
const sessionSettings = '-c timezone=UTC -c datestyle=ISO -c standard_conforming_strings=on'

/** The server engine. Make with `PostgresqlEngine.open`. */
export class PostgresqlEngine implements WritableEngine {
  readonly name = 'postgresql'
  readonly dialect = postgresqlDialect
  readonly #options: PostgresqlOptions
  /** Our own statements, as the database user. */
  readonly #control: Pool
  /** Strangers' queries, as the query role, read only. */
  readonly #readers: Pool
  readonly #slots: PostgresqlSlots
  readonly #listener: RenewalListener
  readonly #id = randomUUID()

  private constructor(options: PostgresqlOptions) {
    const queries = options.queries ?? 6
    const connectionString = options.databaseUrl
    this.#options = options
    this.#control = new Pool({ connectionString, options: sessionSettings, max: 6 })
    this.#readers = new Pool({
      connectionString,
      options: `${sessionSettings} -c role=${queryRole} -c default_transaction_read_only=on`,
      max: queries + lookupQueries,
    })
    // Connections that break while idle are replaced at the next use.
    for (const pool of [this.#control, this.#readers]) pool.on('error', () => undefined)
    this.#slots = new PostgresqlSlots(queries, lookupQueries, options.queueLimit ?? 50)
    this.#listener = new RenewalListener({ connectionString }, this.#id)
  }

  /** Connects; makes the query role. Throws kind `usage` when the database is not fit, `unavailable` when it is not there. */
  static async open(options: PostgresqlOptions): Promise<PostgresqlEngine> {
    if (options.databaseUrl === '')
      throw new RegistryError('usage', 'The engine postgresql needs DATABASE_URL (--database-url).')
    const engine = new PostgresqlEngine(options)
    try {
      await engine.#withControl(prepareDatabase)
      await engine.#listener.start()
      return engine
    } catch (thrown) {
      await engine[Symbol.asyncDispose]()
      throw postgresqlError(thrown)
    }
  }

  async *query(query: Sql, options: QueryOptions = {}): AsyncGenerator<readonly Row[], void, undefined> {
    const leave = options.trusted === true ? () => undefined : await this.#slots.enter(options)
    const pool = options.trusted === true ? this.#control : this.#readers
    try {
      yield* runQuery(pool, this.#control, query, options)
    } catch (thrown) {
      throw (await this.#isEmpty(thrown)) ? nothingPublished() : thrown
    } finally {
      leave()
    }
  }

  renew(work: (next: Transaction) => Promise<void>, options: RenewOptions = {}): Promise<void> {
    if (options.from !== undefined)
      throw new RegistryError(
        'usage',
        'PostgreSQL holds the present data only; there is no earlier generation to start from.',
      )
    return this.#withControl(async (client) => {
      await lock(client, this.#options.lockWaitMs ?? 120_000)
      try {
        await dropReplaced(client)
        const fill = async (next: Transaction) => {
          await work(next)
          await this.#options.complete?.(next, options.madeBy ?? '')
        }
        await this.#transact(client, fill, options.fresh ?? false)
        this.#listener.tell()
        await dropReplaced(client)
      } finally {
        await client.query(sql`SELECT pg_advisory_unlock(${writerLock})`.text)
      }
    })
  }

  onRenewed(listener: () => void): void {
    this.#listener.add(listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#slots.refuseAll(new RegistryError('unavailable', 'The service is being stopped.', { retryAfterSeconds: 60 }))
    await Promise.all([this.#listener.stop(), this.#readers.end(), this.#control.end()])
  }

  async #transact(client: PoolClient, work: (next: Transaction) => Promise<void>, fresh: boolean): Promise<void> {
    const writer = await PostgresqlWriter.begin(client, fresh)
    try {
      await work(writer)
      await this.#options.check?.(writer)
      await writer.run(sql`SELECT pg_notify(${renewalChannel}, ${this.#id})`)
      await writer.commit()
    } catch (thrown) {
      await writer.rollBack()
      throw thrown
    }
  }

  /** Did the query fail because there are no tables of ours at all? */
  async #isEmpty(thrown: unknown): Promise<boolean> {
    if (!['42P01', '3F000', '42501'].includes(sqlStateOf(thrown) ?? '')) return false
    const mark = sql`SELECT 1 FROM pg_namespace WHERE obj_description(oid, 'pg_namespace') = ${schemaMark} LIMIT 1`
    const { rows } = await this.#control.query(mark.text)
    return rows.length === 0
  }

  async #withControl<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.#control.connect().catch((thrown: unknown) => {
      throw postgresqlError(thrown)
    })
    let isSound = false
    try {
      const result = await work(client)
      isSound = true
      return result
    } catch (thrown) {
      isSound = thrown instanceof RegistryError && thrown.kind !== 'unavailable'
      throw thrown
    } finally {
      client.release(!isSound)
    }
  }
}

/** Locale, role, trigrams. */
async function prepareDatabase(client: PoolClient): Promise<void> {
  const probe = sql`SELECT lower('É') = 'é' AND 'é' ~ '^[[:alpha:]]$' AND 'Z' < 'a' AS "isUnicode"`
  const { rows } = await client.query(probe.text)
  if (rows[0]?.isUnicode !== true)
    throw new RegistryError(
      'usage',
      "The database must sort by code point and know the letters of all languages. Make it with: CREATE DATABASE waymark TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'.",
    )
  await ensureQueryRole(client)
  // Without the extension searches in texts read every row; that is slower, not wrong.
  await client.query(sql`CREATE EXTENSION IF NOT EXISTS pg_trgm`.text).catch(() => undefined)
}

async function lock(client: PoolClient, waitMs: number): Promise<void> {
  const deadline = performance.now() + waitMs
  for (;;) {
    const { rows } = await client.query(sql`SELECT pg_try_advisory_lock(${writerLock}) AS "isOurs"`.text)
    if (rows[0]?.isOurs === true) return
    if (performance.now() >= deadline)
      throw new RegistryError(
        'unavailable',
        `The data are being written by another process, which did not finish within ${Math.round(waitMs / 1000)} s. Try again when it is done.`,
        { retryAfterSeconds: 30 },
      )
    await sleep(lockRetryMs)
  }
}

function nothingPublished(): RegistryError {
  return new RegistryError('unavailable', 'Nothing has been published yet; run "waymark publish" first.', {
    retryAfterSeconds: 60,
  })
}
