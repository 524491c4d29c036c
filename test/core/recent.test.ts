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
})
