// One engine process: started, spoken to, killed when it does not obey, and started again.
import { type ChildProcess, fork } from 'node:child_process'
import { setPriority } from 'node:os'
import { RegistryError } from '../core/errors.js'
import type { DuckdbLimits } from './duckdb-reader.js'
import { bytesPassed } from './external-memory.js'
import { ByteLane, bytePipe } from './pool-bytes.js'
import type { MessageFromProcess, MessageToProcess, QueryMessage } from './pool-messages.js'
import { NotRun, PoolQuery, type QueryChannel, windowBytes } from './pool-query.js'

export interface ProcessOptions {
  /** The JavaScript file that the process runs. */
  readonly workerFile: string
  readonly limits: DuckdbLimits
  /** Resident memory above which the process is killed. */
  readonly memoryMegabytes: number
  /** Resident memory above which it is replaced while it has nothing to do. */
  readonly idleMegabytes: number
  /** Queries that may run at the same time. */
  readonly queries: number
  /** How far it gives way to other processes (the operating system's niceness, 0 to 19). */
  readonly niceness: number
  /** A query that was told to stop must have stopped after this time, or its process is killed. */
  readonly obeyMs: number
  /** Something changed: a query ended or waits, the process started or went. */
  readonly onChange: () => void
}

/** Queries that may be open in one process for each that may run; the others wait for slow readers. */
const openPerRunning = 4
const restartDelayMs = 500
/** Threads of libuv for queries and file reads (ARCHITECTURE 8.1, rule 5). */
const threadPoolSize = 16

/**
 * DuckDB's allocator keeps what is freed for each processor and for ten seconds: 150 MB in a process that works. One
 * store for all, emptied within a second, is hardly slower; emptied within half a second it makes searches that come four
 * times a second a tenth slower, because new memory costs page faults. The C library keeps as much for each of many
 * threads, unless it has two stores only; batches of rows of less than 4 MB it shall keep. Other C libraries than glibc
 * take no notice.
 */
const thriftyAllocation = {
  DUCKDB_JE_MALLOC_CONF: 'narenas:1,dirty_decay_ms:1000,muzzy_decay_ms:0',
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '4194304',
  MALLOC_TRIM_THRESHOLD_: '8388608',
} as const

/** What an engine process makes in JavaScript lives for a batch: V8 would keep 16 MB and more for it. */
const thriftyHeap = ['--max-semi-space-size=2']

export class EngineProcess implements QueryChannel {
  readonly #options: ProcessOptions
  readonly #queries = new Map<number, PoolQuery>()
  #child: ChildProcess | undefined
  #hasStarted = false
  #isReady = false
  #isClosing = false
  #failedStarts = 0
  #file: string | undefined
  #reason: RegistryError | undefined

  constructor(options: ProcessOptions) {
    this.#options = options
  }

