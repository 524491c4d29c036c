// DuckDB as engine: reads the current generation of a folder, makes the next one, notices those of other processes.
import { rename, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import type { Dialect } from '../adql/dialect.js'
import { RegistryError } from '../core/errors.js'
import { type Row, type Sql, sql } from '../core/sql.js'
import { Turns } from '../core/turns.js'
import { AnswerCache, type AnswerCacheOptions } from './answer-cache.js'
import { tableName } from './ddl.js'
import { duckdbDialect, generationDialect } from './duckdb-dialect.js'
import { keyColumn, tablesWith } from './duckdb-keys.js'
import { numberColumn } from './duckdb-numbers.js'
import { type DuckdbLimits, DuckdbReader } from './duckdb-reader.js'
import { hasWordTable } from './duckdb-words.js'
import { DuckdbWriter } from './duckdb-writer.js'
import type {
  Engine,
  GenerationFile,
  KeptGenerations,
  QueryOptions,
  RenewOptions,
  Transaction,
  WritableEngine,
} from './engine.js'
import { Generations, type Pointer } from './generations.js'
import { EnginePool, type PoolOptions } from './pool.js'
import { withWriterLock } from './writer-lock.js'

export interface DuckdbOptions {
  /** Folder of the generations; made when it is missing. */
  readonly folder: string
  readonly threads?: number
  /** For each of: our own queries, the writer. */
  readonly memoryMegabytes?: number
  readonly temporaryMegabytes?: number
  /** Where strangers' queries run; without it they run in this process, which nothing protects from them. */
  readonly pool?: PoolOptions
  /** Where answers to strangers' queries that come again are kept; without it each is computed. */
  readonly answers?: AnswerCacheOptions
  /** Asked before a new generation serves; throws to refuse it. */
  readonly check?: (candidate: Pick<Engine, 'query'>) => Promise<void>
  /** Adds to each next generation before it is tested; told what makes it. */
  readonly complete?: (next: Transaction, madeBy: string) => Promise<void>
  /** Generations to keep beside the one in use: 1. */
  readonly earlierGenerations?: number
  /** How often to look for a generation that another process has published. */
  readonly watchIntervalMs?: number
  /** With fewer rows in all, tables are left in the order they were written in. */
  readonly worthSortingRows?: number
  /** How long to wait for another writer. */
  readonly lockWaitMs?: number
}

/** A tenth of all rows behind the sorted parts: time to sort again (ARCHITECTURE 8.1, rule 2). */
const unsortedShare = 0.1
/** Fewer rows are read in no time in any order, and a first start should not wait for them to be sorted. */
const worthSortingRows = 300_000

/** The embedded engine. Make with `DuckdbEngine.open`. */
export class DuckdbEngine implements WritableEngine {
  readonly name = 'duckdb'
  readonly #generations: Generations
  readonly #options: DuckdbOptions
  readonly #listeners: (() => void)[] = []
  readonly #pool: EnginePool | undefined
  readonly #answers: AnswerCache | undefined
  #reader: DuckdbReader | undefined
  #dialect: Dialect = duckdbDialect
  #shown: number | undefined
  readonly #switches = new Turns()
  #watch: NodeJS.Timeout | undefined

  private constructor(options: DuckdbOptions) {
    this.#options = options
    this.#generations = new Generations(options.folder, options.earlierGenerations)
    if (options.pool !== undefined && options.pool.processes > 0)
      this.#pool = new EnginePool(options.pool, this.#limits('reader'))
    if (options.answers !== undefined) this.#answers = new AnswerCache(options.answers)
  }

  /** Opens the current generation, if there is one, and removes what killed writers left. */
  static async open(options: DuckdbOptions): Promise<DuckdbEngine> {
    const engine = new DuckdbEngine(options)
    await engine.#generations.prepare()
    await engine.#cleanUp()
    await engine.#follow()
    engine.#watch = setInterval(() => void engine.#follow().catch(() => undefined), options.watchIntervalMs ?? 500)
    engine.#watch.unref()
    return engine
  }

  /** Fits the generation that is shown. */
  get dialect(): Dialect {
    return this.#dialect
  }

  async *query(query: Sql, options?: QueryOptions): AsyncGenerator<readonly Row[], void, undefined> {
    if (this.#reader === undefined) await this.#follow()
    // Who waits for somebody else's answer may find another generation afterwards.
    const run = () => this.#readers(options).query(query, options)
    const key = this.#answers && keyOf(query, options)
    if (this.#answers === undefined || key === undefined) yield* run()
    else yield* this.#answers.query(key, run)
  }

  /** Where the query runs on the generation that is shown. Throws kind `unavailable` before there is one. */
  #readers(options: QueryOptions | undefined): DuckdbReader | EnginePool {
    if (this.#reader === undefined)
      throw new RegistryError('unavailable', 'Nothing has been published yet; run "waymark publish" first.', {
        retryAfterSeconds: 60,
      })
    return options?.trusted === true ? this.#reader : (this.#pool ?? this.#reader)
  }

  async renew(work: (next: Transaction) => Promise<void>, options: RenewOptions = {}): Promise<void> {
    await this.#generations.prepare()
    await this.#exclusively(async () => {
      await this.#generations.removeUnused(options.from)
      // Another process may have switched a moment ago; `work` must read what it left.
      await this.#follow()
      const from =
        options.fresh === true ? undefined : (options.from ?? (await this.#generations.current())?.generation)
      const { generation, file } = await this.#generations.draft(from)
      try {
        await this.#write(file, async (next) => {
          await work(next)
          await this.#options.complete?.(next, options.madeBy ?? '')
        })
        await this.#selfTest(file)
        await this.#generations.publish(generation, file)
      } finally {
        await this.#generations.removeUnused()
      }
    })
    await this.#follow()
  }

  /** Process numbers of the running engine processes. */
  get engineProcesses(): readonly number[] {
    return this.#pool?.pids ?? []
  }

  /**
   * Takes a whole file from elsewhere as the next generation and switches to it; the file is moved. It is tested in a
   * process of its own where there are such, because a file that was tampered with may bring down who opens it.
   * Gives false, the file untouched, when `isWanted` says no; it is asked when the writer's turn has come.
   * Throws what `check` throws, and kind `internal` for a file that cannot be read; the generation before serves on.
   */
  async install(
    file: string,
    check: (candidate: Pick<Engine, 'query'>) => Promise<void>,
    isWanted: () => Promise<boolean>,
  ): Promise<boolean> {
    await this.#generations.prepare()
    const isInstalled = await this.#exclusively(async () => {
      await this.#generations.removeUnused()
      await this.#follow()
      if (!(await isWanted())) return false
      const draft = await this.#generations.draft(undefined)
      try {
        await rename(file, draft.file)
        await this.#testApart(draft.file, check)
        await this.#selfTest(draft.file)
        await this.#generations.publish(draft.generation, draft.file)
      } finally {
        await this.#generations.removeUnused()
      }
      return true
    })
    await this.#follow()
    return isInstalled
  }

  get kept(): KeptGenerations {
    return {
      list: () => this.#generations.list(),
      read: async (generation, work) => {
        const reader = await DuckdbReader.open(this.#generations.fileOf(generation), this.#limits('reader'))
        try {
          return await work(reader)
        } finally {
          reader.close()
        }
      },
    }
  }

  /** The generations of a folder, also when the current one cannot be opened any more. */
  static listIn(options: DuckdbOptions): Promise<readonly GenerationFile[]> {
    return new DuckdbEngine(options).kept.list()
  }

  /**
   * Points at another generation where the current one cannot be opened any more; the other one is tested first.
   * Throws kind `not-found` when it is not there, `internal` when it cannot be read either.
   */
  static async repoint(options: DuckdbOptions, generation: number): Promise<Pointer> {
    const engine = new DuckdbEngine(options)
    return engine.#exclusively(async () => {
      await engine.#selfTest(engine.#generations.fileOf(generation))
      return engine.#generations.pointTo(generation)
    })
  }

  onRenewed(listener: () => void): void {
    this.#listeners.push(listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#watch)
    await this.#switches.take(async () => undefined)
    this.#pool?.[Symbol.dispose]()
    await this.#answers?.[Symbol.asyncDispose]()
    this.#reader?.close()
    this.#reader = undefined
  }

  #exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    return withWriterLock(this.#options.folder, this.#options.lockWaitMs ?? 120_000, work)
  }

  async #write(file: string, work: (next: Transaction) => Promise<void>): Promise<void> {
    const writer = await DuckdbWriter.open(file, this.#limits('writer'))
    const sorted = `${file}.sorted`
    let isSorted = false
    try {
      await work(writer)
      isSorted = (await writer.commit(this.#options.worthSortingRows ?? worthSortingRows)) > unsortedShare
      if (isSorted) await writer.sortInto(sorted)
      else {
        await writer.addWords()
        await writer.checkpoint()
      }
    } finally {
      writer.close()
    }
    if (isSorted) {
      await rm(`${file}.wal`, { force: true })
      await rename(sorted, file)
    }
  }

  async #testApart(file: string, check: (candidate: Pick<Engine, 'query'>) => Promise<void>): Promise<void> {
    const { pool } = this.#options
    if (pool !== undefined && pool.processes > 0) {
      using apart = new EnginePool({ ...pool, processes: 1 }, this.#limits('reader'))
      apart.show(file)
      return await check(apart)
    }
    const reader = await DuckdbReader.open(file, this.#limits('writer'))
    try {
      await check(reader)
    } finally {
      reader.close()
    }
  }

  /** Reads every table once, then asks the caller's check: a generation that cannot be read must never serve. */
  async #selfTest(file: string): Promise<void> {
    const reader = await DuckdbReader.open(file, this.#limits('writer'))
    try {
      const tables = reader.query(
        sql`SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database()`,
      )
      for await (const batch of tables)
        for (const [schema, table] of batch) await readCount(reader, String(schema), String(table))
      await this.#options.check?.(reader)
    } finally {
      reader.close()
    }
  }

  /** Switches to the current generation when it is not the one shown. Calls queue up, so each switch happens once. */
  #follow(): Promise<void> {
    return this.#switches.take(() => this.#switch())
  }

  async #switch(): Promise<void> {
    const pointer = await this.#generations.current()
    if (pointer === undefined || pointer.generation === this.#shown) return
    const reader = await this.#openReader(pointer)
    const dialect = await dialectOf(reader)
    const old = this.#reader
    this.#reader = reader
    this.#dialect = dialect
    this.#shown = pointer.generation
    this.#pool?.show(reader.file)
    this.#answers?.clear()
    old?.close()
    for (const listener of this.#listeners) listener()
  }

  #openReader(pointer: Pointer): Promise<DuckdbReader> {
    return DuckdbReader.open(this.#generations.fileOf(pointer.generation), this.#limits('reader'))
  }

  async #cleanUp(): Promise<void> {
    try {
      await withWriterLock(this.#options.folder, 0, () => this.#generations.removeUnused())
    } catch (thrown) {
      // Somebody is writing: it cleans up itself.
      if (!(thrown instanceof RegistryError && thrown.kind === 'unavailable')) throw thrown
    }
  }

  #limits(user: 'reader' | 'writer'): DuckdbLimits {
    return {
      threads: this.#options.threads ?? Math.min(8, Math.max(2, availableParallelism())),
      memoryMegabytes: this.#options.memoryMegabytes ?? 600,
      temporaryFolder: this.#generations.spillFolder(user),
      temporaryMegabytes: this.#options.temporaryMegabytes ?? 4000,
    }
  }
}

/** What the bytes of an answer depend on beside the data; undefined for answers that may be others next time. */
function keyOf(query: Sql, { trusted, uploads = [], encode }: QueryOptions = {}): string | undefined {
  if (trusted === true || encode === undefined || uploads.length > 0) return undefined
  // RAND; a text that only looks like it loses nothing but speed.
  return /\brandom\s*\(/i.test(query.text) ? undefined : JSON.stringify([encode, query.text])
}

/** The dialect that fits a generation; closes the reader when it cannot be read. */
async function dialectOf(reader: DuckdbReader): Promise<Dialect> {
  try {
    return generationDialect({
      keyedTables: await tablesWith(keyColumn, reader),
      numberedTables: await tablesWith(numberColumn, reader),
      hasWords: await hasWordTable(reader),
    })
  } catch (thrown) {
    reader.close()
    throw thrown
  }
}

async function readCount(reader: DuckdbReader, schema: string, name: string): Promise<void> {
  for await (const _ of reader.query(sql`SELECT count(*) FROM ${tableName({ schema, name })}`));
}
