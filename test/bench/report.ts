// Figures of a benchmark → a table for people and a JSON file for comparison, both with what they were measured on.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { type ProcessorSpeed, processorSpeed } from './measure.js'

export interface Machine {
  readonly node: string
  readonly processors: number
  readonly processorModel: string
  readonly memoryGigabytes: number
  /** Processes that wanted to run, mean of the last minute: how quiet the machine was. */
  readonly loadAverage: number
  /** Measured at this moment. */
  readonly processorSpeed: ProcessorSpeed
}

export function machine(): Machine {
  return {
    node: process.version,
    processors: cpus().length,
    processorModel: cpus()[0]?.model ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / 1e9),
    loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    processorSpeed: processorSpeed(),
  }
}

/** Median of `processorSpeed` on the quiet machine that the figures in docs/benchmarks.md come from (two cores of an AMD EPYC). */
const quietMs = 0.054

/** What the times that follow are to be compared with. */
export function describeProcessor({ medianMs, bestMs }: ProcessorSpeed): string {
  const factor = (medianMs / quietMs).toFixed(1)
  return `processor: ${medianMs.toFixed(3)} ms (${bestMs.toFixed(3)} at best) for the yardstick, ${factor} times that of the machine in docs/benchmarks.md`
}

/** Rows → a Markdown table; numbers are set to the right. */
export function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [heads, ...rows].map((row) => row.map((cell) => (typeof cell === 'number' ? shortNumber(cell) : cell)))
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const isNumeric = heads.map((_, column) => rows.some((row) => typeof row[column] === 'number'))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (isNumeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (isNumeric[column] ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`
  const [head = [], ...body] = cells
  return [line(head), rule, ...body.map(line)].join('\n')
}

/** Three significant digits without exponent. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return '-'
  if (Math.abs(value) >= 100) return value.toFixed(0)
  if (Math.abs(value) >= 10) return value.toFixed(1)
  return value.toFixed(2)
}

/** Writes the figures with the machine they were measured on and the time. */
export function writeFigures(file: string, benchmark: string, figures: object): void {
  mkdirSync(dirname(file), { recursive: true })
  const content = { benchmark, measured: new Date().toISOString(), machine: machine(), ...figures }
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`)
}

/** What one run of a command took, as `runCommand` measures it. */
interface MeasuredRun {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakBytes: number
}

/** Prints what runs of commands took, by what they did, and writes it with what they were about. */
export function reportRuns(
  file: string,
  benchmark: string,
  about: object,
  runs: Readonly<Record<string, MeasuredRun>>,
): void {
  const measured = Object.entries(runs)
  console.log(
    table(
      ['what', 'time (s)', 'CPU (s)', 'peak memory (MB)'],
      measured.map(([what, { seconds, cpuSeconds, peakBytes }]) => [what, seconds, cpuSeconds, peakBytes / 1e6]),
    ),
  )
  const figures = measured.map(([what, { seconds, cpuSeconds, peakBytes }]) => [
    what,
    { seconds, cpuSeconds, peakBytes },
  ])
  writeFigures(file, benchmark, { ...about, runs: Object.fromEntries(figures) })
}
