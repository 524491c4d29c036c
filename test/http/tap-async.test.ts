// /tap/async: UWS 1.1 as pyvo, STILTS and taplint use it.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attributeOf, childElements, firstChild, readXml, textOf, type XmlElement } from '../../src/xml/reader.js'
import { hasShared, schemaViolations } from '../support/schemas.js'
import { openService, type TestService } from '../tap/service.js'

let service: TestService
beforeAll(async () => {
  service = await openService()
}, 30_000)
afterAll(async () => service[Symbol.asyncDispose]())

type Entries = Record<string, string> | [string, string][]
const post = (path: string, parameters: Entries) =>
  service.app.inject({
    method: 'POST',
    url: path,
    payload: new URLSearchParams(parameters).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
const get = (path: string) => service.app.inject(path)

const query = "SELECT ivoid FROM rr.resource WHERE res_title = 'Quasars'"
// Some hundred million rows: runs until it is stopped.
const endless =
  'SELECT COUNT(*) FROM tap_schema.columns AS a, tap_schema.columns AS b, tap_schema.columns AS c, tap_schema.columns AS d WHERE a.description || b.description < c.description || d.description'

/** Path of a new job. */
async function create(parameters: Entries): Promise<string> {
  const response = await post('/tap/async', parameters)
  expect(response.statusCode).toBe(303)
  const location = response.headers.location ?? ''
  expect(location).toMatch(/^http:\/\/localhost:8080\/tap\/async\/[a-z0-9]{24}$/)
  return new URL(location).pathname
}

function valid(body: string): XmlElement {
  if (hasShared) expect(schemaViolations(body)).toEqual([])
  return readXml(body)
}

const job = async (path: string, more = '') => valid((await get(path + more)).body)
const text = (element: XmlElement, name: string) => {
  const child = firstChild(element, name)
  return child === undefined ? undefined : textOf(child)
}
const phase = async (path: string) => (await get(`${path}/phase`)).body

async function reached(path: string, wanted: string): Promise<void> {
  for (let tries = 0; tries < 300 && (await phase(path)) !== wanted; tries++) await sleep(10)
  expect(await phase(path)).toBe(wanted)
}

describe('a job from beginning to end', () => {
  it('M-203, M-205, M-206, M-211, M-223 is created, run, read and deleted', async () => {
    const path = await create({ LANG: 'ADQL', QUERY: query, RESPONSEFORMAT: 'csv', RUNID: 'mine' })
    const pending = await job(path)
    expect(attributeOf(pending, 'version')).toBe('1.1')
    expect(childElements(pending).map((child) => child.name)).toEqual([
      'jobId',
      'runId',
      'ownerId',
      'phase',
      'quote',
      'creationTime',
      'startTime',
      'endTime',
      'executionDuration',
      'destruction',
      'parameters',
      'results',
    ])
    expect(text(pending, 'phase')).toBe('PENDING')
    expect(text(pending, 'creationTime')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    const run = await post(`${path}/phase`, { PHASE: 'RUN' })
    expect([run.statusCode, new URL(run.headers.location ?? '').pathname]).toEqual([303, path])
    expect(text(await job(path, '?WAIT=10&PHASE=PENDING'), 'phase')).not.toBe('PENDING')
    await reached(path, 'COMPLETED')
    const done = await job(path)
    const result = childElements(firstChild(done, 'results') as XmlElement)[0] as XmlElement
    expect([attributeOf(result, 'id'), attributeOf(result, 'size'), attributeOf(result, 'mime-type')]).toEqual([
      'result',
      '34',
      'text/csv;header=present',
    ])
    const href = result.attributes.find((attribute) => attribute.qualifiedName === 'xlink:href')?.value ?? ''
    const answer = await get(new URL(href).pathname)
    expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([
      200,
      'text/csv;header=present',
      'ivoid\r\nivo://example.edu/quasars\r\n',
    ])
    const deleted = await service.app.inject({ method: 'DELETE', url: path })
    expect([deleted.statusCode, deleted.headers.location]).toEqual([303, 'http://localhost:8080/tap/async'])
    expect((await get(path)).statusCode).toBe(404)
  })

  it('that is refused leaves nothing behind', async () => {
    const before = (await get('/tap/async')).body
    expect((await post('/tap/async', { QUERY: query, EXECUTIONDURATION: 'long' })).statusCode).toBe(400)
    expect((await post('/tap/async', { QUERY: query, PHASE: 'STOP' })).statusCode).toBe(400)
    expect((await get('/tap/async')).body).toBe(before)
  })

  it('M-204 starts at once with PHASE=RUN', async () => {
    const path = await create({ LANG: 'ADQL', QUERY: query, PHASE: 'RUN' })
    await reached(path, 'COMPLETED')
    expect((await get(`${path}/results/result`)).headers['content-type']).toBe('application/x-votable+xml')
  })

  it('M-224 has a result without rows', async () => {
    const path = await create({ QUERY: 'SELECT ivoid FROM rr.resource WHERE 1 = 0', PHASE: 'RUN' })
    await reached(path, 'COMPLETED')
    expect((await get(`${path}/results/result`)).body).toContain('<TABLEDATA>\n</TABLEDATA>')
  })

  it('brings its tables with it', async () => {
    const body = [
      '--b\r\nContent-Disposition: form-data; name="QUERY"\r\n\r\nSELECT mine.a, r.res_title FROM TAP_UPLOAD.t AS mine JOIN rr.resource AS r ON r.ivoid = mine.a',
      '--b\r\nContent-Disposition: form-data; name="UPLOAD"\r\n\r\nt,param:table',
      '--b\r\nContent-Disposition: form-data; name="table"; filename="t.vot"\r\nContent-Type: application/x-votable+xml\r\n\r\n<VOTABLE><RESOURCE><TABLE><FIELD name="a" datatype="char" arraysize="*"/><DATA><TABLEDATA><TR><TD>ivo://example.edu/quasars</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>',
      '--b--\r\n',
    ].join('\r\n')
    const created = await service.app.inject({
      method: 'POST',
      url: '/tap/async?RESPONSEFORMAT=tsv',
      payload: body,
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    })
    const path = new URL(created.headers.location ?? '').pathname
    await post(`${path}/phase`, { PHASE: 'RUN' })
    await reached(path, 'COMPLETED')
    expect((await get(`${path}/results/result`)).body).toBe('a\tres_title\nivo://example.edu/quasars\tQuasars\n')
  })
})

describe('failure', () => {
  it('M-225, M-226 of a query shows when the job runs', async () => {
    const path = await create({ LANG: 'ADQL', QUERY: 'SELECT nothing FROM rr.resource', PHASE: 'RUN' })
    await reached(path, 'ERROR')
    const summary = firstChild(await job(path), 'errorSummary') as XmlElement
    expect([attributeOf(summary, 'type'), attributeOf(summary, 'hasDetail')]).toEqual(['fatal', 'true'])
    expect(text(summary, 'message')).toContain('There is no column nothing')
    const error = await get(`${path}/error`)
    expect([error.statusCode, error.headers['content-type']]).toEqual([200, 'application/x-votable+xml'])
    expect(error.body).toContain('<INFO name="QUERY_STATUS" value="ERROR">Line 1, column 8')
    expect((await get(`${path}/results/result`)).statusCode).toBe(404)
  })

  it.each([
    ['LANG', { QUERY: query, LANG: 'PQL' }],
    ['QUERY', { LANG: 'ADQL' }],
    ['UPLOAD', { QUERY: query, UPLOAD: 't,param:t' }],
    ['RESPONSEFORMAT', { QUERY: query, RESPONSEFORMAT: 'nonsense' }],
  ])('of %s too', async (name, parameters) => {
    const path = await create({ ...(parameters as Record<string, string>), PHASE: 'RUN' })
    await reached(path, 'ERROR')
    expect(text(firstChild(await job(path), 'errorSummary') as XmlElement, 'message')).toContain(name)
  })

  it('is not found where there is none', async () => {
    expect((await get(`${await create({ QUERY: query })}/error`)).statusCode).toBe(404)
  })

  it('M-212 abort stops a query that runs, at once', async () => {
    const path = await create({ QUERY: endless, PHASE: 'RUN' })
    await reached(path, 'EXECUTING')
    const begin = performance.now()
    expect((await post(`${path}/phase`, { PHASE: 'ABORT' })).statusCode).toBe(303)
    expect(await phase(path)).toBe('ABORTED')
    expect(performance.now() - begin).toBeLessThan(5000)
    expect((await get(`${path}/results/result`)).statusCode).toBe(404)
  })

  it('M-227 ends at the execution duration', async () => {
    const path = await create({ QUERY: endless, EXECUTIONDURATION: '1', PHASE: 'RUN' })
    await reached(path, 'ABORTED')
  })
})

describe('the resources of a job', () => {
  it('M-209, M-210 are small texts and documents', async () => {
    const path = await create({ QUERY: query })
    const document = await job(path)
    const pairs = { phase: 'phase', quote: 'quote', executionduration: 'executionDuration', destruction: 'destruction' }
    for (const [child, element] of Object.entries(pairs)) {
      const response = await get(`${path}/${child}`)
      expect([response.statusCode, response.headers['content-type'], response.body]).toEqual([
        200,
        'text/plain;charset=utf-8',
        text(document, element),
      ])
    }
    const owner = await get(`${path}/owner`)
    expect([owner.statusCode, owner.body]).toEqual([200, ''])
    expect(valid((await get(`${path}/parameters`)).body).name).toBe('parameters')
    expect(valid((await get(`${path}/results`)).body).name).toBe('results')
  })

  it('M-230, M-231 are XML, whatever the client would like, and name each result once', async () => {
    const path = await create({ LANG: 'ADQL', QUERY: query, PHASE: 'RUN' })
    await reached(path, 'COMPLETED')
    const results = valid((await get(`${path}/results`)).body)
    expect(childElements(results, 'result').map((one) => attributeOf(one, 'id'))).toEqual(['result'])
    for (const accept of ['*/*', 'text/xml', 'text/html']) {
      const answer = await service.app.inject({ url: path, headers: { accept } })
      expect(answer.headers['content-type']).toContain('text/xml')
    }
  })

  it('M-232 nobody owns it', async () => {
    const owner = firstChild(await job(await create({ QUERY: query })), 'ownerId') as XmlElement
    expect(owner.attributes.map((attribute) => [attribute.qualifiedName, attribute.value])).toEqual([
      ['xsi:nil', 'true'],
    ])
  })

  it('M-214 times can be set and are shown as they were set', async () => {
    const path = await create({ QUERY: query })
    expect((await post(`${path}/executionduration`, { EXECUTIONDURATION: '77' })).statusCode).toBe(303)
    const soon = `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z`
    expect((await post(`${path}/destruction`, { destruction: soon })).statusCode).toBe(303)
    expect([(await get(`${path}/executionduration`)).body, (await get(`${path}/destruction`)).body]).toEqual([
      '77',
      soon,
    ])
    expect((await post(`${path}/destruction`, { DESTRUCTION: 'soon' })).statusCode).toBe(400)
    expect((await post(`${path}/executionduration`, { EXECUTIONDURATION: '-1' })).statusCode).toBe(400)
  })

  it('M-229 is gone after its destruction', async () => {
    const path = await create({ QUERY: query })
    await post(`${path}/destruction`, { DESTRUCTION: '2020-01-01T00:00:00Z' })
    expect((await get(path)).statusCode).toBe(404)
  })

  it('M-218, M-219 parameters go to /parameters, and only while it is PENDING', async () => {
    const path = await create({ QUERY: 'nonsense' })
    expect((await post(`${path}/parameters`, { query, RUNID: 'r2' })).statusCode).toBe(303)
    const document = await job(path)
    expect(text(document, 'runId')).toBe('r2')
    expect(
      childElements(firstChild(document, 'parameters') as XmlElement).map((one) => [
        attributeOf(one, 'id'),
        textOf(one),
      ]),
    ).toEqual([
      ['QUERY', query],
      ['RUNID', 'r2'],
    ])
    expect((await post(path, { QUERY: 'other' })).statusCode).toBe(403)
    await post(`${path}/phase`, { PHASE: 'RUN' })
    await reached(path, 'COMPLETED')
    expect((await post(`${path}/parameters`, { QUERY: 'late' })).statusCode).toBe(403)
  })

  it('M-213 ACTION=DELETE deletes', async () => {
    const path = await create({ QUERY: query })
    const response = await post(path, { ACTION: 'DELETE' })
    expect([response.statusCode, response.headers.location]).toEqual([303, 'http://localhost:8080/tap/async'])
    expect((await get(path)).statusCode).toBe(404)
  })

  it('M-220 what a phase does not allow gives 403', async () => {
    const path = await create({ QUERY: query, PHASE: 'RUN' })
    await reached(path, 'COMPLETED')
    for (const wish of ['RUN', 'ABORT']) expect((await post(`${path}/phase`, { PHASE: wish })).statusCode).toBe(403)
    expect((await post(`${path}/phase`, { PHASE: 'COMPLETED' })).statusCode).toBe(400)
  })

  it('M-221 what is not there gives 404, other methods 405', async () => {
    const path = await create({ QUERY: query })
    for (const url of ['/tap/async/unknown', '/tap/async/..%2f..%2fledger', `${path}/nothing`, `${path}/results/other`])
      expect((await get(url)).statusCode).toBe(404)
    expect((await service.app.inject({ method: 'DELETE', url: `${path}/phase` })).statusCode).toBe(405)
    expect((await service.app.inject({ method: 'PUT', url: path })).statusCode).toBe(405)
  })
})

describe('WAIT', () => {
  it('M-215 blocks while nothing changes', async () => {
    const path = await create({ QUERY: query })
    const begin = performance.now()
    await job(path, '?WAIT=1')
    expect(performance.now() - begin).toBeGreaterThan(900)
  })

  it('M-215 ends when the job does', async () => {
    const path = await create({ QUERY: query })
    const waiting = job(path, '?WAIT=-1')
    await post(`${path}/phase`, { PHASE: 'RUN' })
    expect(text(await waiting, 'phase')).toMatch(/QUEUED|EXECUTING|COMPLETED/)
  })

  it('must be a number', async () => {
    expect((await get(`${await create({ QUERY: query })}?WAIT=long`)).statusCode).toBe(400)
  })
})

describe('the job list', () => {
  const listed = async (parameters: string) =>
    childElements(valid((await get(`/tap/async${parameters}`)).body)).map(
      (reference) => attributeOf(reference, 'id') ?? '',
    )
  const idOf = (path: string) => path.split('/').pop() ?? ''

  it('M-207, S-069, M-208 honours PHASE, AFTER and LAST together', async () => {
    const first = idOf(await create({ QUERY: query }))
    const path = await create({ QUERY: query, PHASE: 'RUN' })
    await reached(path, 'COMPLETED')
    const last = idOf(await create({ QUERY: query }))
    const done = idOf(path)
    expect((await listed('')).filter((id) => [first, done, last].includes(id))).toEqual([first, done, last])
    expect(await listed('?LAST=2')).toEqual([last, done])
    expect(await listed('?PHASE=PENDING&LAST=1')).toEqual([last])
    expect(await listed('?PHASE=COMPLETED&PHASE=PENDING&LAST=2')).toEqual([last, done])
    expect(await listed('?PHASE=ARCHIVED')).toEqual([])
    expect(await listed('?AFTER=2099-01-01T00:00:00')).toEqual([])
    expect(await listed('?AFTER=2020-01-01T00:00:00Z&LAST=1')).toEqual([last])
  })

  it('has references with public fields', async () => {
    await create({ QUERY: query, RUNID: 'seen' })
    const list = valid((await get('/tap/async?LAST=1')).body)
    expect(attributeOf(list, 'version')).toBe('1.1')
    const [reference] = childElements(list) as [XmlElement]
    expect(
      childElements(reference)
        .map((child) => [child.name, textOf(child)])
        .slice(0, 2),
    ).toEqual([
      ['phase', 'PENDING'],
      ['runId', 'seen'],
    ])
    expect(reference.attributes.map((attribute) => attribute.qualifiedName)).toContain('xlink:href')
  })

  it('M-222 has no private jobs: whoever was given the address of one may read it', async () => {
    const path = await create({ LANG: 'ADQL', QUERY: query })
    const elsewhere = await service.app.inject({ url: path, remoteAddress: '192.0.2.7' })
    expect(elsewhere.statusCode).toBe(200)
    const list = await service.app.inject({ url: '/tap/async', remoteAddress: '192.0.2.7' })
    expect(list.body).not.toContain(path)
  })

  it('does not tell one client of the jobs of another', async () => {
    const id = idOf(await create({ QUERY: query }))
    expect(await listed('')).toContain(id)
    const elsewhere = await service.app.inject({ url: '/tap/async', remoteAddress: '192.0.2.7' })
    expect(childElements(valid(elsewhere.body))).toEqual([])
  })

  it.each(['PHASE=DONE', 'AFTER=yesterday', 'LAST=0', 'LAST=x'])('%s is refused', async (parameter) => {
    expect((await get(`/tap/async?${parameter}`)).statusCode).toBe(400)
  })
})

describe('a service whose engine is down', () => {
  it('S-079 says so with 503 and Retry-After, and its jobs fail for the time being', async () => {
    await using other = await openService()
    await other.engine[Symbol.asyncDispose]()
    const parameters = new URLSearchParams({ QUERY: query, PHASE: 'RUN' })
    const created = await other.app.inject({ method: 'POST', url: `/tap/async?${parameters}` })
    const path = new URL(created.headers.location ?? '').pathname
    for (let tries = 0; tries < 300 && (await other.app.inject(`${path}/phase`)).body !== 'ERROR'; tries++)
      await sleep(10)
    const summary = firstChild(readXml((await other.app.inject(path)).body), 'errorSummary') as XmlElement
    expect(attributeOf(summary, 'type')).toBe('transient')
    const sync = await other.app.inject(`/tap/sync?${parameters}`)
    expect([sync.statusCode, Number(sync.headers['retry-after']) > 0]).toEqual([503, true])
    expect((await other.app.inject('/tap/availability')).body).toContain('<avl:available>false')
  })
})
