// The whole application over the shipped resources: every door answers in its own language, behind a proxy too.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../src/app.js'
import { readConfig } from '../src/config.js'
import { protocols } from '../src/http/index.js'
import { type OpenRegistry, openRegistry } from '../src/wire.js'

let folder: string
let open: OpenRegistry
let app: FastifyInstance

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-app-'))
  const config = readConfig(
    {
      baseUrl: 'https://vo.example.org/registry/',
      resources: fileURLToPath(new URL('../resources', import.meta.url)),
      state: join(folder, 'state'),
      logLevel: 'silent',
    },
    {},
  )
  open = await openRegistry(config)
  await open.publish()
  app = await createApp(open.registry)
})
afterAll(async () => {
  await app.close()
  await open[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

describe('behind a proxy', () => {
  it.each(['/registry/oai?verb=Identify', '/oai?verb=Identify', '/registry/oai/?verb=Identify'])(
    'the path of the public address may be handed on or not: %s',
    async (url) => {
      const { statusCode, body } = await app.inject(url)
      expect(statusCode).toBe(200)
      expect(body).toContain('<baseURL>https://vo.example.org/registry/oai</baseURL>')
    },
  )

  it('every address that is published begins with the public one', async () => {
    const { body } = await app.inject('/registry/tap/capabilities')
    const addresses = [...body.matchAll(/<accessURL[^>]*>([^<]+)</g)].map((match) => match[1] ?? '')
    expect(addresses.length).toBeGreaterThan(3)
    expect(addresses.filter((address) => !address.startsWith('https://vo.example.org/registry/tap'))).toEqual([])
  })

  it('a path that only begins with the same letters is another one', async () => {
    expect((await app.inject('/registryx/oai?verb=Identify')).statusCode).toBe(404)
  })
})

describe('what is not there', () => {
  it.each([
    ['/nowhere', 404, 'text/html'],
    ['/tap/nowhere', 404, 'xml'],
    ['/oai?verb=Nonsense', 200, 'text/xml'],
    ['/record/nobody.example/nothing', 404, 'text/html'],
  ])('%s is answered by its own door', async (url, status, type) => {
    const response = await app.inject(url)
    expect(response.statusCode).toBe(status)
    expect(response.headers['content-type']).toContain(type)
    expect(response.body).not.toMatch(/at .*\.(js|ts):\d+/)
  })
})

it('has each door of the list, the pages last', () => {
  expect(protocols.map(({ prefix }) => prefix)).toEqual(expect.arrayContaining(['/oai', '/tap', '/moved', '']))
  expect(protocols.at(-1)?.prefix).toBe('')
})
