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
  async function harvest(file: string): Promise<HarvestReport> {
    const bytes = readFileSync(join(answers, file))
    const names = [...bytes.toString('latin1').matchAll(/ivo:\/\/([\w.-]+)/gi)].map(([, name = '']) => name)
    const managed = [...new Set(names)].map((name) => `<managedAuthority>${name}</managedAuthority>`).join('')
    const identity = sampleXml({
      ivoid: 'ivo://replay.example/registry',
      title: 'Replay',
      type: 'vg:Registry',
      rest: managed,
    })
    const server = createServer((request, response) => {
      const query = new URL(request.url ?? '', 'http://localhost').searchParams
      const verb = query.get('verb')
      if (verb === 'Identify')
        response.end(`<OAI-PMH><Identify><description>${identity}</description></Identify></OAI-PMH>`)
      else if (verb === 'ListSets') response.end('<OAI-PMH><error code="noSetHierarchy"/></OAI-PMH>')
      else if (query.has('resumptionToken')) response.end('<OAI-PMH><error code="noRecordsMatch"/></OAI-PMH>')
      else response.writeHead(200, { 'content-type': 'text/xml' }).end(bytes)
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
})
