// /harvests: how the harvests of other registries went, as page or JSON.
import { join } from 'node:path'
import { RegistryError } from '../core/errors.js'
import { harvestsJson, harvestsPage } from '../pages/harvests.js'
import { createHistoryReader, harvestHistoryFile } from '../registry/harvest-history.js'
import { listQuarantined } from '../registry/quarantine.js'
import { createPageData } from './page-data.js'
import { addPageErrors, parameter, sendPage } from './page-door.js'
import type { Protocol } from './protocol.js'
import { sendDocument } from './stream.js'

export const harvestsProtocol: Protocol = {
  name: 'harvests',
  prefix: '/harvests',
  plugin: async (app, { registry }) => {
    const data = createPageData(registry)
    addPageErrors(app, registry, data)
    const readReports = createHistoryReader(join(registry.config.state, harvestHistoryFile))

    app.get('/', async (request, reply) => {
      const reports = await readReports()
      const quarantine = await listQuarantined(registry.engine)
      switch (parameter(request, 'format').toLowerCase()) {
        case '':
        case 'html':
          return sendPage(request, reply, harvestsPage(await data.site(), reports, quarantine))
        case 'json':
          reply.header('access-control-allow-origin', '*')
          return sendDocument(request, reply, 'application/json; charset=utf-8', harvestsJson(reports, quarantine))
        default:
          throw new RegistryError('usage', 'The format is not known; expected html or json.')
      }
    })
  },
}
