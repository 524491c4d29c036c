// Who may create and start jobs when many are kept already.
import { describe, expect, it } from 'vitest'
import { errorStatus, ForbiddenChange } from '../../src/tap/errors.js'
import type { Job } from '../../src/tap/job.js'
import { admitCreation } from '../../src/tap/job-admission.js'

const kept = (count: number, client: string, query = 'SELECT 1'): readonly Job[] =>
  Array.from({ length: count }, (_, index) => ({
    id: String(index),
    phase: 'PENDING',
    client,
    createdMs: index,
    executionSeconds: 1,
    destructionMs: 1,
    parameters: [['QUERY', query]],
    parts: [],
    attempts: 0,
  }))
const refusal = (jobs: readonly Job[], client: string): unknown => {
  try {
    admitCreation(jobs, client)
    return undefined
  } catch (thrown) {
    return thrown
  }
}

describe('a new job', () => {
  it('S-068 is refused with 403 when its client has too many', () => {
    const jobs = kept(2000, '192.0.2.1')
    const thrown = refusal(jobs, '192.0.2.1')
    expect(thrown).toBeInstanceOf(ForbiddenChange)
    expect(thrown instanceof ForbiddenChange && errorStatus(thrown)).toBe(403)
    expect(refusal(jobs, '192.0.2.2')).toBeUndefined()
    expect(refusal(kept(1999, '192.0.2.1'), '192.0.2.1')).toBeUndefined()
  })

  it('has to wait when all clients together have too many, or too long queries', () => {
    const many = Array.from({ length: 10 }, (_, index) => kept(1000, `192.0.2.${index}`)).flat()
    expect(refusal(many, '192.0.2.77')).toMatchObject({ kind: 'unavailable', retryAfterSeconds: 600 })
    expect(refusal(kept(200, '192.0.2.1', 'x'.repeat(1_000_000)), '192.0.2.2')).toMatchObject({ kind: 'unavailable' })
  })
})
