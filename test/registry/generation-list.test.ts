// What a person means by the name of a generation.
import { describe, expect, it } from 'vitest'
import { chooseGeneration, keptBy } from '../../src/registry/generation-list.js'

const present = [
  { generation: 14, made: new Date('2026-06-05T10:00:00Z'), use: 'current' },
  { generation: 13, made: new Date('2026-06-05T09:00:00Z'), use: 'previous' },
  { generation: 9, made: new Date('2026-06-04T23:59:59Z'), use: 'kept' },
  { generation: 4, made: new Date('2026-06-01T12:00:00Z'), use: 'kept' },
] as const
const now = new Date('2026-06-05T12:00:00Z')

describe('the generation to go back to', () => {
  it.each([
    [undefined, 13],
    ['13', 13],
    ['yesterday', 9],
    ['Yesterday', 9],
    ['2026-06-04', 9],
    ['2026-06-03', 4],
    ['2026-06-01', 4],
  ])('%s is %i', (name, generation) => {
    expect(chooseGeneration(present, name, now)).toBe(generation)
  })

  it.each(['7', '2026-05-31', 'last week'])('"%s" is none; those that are kept are named', (name) => {
    expect(() => chooseGeneration(present, name, now)).toThrow(
      expect.objectContaining({ kind: 'not-found', message: expect.stringContaining('14, 13, 9, 4') }),
    )
  })

  it.each(['14', '2026-06-05'])('"%s" is in use already', (name) => {
    expect(() => chooseGeneration(present, name, now)).toThrow(expect.objectContaining({ kind: 'usage' }))
  })

  it('exists only where the engine keeps any', () => {
    expect(() => keptBy({ name: 'postgresql' })).toThrow(
      expect.objectContaining({ kind: 'usage', message: expect.stringContaining('backups') }),
    )
  })
})
