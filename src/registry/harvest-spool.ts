// The parts of a list ↔ files of a folder, with the place reached: nobody else waits while another registry takes its
// time, and a harvest that was interrupted goes on where it stopped.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RegistryError } from '../core/errors.js'
import { withWriterLock } from '../engines/writer-lock.js'

/** What is asked for. A list is continued only if the same is asked again. */
export interface SpooledRequest {
  readonly baseUrl: string
  /** IVOID of the registry, in lower case. */
  readonly registry: string
  readonly set: string | undefined
  readonly from: string | undefined
  /** Number of the last harvest that was taken in: what was fetched before it is out of date. */
  readonly lastRun: number | undefined
}

/** A record that the registry has but cannot hand out. */
export interface Unobtainable {
  readonly identifier: string
  readonly reason: string
}

interface SpoolState {
  readonly version: 1
  readonly request: SpooledRequest
  /** When the list was begun, by our clock. */
  readonly begun: string
  readonly documents: number
  readonly bytes: number
  /** The registry's clock at the beginning. */
  readonly responseDate?: string
  /** Where the list goes on; empty when it is complete, left out before its first part has come. */
  readonly token?: string
  readonly unobtainable: readonly Unobtainable[]
  readonly warnings: readonly string[]
}

/** How long an interrupted list can be continued: tokens rarely live longer, and the rest of the list has changed. */
const staleMs = 86_400_000
const stateFile = 'list.json'

/** The parts of one list. Use with `withSpool`. */
export class HarvestSpool {
  readonly #folder: string
  #state: SpoolState
  /** Parts that an interrupted harvest had fetched. */
  readonly resumedDocuments: number

  constructor(folder: string, state: SpoolState) {
    this.#folder = folder
    this.#state = state
    this.resumedDocuments = state.documents
  }

  get documents(): number {
    return this.#state.documents
  }
  /** Size of all documents in UTF-8. */
  get bytes(): number {
    return this.#state.bytes
  }
  /** Where to go on; undefined for a list that has not been begun. */
  get token(): string | undefined {
    return this.#state.token
  }
  get isComplete(): boolean {
    return this.#state.token === ''
  }
  get responseDate(): string | undefined {
    return this.#state.responseDate
  }
  get unobtainable(): readonly Unobtainable[] {
    return this.#state.unobtainable
  }
  /** What is odd about the list, for the report. */
  get warnings(): readonly string[] {
    return this.#state.warnings
  }

  /** Keeps a part and the place it leads to. The first part of a list says where the next harvest begins. */
  async add(document: string, token: string | undefined, responseDate: string | undefined): Promise<void> {
    const bytes = Buffer.from(document, 'utf8')
    const { documents } = this.#state
    await writeFile(this.#path(documents), bytes)
    const first = documents === 0 && responseDate !== undefined ? { responseDate } : {}
    const place = token === undefined ? {} : { token }
    await this.#write({ documents: documents + 1, bytes: this.#state.bytes + bytes.length, ...place, ...first })
  }

  /** Everything has come, though not by the road that the tokens led. */
  complete(unobtainable: readonly Unobtainable[]): Promise<void> {
    return this.#write({ token: '', unobtainable })
  }

  async warn(warning: string): Promise<void> {
    if (!this.#state.warnings.includes(warning)) await this.#write({ warnings: [...this.#state.warnings, warning] })
  }

  /** Forgets all parts: the list is asked for anew. */
  async restart(): Promise<void> {
    const { token: _token, responseDate: _responseDate, ...state } = this.#state
    this.#state = { ...state, documents: 0, bytes: 0, unobtainable: [] }
    await this.#write({})
  }

  /** The documents in the order they were added, one at a time. */
  async *read(): AsyncGenerator<string, void, undefined> {
    for (let number = 0; number < this.#state.documents; number++) yield await readFile(this.#path(number), 'utf8')
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true })
  }

  /** Written beside and renamed, so that a kill leaves the place reached before or the one after. */
  async #write(changes: Partial<SpoolState>): Promise<void> {
    this.#state = { ...this.#state, ...changes }
    const file = join(this.#folder, stateFile)
    await writeFile(`${file}.next`, JSON.stringify(this.#state))
    await rename(`${file}.next`, file)
  }

  #path(number: number): string {
    return join(this.#folder, `${number}.xml`)
  }
}

/**
 * Runs `work` with the spool of a registry below `parent`: the one that was left by an interrupted harvest if it asked
 * for the same, else an empty one. It stays for the next time unless `work` removes it. Throws kind `unavailable` when
 * another process is harvesting that registry.
 */
export async function withSpool<Result>(
  parent: string,
  request: SpooledRequest,
  now: Date,
  work: (spool: HarvestSpool) => Promise<Result>,
): Promise<Result> {
  const name = createHash('sha256').update(request.baseUrl).digest('hex').slice(0, 16)
  const folder = join(parent, name)
  await mkdir(folder, { recursive: true })
  let isOurs = false
  try {
    return await withWriterLock(folder, 0, async () => {
      isOurs = true
      return work(await openSpool(folder, request, now))
    })
  } catch (thrown) {
    if (isOurs || !(thrown instanceof RegistryError && thrown.kind === 'unavailable')) throw thrown
    throw new RegistryError(
      'unavailable',
      `${request.registry} is being harvested by another process; nothing has changed by this one.`,
      { cause: thrown },
    )
  }
}

/** Removes lists that nobody has continued for a day. */
export async function removeStaleSpools(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const changed = await stat(join(parent, name, stateFile)).catch(() => stat(join(parent, name)))
    if (Date.now() - changed.mtimeMs > staleMs) await rm(join(parent, name), { recursive: true, force: true })
  }
}

async function openSpool(folder: string, request: SpooledRequest, now: Date): Promise<HarvestSpool> {
  const left = await readState(join(folder, stateFile))
  if (left !== undefined && isContinuable(left, request, now)) return new HarvestSpool(folder, left)
  for (const name of await readdir(folder)) if (/\.xml$|^list\.json/.test(name)) await rm(join(folder, name))
  return new HarvestSpool(folder, {
    version: 1,
    request,
    begun: now.toISOString(),
    documents: 0,
    bytes: 0,
    unobtainable: [],
    warnings: [],
  })
}

function isContinuable(left: SpoolState, request: SpooledRequest, now: Date): boolean {
  const age = now.getTime() - Date.parse(left.begun)
  return left.version === 1 && age >= 0 && age < staleMs && JSON.stringify(left.request) === JSON.stringify(request)
}

async function readState(file: string): Promise<SpoolState | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as SpoolState)
}
