// Strangers' queries → engine processes that may be interrupted, killed and replaced without anything else noticing.
import { fileURLToPath } from 'node:url'
import { RegistryError } from '../core/errors.js'
import type { Row } from '../core/sql.js'
import type { DuckdbLimits } from './duckdb-reader.js'
import type { Statement } from './duckdb-stream.js'
import type { QueryOptions } from './engine.js'
import { interruptionError, throwIfInterrupted } from './interruption.js'
import { EngineProcess } from './pool-process.js'
import { NotRun, type PoolQuery } from './pool-query.js'
import { type Lane, PoolQueue } from './pool-queue.js'

export interface PoolOptions {
  /** Processes for general queries; one more is kept for look-ups. */
  readonly processes: number
  /** General queries that run at the same time in each of them. */
  readonly queriesEach?: number
  /** Resident memory of one process; what needs more is stopped. */
  readonly memoryMegabytes: number
  /** Resident memory above which a process that has nothing to do is replaced. */
  readonly idleMegabytes?: number
  /** Queries that may wait; one more is refused. */
  readonly queueLimit?: number
  /** After this time without a row a look-up is no look-up, and starts again among the general queries. */
  readonly lookupMs?: number
  /** How long a process may take to stop a query before it is killed. */
  readonly obeyMs?: number
  /** The built pool-worker.js, when it is not beside this file. */
  readonly workerFile?: string
}

/**
 * Share of a process's memory that DuckDB may use for tables, hashes and sorts, also of queries whose readers are slow. Two
 * keyword searches of pyvo at a time over all of the VO get by with 130 MB; the rest is for parts of tables in use.
 */
const databaseShare = 0.18
/** The same for the few queries to which that is not enough. */
const roomyShare = 0.4
/** The same for look-ups, which read little and sort less. */
const lookupDatabaseShare = 0.06
/** Share of its memory that a process may keep while it has nothing to do. */
const idleShare = 0.45
/** What any process may keep: a new one would not be much smaller. */
const smallMegabytes = 300
const defaultQueriesEach = 2
/** They take a few milliseconds each, and waiting for one another would double that. */
const lookupsAtOnce = 4
/**
 * General queries get the processors that serving and look-ups leave: with equal rights, a look-up beside two searches on
 * two processors waits for its turn several times. A tenth of the share of a process without niceness is left to them.
 */
const generalNiceness = 10

/** What a process is for. */
interface Kind {
  readonly queries: number
  readonly threads: number
  /** Of its memory, for DuckDB. */
  readonly share: number
  readonly niceness: number
}

/**
 * Threads of DuckDB in each process, given how many general queries run at the same time in all of them: besides these,
 * each query has the thread that waits for it. All processors for each would serve a client alone sooner where a search can
 * be split, which pyvo's cannot, and eight clients at once a sixth slower.
 */
export function threadsOfProcess(threads: number, queries: number): number {
  return Math.max(1, Math.floor(threads / queries))
}

/** A query as the pool keeps it: which generation to ask comes from the engine, at the time it runs. */
interface Request {
  readonly text: string
  readonly options: QueryOptions
  /** Beside others it may have been the one that took too much. */
  readonly isAlone: boolean
}

/** Make one per engine; `show` a generation, then `query`; dispose at the end. */
export class EnginePool implements Disposable {
  readonly #general: readonly EngineProcess[]
  readonly #lookup: EngineProcess
  readonly #queue: PoolQueue<EngineProcess, PoolQuery>
  readonly #lookupMs: number
  #file = ''
  #nextId = 1
  #isClosed = false

  constructor(options: PoolOptions, limits: DuckdbLimits) {
    // DuckDB's own limit stays far below ours: sorts spill before a process is killed, and what it keeps of tables, which
    // the operating system has in memory anyway, stays small.
    const make = ({ queries, threads, share, niceness }: Kind) =>
      new EngineProcess({
        workerFile: options.workerFile ?? fileURLToPath(new URL('./pool-worker.js', import.meta.url)),
        limits: {
          ...limits,
          threads,
          memoryMegabytes: Math.round(options.memoryMegabytes * share),
          roomyMegabytes: Math.round(options.memoryMegabytes * roomyShare),
        },
        queries,
        niceness,
        memoryMegabytes: options.memoryMegabytes,
        idleMegabytes: options.idleMegabytes ?? Math.max(smallMegabytes, options.memoryMegabytes * idleShare),
        obeyMs: options.obeyMs ?? 1000,
        onChange: () => this.#admit(),
      })
    const processes = Math.max(1, options.processes)
    const queriesEach = Math.max(1, options.queriesEach ?? defaultQueriesEach)
    this.#queue = new PoolQueue(options.queueLimit ?? 50, processes * queriesEach)
    this.#lookup = make({ queries: lookupsAtOnce, threads: 1, share: lookupDatabaseShare, niceness: 0 })
    const threads = threadsOfProcess(limits.threads, processes * queriesEach)
    const general = { queries: queriesEach, threads, share: databaseShare, niceness: generalNiceness }
    this.#general = Array.from({ length: processes }, () => make(general))
    this.#lookupMs = options.lookupMs ?? 2000
  }

