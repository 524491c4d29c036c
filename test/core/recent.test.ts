import { describe, expect, it } from 'vitest'
import { Recent } from '../../src/core/recent.js'

describe('Recent', () => {
  it('forgets what was not asked for longest', () => {
    const recent = new Recent<string, number>(2)
    recent.set('a', 1)
    recent.set('b', 2)
    recent.get('a')
    recent.set('c', 3)
    expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual([1, undefined, 3])
  })

  it('holds a key once, with its last value', () => {
    const recent = new Recent<string, number>(2)
    for (const value of [1, 2, 3]) recent.set('a', value)
    recent.set('b', 4)
    expect(['a', 'b'].map((key) => recent.get(key))).toEqual([3, 4])
    recent.clear()
    expect(recent.get('a')).toBeUndefined()
  })

  it('never outgrows its room and forgets what was not asked for longest', () => {
    const cache = new Recent<number, Uint8Array>(100, (bytes) => bytes.length)
    for (const key of [1, 2, 3]) cache.set(key, new Uint8Array(30))
    cache.get(1)
    cache.set(4, new Uint8Array(30))
    expect([1, 2, 3, 4].map((key) => cache.get(key)?.length)).toEqual([30, undefined, 30, 30])
    cache.set(5, new Uint8Array(101))
    expect(cache.size).toBe(0)
  })
})
