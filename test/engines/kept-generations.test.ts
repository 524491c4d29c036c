// Which generations are kept for going back.
import { describe, expect, it } from 'vitest'
import { keptGenerations } from '../../src/engines/generations.js'

/** Generations newest first, as `DAY` each; the first serves, the second was before it. */
function made(...days: readonly string[]) {
  return days.map((day, index) => ({
    generation: days.length - index,
    made: new Date(`2026-06-${day}T12:00:00Z`),
    use: index === 0 ? ('current' as const) : index === 1 ? ('previous' as const) : ('kept' as const),
  }))
}

const kept = (earlier: number, ...days: readonly string[]) =>
  [...keptGenerations(made(...days), earlier)].sort((one, other) => other - one)

describe('generations kept', () => {
  it('are the previous one and the last one of yesterday, however many today has had', () => {
    expect(kept(2, '05', '05', '05', '05', '04', '04', '03')).toEqual([7, 6, 3])
  })

  it('are the last ones of as many days as there is room for', () => {
    expect(kept(3, '05', '05', '04', '04', '03', '01')).toEqual([6, 5, 4, 2])
  })

  it('are yesterday and the day before when nothing else has changed today', () => {
    expect(kept(2, '05', '04', '03', '03', '02')).toEqual([5, 4, 3])
  })

  it('are the newest where there were no other days', () => {
    expect(kept(2, '05', '05', '05', '05')).toEqual([4, 3, 2])
  })

  it('is the one in use alone when no other is wanted', () => {
    expect(kept(0, '05', '04', '03')).toEqual([3])
  })

  it('keep the previous one although it is an older file than others, as after going back', () => {
    const list = made('05', '04', '03').map((one) => ({
      ...one,
      use: one.generation === 1 ? ('previous' as const) : one.use,
    }))
    const uses = list.map((one) => (one.generation === 2 ? { ...one, use: 'kept' as const } : one))
    expect([...keptGenerations(uses, 1)]).toEqual([3, 1])
  })
})
