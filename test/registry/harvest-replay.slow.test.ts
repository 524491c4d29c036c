// Real OAI-PMH answers of many publishers, replayed as registries: each harvest ends with a report, whatever is in them.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { foldIvoid, parseIvoid } from '../../src/core/ivoid.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { harvestRegistry } from '../../src/registry/harvest.js'
import type { HarvestReport } from '../../src/registry/harvest-report.js'
import { SqlRecordSource } from '../../src/registry/records.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { sampleXml } from '../support/sample-records.js'
import { sharedFolder } from '../support/schemas.js'

const answers = join(sharedFolder, 'records/oai')
const files = existsSync(answers) ? readdirSync(answers).filter((name) => name.endsWith('.xml')) : []
const textOf = (file: string): string => readFileSync(join(answers, file), 'utf8')
const withRecords = files.filter(
  (file) => /<([\w.]+:)?header[\s>]/.test(textOf(file)) && /Resource[\s>]/.test(textOf(file)),
)
const refusals = files.filter((file) => /<error code="(?!noRecordsMatch)/.test(textOf(file)))

describe.runIf(files.length > 0)('a registry that answers as one was seen to answer:', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-replay-'))
  let engine: DuckdbEngine
  beforeAll(async () => {
    engine = await DuckdbEngine.open({ folder: join(folder, 'generations') })
  })
  afterAll(async () => {
    await engine[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })

  /** Serves the answer as the only part of a list, by a registry that manages all authorities named in it. */
  function harvest(file: string): Promise<HarvestReport> {
    const bytes = readFileSync(join(answers, file))
    const names = [...bytes.toString('latin1').matchAll(/ivo:\/\/([\w.-]+)/gi)].map(([, name = '']) => name)
    const managed = [...new Set(names)].map((name) => `<managedAuthority>${name}</managedAuthority>`).join('')
    const identity = sampleXml({
      ivoid: 'ivo://replay.example/registry',
      title: 'Replay',
      type: 'vg:Registry',
      rest: managed,
    })
    return harvestFrom((query) => {
      const verb = query.get('verb')
      if (verb === 'Identify') return `<OAI-PMH><Identify><description>${identity}</description></Identify></OAI-PMH>`
      if (verb === 'ListSets') return '<OAI-PMH><error code="noSetHierarchy"/></OAI-PMH>'
      return query.has('resumptionToken') ? '<OAI-PMH><error code="noRecordsMatch"/></OAI-PMH>' : bytes
    })
  }

  /** Harvests a registry that gives these answers; for undefined it stumbles. */
  async function harvestFrom(answer: (query: URLSearchParams) => string | Buffer | undefined): Promise<HarvestReport> {
    const server = createServer((request, response) => {
      const found = answer(new URL(request.url ?? '', 'http://localhost').searchParams)
      response.writeHead(found === undefined ? 500 : 200, { 'content-type': 'text/xml' }).end(found)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      return await harvestRegistry(
        {
          engine,
          schemas: declaredSchemas(),
          own: parseIvoid('ivo://own.example/registry'),
          ownAuthorities: [],
          clock: () => new Date('2026-11-22T10:00:00Z'),
          client: { fetch, userAgent: 'Waymark test', retries: 0 },
          spool: join(folder, 'harvests'),
          history: join(folder, 'history.ndjson'),
        },
        `http://127.0.0.1:${(server.address() as AddressInfo).port}/oai`,
        { isFull: true, allowRemovalsPercent: 100 },
      )
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }

  it.each(withRecords)('%s: every record is taken', async (file) => {
    const headers = textOf(file).matchAll(/<(?:[\w.]+:)?header[^>]*>\s*<(?:[\w.]+:)?identifier>([^<]+)</g)
    const ivoids = new Set([...headers].map(([, ivoid = '']) => ivoid.trim().toLowerCase()))
    const report = await harvest(file)
    expect(report.rejected).toEqual([])
    expect(report.seen).toBe(ivoids.size)
    const stored = new Set(
      (await new SqlRecordSource(engine).list({}, undefined, 1000)).map(({ ivoid }) => foldIvoid(ivoid)),
    )
    expect([...ivoids].filter((ivoid) => !stored.has(ivoid))).toEqual([])
  })

  it.each(refusals)('%s: an error ends the harvest and changes nothing', async (file) => {
    const before = await new SqlRecordSource(engine).list({}, undefined, 1000)
    const code = /<error code="(\w+)"/.exec(textOf(file))?.[1] ?? ''
    await expect(harvest(file)).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringContaining(code) })
    const after = await new SqlRecordSource(engine).list({}, undefined, 1000)
    expect(after.map((record) => ({ ...record }))).toEqual(before.map((record) => ({ ...record })))
  })

  it.each([
    ['cadc-identify.xml', 'ivo://cadc.nrc.ca/registry'],
    ['heasarc-registry-getrecord.xml', 'ivo://nasa.heasarc/registry'],
    ['rubin-identify.xml', 'ivo://example.com/registry'],
  ])('%s says who it is; its sets are asked for, and a list without records is told', async (file, registry) => {
    const asked: (string | null)[] = []
    const report = await harvestFrom((query) => {
      asked.push(query.get('set'))
      if (query.get('verb') === 'Identify') return textOf(file)
      return textOf(query.get('verb') === 'ListSets' ? 'rubin-list-sets.xml' : 'rubin-list-no-records.xml')
    })
    expect(report).toMatchObject({ registry, seen: 0, colour: 'yellow', warnings: ['its list has no records at all'] })
    expect(asked.at(-1)).toBe('ivo_managed')
  })

  it('rubin-list-identifiers.xml: names what to ask for one by one when the list cannot be had', async () => {
    const record = textOf('rubin-get-record.xml')
    const only = /<identifier>([^<]+)</.exec(record)?.[1]
    const names = textOf('rubin-list-identifiers.xml').match(/<header>/g) ?? []
    let singles = 0
    const report = await harvestFrom((query) => {
      switch (query.get('verb')) {
        case 'Identify':
          return textOf('rubin-identify.xml')
        case 'ListSets':
          return textOf('rubin-list-sets.xml')
        case 'ListIdentifiers':
          return textOf('rubin-list-identifiers.xml')
        case 'GetRecord':
          singles += 1
          return query.get('identifier') === only ? record : textOf('rubin-id-does-not-exist.xml')
        default:
          return undefined
      }
    })
    expect(report).toMatchObject({ outcome: 'taken', colour: 'yellow', seen: 1 })
    expect(singles).toBe(names.length)
  })

  it('rubin-list-metadata-formats.xml: an answer to another question is set aside', async () => {
    const report = await harvest('rubin-list-metadata-formats.xml')
    expect(report).toMatchObject({ seen: 0, rejected: [{ reason: expect.stringContaining('no resource record') }] })
  })

  it('covers every answer there is', () => {
    const others = files.filter((file) => !withRecords.includes(file) && !refusals.includes(file))
    expect(others).toEqual([
      'cadc-identify.xml',
      'heasarc-registry-getrecord.xml',
      'rubin-identify.xml',
      'rubin-list-identifiers.xml',
      'rubin-list-metadata-formats.xml',
      'rubin-list-no-records.xml',
      'rubin-list-sets.xml',
    ])
  })
})
