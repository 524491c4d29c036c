// /status over the doors for people: page, JSON, metrics, and errors that tell a stranger nothing about the machine.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { statusProtocol } from '../../src/http/status.js'
import { keepProbeResults } from '../../src/registry/probe-history.js'
import { openPageDoor, type PageDoor } from '../pages/door.js'

let door: PageDoor
let app: FastifyInstance
let path: string
beforeAll(async () => {
  door = await openPageDoor()
  const state = join(door.registry.config.state, 'status-test')
  mkdirSync(state, { recursive: true })
  path = join(state, 'probe-history.json')
  app = Fastify()
  const registry = { ...door.registry, config: { ...door.registry.config, state } }
  await app.register(statusProtocol.plugin, { prefix: '/status', registry })
}, 60_000)
afterAll(async () => {
  await app.close()
  await door[Symbol.asyncDispose]()
})

it('says that nothing was examined yet', async () => {
  const answer = await app.inject('/status')
  expect(answer.statusCode).toBe(200)
  expect(answer.body).toContain('Nothing has been examined yet')
})

it('shows results as page, JSON and metrics', async () => {
  await keepProbeResults(
    path,
    [
      {
        ivoid: 'ivo://archive.stsci.edu/caomtap',
        title: 'CAOM',
        standardId: 'ivo://ivoa.net/std/tap',
        accessUrl: 'https://mast.stsci.edu/vo-tap/api/v0.1/caom',
        isFormer: false,
        time: '2026-05-01T08:00:00Z',
        outcome: 'failed',
        latencyMs: null,
        certificateExpires: null,
        findings: [{ check: 'access', outcome: 'failed', message: 'status 504; expected 200' }],
      },
    ],
    true,
  )
  const page = await app.inject('/status')
  expect(page.body).toContain('0 of 1 services answered')
  expect(page.body).toContain('/record/archive.stsci.edu/caomtap')
  expect((await app.inject('/status?format=json')).json()).toMatchObject({ addresses: [{ outcome: 'failed' }] })
  const metrics = await app.inject('/status?format=prometheus')
  expect(metrics.headers['content-type']).toContain('version=0.0.4')
  expect(metrics.body).toMatch(/^waymark_service_up\{ivoid="ivo:\/\/archive\.stsci\.edu\/caomtap".*\} 0$/m)
})

it('refuses other formats, and tells nothing about a damaged file', async () => {
  expect((await app.inject('/status?format=xml')).statusCode).toBe(400)
  writeFileSync(path, '{')
  const answer = await app.inject('/status')
  expect(answer.statusCode).toBe(503)
  expect(answer.body).not.toContain('probe-history')
})
