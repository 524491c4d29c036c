// /record/…, /query and the service list: requests of people → pages.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RegistryError } from '../core/errors.js'
import { isIvoid } from '../core/ivoid.js'
import { formats } from '../formats/index.js'
import { assets } from '../pages/layout.js'
import { type FormatChoice, type QueryOutcome, queryPage, rowChoices } from '../pages/query.js'
import { deletedRecordPage, recordPage } from '../pages/record.js'
import { findRecord } from '../pages/record-query.js'
import { readRecordDocument } from '../pages/record-tables.js'
import type { Registry } from '../registry/registry.js'
import { queryExamples } from '../tap/examples.js'
import { createPageData, type PageData } from './page-data.js'
import { addPageErrors, parameter, sendPage } from './page-door.js'
import type { Protocol } from './protocol.js'
import { addServiceList } from './service-list.js'
import { sendDocument } from './stream.js'

/** Longer queries are for programs. */
const longestQueryCharacters = 50_000

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
    addServiceList(app, registry.config.baseUrl, data)
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
