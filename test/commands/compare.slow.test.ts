// `waymark compare`: two registries on loopback, services with limits and manners of their own, and our own anomalies.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { type OpenRegistry, openRegistry } from '../../src/wire.js'
import { type CommandOutcome, waymark } from '../support/command-line.js'
import { sampleXml } from '../support/sample-records.js'

const shipped = fileURLToPath(new URL('../../resources', import.meta.url))

let folder: string
let other: OpenRegistry
let app: FastifyInstance
let tapUrl: string
/** Stands in front of the other registry's TAP and may change questions and answers. */
let front: Server
let frontUrl: string
let manner: (query: URLSearchParams) => { readonly status: number; readonly body: string } | undefined
let changeAnswer: (body: string) => string
let asked: number

const run = (...args: readonly string[]): Promise<CommandOutcome> => waymark([...args, '--log', 'silent'])
const compare = (...args: readonly string[]) => run('compare', ...args, '--state', join(folder, 'here'))
const record = (name: string, title: string, url: string) =>
  sampleXml({
    ivoid: `ivo://other.example/${name}`,
    title,
    rest: `<capability standardID="ivo://ivoa.net/std/ConeSearch"><interface xsi:type="vs:ParamHTTP" role="std"><accessURL use="base">${url}</accessURL></interface></capability>`,
  })