  /** Could take one more query now. */
  get hasRoom(): boolean {
    const { queries } = this.#options
    if (!this.#isReady || this.#queries.size >= queries * openPerRunning) return false
    const active = this.#active()
    return active.length < queries && !active.some((query) => query.isAlone)
  }

  /** Has nothing to do at the moment. */
  get isIdle(): boolean {
    return this.#isReady && this.#active().length === 0
  }

  /** Has failed to start several times in a row. */
  get isBroken(): boolean {
    return this.#failedStarts >= 3
  }

  /** Number of the process in the operating system, while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  begin(request: Omit<QueryMessage, 'type' | 'bytes'>, isAlone: boolean): PoolQuery {
    const query = new PoolQuery(request.id, this, isAlone)
    this.#queries.set(request.id, query)
    this.#tell({ ...request, type: 'query', bytes: windowBytes })
    return query
  }

  /**
   * The generation that comes next, so that the first query on it need not wait for its opening. The process starts with
   * the first one: while nothing is published there is nothing to ask, and publishing has the processors to itself.
   */
  announce(file: string): void {
    this.#file = file
    if (this.#child === undefined) this.#start()
    else if (this.#isReady) this.#tell({ type: 'open', file })
  }

  more(id: number, bytes: number): void {
    this.#tell({ type: 'more', id, bytes })
  }

  stop(id: number): void {
    this.#tell({ type: 'stop', id })
    const query = this.#queries.get(id)
    const timer = setTimeout(() => {
      if (query !== undefined && !query.hasEnded) this.#kill(undefined)
    }, this.#options.obeyMs)
    timer.unref()
  }

  changed(): void {
    for (const [id, query] of this.#queries) if (query.hasEnded) this.#queries.delete(id)
    this.#options.onChange()
  }

  close(): void {
    this.#isClosing = true
    this.#kill(undefined)
  }

  #active(): readonly PoolQuery[] {
    return [...this.#queries.values()].filter((query) => query.isActive)
  }

  #start(): void {
    const child = fork(this.#options.workerFile, {
      serialization: 'advanced',
      execArgv: thriftyHeap,
      // Nothing of our settings: the process serves strangers.
      env: { PATH: process.env.PATH, UV_THREADPOOL_SIZE: String(threadPoolSize), ...thriftyAllocation },
      // The last one is for rows as bytes (`bytePipe`).
      stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'pipe'],
    })
    // Before it has threads, which inherit it.
    if (child.pid !== undefined && this.#options.niceness > 0) giveWay(child.pid, this.#options.niceness)
    const lane = new ByteLane((message) => this.#receive(message))
    child.stdio[bytePipe]
      ?.on('data', (bytes: Buffer) => {
        lane.takeBytes(bytes)
        bytesPassed(bytes.length)
      })
      .on('error', () => undefined)
    this.#child = child
    this.#hasStarted = false
    this.#reason = undefined
    child.on('message', (message: MessageFromProcess) => lane.takeMessage(message))
    // A message to a dying process fails here; the exit that follows says all there is to say.
    child.on('error', () => undefined)
    child.once('exit', (code, signal) => this.#hasExited(new Error(`engine process ended: ${signal ?? code}`)))
    const { limits, memoryMegabytes, idleMegabytes } = this.#options
    this.#tell({ type: 'start', limits, memoryMegabytes, idleMegabytes })
  }

  #receive(message: MessageFromProcess): void {
    switch (message.type) {
      case 'ready':
        this.#hasStarted = true
        this.#isReady = true
        this.#failedStarts = 0
        if (this.#file !== undefined) this.#tell({ type: 'open', file: this.#file })
        this.#options.onChange()
        return
      case 'memory':
        this.#kill(tooMuchMemory(this.#options.memoryMegabytes))
        return
      case 'swollen':
        // A query that was sent meanwhile counts as not run, so it is better to wait for the next report.
        if (this.#queries.size === 0) this.#kill(undefined)
        return
      default:
        this.#queries.get(message.id)?.receive(message)
    }
  }

  #kill(reason: RegistryError | undefined): void {
    this.#isReady = false
    this.#reason ??= reason
    this.#child?.kill('SIGKILL')
  }

  #hasExited(cause: Error): void {
    if (!this.#hasStarted) this.#failedStarts += 1
    this.#isReady = false
    // Of several that ran together nobody knows which one took too much: each runs again, by itself.
    const suspects = this.#reason === undefined ? [] : this.#active()
    for (const query of this.#queries.values()) {
      const isSuspect = suspects.includes(query)
      const isGuilty = isSuspect && suspects.length === 1
      query.end(isGuilty && this.#reason !== undefined ? this.#reason : new NotRun(cause, isSuspect))
    }
    this.#queries.clear()
    if (!this.#isClosing) setTimeout(() => this.#restart(), this.#failedStarts > 0 ? restartDelayMs : 0)
    this.#options.onChange()
  }

  #restart(): void {
    if (!this.#isClosing) this.#start()
  }

  #tell(message: MessageToProcess): void {
    if (this.#child?.connected) this.#child.send(message, () => undefined)
  }
}

/** A process that has ended already, or a system that does not let us, is no reason not to serve. */
function giveWay(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness)
  } catch {
    return
  }
}

function tooMuchMemory(megabytes: number): RegistryError {
  return new RegistryError(
    'limit',
    `The query was stopped because it needed more than ${megabytes} MB of memory. Add conditions, or build shorter strings and fewer groups.`,
  )
}
