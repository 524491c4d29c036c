// /tap: synchronous queries, VOSI documents and examples. Thin: the rules are in src/tap.
import type { FastifyBaseLogger, FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Compiler } from '../adql/compile.js'
import type { Config } from '../config.js'
import type { Clock } from '../core/clock.js'
import { RegistryError } from '../core/errors.js'
import type { ActiveRecord } from '../core/record.js'
import type { Engine } from '../engines/engine.js'
import type { Schema } from '../tables/metadata.js'
import { availabilityDocument, checkAvailability } from '../tap/availability.js'
import { capabilitiesDocument } from '../tap/capabilities.js'
import { examplesDocument, queryExamples } from '../tap/examples.js'
import type { JobQueue } from '../tap/jobs.js'
import { tapLimits } from '../tap/limits.js'
import { openJobs } from '../tap/open-jobs.js'
import { overviewDocument } from '../tap/overview.js'
import { readTapRequest } from '../tap/parameters.js'
import { type QueryContext, startQuery } from '../tap/query.js'
import { readDetail, tableDocument, tablesetDocument } from '../tap/tables.js'
import { loadUploads } from '../tap/uploads.js'
import { clientGone, sendChunks, sendDocument } from './stream.js'
import { asyncRoutes } from './tap-async.js'
import { addFormParsers, tapInput } from './tap-body.js'
import { addHeaders, addTapErrors, onlyMethods, spellings, statusHeader } from './tap-door.js'
import { limitUploads } from './upload-places.js'

/** With the usual limit of an upload, half a gigabyte of bodies in memory. */
const uploadPlaces = { places: 8, waitSeconds: 20 }

/** What the TAP door needs; the registry has it all. */
export interface TapRegistry {
  readonly config: Config
  readonly clock: Clock
  readonly log: FastifyBaseLogger
  readonly engine: Engine
  readonly tables: readonly Schema[]
  /** The record of the TAP service run here: its capabilities are the VOSI capabilities. */
  readonly tapRecord?: () => Promise<ActiveRecord | undefined>
  /** Jobs shared with other doors; without it the door keeps its own below the state directory. */
  readonly jobs?: JobQueue
  /** Hosts from which tables may be fetched although their addresses are not public. */
  readonly uploadHosts?: readonly string[]
  /** Compiles long queries aside. */
  readonly compiler?: Compiler
}

/** Everything below /tap. */
export const tapPlugin: FastifyPluginAsync<{ readonly registry: TapRegistry }> = async (app, { registry }) => {
  const { config, clock, engine, tables } = registry
  const limits = tapLimits(config)
  const context: QueryContext = {
    engine,
    tables,
    limits,
    clock,
    ...(registry.compiler && { compiler: registry.compiler }),
  }
  const uploadLimits = {
    maxBytes: limits.uploadBytes,
    seconds: limits.uploadSeconds,
    allowedHosts: registry.uploadHosts ?? [],
  }
  const tapUrl = `${config.baseUrl}/tap`
  const upSince = clock()
  // Made once: the tables are those of this program, the record changes with a publication only.
  const tablesets = { min: tablesetDocument(tables, 'min'), max: tablesetDocument(tables, 'max') }
  const examples = examplesDocument(queryExamples(), tapUrl)
  const overview = overviewDocument(tapUrl, tables)
  const capabilities = remembered(capabilitiesDocument)

  addHeaders(app)
  addTapErrors(app)
  limitUploads(app, uploadPlaces)
  addFormParsers(app, limits.uploadBytes)

  const jobs = registry.jobs ?? (await openJobs({ config, clock, context, limits, uploadLimits, log: registry.log }))
  if (registry.jobs === undefined) app.addHook('onClose', async () => jobs[Symbol.asyncDispose]())
  asyncRoutes(app, jobs, tapUrl)

  async function sync(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const signal = clientGone(reply)
    const { parameters, parts } = tapInput(request)
    const wanted = readTapRequest(parameters)
    // HEAD asks for the headers of an answer that it does not want.
    const tapRequest = request.method === 'HEAD' ? { ...wanted, maxRows: 0 } : wanted
    if (tapRequest.runId !== undefined) request.log.info({ runId: tapRequest.runId }, 'a query names its run')
    const uploads = await loadUploads(tapRequest.uploads, parts, { ...uploadLimits, signal })
    const query = await startQuery(tapRequest, { uploads, signal, seconds: limits.syncSeconds }, context)
    const { format, contentType } = tapRequest.format
    reply.header('content-disposition', `inline; filename="result.${format.extension}"`)
    return sendChunks(request, reply, {
      contentType,
      chunks: format.write(query),
      atEnd: { name: statusHeader, value: () => (query.failure() === undefined ? query.outcome() : 'ERROR') },
      compressed: format.extension === 'parquet',
    })
  }
  for (const url of spellings('/sync')) app.route({ method: ['GET', 'HEAD', 'POST'], url, handler: sync })
  onlyMethods(app, '/sync', ['GET', 'HEAD', 'POST'])

  documentRoute(app, '/capabilities', 'text/xml', async (_request, reply) => {
    const record = await registry.tapRecord?.()
    if (record === undefined) {
      throw new RegistryError(
        'not-found',
        'This registry publishes no record of its TAP service, so it has no capabilities to show.',
      )
    }
    reply.header('last-modified', new Date(record.datestamp).toUTCString())
    return capabilities(record.xml)
  })
  documentRoute(app, '/availability', 'text/xml', async () =>
    availabilityDocument(await checkAvailability(engine, upSince)),
  )
  documentRoute(
    app,
    '/tables',
    'text/xml',
    async (request) => tablesets[readDetail(tapInput(request).parameters.single('detail'))],
  )
  documentRoute(app, '/tables/:name', 'text/xml', async (request) => tableDocument(tables, namedTable(request)))
  documentRoute(app, '/examples', 'application/xhtml+xml', async () => examples)
  // With and without trailing slash.
  app.get('/', async (request, reply) => sendDocument(request, reply, 'text/html;charset=utf-8', overview))
}

/** The same function, which keeps its last result. */
function remembered(make: (given: string) => string): (given: string) => string {
  let last: { readonly given: string; readonly made: string } | undefined
  return (given) => {
    if (last?.given !== given) last = { given, made: make(given) }
    return last.made
  }
}

function documentRoute(
  app: FastifyInstance,
  path: string,
  contentType: string,
  make: (request: FastifyRequest, reply: FastifyReply) => Promise<string>,
): void {
  for (const url of spellings(path)) {
    app.route({
      method: ['GET', 'HEAD'],
      url,
      handler: async (request, reply) => sendDocument(request, reply, contentType, await make(request, reply)),
    })
  }
  onlyMethods(app, path, ['GET', 'HEAD'])
}

function namedTable(request: FastifyRequest): string {
  const { params } = request
  return typeof params === 'object' && params !== null && 'name' in params ? String(params.name) : ''
}
