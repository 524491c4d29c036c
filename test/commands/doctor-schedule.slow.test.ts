// The registry examines itself by schedule, in a process of its own; the result is kept, shown and told.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Fastify from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDoctorSchedule } from '../../src/commands/doctor-schedule.js'
import { readConfig } from '../../src/config.js'
import { parseIvoid } from '../../src/core/ivoid.js'
import { statusProtocol } from '../../src/http/status.js'
import { type DoctorResult, keepDoctorResult, readDoctorResult } from '../../src/registry/doctor-result.js'
import { openPageDoor } from '../pages/door.js'
import { builtFile } from '../support/built.js'
import { waymark } from '../support/command-line.js'
import { MemoryRecords } from '../support/memory-records.js'
import { openOaiDoor } from '../support/oai-door.js'
import { sampleRecords } from '../support/sample-records.js'

const own = parseIvoid('ivo://example.edu/registry')
let folder: string
let server: Server
let baseUrl: string
let told: { subject: string; from: string; examination: DoctorResult }[]

/** The sample registry at an address that is not the one it calls itself: there is something to find. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-doctor-'))
  told = []
  const { app } = await openOaiDoor(new MemoryRecords().put(...sampleRecords()), { pageRecords: 3 })
  server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      if (request.url === '/hook') {
        told.push(JSON.parse(body))
        response.end()
        return
      }
      const headers = { 'content-type': request.headers['content-type'] ?? 'text/plain' }
      const asked = { method: request.method as 'GET' | 'POST', url: request.url ?? '/', headers, payload: body }
      void app.inject(asked).then((answer) => {
        response.writeHead(answer.statusCode, { 'content-type': String(answer.headers['content-type']) })
        response.end(answer.body)
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true })
})

const stateOf = (name: string): string => {
  const state = join(folder, name)
  mkdirSync(state, { recursive: true })
  return state
}
const well: DoctorResult = {
  time: '2026-06-01T05:11:00.000Z',
  oaiUrl: 'https://vo.example.edu/oai',
  passed: 60,
  findings: [],
}
const ill: DoctorResult = {
  ...well,
  findings: [{ check: 'RI3.4', outcome: 'failed', message: 'its access URL is another' }],
}

describe('S-034: the registry is validated again and again', () => {
  it.each([
    ['first', undefined, 1],
    ['well before', well, 1],
    ['ill before', ill, 0],
  ])('by schedule, and who is to be told hears of it when it was not so before: %s', async (name, before, expected) => {
    const state = stateOf(name)
    const path = join(state, 'doctor.json')
    if (before !== undefined) await keepDoctorResult(path, before)
    told.length = 0
    const lines: string[] = []
    const log = pino({ level: 'warn', base: null }, { write: (line: string) => void lines.push(line) })
    const given = {
      baseUrl,
      state,
      doctorSchedule: '* * * * * *',
      registryOfRegistries: '',
      notifyUrl: `${baseUrl}/hook`,
    }
    {
      using _schedule = startDoctorSchedule({ config: readConfig(given, {}), log, own, program: builtFile('main') })
      // The second run begins when the first has told whom it had to.
      const runs = () => lines.filter((line) => line.includes('"RI3.4"')).length
      while (runs() < 2) await wait(50)
    }
    const result = await readDoctorResult(path)
    expect(result?.oaiUrl).toBe(`${baseUrl}/oai`)
    expect(result?.passed).toBeGreaterThan(30)
    expect(result?.findings.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check)).toContain('RI3.4')
    expect(told).toHaveLength(expected)
    if (expected === 0) return
    expect(told[0]).toMatchObject({ from: own, examination: { oaiUrl: `${baseUrl}/oai` } })
    expect(told[0]?.subject).toMatch(/^ivo:\/\/example\.edu\/registry no longer passes \d+ checks/)
  })

  it('and what is no schedule is refused', () => {
    const config = readConfig({ doctorSchedule: 'weekly' }, {})
    expect(() => startDoctorSchedule({ config, log: pino({ level: 'silent' }), own })).toThrow(/11 5 \* \* 0/)
  })

  it('by hand too: the result for the own address is kept, that for another is not', async () => {
    const state = stateOf('by-hand')
    const settings = ['--state', state, '--registry-of-registries', '']
    expect((await waymark(['doctor', `${baseUrl}/oai`, ...settings])).code).toBe(4)
    expect(existsSync(join(state, 'doctor.json'))).toBe(false)
    const { out } = await waymark(['doctor', '--base-url', baseUrl, ...settings])
    const kept = JSON.parse(readFileSync(join(state, 'doctor.json'), 'utf8')) as DoctorResult
    expect(out).toContain(`${baseUrl}/oai: ${kept.passed} passed`)
  })

  it('and /status shows the result, with its time', async () => {
    const state = stateOf('status')
    await using door = await openPageDoor()
    const app = Fastify()
    const registry = { ...door.registry, config: { ...door.registry.config, state } }
    await app.register(statusProtocol.plugin, { prefix: '/status', registry })
    expect((await app.inject('/status')).body).not.toContain('The registry itself')
    expect((await app.inject('/status?format=json')).json()).toMatchObject({ registry: null })
    const path = join(state, 'doctor.json')
    await keepDoctorResult(path, ill)
    const page = (await app.inject('/status')).body
    expect(page).toContain('60 of 61 checks passed and 1 failed')
    expect(page).toContain('RI3.4: its access URL is another')
    expect((await app.inject('/status?format=json')).json()).toMatchObject({ registry: ill })
    const metrics = (await app.inject('/status?format=prometheus')).body
    expect(metrics).toContain('\nwaymark_registry_failed_checks 1\n')
    expect(metrics).toContain(`\nwaymark_registry_checked_timestamp_seconds ${Date.parse(ill.time) / 1000}\n`)
    // A damaged file is as none.
    writeFileSync(path, '{"time"')
    expect((await app.inject('/status')).body).not.toContain('The registry itself')
    await app.close()
  })
})
