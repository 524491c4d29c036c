// The registry → a Fastify application with all doors. Each door renders its own errors; what none of them knows ends here.
import { join } from 'node:path'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { protocols } from './http/index.js'
import { addLegacyHosts } from './http/legacy.js'
import { createPageData } from './http/page-data.js'
import { readLegacySettings } from './registry/legacy-settings.js'
import type { Registry } from './registry/registry.js'

/** Longest request line and headers: ADQL comes in GET URLs of 64 kB (tap-service.md §11; DALI sets no limit). */
const maxHeaderBytes = 128 * 1024

/** Makes the application; `close` it when done. Nothing listens yet. */
export async function createApp(registry: Registry): Promise<FastifyInstance> {
  const logger: FastifyBaseLogger = registry.log
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: registry.config.trustProxy,
    routerOptions: { maxParamLength: 2000 },
    http: { maxHeaderSize: maxHeaderBytes },
    rewriteUrl: withoutBasePath(new URL(registry.config.baseUrl).pathname),
    // Connections that wait for nothing must not keep a stopping server alive.
    forceCloseConnections: 'idle',
  })
  await addFormerHosts(app, registry)
  for (const { prefix, plugin } of protocols) await app.register(plugin, { prefix, registry })
  return app
}

/** Former hosts are told by the Host header, before any door looks at the path. */
async function addFormerHosts(app: FastifyInstance, registry: Registry): Promise<void> {
  const { config, clock, log } = registry
  const settings = readLegacySettings(config.legacy)
  if (settings === undefined) return
  const { moves, site } = createPageData(registry)
  await addLegacyHosts(app, {
    settings,
    baseUrl: config.baseUrl,
    hitsPath: join(config.state, 'legacy-hits.json'),
    bodyBytes: config.uploadLimitBytes,
    clock,
    log,
    moves,
    site,
  })
}

/**
 * Behind a proxy the public address may have a path (`https://vo.example.org/registry`); some proxies take it off
 * before they hand a request on, others do not. Both arrive at the same door.
 */
function withoutBasePath(basePath: string): (request: { url?: string | undefined }) => string {
  const path = basePath.replace(/\/+$/, '')
  return ({ url = '/' }) => {
    if (path === '' || !url.startsWith(path)) return url
    const rest = url.slice(path.length)
    return rest === '' ? '/' : rest.startsWith('/') ? rest : rest.startsWith('?') ? `/${rest}` : url
  }
}
