// Rubbish of all kinds at the doors of /tap: error documents, never a 500, never a hang.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openService, type TestService } from '../tap/service.js'

let service: TestService
beforeAll(async () => {
  service = await openService({ uploadLimitBytes: 20_000 })
}, 30_000)
afterAll(async () => service[Symbol.asyncDispose]())

const names = [
  'QUERY',
  'lang',
  'MAXREC',
  'RESPONSEFORMAT',
  'FORMAT',
  'UPLOAD',
  'RUNID',
  'PHASE',
  'WAIT',
  'AFTER',
  'LAST',
  'DESTRUCTION',
  'EXECUTIONDURATION',
  'ACTION',
  'detail',
]
const values = [
  'SELECT TOP 1 ivoid FROM rr.resource',
  'ADQL',
  '0',
  '-1',
  '1e9',
  'csv',
  'votable',
  'fits',
  't,param:t',
  't,http://127.0.0.1/',
  'RUN',
  'ABORT',
  'PENDING',
  '2026-01-01',
  'DELETE',
  'min',
  '',
]
const paths = [
  'sync',
  'async',
  'tables',
  'tables/rr.resource',
  'capabilities',
  'examples',
  'availability',
  'async/x',
  'async/x/phase',
  'nothing',
  '%',
  '%00',
  '..%2f..',
]
const statuses = [200, 303, 400, 403, 404, 405, 413, 415]

const parameter = fc.tuple(
  fc.oneof(fc.constantFrom(...names), fc.string()),
  fc.oneof(fc.constantFrom(...values), fc.string({ unit: 'binary' })),
)
const url = fc
  .tuple(fc.constantFrom(...paths), fc.array(parameter, { maxLength: 5 }))
  .map(([path, pairs]) => `/tap/${path}?${new URLSearchParams(pairs as [string, string][])}`)

describe('rubbish', () => {
  it('in parameters', async () => {
    await fc.assert(
      fc.asyncProperty(url, fc.constantFrom('GET', 'POST', 'HEAD', 'DELETE'), async (target, method) => {
        const response = await service.app.inject({ method, url: target })
        expect(statuses).toContain(response.statusCode)
      }),
      { numRuns: 400 },
    )
  })

  it('in bodies', async () => {
    const contentType = fc.oneof(
      fc.constantFrom(
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=b',
        'multipart/form-data',
        'text/xml',
        '',
      ),
      fc.string().filter((text) => /^[\x21-\x7e]*$/.test(text)),
    )
    const piece = fc.oneof(
      fc.constantFrom(
        '--b\r\n',
        '--b--',
        '\r\n\r\n',
        'Content-Disposition: form-data; name="QUERY"',
        'QUERY=SELECT',
        '&',
        '%zz',
        '\n--b\n',
      ),
      fc.string({ unit: 'binary' }),
    )
    await fc.assert(
      fc.asyncProperty(contentType, fc.array(piece, { maxLength: 8 }), async (type, pieces) => {
        const response = await service.app.inject({
          method: 'POST',
          url: '/tap/sync',
          payload: pieces.join(''),
          headers: type === '' ? {} : { 'content-type': type },
        })
        expect(statuses).toContain(response.statusCode)
      }),
      { numRuns: 400 },
    )
  })
})
