// UWS jobs: phases, transitions, queue, deadlines, destruction (UWS 1.1 §2.1). What a job does comes in as `run`.

import type { Clock } from '../core/clock.js'
import { counted } from '../core/counted.js'
import { asRegistryError, errorSurfaces, RegistryError } from '../core/errors.js'
import { ForbiddenChange } from './errors.js'
import { isActive, type Job, type Phase } from './job.js'
import { admitCreation, admitStart } from './job-admission.js'
import { createJob, type JobRequest, withParameters } from './job-changes.js'
import type { JobStore } from './job-store.js'
import { JobWatchers } from './job-watchers.js'
import type { TapLimits } from './limits.js'

/** Does the job's work and says what came out; rejects with a RegistryError when it fails. */
export type RunJob = (job: Job, signal: AbortSignal) => Promise<NonNullable<Job['result']>>

export interface JobQueueParts {
  readonly store: JobStore
  readonly run: RunJob
  readonly clock: Clock
  readonly limits: TapLimits
  readonly newId: () => string
  /** Told of failures that are ours. */
  readonly onInternalError?: (error: RegistryError, job: Job) => void
}

/** Begun so often without an end, a job is given up. */
const mostAttempts = 3
const sweepMs = 30_000

export class JobQueue implements AsyncDisposable {
  readonly #parts: JobQueueParts
  readonly #jobs = new Map<string, Job>()
  readonly #waiting: string[] = []
  readonly #running = new Map<string, { readonly controller: AbortController; readonly done: Promise<void> }>()
  readonly #watchers = new JobWatchers()
  readonly #sweeper: NodeJS.Timeout
  #isClosed = false
  #latestMs = 0

  private constructor(parts: JobQueueParts) {
    this.#parts = parts
    this.#sweeper = setInterval(() => void this.#sweep(), sweepMs)
    this.#sweeper.unref()
  }

  /** Takes up the stored jobs: what was waiting or running when the server went down is queued again. */
  static async open(parts: JobQueueParts): Promise<JobQueue> {
    const queue = new JobQueue(parts)
    for (const job of await parts.store.load()) {
      queue.#jobs.set(job.id, job)
      queue.#latestMs = Math.max(queue.#latestMs, job.createdMs)
      if (job.phase === 'QUEUED' || job.phase === 'EXECUTING') await queue.#takeUp(job)
    }
    await queue.#sweep()
    queue.#startNext()
    return queue
  }

