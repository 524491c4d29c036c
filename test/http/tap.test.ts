// /tap/sync and the documents beside it, asked as clients ask.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openService, type TestService } from '../tap/service.js'

let service: TestService
beforeAll(async () => {
  service = await openService()
})
afterAll(async () => service[Symbol.asyncDispose]())

const query = (parameters: Record<string, string> | [string, string][]) => ({
  url: `/tap/sync?${new URLSearchParams(parameters)}`,
})

describe('first light', () => {
  it('answers', async () => {
    const r = await service.app.inject(
      query({ LANG: 'ADQL', QUERY: 'SELECT TOP 3 ivoid, res_title, created FROM rr.resource ORDER BY ivoid' }),
    )
    console.log(r.statusCode, r.headers, r.body)
    const r2 = await service.app.inject(
      query({ LANG: 'ADQL', QUERY: 'SELECT TOP 3 ivoid, res_titel FROM rr.resource', RESPONSEFORMAT: 'json' }),
    )
    console.log(r2.statusCode, r2.headers, r2.body)
    for (const u of [
      'capabilities',
      'availability',
      'tables?detail=min',
      'tables/rr.capability',
      'examples',
      'nothing',
    ]) {
      const r = await service.app.inject(`/tap/${u}`)
      console.log(r.statusCode, r.headers['content-type'], r.body.slice(0, 1500))
    }
  })
})
