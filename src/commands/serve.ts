// waymark serve: publishes, then serves until it is told to stop.

import { createApp } from '../app.js'
import type { Config } from '../config.js'
import { counted } from '../core/counted.js'
import { errorSurfaces } from '../core/errors.js'
import { AuthorityTaken } from '../registry/authority-claims.js'
import { hasErrors } from '../voresource/finding.js'
import { type OpenRegistry, openRegistry } from '../wire.js'
import { startCheckSchedule } from './check-services.js'
import type { Command, CommandContext } from './command.js'
import { startDoctorSchedule } from './doctor-schedule.js'
import { countFindings, findingLines } from './findings.js'
import { startHarvestSchedule } from './harvest-round.js'
import { serveUntilStopped, withPort } from './listen.js'
import { writeReport } from './publish.js'
import { serveReplica } from './serve-replica.js'
import { startVocabularySchedule } from './vocabulary-round.js'

export const serveCommand: Command = {
  name: 'serve',
  summary: 'publish, then serve the service list, OAI-PMH and TAP',
  help: `Publishes the descriptors, then answers at

  /      the service list, for people
  /oai   OAI-PMH, for harvesters
  /tap   TAP with the RegTAP tables, for clients

  waymark serve --port 8080
  WAYMARK_BASE_URL=https://vo.example.org/registry waymark serve   (behind a proxy)

When a descriptor breaks a rule, what was published last goes on being served.

  waymark serve --snapshot https://vo.example.org/registry.duckdb

serves a read-only replica of another registry instead, from a file that "waymark snapshot" wrote there, and follows newer ones.`,
  async run(given, _args, context) {
    const config = await withPort(given)
    if (config.snapshot !== '') return serveReplica(config, context)
    await using open = await openRegistry(config, { processes: config.engineProcesses })
    const exitCode = await publishOrKeep(open, config, context)
    if (exitCode !== 0) return exitCode
    // The first harvest then finds every document in memory; requests need not wait for it.
    open.warmUp().catch((thrown: unknown) => open.registry.log.warn({ err: thrown }, 'records could not be read ahead'))
    using _checks = startCheckSchedule(config, (thrown) => open.registry.log.error({ err: thrown }, 'a check failed'))
    using _harvests = startHarvestSchedule(open, config)
    using _doctor = startDoctorSchedule({ config, log: open.registry.log, own: open.registry.ivoid })
    using _vocabularies = startVocabularySchedule(config, open.registry.log)
    const app = await createApp(open.registry)
    await serveUntilStopped(app, config, context, () => announce(open, config, context))
    return 0
  },
}

/** Publishes; with faulty descriptors, serves what there is if there is something. Gives an exit code, 0 to go on. */
async function publishOrKeep(open: OpenRegistry, config: Config, context: CommandContext): Promise<number> {
  const { findings } = open.resources
  if (!hasErrors(findings)) {
    try {
      writeReport(await open.publish(), context)
      return 0
    } catch (thrown) {
      if (!(thrown instanceof AuthorityTaken)) throw thrown
      return keepServing(open, thrown.message, context)
    }
  }
  context.writeError(findingLines(findings, config.resources, ['error']))
  return keepServing(open, `nothing is published: ${countFindings(findings)}`, context)
}

async function keepServing(open: OpenRegistry, problem: string, context: CommandContext): Promise<number> {
  const published = await open.parts.store.held()
  context.writeError(`waymark: ${problem}\n`)
  if (published.size === 0) return errorSurfaces.invalid.exitCode
  context.writeError(
    `waymark: ${counted(published.size, 'record')} published before ${published.size === 1 ? 'is' : 'are'} served unchanged\n`,
  )
  return 0
}

function announce({ resources }: OpenRegistry, { baseUrl, host, port }: Config, context: CommandContext): void {
  const example = resources.descriptors.find(
    ({ descriptor }) => descriptor.type === 'vs:CatalogService' && !('self' in descriptor),
  )
  const search = example?.descriptor.shortName ?? 'catalogs'
  context.write(`
Waymark serves ${counted(resources.descriptors.length, 'record')} on ${host}:${port}

  Service list  ${baseUrl}/
  OAI-PMH       ${baseUrl}/oai
  TAP           ${baseUrl}/tap

Resolve one with pyvo:

  IVOA_REGISTRY=${baseUrl}/tap python3 -c "import pyvo; [print(r.ivoid, r.access_url) for r in pyvo.registry.search(keywords='${search.split(' ')[0]}', servicetype='tap')]"

`)
}
