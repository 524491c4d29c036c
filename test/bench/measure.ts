// Repeated work → figures: percentiles of wall time, CPU, event loop delay, and how cost grows with size.
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Wall times in milliseconds. */
export interface Distribution {
  readonly count: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** The value below which the given part of the sorted values lies (nearest rank). */
export function percentile(sorted: readonly number[], part: number): number {
  const rank = Math.max(1, Math.ceil(part * sorted.length))
  return sorted[rank - 1] ?? Number.NaN
}

export function distribution(timesMs: readonly number[]): Distribution {
  const sorted = [...timesMs].sort((one, other) => one - other)
  return {
    count: sorted.length,
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    p99Ms: percentile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? Number.NaN,
  }
}

/** One kind of work that a client does again and again; `repetition` counts up, so that parameters can vary. */
export interface Task {
  readonly name: string
  /** Share in a mix, any unit. */
  readonly weight: number
  run(repetition: number): Promise<void>
}

/** One client, one kind of work: at most `repetitions` runs and at most `seconds`. The first run is not counted. */
export async function repeat(task: Task, repetitions: number, seconds: number): Promise<Distribution> {
  const times: number[] = []
  await task.run(0)
  const end = performance.now() + seconds * 1000
  for (let repetition = 1; repetition <= repetitions && performance.now() < end; repetition++) {
    times.push(await timed(() => task.run(repetition)))
  }
  return distribution(times)
}

export interface MixFigures {
  readonly clients: number
  readonly perSecond: number
  readonly all: Distribution
  readonly byTask: Readonly<Record<string, Distribution>>
}

/** Wall times in milliseconds by name of the task. */
export type TaskTimes = Readonly<Record<string, readonly number[]>>

/** Several clients in this process, each asking the next question as soon as the last is answered. */
export async function mix(tasks: readonly Task[], clients: number, seconds: number): Promise<MixFigures> {
  const started = performance.now()
  const times = await Promise.all(
    Array.from({ length: clients }, (_, number) => mixClient(tasks, { number, clients }, seconds)),
  )
  return mixFigures(times, (performance.now() - started) / 1000)
}

/** One of several clients: tasks drawn by weight, the same way every time, with other repetitions than the other clients have. */
export async function mixClient(
  tasks: readonly Task[],
  { number, clients }: { readonly number: number; readonly clients: number },
  seconds: number,
): Promise<TaskTimes> {
  const times = new Map<string, number[]>(tasks.map((task) => [task.name, []]))
  const end = performance.now() + seconds * 1000
  const random = randomNumbers(number + 1)
  for (let repetition = 0; performance.now() < end; repetition++) {
    const task = drawn(tasks, random())
    times.get(task.name)?.push(await timed(() => task.run(repetition * clients + number)))
  }
  return Object.fromEntries(times)
}

/** What all clients together saw. */
export function mixFigures(clients: readonly TaskTimes[], elapsedSeconds: number): MixFigures {
  const names = new Set(clients.flatMap((times) => Object.keys(times)))
  const timesOf = (name: string): readonly number[] => clients.flatMap((times) => times[name] ?? [])
  const all = [...names].flatMap(timesOf)
  return {
    clients: clients.length,
    perSecond: all.length / elapsedSeconds,
    all: distribution(all),
    byTask: Object.fromEntries([...names].map((name) => [name, distribution(timesOf(name))])),
  }
}

function drawn(tasks: readonly Task[], random: number): Task {
  let left = random * tasks.reduce((sum, task) => sum + task.weight, 0)
  for (const task of tasks) {
    left -= task.weight
    if (left < 0) return task
  }
  return tasks[tasks.length - 1]!
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface ProcessorSpeed {
  /** The same short piece of work, again and again: as it mostly went, and as it went undisturbed. */
  readonly medianMs: number
  readonly bestMs: number
}

/**
 * How fast this processor is, and how much of it we have: who shares a core with others on a rented machine sees no load
 * and gets half its speed. Takes half a second or so.
 */
export function processorSpeed(): ProcessorSpeed {
  const times: number[] = []
  // What leaves a core half idle, such as a chain of multiplications, would not feel who shares it.
  const text = JSON.stringify(Array.from({ length: 200 }, (_, id) => ({ id, name: `name ${id}`, list: [id, id + 1] })))
  for (let stint = 0; stint < 5000; stint++) {
    const started = performance.now()
    JSON.parse(text)
    times.push(performance.now() - started)
  }
  const sorted = times.sort((one, other) => one - other)
  return { medianMs: percentile(sorted, 0.5), bestMs: percentile(sorted, 0.001) }
}

export interface LoopDelay {
  readonly p99Ms: number
  readonly maxMs: number
}

/** How late this process's event loop came round while the work ran. */
export async function withLoopDelay<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; delay: LoopDelay }> {
  const histogram = monitorEventLoopDelay({ resolution: 5 })
  histogram.enable()
  const result = await work()
  histogram.disable()
  return { result, delay: { p99Ms: histogram.percentile(99) / 1e6, maxMs: histogram.max / 1e6 } }
}

/** The exponent e of cost ≈ c · size^e, by least squares over logarithms; needs two sizes or more. */
export function growthExponent(points: readonly { readonly size: number; readonly cost: number }[]): number {
  const logs = points.map(({ size, cost }) => [Math.log(size), Math.log(cost)] as const)
  const mean = (at: 0 | 1): number => logs.reduce((sum, log) => sum + log[at], 0) / logs.length
  const [meanSize, meanCost] = [mean(0), mean(1)]
  const covariance = logs.reduce((sum, [size, cost]) => sum + (size - meanSize) * (cost - meanCost), 0)
  const variance = logs.reduce((sum, [size]) => sum + (size - meanSize) ** 2, 0)
  return covariance / variance
}
