// /harvests over the doors for people: page and JSON of the kept reports.
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { harvestsProtocol } from '../../src/http/harvests.js'
import { harvestHistoryFile, keepReports } from '../../src/registry/harvest-history.js'
import { harvestReport } from '../../src/registry/harvest-report.js'
import { openPageDoor, type PageDoor } from '../pages/door.js'
import { harvestFacts } from '../support/harvest-facts.js'

let door: PageDoor
let app: FastifyInstance
beforeAll(async () => {
  door = await openPageDoor()
  app = Fastify()
  await app.register(harvestsProtocol.plugin, { prefix: '/harvests', registry: door.registry })
}, 60_000)
afterAll(async () => {
  await app.close()
  await door[Symbol.asyncDispose]()
})

it('says that nothing was harvested yet', async () => {
  const answer = await app.inject('/harvests')
  expect(answer.statusCode).toBe(200)
  expect(answer.body).toContain('No registry has been harvested yet')
})

it('shows the last report of each registry, the worst first, and its history', async () => {
  await keepReports(join(door.registry.config.state, harvestHistoryFile), [
    harvestReport(harvestFacts({ title: 'Good <one>', new: 3 })),
    harvestReport(
      harvestFacts({
        registry: 'ivo://bad.example/registry',
        title: 'Bad one',
        outcome: 'failed',
        error: { kind: 'unavailable', message: 'it does not answer' },
      }),
    ),
    harvestReport(harvestFacts({ title: 'Good <one>' })),
  ])
  const page = (await app.inject('/harvests')).body
  expect(page).toContain('Of 2 registries, 1 red.')
  expect(page.indexOf('Bad one')).toBeLessThan(page.indexOf('Good &lt;one&gt;'))
  expect(page).toContain('it does not answer')
  expect(page).toContain('2 of 2')
  const { registries } = (await app.inject('/harvests?format=json')).json<{ registries: readonly object[] }>()
  expect(registries).toMatchObject([
    { registry: 'ivo://bad.example/registry', colour: 'red', history: [{ outcome: 'failed' }] },
    { registry: 'ivo://good.example/registry', colour: 'green', history: [{ outcome: 'taken' }, { outcome: 'taken' }] },
  ])
  expect((await app.inject('/harvests?format=csv')).statusCode).toBe(400)
})
