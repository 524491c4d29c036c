// waymark purge: tombstones of records that should never have been seen.
import { RegistryError } from '../core/errors.js'
import { findTombstones, purge } from '../registry/purge.js'
import { openRegistry } from '../wire.js'
import type { Command } from './command.js'

export const purgeCommand: Command = {
  name: 'purge',
  summary: 'remove tombstones of test records for good',
  help: `Deleted records stay known as tombstones, because harvesters must hear of the deletion. A record that should
never have been published can be removed without a trace; a harvester that has seen it will keep it for ever.

  waymark purge --dry-run 'ivo://archive.example.edu/test/*'
  waymark purge ivo://archive.example.edu/test/first`,
  argumentsSpec: '<ivoids...>',
  options: [{ flags: '--dry-run', description: 'say what would be removed, and remove nothing' }],
  async run(config, { positional, options }, context) {
    await using open = await openRegistry(config)
    const ivoids: string[] = []
    for (const given of positional) {
      const found = given.includes('*') ? await findTombstones(open.parts, given) : [given]
      if (found.length === 0) throw new RegistryError('not-found', `No tombstone matches ${given}.`)
      ivoids.push(...found)
    }
    const { purged, isDryRun } = await purge(open.parts, ivoids, { isDryRun: options.dryRun === true })
    for (const { ivoid, datestamp } of purged)
      context.write(`${isDryRun ? 'would purge' : 'purged'} ${ivoid} (deleted ${datestamp})\n`)
    return 0
  },
}
