import { describe, expect, it } from 'vitest'
import { parseIvoid } from '../../src/core/ivoid.js'
import { type DoctorFinding, examineRegistry } from '../../src/registry/doctor.js'
import { openSchemaSet } from '../../src/xml/schema-validation.js'
import { MemoryRecords } from '../support/memory-records.js'
import { openOaiDoor } from '../support/oai-door.js'
import {
  oaiBaseUrl,
  registryIvoid,
  registryXml,
  sampleRecord,
  sampleRecords,
  stamp,
} from '../support/sample-records.js'
import { hasShared, sharedFolder } from '../support/schemas.js'

type Answer = (url: string, init?: RequestInit) => Promise<Response>

/** The door behind its public address, as a proxy would have it. */
async function behindProxy(records: MemoryRecords): Promise<Answer> {
  const { app } = await openOaiDoor(records, { pageRecords: 3 })
  return async (url, init) => {
    const { status, headers, body } = await app
      .inject({
        method: init?.method === 'POST' ? 'POST' : 'GET',
        url: url.replace('https://vo.example.edu', ''),
        headers: init?.body instanceof URLSearchParams ? { 'content-type': 'application/x-www-form-urlencoded' } : {},
        ...(init?.body instanceof URLSearchParams ? { payload: init.body.toString() } : {}),
      })
      .then((response) => ({
        status: response.statusCode,
        headers: { 'content-type': String(response.headers['content-type']) },
        body: response.body,
      }))
    return new Response(body, { status, headers })
  }
}

async function examine(answer: Answer, oaiUrl = oaiBaseUrl): Promise<readonly DoctorFinding[]> {
  const schemas = hasShared ? openSchemaSet(`${sharedFolder}/xsd`) : undefined
  const findings: DoctorFinding[] = []
  const examination = examineRegistry({
    oaiUrl,
    clock: () => new Date('2026-06-01T12:00:00Z'),
    client: {
      fetch: (url, init) => answer(String(url), init),
      userAgent: 'Waymark (test@example.edu)',
      retries: 0,
    },
    ...(schemas === undefined ? {} : { validate: (xml) => schemas.validate(xml) }),
  })
  for await (const finding of examination) findings.push(finding)
  return findings
}

const checksOf = (findings: readonly DoctorFinding[], outcome: DoctorFinding['outcome']) =>
  findings.filter((finding) => finding.outcome === outcome).map(({ check }) => check)

const sample = () => new MemoryRecords().put(...sampleRecords())

describe('the doctor', () => {
  it('M-110, M-111: finds nothing wrong with a registry that is right', async () => {
    const findings = await examine(await behindProxy(sample()))
    expect(checksOf(findings, 'failed')).toEqual([])
    expect(findings.filter(({ check }) => check.startsWith('probe'))).toHaveLength(29)
    expect(findings.length).toBeGreaterThan(50)
  })

  it.each<readonly [string, string, (records: MemoryRecords) => void]>([
    [
      'RI3.1.4b',
      'a record of an authority that is not managed',
      (records) => records.put(sampleRecord({ ivoid: 'ivo://other.org/a', title: 'a' })),
    ],
    ['RI3.1.4c', 'an authority without its record', (records) => records.drop('ivo://example.edu')],
    [
      'RI3.1.3',
      'a header that names another record',
      (records) =>
        records.put({
          ...sampleRecord({ ivoid: 'ivo://example.edu/a', title: 'a' }),
          ivoid: parseIvoid('ivo://example.edu/b'),
        }),
    ],
    [
      'VRdate',
      'a record updated in the future',
      (records) =>
        records.put({
          ...sampleRecord({ ivoid: 'ivo://example.edu/a', title: 'a', datestamp: '2027-01-01T00:00:00Z' }),
          datestamp: stamp('2026-01-01T00:00:00Z'),
        }),
    ],
    [
      'RI4.0c',
      'a registry without a harvest interface',
      (records) =>
        records.put({
          ...sampleRecord({ ivoid: registryIvoid, title: 'R' }),
          ...{ xml: registryXml().replace('role="std"', '') },
        }),
    ],
    [
      'RI3.4',
      'a harvest interface at another address',
      (records) =>
        records.put({
          ...sampleRecord({ ivoid: registryIvoid, title: 'R' }),
          ...{ xml: registryXml().replace(`>${oaiBaseUrl}<`, '>http://elsewhere.edu/oai<') },
        }),
    ],
    [
      'adminEmail',
      'a contact at localhost',
      (records) =>
        records.put({
          ...sampleRecord({ ivoid: registryIvoid, title: 'R' }),
          ...{ xml: registryXml().replace('help@example.edu', 'root@mail.localhost') },
        }),
    ],
  ])('%s: notices %s', async (check, _what, spoil) => {
    const records = sample()
    spoil(records)
    expect(checksOf(await examine(await behindProxy(records)), 'failed')).toContain(check)
  })

  it('warns of a publisher that is not among the records', async () => {
    const records = sample()
    records.drop('ivo://example.edu/org')
    expect(checksOf(await examine(await behindProxy(records)), 'warning')).toContain('VR3.2.1')
  })

  it.runIf(hasShared)('VRvalid: names part and line of what breaks a schema', async () => {
    const record = sampleRecord({ ivoid: 'ivo://example.edu/a', title: 'a' })
    const broken = {
      ...record,
      ...('xml' in record ? { xml: record.xml.replace('<title>', '<titel>').replace('</title>', '</titel>') } : {}),
    }
    const findings = await examine(await behindProxy(sample().put(broken)))
    const failed = findings.find(({ check, outcome }) => check === 'VRvalid' && outcome === 'failed')
    expect(failed?.message).toMatch(/^part 1 of .*, line \d+: .*titel/)
  })

  it('notices a proxy that changes host, scheme or path, redirects, or does not answer', async () => {
    const door = await behindProxy(sample())
    const renamed = await examine(
      (url, init) => door(url.replace('http://vo.example.edu/reg', 'https://vo.example.edu'), init),
      'http://vo.example.edu/reg/oai',
    )
    expect(renamed.find(({ check }) => check === 'answer')?.message).toContain(
      `calls itself ${oaiBaseUrl}; expected http://vo.example.edu/reg/oai`,
    )
    expect(checksOf(renamed, 'warning')).toContain('scheme')
    const moved = await examine(async () => new Response('', { status: 301, headers: { location: 'https://x.edu/' } }))
    expect(moved.find(({ check }) => check === 'answer')?.message).toContain('HTTP status 301')
    const dead = await examine(async () => {
      throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })
    })
    expect(dead.find(({ check }) => check === 'answer')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('ECONNREFUSED') as string,
    })
    expect(checksOf(dead, 'failed')).toContain('RI3.1.1')
  })

  it.each([
    ['http://localhost:8080/oai', 'host'],
    ['http://192.168.1.7/oai', 'host'],
    ['http://[::1]/oai', 'host'],
    ['https://vo.example.edu//oai', 'path'],
    ['vo.example.edu/oai', 'address'],
  ])('notices that %s cannot be the public address', async (oaiUrl, check) => {
    const findings = await examine(async () => new Response('', { status: 404 }), oaiUrl)
    expect(checksOf(findings, 'failed')).toContain(check)
  })
})
