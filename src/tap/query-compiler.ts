// A query → SQL, remembered for the next who asks it. What may take long is compiled in a thread of its own, so that
// nobody else waits for it.

import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { type CompiledQuery, type Compiler, compileAdql } from '../adql/compile.js'
import type { Dialect } from '../adql/dialect.js'
import { AdqlError } from '../adql/errors.js'
import type { UploadedTable } from '../adql/resolve-tables.js'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import { Recent } from '../core/recent.js'
import { sqlFromThread } from '../core/sql.js'
import type { Schema } from '../tables/metadata.js'
import type { CompileAnswer, CompileRequest, CompileThreadData } from './compile-thread.js'

export interface QueryCompilerOptions {
  readonly schemas: readonly Schema[]
  /** The dialect of what is served now; each database has the same object as long as it is served. */
  readonly dialect: () => Dialect
  /** The built tap/compile-thread.js, for tests that run the sources. */
  readonly threadFile?: string
  /** Longest time for one query in the thread. */
  readonly seconds?: number
}

interface Waiting {
  readonly request: CompileRequest
  readonly resolve: (compiled: CompiledQuery) => void
  readonly reject: (thrown: unknown) => void
}

/** Characters that are compiled in a few milliseconds. */
const shortQuery = 4_000
/** Shapes that are turned into sky cells in a few milliseconds. */
const fewShapes = 4
/** Queries that wait for the thread at most. */
const mostWaiting = 20
/** Short queries that are remembered; with what they became, a few kilobytes each. */
const mostRemembered = 500
/** Characters of SQL that are too many to keep: a shape may become thousands of sky cells. */
const longSql = 20_000

/** Make one per service; the thread starts with the first long query. */
export class QueryCompiler implements Compiler, AsyncDisposable {
  readonly #options: QueryCompilerOptions
  readonly #waiting: Waiting[] = []
  /** What short queries have become in the dialect that was the last. */
  readonly #recent = new Recent<string, CompiledQuery>(mostRemembered)
  #recentDialect: Dialect | undefined
  #current: Waiting | undefined
  #thread: Worker | undefined
  #deadline: NodeJS.Timeout | undefined

  constructor(options: QueryCompilerOptions) {
    this.#options = options
  }

  /** Throws AdqlError for mistakes, kind `limit` for what takes too long, `unavailable` when too many wait. */
  async compile(text: string, uploads: readonly UploadedTable[], maxRows: number): Promise<CompiledQuery> {
    const dialect = this.#options.dialect()
    if (isQuick(text)) return this.#compileHere(text, uploads, maxRows, dialect)
    if (this.#waiting.length >= mostWaiting)
      throw new RegistryError(
        'unavailable',
        'Too many long queries wait to be read. Send the query again in a while.',
        {
          retryAfterSeconds: 10,
        },
      )
    // Only what the translator needs goes to the thread: an upload's bytes stay here.
    const tables = uploads.map(({ name, columns }) => ({ name, columns }))
    return new Promise((resolve, reject) => {
      const { name, extras } = dialect
      const request = { dialect: { name, ...(extras && { extras }) }, text, uploads: tables, maxRows }
      this.#waiting.push({ request, resolve, reject })
      this.#next()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { reject } of this.#waiting.splice(0)) reject(stopped())
    await this.#end(stopped())
  }

  /** Clients ask the same things again, and most of a short answer's time would go into reading the question. */
  #compileHere(text: string, uploads: readonly UploadedTable[], maxRows: number, dialect: Dialect): CompiledQuery {
    const options = { schemas: this.#options.schemas, uploads, dialect, maxRows }
    if (uploads.length > 0) return compileAdql(text, options)
    if (this.#recentDialect !== dialect) this.#recent.clear()
    this.#recentDialect = dialect
    const key = `${maxRows} ${text}`
    const known = this.#recent.get(key)
    if (known !== undefined) return known
    const compiled = compileAdql(text, options)
    if (compiled.sql.text.length <= longSql) this.#recent.set(key, compiled)
    return compiled
  }

  #next(): void {
    if (this.#current !== undefined) return
    this.#current = this.#waiting.shift()
    if (this.#current === undefined) return
    const seconds = this.#options.seconds ?? 20
    this.#deadline = setTimeout(() => void this.#end(tooLong(seconds)), seconds * 1000)
    this.#running().postMessage(this.#current.request)
  }

  #running(): Worker {
    if (this.#thread !== undefined) return this.#thread
    const file = this.#options.threadFile ?? fileURLToPath(new URL('./compile-thread.js', import.meta.url))
    const data: CompileThreadData = { schemas: this.#options.schemas }
    const thread = new Worker(file, { workerData: data, resourceLimits: { maxOldGenerationSizeMb: 512 } })
    thread.on('message', (answer: CompileAnswer) => this.#settle((waiting) => finish(waiting, answer)))
    thread.on('error', (thrown) => {
      if (this.#thread === thread) this.#thread = undefined
      this.#settle(({ reject }) => reject(failureOf(thrown)))
    })
    // Nobody waits for it at the end.
    thread.unref()
    this.#thread = thread
    return thread
  }

  #settle(end: (waiting: Waiting) => void): void {
    clearTimeout(this.#deadline)
    const ended = this.#current
    this.#current = undefined
    if (ended !== undefined) end(ended)
    this.#next()
  }

  /** Stops the thread; the query it works on ends with that error. */
  async #end(reason: RegistryError): Promise<void> {
    const thread = this.#thread
    this.#thread = undefined
    thread?.removeAllListeners()
    await thread?.terminate()
    this.#settle(({ reject }) => reject(reason))
  }
}

function isQuick(text: string): boolean {
  if (text.length > shortQuery) return false
  return (text.match(/\b(MOC|CIRCLE|POLYGON|BOX|REGION)\s*\(/gi)?.length ?? 0) <= fewShapes
}

function finish({ request, resolve, reject }: Waiting, answer: CompileAnswer): void {
  switch (answer.kind) {
    case 'compiled': {
      const { sqlText, columns, tables, lane } = answer
      resolve({ sql: sqlFromThread(sqlText), columns, tables, lane })
      return
    }
    case 'mistake':
      reject(new AdqlError(answer.sentence, request.text, answer.span))
      return
    case 'failed':
      reject(new RegistryError(answer.errorKind, answer.message, { cause: new Error(answer.cause) }))
  }
}

function failureOf(thrown: unknown): RegistryError {
  const isMemory = thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_WORKER_OUT_OF_MEMORY'
  return isMemory
    ? new RegistryError('limit', 'The query needs too much memory to be read. Put long lists into an uploaded table.')
    : new RegistryError('internal', 'The query could not be read; the operator finds the details in the log.', {
        cause: thrown,
      })
}

function tooLong(seconds: number): RegistryError {
  return new RegistryError(
    'limit',
    `Reading the query took longer than ${counted(seconds, 'second')}. Put long lists into an uploaded table, and use fewer shapes.`,
  )
}

function stopped(): RegistryError {
  return new RegistryError('unavailable', 'The service is being stopped. Send the query again in a minute.', {
    retryAfterSeconds: 60,
  })
}
