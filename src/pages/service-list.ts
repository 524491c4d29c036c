// Services → the list for programs: present and former addresses, identifier, tables, documentation.
import type { ServicePage } from './catalog.js'

/**
 * The service list as JSON. Names and meanings stay as they are; new ones may be added. `next` is the address of the
 * following page, or null.
 */
export function serviceListJson(
  found: ServicePage,
  links: { readonly recordUrl: (ivoid: string) => string; readonly next: string | null },
): string {
  const services = found.services.map((service) => ({
    ivoid: service.ivoid,
    shortName: service.shortName,
    title: service.title,
    description: service.description,
    documentation: service.referenceUrl,
    record: links.recordUrl(service.ivoid),
    updated: service.updated,
    wavebands: service.wavebands,
    interfaces: service.interfaces.map((one) => ({
      standardId: one.standardId,
      version: one.version,
      accessUrl: one.accessUrl,
      examples: one.examplesUrl,
    })),
    formerAddresses: service.formerAddresses.map((one) => ({ url: one.formerUrl, closed: one.closed, note: one.note })),
    tableCount: service.tableCount,
    tables: service.tables,
  }))
  return `${JSON.stringify({ services, next: links.next }, null, 2)}\n`
}
