// A Fastify application ↔ its port: a free one when that is asked for, until the process is told to stop.
import { createServer } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { type Config, readConfig } from '../config.js'
import { RegistryError } from '../core/errors.js'
import { keepHeapSmall } from '../core/heap.js'
import type { CommandContext } from './command.js'

/** Port 0 means any free one; the base URL has to name it before anything is published. */
export async function withPort(config: Config): Promise<Config> {
  if (config.port !== 0) return config
  const port = await freePort(config.host)
  const isDefaultBaseUrl = config.baseUrl === readConfig({ port: 0 }, {}).baseUrl
  return { ...config, port, baseUrl: isDefaultBaseUrl ? `http://localhost:${port}` : config.baseUrl }
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, host, () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** Listens as the settings say. Throws kind `unavailable` when the port is taken. */
async function listen(app: FastifyInstance, config: Config): Promise<void> {
  try {
    await app.listen({ port: config.port, host: config.host })
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EADDRINUSE') {
      throw new RegistryError(
        'unavailable',
        `Port ${config.port} of ${config.host} is in use by another program; choose another with --port or PORT.`,
      )
    }
    throw thrown
  }
}

/** Resolves when the process is asked to stop. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

/** Listens, does what is to be done then, and closes the door when the process is told to stop. */
export async function serveUntilStopped(
  app: FastifyInstance,
  config: Config,
  context: CommandContext,
  onListening: () => void,
): Promise<void> {
  try {
    await listen(app, config)
    onListening()
    using _heap = keepHeapSmall()
    await stopSignal()
    context.writeError('waymark: stopping\n')
  } finally {
    await app.close()
  }
}
