// /status: kept results of examinations, as page, JSON, or metrics for Prometheus.
import { join } from 'node:path'
import { RegistryError } from '../core/errors.js'
import { statusJson, statusMetrics, statusPage } from '../pages/status.js'
import { doctorResultFile, readDoctorResult } from '../registry/doctor-result.js'
import { createProbeReader } from '../registry/probe-history.js'
import { createPageData } from './page-data.js'
import { addPageErrors, parameter, sendPage } from './page-door.js'
import type { Protocol } from './protocol.js'
import { sendDocument } from './stream.js'

export const statusProtocol: Protocol = {
  name: 'status',
  prefix: '/status',
  plugin: async (app, { registry }) => {
    const data = createPageData(registry)
    addPageErrors(app, registry, data)
    const readProbes = createProbeReader(join(registry.config.state, 'probe-history.json'))

    app.get('/', async (request, reply) => {
      const addresses = await readProbes().catch((cause: unknown) => {
        // Where the file lies and what is wrong with it is for the operator alone.
        registry.log.error({ err: cause }, 'the results of examinations cannot be read')
        throw new RegistryError('unavailable', 'The results of examinations cannot be read at present.', { cause })
      })
      const examination = await readDoctorResult(join(registry.config.state, doctorResultFile))
      switch (parameter(request, 'format').toLowerCase()) {
        case '':
        case 'html':
          return sendPage(request, reply, statusPage(await data.site(), addresses, examination))
        case 'json':
          reply.header('access-control-allow-origin', '*')
          return sendDocument(request, reply, 'application/json; charset=utf-8', statusJson(addresses, examination))
        case 'prometheus':
          return sendDocument(
            request,
            reply,
            'text/plain; version=0.0.4; charset=utf-8',
            statusMetrics(addresses, examination),
          )
        default:
          throw new RegistryError('usage', 'The format is not known; expected html, json or prometheus.')
      }
    })
  },
}
