// The time of a query counts while the engine works; a slow reader has longer, but not for ever.
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { TimeBudget } from '../../src/tap/time-budget.js'

/** Batches that take so long each, and end when they are told to. */
async function* batches(milliseconds: number, signal: AbortSignal): AsyncGenerator<number> {
  for (let number = 0; number < 3; number++) {
    await sleep(milliseconds, undefined, { signal })
    yield number
  }
}

async function read(budget: TimeBudget, engineMs: number, readerMs: number): Promise<number> {
  let count = 0
  for await (const _batch of budget.spend(batches(engineMs, budget.signal))) {
    count++
    await sleep(readerMs)
  }
  return count
}

describe('the time of a query', () => {
  it('is used up by the engine', async () => {
    const budget = new TimeBudget(0.2)
    await expect(read(budget, 5000, 0)).rejects.toMatchObject({ name: 'AbortError' })
    expect(budget.signal.aborted).toBe(true)
  })

  it('is used up by many batches together', async () => {
    await expect(read(new TimeBudget(0.25), 100, 0)).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('is not used up by a slow reader', async () => {
    const budget = new TimeBudget(1)
    expect(await read(budget, 1, 400)).toBe(3)
    expect(budget.signal.aborted).toBe(false)
  })

  it('does not last for ever for a very slow one', async () => {
    await expect(read(new TimeBudget(0.1), 1, 600)).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('may be without limit', async () => {
    expect(await read(new TimeBudget(0), 20, 0)).toBe(3)
  })

  it('closes the engine when the reader stops', async () => {
    let isClosed = false
    async function* endless(): AsyncGenerator<number> {
      try {
        for (;;) yield 1
      } finally {
        isClosed = true
      }
    }
    for await (const _batch of new TimeBudget(1).spend(endless())) break
    expect(isClosed).toBe(true)
  })
})
