// waymark rebuild: the whole generation again from the documents it holds.
import { rebuildGeneration } from '../registry/rebuild.js'
import { openRegistry } from '../wire.js'
import type { Command } from './command.js'
import { progressLine } from './progress.js'

export const rebuildCommand: Command = {
  name: 'rebuild',
  summary: 'make all tables again from the stored records',
  help: `For after an update of the program, or when many small changes have made searches slow. Datestamps, origins and
tombstones stay as they are; no harvester notices. The present tables serve until the new ones are ready.

  waymark rebuild`,
  async run(config, _args, context) {
    await using open = await openRegistry(config)
    const progress = progressLine(context, 'record')
    const report = await rebuildGeneration({
      engine: open.registry.engine,
      schemas: open.registry.tables,
      own: open.registry.ivoid,
      vocabularies: open.registry.vocabularies,
      companions: open.companions,
      onProgress: (records) => progress.update(records),
    })
    progress.end()
    context.write(`rebuilt: ${report.active} active, ${report.inactive} inactive, ${report.deleted} deleted\n`)
    return 0
  },
}
