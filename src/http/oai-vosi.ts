// /oai/capabilities and /oai/availability: what the registry's own record announces beside Harvest (RI 1.1 §3.2).
import type { FastifyInstance } from 'fastify'
import type { Engine } from '../engines/engine.js'
import type { OaiProvider } from '../oai/provider.js'
import type { Registry } from '../registry/registry.js'
import { availabilityDocument, checkAvailability } from '../tap/availability.js'
import { capabilitiesDocument } from '../tap/capabilities.js'
import { sendDocument } from './stream.js'

const contentType = 'text/xml; charset=utf-8'

/** Adds both documents below the root of `app`. */
export function addVosiRoutes(
  app: FastifyInstance,
  provider: OaiProvider,
  parts: Pick<Registry, 'asServedHere'> & { readonly engine: Pick<Engine, 'query'> },
  upSince: Date,
): void {
  app.get('/capabilities', async (request, reply) => {
    const { record } = await provider.self()
    const xml = (await parts.asServedHere?.(record.xml)) ?? record.xml
    return sendDocument(request, reply, contentType, capabilitiesDocument(xml))
  })
  app.get('/availability', async (request, reply) =>
    sendDocument(request, reply, contentType, availabilityDocument(await checkAvailability(parts.engine, upSince))),
  )
}
