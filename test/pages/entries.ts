// The descriptors that ship with the program → what the pages get to show.
import type { ServiceEntry } from '../../src/pages/catalog.js'
import type { Site } from '../../src/pages/layout.js'
import { standardOf } from '../../src/pages/standards.js'
import { loadResources } from '../../src/voresource/load.js'

export const site: Site = {
  baseUrl: 'http://localhost:8080',
  title: 'Example registry of MAST services',
  ivoid: 'ivo://mast.example/registry',
}

/** Every catalog service of resources/ but our own. */
export async function shippedServices(): Promise<readonly ServiceEntry[]> {
  const { descriptors } = await loadResources('resources')
  return descriptors.flatMap(({ descriptor, ivoid }) => {
    if (descriptor.type !== 'vs:CatalogService' || descriptor.self === true) return []
    const tap = descriptor.capabilities?.find((one) => one.type === 'tr:TableAccess')
    const tables = (descriptor.tableset?.schemas ?? []).flatMap((schema) =>
      (schema.tables ?? []).map((table) => table.name),
    )
    return [
      {
        ivoid: ivoid.toLowerCase(),
        shortName: descriptor.shortName ?? null,
        title: descriptor.title,
        description: descriptor.description ?? null,
        referenceUrl: descriptor.referenceUrl ?? null,
        wavebands: descriptor.coverage?.wavebands ?? [],
        updated: null,
        interfaces: [
          {
            standard: standardOf('ivo://ivoa.net/std/tap'),
            standardId: 'ivo://ivoa.net/std/tap',
            accessUrl: tap?.accessUrl ?? '',
            version: '1.1',
            examplesUrl: null,
          },
        ],
        documents: [],
        formerAddresses: (tap?.formerAccessUrls ?? []).map((one) => ({
          formerUrl: one.url,
          accessUrl: tap?.accessUrl ?? null,
          closed: one.until ?? null,
          note: one.note ?? null,
          moveId: null,
        })),
        tableCount: tables.length,
        tables: tables.slice(0, 8),
      },
    ]
  })
}
