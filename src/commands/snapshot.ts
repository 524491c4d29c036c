// waymark snapshot: the data in use as one file, for replicas and for keeping.
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import { openEngine } from '../engines/index.js'
import { manifestAddress } from '../registry/snapshot-manifest.js'
import { writeSnapshot } from '../registry/snapshot-write.js'
import type { Command } from './command.js'
import { progressLine } from './progress.js'
import { megabytes } from './text-table.js'

export const snapshotCommand: Command = {
  name: 'snapshot',
  summary: 'write the data in use as one file with its checksum',
  help: `Writes the generation in use to FILE, and to FILE.json what it is: format, size, SHA-256, registry, time, number of records. Both
appear whole or not at all, also over earlier ones. Put them on any web server, and replicas follow.

  waymark snapshot /srv/www/registry.duckdb
  waymark serve --snapshot https://vo.example.org/registry.duckdb     (elsewhere)

FILE is a DuckDB database that any DuckDB opens. It holds everything public, and the documents set aside by ingest.`,
  argumentsSpec: '<file>',
  options: [{ flags: '--json', description: 'print the manifest' }],
  async run(config, { positional: [file = ''], options }, context) {
    await using engine = await openEngine(config.engine, {
      state: config.state,
      databaseUrl: config.databaseUrl,
      earlierGenerations: config.earlierGenerations,
    })
    if (engine.kept === undefined)
      throw new RegistryError('usage', `A snapshot is a file of DuckDB; with ${engine.name} use "waymark dump".`)
    const progress = progressLine(context, 'MB', 'MB')
    const manifest = await writeSnapshot(engine.kept, file, (bytes) => progress.update(Math.round(bytes / 1e6)))
    progress.end()
    if (options.json === true) context.write(`${JSON.stringify(manifest)}\n`)
    else
      context.write(
        `${file}: generation of ${manifest.made}, ${counted(manifest.records.active, 'record')}, ${megabytes(manifest.bytes)}\n${manifestAddress(file)}: SHA-256 ${manifest.sha256}\n`,
      )
    return 0
  },
}
