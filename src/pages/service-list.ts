// Services → the list for programs: present and former addresses, identifier, tables, documentation.
import type { ServicePage } from './catalog.js'
import type { ServiceChecks } from './service-check.js'

/**
 * The service list as JSON. Names and meanings stay as they are; new ones may be added. `next` is the address of the
 * following page, or null; `lastCheck` is null for what was not checked yet.
 */
export function serviceListJson(
  found: ServicePage,
  checks: ServiceChecks,
  links: { readonly recordUrl: (ivoid: string) => string; readonly next: string | null },
): string {
  const services = found.services.map((service) => ({
    ivoid: service.ivoid,
    shortName: service.shortName,
    title: service.title,
    description: service.description,
    documentation: service.referenceUrl,
    documents: service.documents,
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
    lastCheck: checks.get(service.ivoid) ?? null,
    tableCount: service.tableCount,
    tables: service.tables,
  }))
  return `${JSON.stringify({ services, next: links.next }, null, 2)}\n`
}
