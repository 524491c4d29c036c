// The colour of a harvest is decided by rule, and its report is kept and told.
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { historyRows, keepReports, latestReports, readHarvestHistory } from '../../src/registry/harvest-history.js'
import { notification, notify, turnedRed } from '../../src/registry/harvest-notify.js'
import { type HarvestFacts, harvestReport } from '../../src/registry/harvest-report.js'
import { declaredSchemas, findTable } from '../../src/tables/declared.js'
import { harvestFacts } from '../support/harvest-facts.js'

const folder = mkdtempSync(join(tmpdir(), 'waymark-reports-'))
afterAll(() => rmSync(folder, { recursive: true }))

const rejected = (count: number) =>
  Array.from({ length: count }, (_, number) => ({ ivoid: `ivo://x.y/${number}`, reason: 'bad' }))
const error = { kind: 'unavailable', message: 'it does not answer' } as const

describe('a harvest is', () => {
  it.each<[string, string, Partial<HarvestFacts>, { held: number; rejected: number }?]>([
    ['green', 'when records were taken in', { new: 5 }],
    ['green', 'when there was nothing new', { outcome: 'unchanged', extent: 'incremental', seen: 0 }],
    ['yellow', 'when something was odd', { warnings: ['its token expired'] }],
    ['yellow', 'when fewer than 5 % were rejected', { rejected: rejected(4) }],
    ['red', 'when 5 % were rejected', { rejected: rejected(5) }],
    ['yellow', 'when they were rejected before', { rejected: rejected(5) }, { held: 95, rejected: 5 }],
    [
      'yellow',
      'when few of its records were rejected, though all that came',
      { seen: 1, rejected: rejected(1) },
      { held: 90, rejected: 0 },
    ],
    ['yellow', 'when its full list has no records', { seen: 0 }],
    ['yellow', 'when more than 5 % were deleted', { deleted: 6 }, { held: 100, rejected: 0 }],
    ['green', 'when 5 % were deleted', { deleted: 5 }, { held: 100, rejected: 0 }],
    ['red', 'when it failed', { outcome: 'failed', error }],
    ['red', 'when it was held back', { outcome: 'held', error: { kind: 'limit', message: 'too many' } }],
  ])('%s %s', (colour, _when, facts, before) => {
    expect(harvestReport(harvestFacts(facts), before).colour).toBe(colour)
  })
})

describe('the history', () => {
  const path = join(folder, 'state', 'harvest-history.ndjson')

  it('keeps every report, passes over a line that was cut off, and knows the latest of each registry', async () => {
    expect(await readHarvestHistory(path)).toEqual([])
    await keepReports(path, [harvestReport(harvestFacts({ rejected: rejected(3) }))])
    appendFileSync(path, '{"run":"cut o')
    await keepReports(path, [
      harvestReport(harvestFacts({ registry: 'ivo://GOOD.example/registry', outcome: 'failed', error })),
    ])
    const history = await readHarvestHistory(path)
    expect(history.map((one) => [one.outcome, one.rejected])).toEqual([
      ['taken', 3],
      ['failed', 0],
    ])
    expect([...latestReports(history).values()]).toMatchObject([{ colour: 'red' }])
  })

  it('becomes rows of the public table', async () => {
    const table = findTable(declaredSchemas(), 'waymark.harvest_run')
    const [row = []] = historyRows(await readHarvestHistory(path))
    expect(Object.fromEntries(table.columns.map(({ name }, index) => [name, row[index]]))).toMatchObject({
      ivoid: 'ivo://good.example/registry',
      started: '2026-06-01T08:00:00',
      outcome: 'taken',
      records_rejected: 3,
      volume: 2_000_000,
    })
    expect(row).toHaveLength(table.columns.length)
  })
})

describe('who is to be told', () => {
  const red = harvestReport(harvestFacts({ outcome: 'failed', error }))

  it('hears of what turned red, not of what stays red', () => {
    const green = harvestReport(harvestFacts())
    expect(turnedRed([red], new Map())).toEqual([red])
    expect(turnedRed([red], new Map([['ivo://good.example/registry', green]]))).toEqual([red])
    expect(turnedRed([red], new Map([['ivo://good.example/registry', red]]))).toEqual([])
    expect(turnedRed([green], new Map())).toEqual([])
  })

  it('gets JSON by POST and on the standard input of a program, which no shell reads', async () => {
    let body = ''
    const server = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      request.on('end', () => response.end())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
    const file = join(folder, 'told.json')
    const message = notification([red], 'ivo://own.example/registry')
    const problems = await notify(message, { url, command: `tee ${file}`, fetch, userAgent: 'Waymark test' })
    server.closeAllConnections()
    server.close()
    expect(problems).toEqual([])
    expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(message)))
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      subject: 'Harvest of ivo://good.example/registry turned red',
      from: 'ivo://own.example/registry',
      harvests: [{ colour: 'red', error: { message: 'it does not answer' } }],
    })
  })

  it('who cannot be reached is named, and harms nothing', async () => {
    const message = notification([red], 'ivo://own.example/registry')
    const options = { url: 'http://127.0.0.1:9/', command: 'no-such-program; rm', fetch, userAgent: 'Waymark test' }
    const problems = await notify(message, options)
    expect(problems).toHaveLength(2)
    // EACCES where the search path names a folder that is not ours to read.
    expect(problems[1]).toMatch(/^no-such-program; rm could not be told: .*(ENOENT|EACCES)/)
  })
})
