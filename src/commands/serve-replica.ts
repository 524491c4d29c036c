// waymark serve --snapshot: a read-only replica of another registry, which follows newer snapshots.

import { createApp } from '../app.js'
import type { Config } from '../config.js'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import type { ReplicaNews } from '../registry/replica.js'
import { safeRedirects } from '../registry/safe-redirects.js'
import { isPublicAddress } from '../tap/addresses.js'
import type { CommandContext } from './command.js'
import { serveUntilStopped } from './listen.js'
import { type OpenReplica, openReplica } from './open-replica.js'
import { megabytes } from './text-table.js'
import { version } from './version.js'

/** Serves until the process is told to stop; gives the exit code. */
export async function serveReplica(config: Config, context: CommandContext): Promise<number> {
  if (config.engine !== 'duckdb')
    throw new RegistryError('usage', `A snapshot is served with the engine duckdb, not ${config.engine}.`)
  const refusal = (named: URL, _redirecting: URL, reason: string) =>
    new RegistryError('unavailable', `The snapshot ${named.href} does not come: ${reason}.`)
  const told = newsTeller(context)
  await using open = await openReplica(config, {
    processes: config.engineProcesses,
    fetch: safeRedirects(fetch, isPublicAddress, refusal),
    userAgent: `Waymark/${version} replica`,
    onNews: told,
  })
  const app = await createApp(open.registry)
  await serveUntilStopped(app, config, context, () => {
    open.replica.follow()
    announce(open, config, context)
  })
  return 0
}

/** Says what happens; the same failure, poll after poll, once only. */
function newsTeller(context: CommandContext): (news: ReplicaNews) => void {
  let lastFailure = ''
  return (news) => {
    if (news.kind === 'failed') {
      if (news.error.message !== lastFailure)
        context.writeError(`waymark: ${news.error.message} The last good snapshot is served.\n`)
      lastFailure = news.error.message
      return
    }
    lastFailure = ''
    const { made, bytes, records } = news.manifest
    context.writeError(
      news.kind === 'fetching'
        ? `waymark: fetching the snapshot of ${made}, ${megabytes(bytes)}\n`
        : `waymark: the snapshot of ${made} serves, with ${counted(records.active, 'record')}\n`,
    )
  }
}

function announce({ facts }: OpenReplica, { baseUrl, host, port }: Config, context: CommandContext): void {
  context.write(`
Waymark serves a replica of ${facts.registry} (${facts.made}) on ${host}:${port}

  Service list  ${baseUrl}/
  OAI-PMH       ${baseUrl}/oai
  TAP           ${baseUrl}/tap

Resolve one with pyvo:

  IVOA_REGISTRY=${baseUrl}/tap python3 -c "import pyvo; [print(r.ivoid, r.access_url) for r in pyvo.registry.search(servicetype='tap')]"

Newer snapshots are taken over as they come; nothing can be published here.

`)
}
