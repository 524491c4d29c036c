// The parts of a list, kept in files until the list is complete: nobody else waits while another registry takes its time.
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a killed harvest left is removed after a day; until then it may belong to one that still runs. */
const staleMs = 86_400_000

/** Documents in a folder of their own, which goes when the spool is disposed. */
export class HarvestSpool implements AsyncDisposable {
  readonly #folder: string
  #documents = 0
  #bytes = 0

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** Makes a spool below `parent`, and removes what was left there by others long ago. */
  static async open(parent: string): Promise<HarvestSpool> {
    await mkdir(parent, { recursive: true })
    for (const name of await readdir(parent)) {
      const changed = await stat(join(parent, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => Number.POSITIVE_INFINITY,
      )
      if (Date.now() - changed > staleMs) await rm(join(parent, name), { recursive: true, force: true })
    }
    const folder = join(parent, randomUUID())
    await mkdir(folder)
    return new HarvestSpool(folder)
  }

  get documents(): number {
    return this.#documents
  }

  /** Size of all documents in UTF-8. */
  get bytes(): number {
    return this.#bytes
  }

  async add(document: string): Promise<void> {
    const bytes = Buffer.from(document, 'utf8')
    await writeFile(this.#path(this.#documents), bytes)
    this.#documents += 1
    this.#bytes += bytes.length
  }

  /** The documents in the order they were added, one at a time. */
  async *read(): AsyncGenerator<string, void, undefined> {
    for (let number = 0; number < this.#documents; number++) yield await readFile(this.#path(number), 'utf8')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }

  #path(number: number): string {
    return join(this.#folder, `${number}.xml`)
  }
}
