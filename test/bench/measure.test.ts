// Figures that decide are computed by functions whose answers are known.
import { describe, expect, it } from 'vitest'
import { distribution, growthExponent, mix, percentile, processorSpeed, repeat } from './measure.js'
import { processTreeUsage } from './process-usage.js'
import { describeProcessor, table } from './report.js'

describe('percentiles', () => {
  it('are values that occurred, by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1)
    expect(percentile(values, 0.5)).toBe(50)
    expect(percentile(values, 0.95)).toBe(95)
    expect(percentile([7], 0.99)).toBe(7)
    expect(distribution([3, 1, 2])).toEqual({ count: 3, p50Ms: 2, p95Ms: 3, p99Ms: 3, maxMs: 3 })
  })
})

describe('growth', () => {
  it('has the exponent of the power law behind it', () => {
    const sizes = [3000, 30_000, 300_000]
    expect(growthExponent(sizes.map((size) => ({ size, cost: 0.2 * size ** 0.7 })))).toBeCloseTo(0.7, 10)
    expect(growthExponent(sizes.map((size) => ({ size, cost: 12 })))).toBeCloseTo(0, 10)
  })
})

describe('clients', () => {
  it('repeat their task with rising numbers and leave the first run out', async () => {
    const seen: number[] = []
    const figures = await repeat(
      { name: 'count', weight: 1, run: async (repetition) => void seen.push(repetition) },
      5,
      10,
    )
    expect(seen).toEqual([0, 1, 2, 3, 4, 5])
    expect(figures.count).toBe(5)
  })

  it('draw tasks by weight, the same way every time', async () => {
    const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))
    const figures = await mix(
      [
        { name: 'often', weight: 9, run: wait },
        { name: 'seldom', weight: 1, run: wait },
      ],
      4,
      0.3,
    )
    expect(figures.all.count).toBe((figures.byTask.often?.count ?? 0) + (figures.byTask.seldom?.count ?? 0))
    expect(figures.byTask.often?.count ?? 0).toBeGreaterThan(2 * (figures.byTask.seldom?.count ?? 0))
  })
})

describe.runIf(process.platform === 'linux')('process usage', () => {
  it('sees the memory and the CPU time of this process', () => {
    const usage = processTreeUsage(process.pid)
    expect(usage.residentBytes).toBeGreaterThan(10_000_000)
    expect(usage.cpuSeconds).toBeGreaterThan(0)
  })
})

describe('the speed of the processor', () => {
  it('is told as it mostly is and as it is at best', () => {
    const { medianMs, bestMs } = processorSpeed()
    expect(bestMs).toBeGreaterThan(0)
    expect(medianMs).toBeGreaterThanOrEqual(bestMs)
  })

  it('is told as a multiple of that of a machine we know', () => {
    expect(describeProcessor({ medianMs: 0.108, bestMs: 0.08 })).toMatch(/0\.108 ms \(0\.080 at best\) .* 2\.0 times/)
  })
})

describe('a table', () => {
  it('is Markdown with numbers to the right', () => {
    expect(
      table(
        ['what', 'ms'],
        [
          ['a', 1.234],
          ['bcd', 1234],
        ],
      ),
    ).toBe(['| what |   ms |', '|------|-----:|', '| a    | 1.23 |', '| bcd  | 1234 |'].join('\n'))
  })
})
