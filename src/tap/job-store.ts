// Jobs ↔ a folder per job: job.json, the uploaded parts, the result. Each file is complete or not there.
import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Job } from './job.js'
import { JobSpace } from './job-space.js'

const jobFile = 'job.json'
const resultFile = 'result'

export class JobStore {
  /** The last write of each job: writes of one job never overtake each other. */
  readonly #saving = new Map<string, Promise<void>>()

  /** `folder` is made when the first job is; `space` is counted for all writers of jobs. */
  constructor(
    readonly folder: string,
    readonly space: JobSpace = new JobSpace({ resultBytes: Infinity, keptBytes: Infinity }),
  ) {}

  /** All readable jobs, the oldest first. What is not a job is left alone. */
  async load(): Promise<readonly Job[]> {
    const names = await readdir(this.folder).catch(() => [])
    const jobs: Job[] = []
    for (const name of names.filter(isJobId)) {
      const job = await this.#read(name)
      // A folder without its description is a creation that was interrupted.
      if (job === undefined) await this.remove(name)
      else {
        // What was being written when the server went down is of no use to anybody.
        await this.#dropResult(name)
        this.space.add(name, await this.#bytesOf(job))
        jobs.push(job)
      }
    }
    return jobs.sort((one, other) => one.createdMs - other.createdMs)
  }

  /** Writes the description so that a crash leaves the old or the new one. */
  async save(job: Job): Promise<void> {
    const path = this.#path(job.id, jobFile)
    const write = async (): Promise<void> => {
      await writeFile(`${path}.new`, JSON.stringify(job))
      await rename(`${path}.new`, path)
    }
    const saving = (this.#saving.get(job.id) ?? Promise.resolve()).then(write, write)
    this.#saving.set(job.id, saving)
    try {
      await saving
    } finally {
      if (this.#saving.get(job.id) === saving) this.#saving.delete(job.id)
    }
  }

  async create(job: Job, parts: ReadonlyMap<string, Uint8Array>): Promise<void> {
    try {
      this.space.take(job.id, descriptionBytes(job))
      await mkdir(join(this.folder, job.id), { recursive: true })
      await this.savePart(job, parts)
      await this.save(job)
    } catch (thrown) {
      await this.remove(job.id)
      throw thrown
    }
  }

  /** Writes the bytes of those parts of the job that are in `parts`. Throws kind `unavailable` when there is no space. */
  async savePart(job: Job, parts: ReadonlyMap<string, Uint8Array>): Promise<void> {
    for (const part of job.parts) {
      const bytes = parts.get(part.name)
      if (bytes === undefined) continue
      const path = this.#path(job.id, part.file)
      this.space.take(job.id, bytes.length - (await sizeOf(path)))
      await writeFile(path, bytes)
    }
  }

  /** The uploaded parts by name. */
  async readParts(job: Job): Promise<ReadonlyMap<string, Uint8Array>> {
    const parts = new Map<string, Uint8Array>()
    for (const part of job.parts) parts.set(part.name, await readFile(this.#path(job.id, part.file)))
    return parts
  }

  /**
   * Writes the result from its chunks; gives its size in bytes. It gets its name when it is complete.
   * Throws kinds `limit` when it is too long and `unavailable` when there is no space.
   */
  async writeResult(id: string, chunks: AsyncIterable<string | Uint8Array>): Promise<number> {
    const path = this.#path(id, resultFile)
    const before = this.space.bytesOf(id)
    try {
      await writeFile(`${path}.new`, this.space.metered(id, chunks))
      await rename(`${path}.new`, path)
    } catch (thrown) {
      await this.#dropResult(id)
      this.space.add(id, before - this.space.bytesOf(id))
      throw thrown
    }
    return sizeOf(path)
  }

  /** The bytes of the result; fails when it is not there. */
  readResult(id: string): AsyncIterable<Uint8Array> {
    return createReadStream(this.#path(id, resultFile), { highWaterMark: 262_144 })
  }

  async remove(id: string): Promise<void> {
    await this.#saving.get(id)
    await rm(join(this.folder, id), { recursive: true, force: true })
    this.space.release(id)
  }

  async #dropResult(id: string): Promise<void> {
    await rm(`${this.#path(id, resultFile)}.new`, { force: true })
  }

  async #bytesOf(job: Job): Promise<number> {
    const files = [jobFile, resultFile, ...job.parts.map((part) => part.file)]
    const sizes = await Promise.all(files.map((file) => sizeOf(this.#path(job.id, file))))
    return sizes.reduce((sum, size) => sum + size, 0)
  }

  async #read(id: string): Promise<Job | undefined> {
    try {
      return JSON.parse(await readFile(this.#path(id, jobFile), 'utf8')) as Job
    } catch {
      return undefined
    }
  }

  // Ids are ours and checked, file names are ours: nothing a client sends becomes part of a path.
  #path(id: string, file: string): string {
    if (!isJobId(id)) throw new TypeError('not a job id')
    return join(this.folder, id, file)
  }
}

function descriptionBytes(job: Job): number {
  return Buffer.byteLength(JSON.stringify(job))
}

/** Bytes of a file; 0 for one that is not there. */
async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0
}

/** Ids as `newJobId` makes them. */
export function isJobId(text: string): boolean {
  return /^[a-z0-9]{16,40}$/.test(text)
}
