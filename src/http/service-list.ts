// / and /services: what the address asks for → the service list as page, JSON, CSV or VOTable.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RegistryError } from '../core/errors.js'
import { findServices, type ServiceFilter, sortOrders } from '../pages/catalog.js'
import { serviceListJson } from '../pages/service-list.js'
import { serviceTable } from '../pages/service-table.js'
import { filterQuery, servicesPage } from '../pages/services.js'
import { serviceStandards } from '../pages/standards.js'
import type { PageData } from './page-data.js'
import { parameter, sendPage } from './page-door.js'
import { formatOf, listFormats, sendTable } from './page-format.js'
import { sendDocument } from './stream.js'

/** Pages after this one are not asked for by people. */
const lastPage = 10_000

/** Adds the service list at both its addresses. */
export function addServiceList(app: FastifyInstance, baseUrl: string, data: PageData): void {
  const recordUrl = (ivoid: string): string => `${baseUrl}/record/${ivoid.replace(/^ivo:\/\//, '')}`
  for (const path of ['/', '/services'])
    app.get(path, async (request, reply) => {
      const filter = readFilter(request)
      const format = formatOf(request, listFormats)
      const checks = await data.checks()
      reply.header('vary', 'accept')
      switch (format) {
        case 'csv':
        case 'votable':
          return sendTable(request, reply, format, serviceTable(filter, data.run, checks, recordUrl))
        case 'json': {
          const found = await findServices(filter, data.run)
          const nextQuery = filterQuery({ ...filter, page: filter.page + 1 })
          const next = found.hasMore ? `${baseUrl}/services?format=json&${nextQuery}` : null
          const document = serviceListJson(found, checks, { recordUrl, next })
          reply.header('access-control-allow-origin', '*').header('x-content-type-options', 'nosniff')
          return sendDocument(request, reply, 'application/json; charset=utf-8', document)
        }
        case 'html': {
          const [site, found] = await Promise.all([data.site(), findServices(filter, data.run)])
          return sendPage(request, reply, servicesPage(site, filter, found, checks))
        }
      }
    })
}

/** What the address of the list asks for. Throws kind `usage` for values that are none of the choices. */
function readFilter(request: FastifyRequest): ServiceFilter {
  const standardKey = parameter(request, 'standard')
  const standard = serviceStandards.find((one) => one.key === standardKey)
  if (standardKey !== '' && standard === undefined)
    throw new RegistryError(
      'usage',
      `standard is "${standardKey.slice(0, 60)}"; expected one of ${serviceStandards.map((one) => one.key).join(', ')}.`,
    )
  const sortKey = parameter(request, 'sort') || 'title'
  const sort = sortOrders.find((one) => one === sortKey)
  if (sort === undefined)
    throw new RegistryError('usage', `sort is "${sortKey.slice(0, 60)}"; expected one of ${sortOrders.join(', ')}.`)
  const pageText = parameter(request, 'page') || '1'
  const page = /^\d{1,6}$/.test(pageText) ? Number(pageText) : 0
  if (page < 1 || page > lastPage)
    throw new RegistryError('usage', `page is "${pageText.slice(0, 60)}"; expected a number from 1 to ${lastPage}.`)
  return {
    words: parameter(request, 'q', 300).trim(),
    standard,
    movedOnly: /^(yes|true|1|on)$/i.test(parameter(request, 'moved')),
    sort,
    page,
  }
}
