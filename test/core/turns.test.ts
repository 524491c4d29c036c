import { setImmediate as tick } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Turns } from '../../src/core/turns.js'

it('lets nothing begin before what came earlier has ended, also badly', async () => {
  const turns = new Turns()
  const events: string[] = []
  const work = (name: string, ticks: number, fails = false) =>
    turns.take(async () => {
      events.push(`${name} begins`)
      for (let left = ticks; left > 0; left--) await tick()
      events.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    })
  const all = await Promise.allSettled([work('first', 3), work('second', 2, true), work('third', 0)])
  expect(events).toEqual(['first begins', 'first ends', 'second begins', 'second ends', 'third begins', 'third ends'])
  expect(all.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message))).toEqual([
    'first',
    'second',
    'third',
  ])
})
