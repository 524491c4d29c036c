// Command: the OAI-PMH door alone over the records of a state folder, or one page of it from Node's plain http server.
//   node --import ./test/bench/typescript.mjs test/bench/oai-server.ts STATE REGISTRY_IVOID [plain]
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { pino } from 'pino'
import { systemClock } from '../../src/core/clock.js'
import { parseIvoid } from '../../src/core/ivoid.js'
import { openEngine } from '../../src/engines/index.js'
import { addOaiRoutes } from '../../src/http/oai.js'
import { SqlRecordSource } from '../../src/registry/records.js'

const [state = '', ivoid = '', mode = ''] = process.argv.slice(2)
const engine = await openEngine('duckdb', { state })
const app = Fastify({ forceCloseConnections: true })
await app.register(
  async (scope) =>
    addOaiRoutes(scope, {
      config: { baseUrl: 'http://localhost', state, oaiPageRecords: 250 },
      clock: systemClock,
      ivoid: parseIvoid(ivoid),
      records: new SqlRecordSource(engine),
      log: pino({ level: 'silent' }),
      engine,
    }),
  { prefix: '/oai' },
)
if (mode === 'plain') {
  const page = Buffer.from((await app.inject('/oai?verb=ListRecords&metadataPrefix=ivo_vor')).rawPayload)
  const server = createServer((_request, response) => response.end(page))
  server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
} else {
  await app.listen({ port: 0, host: '127.0.0.1' })
  console.log((app.server.address() as AddressInfo).port)
}
