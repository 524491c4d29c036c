// HTTP::OAI, the Perl harvester: every record once, through all parts of a list.
import type { AddressInfo } from 'node:net'
import { describe, expect, inject, it } from 'vitest'
import { MemoryRecords } from '../support/memory-records.js'
import { openOaiDoor } from '../support/oai-door.js'
import { sampleRecord, sampleRecords } from '../support/sample-records.js'
import { clientFile, isInstalled, run } from './support.js'

const installed = isInstalled('HTTP::OAI', 'perl', ['-MHTTP::OAI', '-e', '1'])

interface Harvest {
  readonly repositoryName: string
  readonly granularity: string
  readonly sets: readonly string[]
  readonly formats: readonly string[]
  readonly records: readonly {
    readonly identifier: string
    readonly datestamp: string
    readonly deleted: boolean
    readonly sets: readonly string[]
    readonly root: string | null
  }[]
  readonly error: readonly string[]
}

async function harvest(baseUrl: string, prefix = 'ivo_vor'): Promise<Harvest> {
  return JSON.parse(await run('perl', [clientFile('harvest.pl'), baseUrl, prefix])) as Harvest
}

describe.runIf(installed)('HTTP::OAI', () => {
  it('harvests the running registry whole', async () => {
    const found = await harvest(`${inject('baseUrl')}/oai`)
    expect(found).toMatchObject({
      granularity: 'YYYY-MM-DDThh:mm:ssZ',
      sets: ['ivo_managed'],
      formats: ['ivo_vor', 'oai_dc', 'oai_datacite'],
      error: ['idDoesNotExist'],
    })
    expect(found.records.length).toBeGreaterThan(15)
    expect(new Set(found.records.map(({ identifier }) => identifier)).size).toBe(found.records.length)
    for (const { sets, root } of found.records) expect([sets, root]).toEqual([['ivo_managed'], 'ri:Resource'])
  })

  it.each([1, 7, 100])('gets every record once through parts of %d, tombstones included', async (pageRecords) => {
    const records = new MemoryRecords().put(...sampleRecords())
    for (let number = 0; number < 40; number++)
      records.put(sampleRecord({ ivoid: `ivo://example.edu/many/r${number}`, title: `Number ${number}` }))
    const door = await openOaiDoor(records, { pageRecords })
    await door.app.listen({ port: 0, host: '127.0.0.1' })
    try {
      const address = `http://127.0.0.1:${(door.app.server.address() as AddressInfo).port}/oai`
      for (const [prefix, root] of [
        ['ivo_vor', 'ri:Resource'],
        ['oai_dc', 'oai_dc:dc'],
      ] as const) {
        const found = await harvest(address, prefix)
        expect(found.records.map(({ identifier }) => identifier).sort()).toEqual(
          records
            .all()
            .map(({ ivoid }) => String(ivoid))
            .filter((ivoid) => ivoid.startsWith('ivo://example.edu'))
            .sort(),
        )
        for (const record of found.records) expect(record.root).toBe(record.deleted ? null : root)
        expect(found.records.filter(({ deleted }) => deleted)).toHaveLength(1)
      }
    } finally {
      await door.app.close()
    }
  })
})
