// waymark rollback: an earlier generation of the data serves again.
import type { Config } from '../config.js'
import { RegistryError } from '../core/errors.js'
import { DuckdbEngine } from '../engines/duckdb.js'
import { duckdbOptions } from '../engines/index.js'
import { chooseGeneration, keptBy } from '../registry/generation-list.js'
import { rollBack } from '../registry/rollback.js'
import { hasErrors } from '../voresource/finding.js'
import { type OpenRegistry, openRegistry } from '../wire.js'
import type { Command, CommandContext } from './command.js'

export const rollbackCommand: Command = {
  name: 'rollback',
  summary: 'bring back an earlier generation of the data',
  help: `Brings back what was harvested and taken in, as an earlier generation has it, and the progress of harvests with it: the next
harvest asks for what has changed since then. Records of our own do not go back, because harvesters have seen their
datestamps; to take those back, take back the descriptors and publish. A server that runs follows at once.

  waymark rollback                 the previous generation; once more brings back the one it replaced
  waymark rollback yesterday       the last one made before today (UTC)
  waymark rollback 2026-06-01      the last one made until the end of that day
  waymark rollback 12              the one of that number in "waymark generations"

Exit code 3 when there is no such generation.`,
  argumentsSpec: '[generation]',
  async run(config, { positional: [name] }, context) {
    const opened = await openOrRepair(config, name, context)
    await using open = opened.open
    const { engine, tables, ivoid, clock } = open.registry
    const kept = keptBy(engine)
    const generation = opened.repaired ?? chooseGeneration(await kept.list(), name, clock())
    const { broughtBack, removed, ownKept, ownPurged } = await rollBack(
      {
        engine,
        ledger: open.parts.ledger,
        schemas: tables,
        own: ivoid,
        clock,
        vocabularies: open.registry.vocabularies,
      },
      generation,
    )
    // Where the present data could not be asked, the ledger knows what our own records have been since.
    if (opened.repaired !== undefined && !hasErrors(open.resources.findings)) await open.publish()
    const now = (await kept.list()).find(({ use }) => use === 'current')
    context.write(`generation ${generation} is brought back, as generation ${now?.generation ?? ''}\n`)
    context.write(`records of others: ${broughtBack} again as they were, ${removed} removed that had come since\n`)
    if (ownKept + ownPurged > 0)
      context.write(
        `kept as they are now: ${ownKept} of our own records that have changed since, ${ownPurged} that were purged\n`,
      )
    return 0
  },
}

/** Opens the registry; when the present generation cannot be read any more, points at the one asked for first. */
async function openOrRepair(
  config: Config,
  name: string | undefined,
  context: CommandContext,
): Promise<{ readonly open: OpenRegistry; readonly repaired?: number }> {
  try {
    return { open: await openRegistry(config) }
  } catch (thrown) {
    if (config.engine !== 'duckdb' || !(thrown instanceof RegistryError) || thrown.kind !== 'internal') throw thrown
    const options = duckdbOptions({ state: config.state, earlierGenerations: config.earlierGenerations })
    const listed = await DuckdbEngine.listIn(options)
    const { generation } = await DuckdbEngine.repoint(options, chooseGeneration(listed, name, new Date()))
    context.writeError('waymark: the present generation cannot be read\n')
    return { open: await openRegistry(config), repaired: generation }
  }
}