async function takeIn(state: string, ...records: readonly string[]): Promise<void> {
  const file = join(folder, 'taken.xml')
  writeFileSync(file, `<all>${records.join('')}</all>`)
  const settings = ['--state', join(folder, state), '--resources', join(folder, 'resources')]
  const taken = await run('ingest', file, '--origin', 'ivo://other.example/registry', ...settings)
  expect(taken.out, taken.err).toContain(', 0 set aside')
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-compare-'))
  cpSync(shipped, join(folder, 'resources'), { recursive: true })
  await run('publish', '--state', join(folder, 'here'), '--resources', join(folder, 'resources'))
  cpSync(join(folder, 'here'), join(folder, 'there'), { recursive: true })
  const same = record('same', 'The same', 'https://other.example/same?')
  await takeIn(
    'here',
    same,
    record('moved', 'Zoë', 'https://other.example/a?'),
    record('only-here', 'Here', 'https://x.example/'),
  )
  await takeIn(
    'there',
    same,
    record('moved', 'Zoe, "moved"', 'https://other.example/b?'),
    record('only-there', 'There', 'https://x.example/'),
  )
  other = await openRegistry(readConfig({ state: join(folder, 'there'), resources: join(folder, 'resources') }, {}))
  app = await createApp(other.registry)
  await app.listen({ port: 0, host: '127.0.0.1' })
  tapUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/tap`
  front = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://front')
    asked += 1
    const answer = pathname.endsWith('/sync') ? manner(searchParams) : undefined
    if (answer !== undefined) {
      response.writeHead(answer.status, { 'retry-after': '0' }).end(answer.body)
      return
    }
    void app.inject(`/tap${pathname}?${searchParams}`).then(({ body, statusCode }) => {
      response.writeHead(statusCode, { 'content-type': 'text/xml' }).end(changeAnswer(body))
    })
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  frontUrl = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
})
afterAll(async () => {
  front.close()
  await app.close()
  await other[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Puts manners in front of the other service and compares through it. */
function through(
  given: typeof manner,
  change: typeof changeAnswer = (body) => body,
  ...args: readonly string[]
): Promise<CommandOutcome> {
  manner = given
  changeAnswer = change
  asked = 0
  return compare(frontUrl, '--csv', ...args)
}

const expectedCsv = [
  'kind,authority,ivoid,title,field,here,there,note',
  'different,other.example,ivo://other.example/moved,Zoë,title,Zoë,"Zoe, ""moved""",',
  'different,other.example,ivo://other.example/moved,Zoë,access URLs,https://other.example/a?,https://other.example/b?,',
  'missing there,other.example,ivo://other.example/only-here,Here,,,,',
  'missing here,other.example,ivo://other.example/only-there,There,,,,',
  '',
].join('\r\n')

describe('compare with a RegTAP service', () => {
  it('counts by authority, then names what differs', async () => {
    const { code, out } = await compare(tapUrl)
    expect(out).toBe(`${tapUrl} (RegTAP): 20 resources here, 20 there; 1 missing here, 1 missing there, 1 different

authority      here  there  missing here  missing there  different
other.example     3      3             1              1          1
2 other authorities are alike.

different      ivo://other.example/moved  title: "Zoë" here, "Zoe, "moved"" there
different      ivo://other.example/moved  access URLs: "https://other.example/a?" here, "https://other.example/b?" there
missing there  ivo://other.example/only-here  Here
missing here   ivo://other.example/only-there  There
`)
    expect(code).toBe(4)
  })

  it('is content when all is alike', async () => {
    const { code, out } = await compare(tapUrl, '--authority', 'ivo://archive.stsci.edu/')
    expect(out).toMatch(/: \d resources here, \d there, all alike\n$/)
    expect(code).toBe(0)
  })

  it('tells the same as JSON and as CSV', async () => {
    const lines = (await compare(tapUrl, '--json')).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(lines).toHaveLength(5)
    expect(lines[2]).toEqual({
      kind: 'missing there',
      authority: 'other.example',
      ivoid: 'ivo://other.example/only-here',
      title: 'Here',
    })
    expect(lines[4]).toMatchObject({
      summary: {
        here: 20,
        there: 20,
        missingHere: 1,
        missingThere: 1,
        different: 1,
        authorities: { 'other.example': { different: 1 } },
      },
    })
    expect((await compare(tapUrl, '--csv')).out).toBe(expectedCsv)
  })

  it.each([
    ['has a limit of its own and says so', (body: string) => body],
    ['has a limit of its own and keeps silent about it', (body: string) => body.replaceAll('"OVERFLOW"', '"OK"')],
  ])('that %s is asked for page after page', async (_name, change) => {
    const limited = (query: URLSearchParams) => {
      query.set('MAXREC', String(Math.min(7, Number(query.get('MAXREC')))))
      return undefined
    }
    expect((await through(limited, change)).out).toBe(expectedCsv)
    expect(asked).toBeGreaterThan(8)
  })

  it.each(['tabledata', 'binary', 'binary2'])('that answers in %s is understood', async (serialization) => {
    const serialized = (query: URLSearchParams) => {
      query.set('RESPONSEFORMAT', `application/x-votable+xml;serialization=${serialization}`)
      return undefined
    }
    expect((await through(serialized)).out).toBe(expectedCsv)
  })

  it('that writes a prefix before each element, times with Z and fractions, and other blanks is understood', async () => {
    const change = (body: string) =>
      body
        .replace(/<(\/?)([A-Z])/g, '<$1v:$2')
        .replace('xmlns=', 'xmlns:v=')
        .replace(/(T\d\d:\d\d:\d\d)(?=<)/g, '$1.000Z')
        .replace('The same', '\n  The\n   same ')
    expect((await through(() => undefined, change)).out).toBe(expectedCsv)
  })

  it('that is overloaded for a moment is asked again', async () => {
    let refusals = 2
    const busy = () => (refusals-- > 0 ? { status: 503, body: 'later' } : undefined)
    expect((await through(busy)).out).toBe(expectedCsv)
  })

  it.each([
    [
      'refuses the query, as VOTable',
      {
        status: 400,
        body: '<VOTABLE><RESOURCE><INFO name="QUERY_STATUS" value="ERROR">no table rr.resource</INFO></RESOURCE></VOTABLE>',
      },
      'it answers with status 400: no table rr.resource',
    ],
    [
      'refuses the query with status 200',
      {
        status: 200,
        body: '<VOTABLE><RESOURCE><INFO name="QUERY_STATUS" value="ERROR">no such\n column</INFO></RESOURCE></VOTABLE>',
      },
      'it refuses the query: no such column',
    ],
    ['answers with a page for people', { status: 200, body: '<html><body>Hello</body></html>' }, 'is no VOTable'],
    ['answers with nothing', { status: 200, body: '' }, 'cannot be compared with: its answer'],
  ])('that %s is told with exit code 6', async (_name, answer, reason) => {
    const { code, err, out } = await through(() => answer)
    expect(err).toContain(reason)
    expect(out).not.toContain('missing')
    expect(code).toBe(6)
  })
})

describe('compare with a registry', () => {
  it('is about the authorities that it manages, datestamps included', async () => {
    const { code, out } = await compare(tapUrl.replace('/tap', '/oai'))
    expect(out).toContain('(OAI-PMH): 17 resources here, 17 there, all alike')
    expect(code).toBe(0)
  })

  it('is about registries to be harvested when those are asked for', async () => {
    const { out } = await compare(tapUrl.replace('/tap', '/oai'), '--set', 'publishers', '--as', 'oai')
    expect(out).toContain('1 resource here')
  })
})

describe('compare', () => {
  it.each([
    [['ftp://x.example/tap'], 2, 'is no address to compare with'],
    [[], 2, '--anomalies'],
    [['http://127.0.0.1:1/tap'], 6, 'cannot be compared with'],
    [['https://x.example/tap', '--as', 'sql'], 2, 'expected tap or oai'],
    [['https://x.example/tap', '--json', '--csv'], 2, 'Choose one'],
    [['https://x.example/tap', '--authority', "a'; --"], 2, 'expected a name'],
  ])('refuses %j with exit code %i', async (args, code, reason) => {
    expect(await compare(...args)).toMatchObject({ code, err: expect.stringContaining(reason) })
  })
})

describe('anomalies', () => {
  it('are found in our own data, by rule', async () => {
    cpSync(join(folder, 'here'), join(folder, 'odd'), { recursive: true })
    const registry = (name: string) =>
      sampleXml({
        ivoid: `ivo://twice.example/${name}`,
        title: name,
        type: 'vg:Registry',
        rest: '<full>false</full><managedAuthority>twice.example</managedAuthority>',
      })
    const named = (ivoid: string, shortName: string, url: string) =>
      sampleXml({
        ivoid,
        title: 'T',
        rest: `<capability standardID="ivo://ivoa.net/std/ConeSearch"><interface xsi:type="vs:ParamHTTP" role="std"><accessURL use="base">${url}</accessURL></interface></capability><capability standardID="ivo://ivoa.net/std/SIA"/>`,
      }).replace('</title>', `</title><shortName>${shortName}</shortName>`)
    await takeIn(
      'odd',
      registry('one'),
      registry('two'),
      named('ivo://twice.example/x', 'longer than sixteen', 'http://localhost:8080/cone?'),
      named('ivo://twice.example/y', 'short', 'http://localhost:8080/cone?'),
      named('ivo://nobody.example/z', 'short', 'ftp://nobody.example/z'),
    )
    const { code, out } = await run('compare', '--anomalies', '--json', '--state', join(folder, 'odd'))
    const found = out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { anomaly: { name: string; subject: string; detail: string } }).anomaly)
    const subjects = (name: string) => found.filter((one) => one.name === name).map((one) => one.subject)
    expect(found.find((one) => one.name === 'duplicate-authority')).toMatchObject({
      subject: 'twice.example',
      detail: 'ivo://twice.example/one ivo://twice.example/two',
      severity: 'error',
    })
    expect(subjects('unmanaged-authority')).toEqual(['nobody.example', 'other.example'])
    expect(subjects('authority-without-record')).toEqual(['nobody.example', 'other.example', 'twice.example'])
    expect(subjects('foreign-origin')).toContain('ivo://twice.example/x')
    expect(subjects('registry-not-harvestable')).toEqual(['ivo://twice.example/one', 'ivo://twice.example/two'])
    expect(subjects('short-name-too-long')).toEqual(['ivo://twice.example/x'])
    expect(subjects('short-name-missing')).toContain('ivo://twice.example/one')
    expect(subjects('access-url-not-http')).toEqual(['ivo://nobody.example/z'])
    // Our own registry has never been told its public address.
    expect(subjects('access-url-local')).toEqual(
      expect.arrayContaining(['ivo://twice.example/x', 'ivo://twice.example/y']),
    )
    expect(subjects('duplicate-service')).toEqual(['http://localhost:8080/cone?'])
    expect(subjects('capability-without-interface')).toContain('ivo://twice.example/x')
    expect(subjects('related-resource-unknown')).toContain('ivo://twice.example/x')
    expect(code).toBe(4)
  })

  it('are summed up for people', async () => {
    const { out, err } = await run('compare', '--anomalies', '--state', join(folder, 'here'))
    expect(out).toContain(
      'error unmanaged-authority: records whose authority no registry manages (Registry Interfaces 1.1 §2.6)\n  other.example  3 records, as ivo://other.example/moved',
    )
    expect(out).toMatch(/\n\d+ errors, \d+ warnings\n$/)
    expect(err).toContain('--schemas')
  })
})
