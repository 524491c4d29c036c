// A publisher over records in memory, with a clock that tests set.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { foldIvoid, parseIvoid } from '../../src/core/ivoid.js'
import { type Ledger, openLedger } from '../../src/registry/ledger.js'
import type { BuiltResource } from '../../src/registry/publication.js'
import { type PublishReport, publish } from '../../src/registry/publish.js'
import { MemoryRecords } from './memory-records.js'
import { registryIvoid, registryXml, sampleXml } from './sample-records.js'

export interface Publisher {
  readonly records: MemoryRecords
  readonly ledger: Ledger
  now: Date
  publish(resources: readonly BuiltResource[]): Promise<PublishReport>
  /** Datestamp, status and document as a harvester sees them, by folded IVOID. */
  seen(): Readonly<Record<string, string>>
}

export function openPublisher(): Publisher {
  const records = new MemoryRecords()
  const ledger = openLedger(join(mkdtempSync(join(tmpdir(), 'waymark-publish-')), 'ledger.json'))
  const publisher: Publisher = {
    records,
    ledger,
    now: new Date('2026-05-01T08:00:00Z'),
    publish: (resources) =>
      publish({ ledger, store: records, clock: () => publisher.now, registry: registryIvoid }, resources),
    seen: () =>
      Object.fromEntries(
        records
          .all()
          .map((record) => [
            foldIvoid(record.ivoid),
            `${record.datestamp} ${record.status} ${record.status === 'deleted' ? '' : record.xml}`,
          ]),
      ),
  }
  return publisher
}

/** A resource as the descriptors' room builds it: without times of its own. */
export function resource(name: string, title = name): BuiltResource {
  const ivoid = parseIvoid(`ivo://example.edu/${name}`)
  return {
    ivoid,
    source: `resources/${name}.yaml`,
    xml: sampleXml({ ivoid, title, datestamp: '0001-01-01T00:00:01Z', created: '0001-01-01T00:00:00Z' }),
  }
}

export const registryResource: BuiltResource = { ivoid: registryIvoid, xml: registryXml() }