  /** A new PENDING job. Throws kind `unavailable` when too many are kept. */
  async create(request: JobRequest): Promise<Job> {
    await this.#sweep()
    admitCreation(this.#jobs.values(), request.client)
    // No two jobs are of the same moment, so that their order survives a restart.
    this.#latestMs = Math.max(this.#now(), this.#latestMs + 1)
    const { job, parts } = createJob(request, this.#latestMs, this.#parts)
    await this.#parts.store.create(job, parts)
    this.#jobs.set(job.id, job)
    return job
  }

  /** Throws kind `not-found` for unknown, deleted and expired jobs. */
  get(id: string): Job {
    const job = this.#jobs.get(id)
    if (job !== undefined && job.destructionMs > this.#now()) return job
    throw new RegistryError(
      'not-found',
      `There is no job "${id.slice(0, 60)}"; it may have been deleted or have expired.`,
    )
  }

  /** All jobs, the oldest first. */
  list(): readonly Job[] {
    const now = this.#now()
    return [...this.#jobs.values()].filter((job) => job.destructionMs > now)
  }

  /** Place in the queue from 1 on; undefined for a job that does not wait. */
  queuePosition(id: string): number | undefined {
    const index = this.#waiting.indexOf(id)
    return index < 0 ? undefined : index + 1
  }

  /** PENDING → QUEUED → EXECUTING. Throws ForbiddenChange, or kind `unavailable` when the queue is full. */
  async start(id: string): Promise<Job> {
    const job = this.#inPhase(id, ['PENDING', 'HELD'], 'be started')
    admitStart(this.#waiting.length, this.#parts.store.space, this.#parts.limits)
    const queued = await this.#change(job, { phase: 'QUEUED' })
    this.#waiting.push(id)
    this.#startNext()
    return this.#jobs.get(id) ?? queued
  }

  /** Stops it; its record stays. Throws ForbiddenChange when it is over already. */
  async abort(id: string): Promise<Job> {
    const job = this.#inPhase(id, ['PENDING', 'QUEUED', 'EXECUTING', 'HELD', 'SUSPENDED'], 'be aborted')
    await this.#end(job, { phase: 'ABORTED' })
    return this.get(id)
  }

  /** Adds parameters and parts while it is PENDING. */
  async addParameters(id: string, request: JobRequest): Promise<Job> {
    const job = this.#inPhase(id, ['PENDING'], 'take parameters')
    const changed = withParameters(job, request)
    await this.#parts.store.savePart(changed, request.parts)
    return this.#change(job, changed)
  }

  /** Sets the longest run; more than the limit, or 0 where a limit is in force, becomes the limit. */
  async setExecutionSeconds(id: string, seconds: number): Promise<Job> {
    const job = this.#inPhase(id, ['PENDING'], 'get another execution duration')
    const most = this.#parts.limits.jobSecondsHard
    return this.#change(job, { executionSeconds: most > 0 && (seconds === 0 || seconds > most) ? most : seconds })
  }

  /** Sets when it vanishes, within the limit. */
  async setDestruction(id: string, moment: Date): Promise<Job> {
    const latest = this.#now() + this.#parts.limits.keepSecondsHard * 1000
    return this.#change(this.get(id), { destructionMs: Math.min(moment.getTime(), latest) })
  }

  /** Stops and removes it, its result included. */
  async destroy(id: string): Promise<void> {
    await this.#remove(this.get(id))
  }

  /** The result's bytes; throws kind `not-found` when there is none. */
  readResult(id: string): AsyncIterable<Uint8Array> {
    if (this.get(id).result === undefined)
      throw new RegistryError('not-found', `Job ${id} has no result: its phase is ${this.get(id).phase}.`)
    return this.#parts.store.readResult(id)
  }

  /** Waits until the phase is another than now (or than `phase`), the seconds have passed, or `signal` is aborted. */
  async waitForChange(id: string, seconds: number, phase: Phase | undefined, signal: AbortSignal): Promise<Job> {
    const job = this.get(id)
    // UWS 1.1 §2.2.1.2: only active phases block, and only while they are the one asked about.
    if (!isActive(job.phase) || (phase !== undefined && phase !== job.phase)) return job
    const most = this.#parts.limits.waitSeconds
    await this.#watchers.wait(id, (seconds < 0 ? most : Math.min(seconds, most)) * 1000, signal)
    return this.get(id)
  }

  /** Stops what runs; it is taken up again by the next `open`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#sweeper)
    this.#watchers.wakeAll()
    const running = [...this.#running.values()]
    for (const { controller } of running) controller.abort(new Error('The server is shutting down.'))
    await Promise.all(running.map(({ done }) => done))
  }

  #now(): number {
    return this.#parts.clock().getTime()
  }

  #inPhase(id: string, allowed: readonly Phase[], wish: string): Job {
    const job = this.get(id)
    if (allowed.includes(job.phase)) return job
    throw new ForbiddenChange(
      `Job ${id} is ${job.phase} and cannot ${wish}; that needs the phase ${allowed.join(' or ')}.`,
    )
  }

  async #change(job: Job, change: Partial<Job>): Promise<Job> {
    const changed = { ...job, ...change }
    // Memory first: two requests at a time see each other's changes.
    this.#jobs.set(job.id, changed)
    await this.#parts.store.save(changed)
    if (changed.phase !== job.phase) this.#watchers.wake(job.id)
    return changed
  }

  async #takeUp(job: Job): Promise<void> {
    if (job.attempts >= mostAttempts) {
      const error = { message: 'The server went down each time this job ran; it was given up.', type: 'fatal' } as const
      await this.#change(job, { phase: 'ERROR', endedMs: this.#now(), error })
      return
    }
    await this.#change(job, { phase: 'QUEUED' })
    this.#waiting.push(job.id)
  }

  #startNext(): void {
    while (!this.#isClosed && this.#running.size < this.#parts.limits.runningJobs) {
      const id = this.#waiting.shift()
      if (id === undefined) return
      const job = this.#jobs.get(id)
      if (job?.phase !== 'QUEUED') continue
      const controller = new AbortController()
      const done = this.#execute(job, controller)
        // Only a disk that takes no more gets here; the job then stays as it was last written.
        .catch((thrown) => this.#parts.onInternalError?.(asRegistryError(thrown), job))
        .finally(() => {
          this.#running.delete(id)
          this.#startNext()
        })
      this.#running.set(id, { controller, done })
    }
  }

  async #execute(queued: Job, controller: AbortController): Promise<void> {
    const job = await this.#change(queued, {
      phase: 'EXECUTING',
      startedMs: this.#now(),
      attempts: queued.attempts + 1,
    })
    let isOverdue = false
    const deadline = setTimeout(
      () => {
        isOverdue = true
        controller.abort(new Error('The execution duration is over.'))
      },
      job.executionSeconds > 0 ? job.executionSeconds * 1000 : 2 ** 31 - 1,
    )
    deadline.unref()
    try {
      // Aborted while its new phase was being written.
      controller.signal.throwIfAborted()
      const result = await this.#parts.run(job, controller.signal)
      await this.#settle(job, { phase: 'COMPLETED', result })
    } catch (thrown) {
      const error = asRegistryError(thrown)
      // UWS 1.1 §2.1.4: a job over its execution duration is aborted.
      if (isOverdue) {
        const message = `The job ran longer than its execution duration of ${counted(job.executionSeconds, 'second')} and was aborted.`
        await this.#settle(job, { phase: 'ABORTED', error: { message, type: 'fatal' } })
        return
      }
      if (error.kind === 'internal' && !controller.signal.aborted) this.#parts.onInternalError?.(error, job)
      await this.#settle(job, {
        phase: 'ERROR',
        error: { message: error.message, type: errorSurfaces[error.kind].uwsType },
      })
    } finally {
      clearTimeout(deadline)
    }
  }

  // What was aborted or destroyed meanwhile stays so; what is interrupted by our own end is taken up at the next start.
  async #settle(job: Job, end: Partial<Job>): Promise<void> {
    const present = this.#jobs.get(job.id)
    if (this.#isClosed || present?.phase !== 'EXECUTING') return
    await this.#change(present, { ...end, endedMs: this.#now() })
  }

  async #end(job: Job, change: Partial<Job>): Promise<void> {
    const index = this.#waiting.indexOf(job.id)
    if (index >= 0) this.#waiting.splice(index, 1)
    await this.#change(job, { ...change, endedMs: this.#now() })
    const running = this.#running.get(job.id)
    running?.controller.abort(new Error('The job was aborted.'))
    await running?.done
  }

  async #remove(job: Job): Promise<void> {
    this.#jobs.delete(job.id)
    const index = this.#waiting.indexOf(job.id)
    if (index >= 0) this.#waiting.splice(index, 1)
    const running = this.#running.get(job.id)
    running?.controller.abort(new Error('The job was deleted.'))
    await running?.done
    await this.#parts.store.remove(job.id)
    this.#watchers.wake(job.id)
  }

  async #sweep(): Promise<void> {
    const now = this.#now()
    for (const job of this.#jobs.values()) if (job.destructionMs <= now) await this.#remove(job)
  }
}
