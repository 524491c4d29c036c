// /, /services, /record/…, /query: requests of people → pages.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RegistryError } from '../core/errors.js'
import { isIvoid } from '../core/ivoid.js'
import { formats } from '../formats/index.js'
import { findServices, type ServiceFilter, sortOrders } from '../pages/catalog.js'
import { assets } from '../pages/layout.js'
import { type FormatChoice, type QueryOutcome, queryPage, rowChoices } from '../pages/query.js'
import { deletedRecordPage, recordPage } from '../pages/record.js'
import { findRecord } from '../pages/record-query.js'
import { readRecordDocument } from '../pages/record-tables.js'
import { serviceListJson } from '../pages/service-list.js'
import { filterQuery, servicesPage } from '../pages/services.js'
import { serviceStandards } from '../pages/standards.js'
import type { Registry } from '../registry/registry.js'
import { queryExamples } from '../tap/examples.js'
import { createPageData, type PageData } from './page-data.js'
import { addPageErrors, parameter, sendPage } from './page-door.js'
import type { Protocol } from './protocol.js'
import { sendDocument } from './stream.js'

/** Longer queries are for programs. */
const longestQueryCharacters = 50_000
/** Pages after this one are not asked for by people. */
const lastPage = 10_000

export const pagesProtocol: Protocol = {
  name: 'pages',
  prefix: '',
  plugin: async (app, { registry }) => {
    const data = createPageData(registry)
    addPageErrors(app, registry, data, { notFound: true })
    for (const asset of Object.values(assets)) {
      app.get(asset.path, async (request, reply) =>
        // The name changes with the content.
        sendDocument(
          request,
          reply
            .header('cache-control', 'public, max-age=31536000, immutable')
            .header('x-content-type-options', 'nosniff'),
          asset.mediaType,
          asset.content,
        ),
      )
    }
    for (const path of ['/', '/services']) {
      app.get(path, async (request, reply) => {
        const filter = readFilter(request)
        reply.header('vary', 'accept')
        if (wantsJson(request)) return sendServiceList(registry, data, filter, request, reply)
        const [site, found, checks] = await Promise.all([data.site(), findServices(filter, data.run), data.checks()])
        return sendPage(request, reply, servicesPage(site, filter, found, checks))
      })
    }
    app.get('/query', async (request, reply) => {
      const examples = queryExamples()
      const query = parameter(request, 'q', longestQueryCharacters) || (examples[0]?.query ?? '')
      const rows = rowChoices.find((one) => String(one) === parameter(request, 'rows')) ?? rowChoices[1]
      const outcome = parameter(request, 'run') === '' ? undefined : await runForVisitor(data, query, rows)
      const content = { query, rows, outcome, examples, schemas: registry.tables, formats: formatChoices() }
      return sendPage(request, reply, queryPage(await data.site(), content))
    })
    app.get('/record/*', async (request, reply) => sendRecord(registry, data, request, reply))
  },
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

/** The parameter decides, else a client that names JSON and not HTML. */
function wantsJson(request: FastifyRequest): boolean {
  const format = parameter(request, 'format').toLowerCase()
  if (format === 'json' || format === 'html') return format === 'json'
  if (format !== '') throw new RegistryError('usage', `format is "${format.slice(0, 60)}"; expected html or json.`)
  const accepted = (request.headers.accept ?? '').toLowerCase()
  return accepted.includes('application/json') && !accepted.includes('text/html')
}

async function sendServiceList(
  registry: Registry,
  data: PageData,
  filter: ServiceFilter,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { baseUrl } = registry.config
  const found = await findServices(filter, data.run)
  const nextQuery = filterQuery({ ...filter, page: filter.page + 1 })
  const document = serviceListJson(found, await data.checks(), {
    recordUrl: (ivoid) => `${baseUrl}/record/${ivoid.replace(/^ivo:\/\//, '')}`,
    next: found.hasMore ? `${baseUrl}/services?format=json&${nextQuery}` : null,
  })
  reply.header('access-control-allow-origin', '*').header('x-content-type-options', 'nosniff')
  return sendDocument(request, reply, 'application/json; charset=utf-8', document)
}

/** What is wrong with a query stands below it; everything else that fails is an error page. */
async function runForVisitor(data: PageData, query: string, rows: number): Promise<QueryOutcome> {
  try {
    return await data.query(query, rows)
  } catch (thrown) {
    if (thrown instanceof RegistryError && (thrown.kind === 'invalid' || thrown.kind === 'limit'))
      return { problem: thrown.message }
    throw thrown
  }
}

async function sendRecord(
  registry: Registry,
  data: PageData,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const ivoid = `ivo://${recordKey(request)}`
  const missing = new RegistryError('not-found', `There is no record with the identifier ${ivoid.slice(0, 300)} here.`)
  if (!isIvoid(ivoid)) throw missing
  const record = await registry.records.get(ivoid)
  if (record === undefined) throw missing
  if (record.status === 'deleted')
    return sendPage(request, reply, deletedRecordPage(await data.site(), record.ivoid, record.datestamp), 410)
  if (parameter(request, 'format').toLowerCase() === 'xml') {
    const document = `<?xml version="1.0" encoding="UTF-8"?>\n${record.xml}\n`
    return sendDocument(request, reply.header('x-content-type-options', 'nosniff'), 'text/xml; charset=utf-8', document)
  }
  const view = await findRecord(record.ivoid, data.run)
  if (view === undefined) throw missing
  const check = (await data.checks()).get(view.ivoid)
  return sendPage(request, reply, recordPage(await data.site(), view, readRecordDocument(record.xml), check))
}

/** The identifier behind /record/, however it was written: with or without ivo://. */
function recordKey(request: FastifyRequest): string {
  const params = request.params
  const rest = typeof params === 'object' && params !== null ? Object.values(params)[0] : ''
  return String(rest ?? '')
    .replace(/^ivo:\/{1,2}/i, '')
    .replace(/\/+$/, '')
}

/** Formats to download a result in. */
function formatChoices(): readonly FormatChoice[] {
  return formats.map((format) => {
    const value = format.aliases[0] ?? format.mediaType
    return { value, label: value }
  })
}