  /** Process numbers, for whoever watches them. */
  get pids(): readonly number[] {
    return [...this.#general, this.#lookup].flatMap((process) => process.pid ?? [])
  }

  /** From now on queries ask this generation; those under way finish on theirs. */
  show(file: string): void {
    this.#file = file
    for (const process of [...this.#general, this.#lookup]) process.announce(file)
  }

  /** Throws kind `unavailable` when the queue is full, `limit` for time and memory, `invalid` for values. */
  async *query(query: Statement, options: QueryOptions = {}): AsyncGenerator<readonly Row[], void, undefined> {
    let lane: Lane = options.lane ?? 'general'
    let hasRows = false
    let isAlone = false
    for (let attempt = 1; ; attempt += 1) {
      const run = await this.#begin({ text: query.text, options, isAlone }, lane)
      try {
        for await (const batch of this.#watch(run, lane, options.signal)) {
          hasRows = true
          yield batch
        }
        return
      } catch (thrown) {
        if (hasRows || attempt === 3 || this.#isClosed) throw thrown
        if (thrown instanceof NotCheap) lane = 'general'
        else if (thrown instanceof NotRun) isAlone = thrown.isSuspect
        else throw thrown
      }
    }
  }

  [Symbol.dispose](): void {
    this.#isClosed = true
    this.#queue.refuseAll(closing())
    for (const process of [...this.#general, this.#lookup]) process.close()
  }

  /** Waits for a process with room and starts the query there. */
  #begin(request: Request, lane: Lane): Promise<PoolQuery> {
    const { signal, onQueued } = request.options
    throwIfInterrupted(signal)
    if (this.#isClosed) throw closing()
    if (this.#general.every((process) => process.isBroken)) throw broken()
    const started = this.#queue.join({
      lane,
      ...(signal === undefined ? {} : { signal }),
      ...(onQueued === undefined ? {} : { onQueued }),
      ...(request.isAlone && { fits: (process) => process.isIdle }),
      start: (process) => this.#start(process, request),
    })
    this.#admit()
    this.#queue.tellPositions()
    return started
  }

  #start(process: EngineProcess, { text, options, isAlone }: Request): PoolQuery {
    const id = this.#nextId
    this.#nextId += 1
    const { uploads = [], encode } = options
    return process.begin({ id, file: this.#file, text, uploads, ...(encode === undefined ? {} : { encode }) }, isAlone)
  }

  /** Gives each free process the first query that it may take. Look-ups may use any of them. */
  #admit(): void {
    if (this.#lookup.hasRoom) this.#queue.give(this.#lookup, ['lookup'])
    for (const process of this.#general) while (process.hasRoom && this.#queue.give(process, ['lookup', 'general']));
  }

  /** The rows of a started query, until its signal; leaving early stops it. */
  async *#watch(
    run: PoolQuery,
    lane: Lane,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly Row[], void, undefined> {
    const start = performance.now()
    const onAbort = () => run.abort(signal === undefined ? undefined : interruptionError(signal))
    if (signal?.aborted) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    const cheapness = lane === 'lookup' ? setTimeout(() => run.abort(new NotCheap()), this.#lookupMs) : undefined
    try {
      for await (const batch of run.rows()) {
        clearTimeout(cheapness)
        yield batch
      }
      this.#queue.noteDuration(performance.now() - start)
    } finally {
      clearTimeout(cheapness)
      signal?.removeEventListener('abort', onAbort)
      run.abort(undefined)
    }
  }
}

/** A look-up that ran for long: not seen outside. */
class NotCheap extends Error {}

function closing(): RegistryError {
  return new RegistryError('unavailable', 'The service is being stopped. Send the query again in a minute.', {
    retryAfterSeconds: 60,
  })
}

function broken(): RegistryError {
  return new RegistryError(
    'unavailable',
    'The engine processes cannot be started at the moment; the operator has been told.',
    {
      retryAfterSeconds: 30,
    },
  )
}
