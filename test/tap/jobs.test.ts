// UWS jobs: phases, queue, deadlines, destruction, restart (UWS 1.1 §2.1).
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RegistryError } from '../../src/core/errors.js'
import { type Job, quoteMs, uwsTime } from '../../src/tap/job.js'
import { newJobId } from '../../src/tap/job-changes.js'
import { JobSpace } from '../../src/tap/job-space.js'
import { JobStore } from '../../src/tap/job-store.js'
import { JobQueue, type RunJob } from '../../src/tap/jobs.js'
import { type TapLimits, tapLimits } from '../../src/tap/limits.js'
import { type Parameter, Parameters } from '../../src/tap/parameters.js'

const limits: TapLimits = {
  ...tapLimits({
    maxRowsDefault: 10,
    maxRowsHard: 20,
    queryTimeoutSeconds: 1,
    uploadLimitBytes: 1000,
    engineProcesses: 2,
    engineQueries: 1,
    jobResultLimitBytes: 1000,
    jobSpaceBytes: 10_000,
  }),
  waitSeconds: 2,
}
const result = { mediaType: 'text/csv', bytes: 3, extension: 'csv' }

/** Work that ends when it is told to. */
class Work {
  readonly started: string[] = []
  /** Done instead of waiting for the end, when it is set. */
  does: RunJob | undefined
  readonly #ends = new Map<string, (failure?: Error) => void>()
  readonly #early = new Map<string, Error | undefined>()
  readonly run: RunJob = (job, signal) =>
    new Promise((resolve, reject) => {
      this.started.push(job.id)
      if (this.does !== undefined) {
        this.does(job, signal).then(resolve, reject)
        return
      }
      signal.addEventListener('abort', () => reject(signal.reason))
      const end = (failure?: Error): void => (failure === undefined ? resolve(result) : reject(failure))
      if (this.#early.has(job.id)) end(this.#early.get(job.id))
      this.#ends.set(job.id, end)
    })
  /** The phase is EXECUTING a moment before the work begins. */
  end(job: Job, failure?: Error): void {
    const end = this.#ends.get(job.id)
    if (end === undefined) this.#early.set(job.id, failure)
    else end(failure)
  }
}

let folder: string
let now: Date
let work: Work
let jobs: JobQueue
let store: JobStore

const open = (given: Partial<TapLimits> = {}) => {
  store = new JobStore(folder, new JobSpace({ ...limits, ...given }))
  return JobQueue.open({
    store,
    run: work.run,
    clock: () => now,
    limits: { ...limits, ...given },
    newId: newJobId,
  })
}
const create = (...entries: readonly Parameter[]) =>
  jobs.create({ parameters: new Parameters(entries), parts: new Map() })
const phaseOf = (job: Job) => jobs.get(job.id).phase
const reached = async (job: Job, phase: string) => {
  for (let tries = 0; phaseOf(job) !== phase && tries < 200; tries++) await sleep(5)
  expect(phaseOf(job)).toBe(phase)
}
const never = new AbortController().signal

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'waymark-jobs-')), 'jobs')
  now = new Date('2026-03-01T10:00:00Z')
  work = new Work()
  jobs = await open()
})
afterEach(async () => {
  await jobs[Symbol.asyncDispose]()
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

describe('phases', () => {
  it('M-204 a new job is PENDING', async () => {
    const job = await create(['query', 'SELECT 1'], ['Phase', 'RUN'])
    expect(job).toMatchObject({ phase: 'PENDING', parameters: [['QUERY', 'SELECT 1']] })
  })

  it('M-211 go from PENDING over EXECUTING to COMPLETED', async () => {
    const job = await create()
    await jobs.start(job.id)
    await reached(job, 'EXECUTING')
    now = new Date('2026-03-01T10:00:05Z')
    work.end(job)
    await reached(job, 'COMPLETED')
    expect(jobs.get(job.id)).toMatchObject({
      result,
      startedMs: Date.parse('2026-03-01T10:00:00Z'),
      endedMs: now.getTime(),
      attempts: 1,
    })
  })

  it('M-225 a failure gives ERROR with its message and type', async () => {
    const [fatal, transient] = [await create(), await create()]
    await jobs.start(fatal.id)
    await jobs.start(transient.id)
    await reached(fatal, 'EXECUTING')
    work.end(fatal, new RegistryError('invalid', 'no such table'))
    await reached(fatal, 'ERROR')
    expect(jobs.get(fatal.id).error).toEqual({ message: 'no such table', type: 'fatal' })
    await reached(transient, 'EXECUTING')
    work.end(transient, new RegistryError('unavailable', 'later'))
    await reached(transient, 'ERROR')
    expect(jobs.get(transient.id).error?.type).toBe('transient')
  })

  it('shows no detail of our own mistakes', async () => {
    const job = await create()
    await jobs.start(job.id)
    await reached(job, 'EXECUTING')
    work.end(job, new TypeError('/secret/path is undefined'))
    await reached(job, 'ERROR')
    expect(jobs.get(job.id).error?.message).not.toContain('secret')
  })

  it('M-212 an aborted job stops and stays', async () => {
    const job = await create()
    await jobs.start(job.id)
    await reached(job, 'EXECUTING')
    expect((await jobs.abort(job.id)).phase).toBe('ABORTED')
    expect(() => jobs.readResult(job.id)).toThrow(/has no result: its phase is ABORTED/)
  })

  it('M-220 illegal changes are forbidden', async () => {
    const job = await create()
    await jobs.start(job.id)
    await reached(job, 'EXECUTING')
    await expect(jobs.start(job.id)).rejects.toMatchObject({ name: 'ForbiddenChange' })
    await expect(
      jobs.addParameters(job.id, { parameters: new Parameters([['QUERY', 'x']]), parts: new Map() }),
    ).rejects.toThrow(/is EXECUTING and cannot take parameters/)
    await jobs.abort(job.id)
    await expect(jobs.abort(job.id)).rejects.toMatchObject({ name: 'ForbiddenChange' })
  })
})

describe('the queue', () => {
  it('runs so many at a time, the rest in order', async () => {
    const all = [await create(), await create(), await create()]
    for (const job of all) await jobs.start(job.id)
    const [first, second, third] = all as [Job, Job, Job]
    await reached(first, 'EXECUTING')
    expect([phaseOf(second), phaseOf(third)]).toEqual(['QUEUED', 'QUEUED'])
    expect(all.map((job) => jobs.queuePosition(job.id))).toEqual([undefined, 1, 2])
    await jobs.abort(second.id)
    expect(jobs.queuePosition(third.id)).toBe(1)
    work.end(first)
    // The phase is written down before the work begins.
    await vi.waitFor(() => expect(work.started).toEqual([first.id, third.id]))
  })

  it('refuses more than it holds, to be tried later', async () => {
    await jobs[Symbol.asyncDispose]()
    jobs = await open({ queuedJobs: 1 })
    const all = [await create(), await create(), await create()]
    await jobs.start(all[0]?.id ?? '')
    await jobs.start(all[1]?.id ?? '')
    await expect(jobs.start(all[2]?.id ?? '')).rejects.toMatchObject({ kind: 'unavailable', retryAfterSeconds: 60 })
  })
})

describe('space', () => {
  const reopen = async (given: Partial<TapLimits>) => {
    await jobs[Symbol.asyncDispose]()
    jobs = await open(given)
  }
  const upload = (bytes: number) => ({
    parameters: new Parameters([['UPLOAD', 'a,param:a']]),
    parts: new Map([['a', Buffer.alloc(bytes)]]),
  })
  /** Work that writes so many bytes as its result. */
  const writes = (bytes: number): RunJob => {
    return async (job) => ({
      ...result,
      bytes: await store.writeResult(
        job.id,
        (async function* () {
          for (let written = 0; written < bytes; written += 100) yield Buffer.alloc(100)
        })(),
      ),
    })
  }

  it('is filled by uploads and results together, and then no job is made or started', async () => {
    await reopen({ keptBytes: 5000 })
    work.does = writes(800)
    const [first, second] = [await create(), await jobs.create(upload(3500))]
    await jobs.start(first.id)
    await reached(first, 'COMPLETED')
    await expect(jobs.create(upload(3500))).rejects.toMatchObject({ kind: 'unavailable', retryAfterSeconds: 3600 })
    await jobs.destroy(second.id)
    expect((await jobs.create(upload(3500))).phase).toBe('PENDING')
    // What is refused leaves nothing behind.
    expect(readdirSync(folder)).toHaveLength(2)
  })

  it('is counted again after a restart', async () => {
    await jobs.create(upload(3500))
    await reopen({ keptBytes: 5000 })
    await expect(jobs.create(upload(3500))).rejects.toMatchObject({ kind: 'unavailable' })
  })

  it('ends a job whose result becomes too long, and takes back what it has written', async () => {
    work.does = writes(5000)
    const job = await create()
    await jobs.start(job.id)
    await reached(job, 'ERROR')
    expect(jobs.get(job.id).error).toMatchObject({ type: 'fatal', message: expect.stringContaining('1000 bytes') })
    // The phase is told while it is being written.
    await vi.waitFor(() => expect(readdirSync(join(folder, job.id))).toEqual(['job.json']))
  })

  it('ends a job for the time being when others have left too little for its result', async () => {
    await reopen({ keptBytes: 5000 })
    const big = await jobs.create(upload(3900))
    work.does = writes(900)
    const job = await create()
    await jobs.start(job.id)
    await reached(job, 'ERROR')
    expect(jobs.get(job.id).error).toMatchObject({ type: 'transient' })
    await jobs.destroy(big.id)
    const again = await create()
    await jobs.start(again.id)
    await reached(again, 'COMPLETED')
  })

  it('does not grow with parameters that are added again and again', async () => {
    const job = await create()
    const more = (name: string) =>
      jobs.addParameters(job.id, { parameters: new Parameters([[name, 'x'.repeat(1_500_000)]]), parts: new Map() })
    await more('ONE')
    await expect(more('OTHER')).rejects.toMatchObject({ kind: 'limit' })
  })
})

describe('times', () => {
  it('M-227 a job over its execution duration is aborted', async () => {
    const job = await create()
    await jobs.setExecutionSeconds(job.id, 1)
    await jobs.start(job.id)
    await reached(job, 'EXECUTING')
    await sleep(1100)
    await reached(job, 'ABORTED')
    expect(jobs.get(job.id).error?.message).toContain('longer than its execution duration of 1 second')
  })

  it('M-214, M-228 the longest execution is limited, and so is 0 for unlimited', async () => {
    const job = await create()
    expect(job.executionSeconds).toBe(10)
    expect((await jobs.setExecutionSeconds(job.id, 30)).executionSeconds).toBe(30)
    expect((await jobs.setExecutionSeconds(job.id, 0)).executionSeconds).toBe(60)
    expect((await jobs.setExecutionSeconds(job.id, 1e6)).executionSeconds).toBe(60)
    await jobs[Symbol.asyncDispose]()
    jobs = await open({ jobSecondsHard: 0 })
    expect((await jobs.setExecutionSeconds(job.id, 0)).executionSeconds).toBe(0)
    expect(quoteMs(jobs.get(job.id))).toBe(undefined)
  })

  it('M-214, M-229 a job vanishes with all it has at its destruction', async () => {
    const job = await create()
    await jobs.setDestruction(job.id, new Date('2026-03-01T10:01:00Z'))
    expect(existsSync(join(folder, job.id))).toBe(true)
    now = new Date('2026-03-01T10:01:00Z')
    expect(() => jobs.get(job.id)).toThrow(/may have been deleted or have expired/)
    expect(jobs.list()).toEqual([])
    await create()
    expect(existsSync(join(folder, job.id))).toBe(false)
  })

  it('keeps no job for ever', async () => {
    const job = await jobs.setDestruction((await create()).id, new Date('9999-01-01T00:00:00Z'))
    expect(job.destructionMs).toBe(now.getTime() + limits.keepSecondsHard * 1000)
  })

  it('S-071, M-217 the quote is the start plus the longest run, in UTC with Z', async () => {
    const job = await create()
    expect(uwsTime(quoteMs(job) ?? 0)).toBe('2026-03-01T10:00:10Z')
  })
})

describe('WAIT', () => {
  it('M-215 ends with the change of phase', async () => {
    const job = await create()
    const waiting = jobs.waitForChange(job.id, -1, undefined, never)
    await jobs.start(job.id)
    expect((await waiting).phase).not.toBe('PENDING')
  })

  it('M-215, S-070 ends after its seconds, and never blocks longer than allowed', async () => {
    const job = await create()
    const begin = performance.now()
    await jobs.waitForChange(job.id, 1, undefined, never)
    expect(performance.now() - begin).toBeGreaterThan(900)
    await jobs.waitForChange(job.id, -1, undefined, never)
    expect(performance.now() - begin).toBeLessThan(6000)
  })

  it('M-215, M-216 does not block in a final phase, nor when the phase is another than the one asked about', async () => {
    const job = await create()
    const begin = performance.now()
    await jobs.waitForChange(job.id, 2, 'EXECUTING', never)
    await jobs.abort(job.id)
    await jobs.waitForChange(job.id, 2, undefined, never)
    expect(performance.now() - begin).toBeLessThan(1000)
  })

  it('ends when the client has gone', async () => {
    const job = await create()
    const gone = new AbortController()
    const waiting = jobs.waitForChange(job.id, 2, undefined, gone.signal)
    gone.abort()
    expect((await waiting).phase).toBe('PENDING')
  })
})

describe('S-072 a restart', () => {
  const restart = async () => {
    await jobs[Symbol.asyncDispose]()
    work = new Work()
    jobs = await open()
  }

  it('takes up what was running and waiting, in the order of creation', async () => {
    const [running, waiting, pending] = [await create(), await create(), await create(['QUERY', 'x'])]
    await jobs.start(running.id)
    await jobs.start(waiting.id)
    await reached(running, 'EXECUTING')
    await restart()
    await reached(running, 'EXECUTING')
    expect([phaseOf(waiting), phaseOf(pending)]).toEqual(['QUEUED', 'PENDING'])
    expect(jobs.get(pending.id).parameters).toEqual([['QUERY', 'x']])
    work.end(running)
    await reached(waiting, 'EXECUTING')
  })

  it('gives up a job that never survives', async () => {
    const job = await create()
    await jobs.start(job.id)
    for (let attempt = 1; attempt <= 2; attempt++) {
      await reached(job, 'EXECUTING')
      await restart()
    }
    await reached(job, 'EXECUTING')
    await restart()
    expect(jobs.get(job.id)).toMatchObject({ phase: 'ERROR', error: { type: 'fatal' } })
  })

  it('leaves alone what is no job, and removes what was never finished', async () => {
    writeFileSync(join(mkdtempSync(join(tmpdir(), 'other-')), 'x'), '')
    await create()
    writeFileSync(join(folder, 'notes.txt'), 'mine')
    rmSync(join(folder, jobs.list()[0]?.id ?? '', 'job.json'))
    await restart()
    expect(readdirSync(folder)).toEqual(['notes.txt'])
  })
})

describe('deleting', () => {
  it('M-213 stops it and removes everything', async () => {
    const job = await create()
    await jobs.start(job.id)
    await reached(job, 'EXECUTING')
    await jobs.destroy(job.id)
    expect(() => jobs.get(job.id)).toThrow(/There is no job/)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('parameters', () => {
  it('M-218 replace single ones and add uploads', async () => {
    const job = await create(['QUERY', 'a'], ['UPLOAD', 'a,param:a'])
    const parameters = new Parameters([
      ['query', 'b'],
      ['upload', 'b,param:b'],
      ['RUNID', 'mine'],
    ])
    const changed = await jobs.addParameters(job.id, {
      parameters,
      parts: new Map([
        ['b', new Uint8Array([1])],
        ['c', new Uint8Array()],
      ]),
    })
    expect(changed.parameters).toEqual([
      ['UPLOAD', 'a,param:a'],
      ['QUERY', 'b'],
      ['UPLOAD', 'b,param:b'],
      ['RUNID', 'mine'],
    ])
    expect(changed).toMatchObject({ runId: 'mine', parts: [{ name: 'b', file: 'part-0' }] })
    expect(await new JobStore(folder).readParts(changed)).toEqual(new Map([['b', Buffer.from([1])]]))
  })
})
