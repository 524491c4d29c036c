// waymark ingest: records of others, from files, beside our own.
import { createReadStream, existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { toDatestamp } from '../core/datestamp.js'
import { RegistryError } from '../core/errors.js'
import { type Ivoid, parseIvoid } from '../core/ivoid.js'
import type { Transaction } from '../engines/engine.js'
import { prepareGeneration } from '../registry/generation.js'
import { type Incoming, incomingRecords } from '../registry/incoming.js'
import { ingestRecords } from '../registry/ingest.js'
import { incomingLines } from '../registry/record-lines.js'
import { openRegistry } from '../wire.js'
import type { Command, CommandContext } from './command.js'
import { progressLine } from './progress.js'

const unknownOrigin = 'ivo://waymark.local/files'

export const ingestCommand: Command = {
  name: 'ingest',
  summary: 'take in records of other registries from files',
  help: `Reads VOResource records, OAI-PMH answers and what "waymark dump" writes (.ndjson names the origin of each record), in
files, in folders of any depth, or from standard input ("-"), and puts them beside our own. They are searched over TAP;
OAI-PMH hands them on only when the registry is full. What cannot be read is set aside with its reason and does not stop
the rest.

  waymark ingest records/ harvest-2026.xml
  curl -s 'https://vo.example.org/oai?verb=ListRecords&metadataPrefix=ivo_vor' | waymark ingest - --origin ivo://vo.example.org/registry`,
  argumentsSpec: '<files...>',
  options: [
    { flags: '--origin <ivoid>', description: 'registry that the records come from', defaultValue: unknownOrigin },
  ],
  async run(config, { positional, options }, context) {
    const origin = parseIvoid(String(options.origin ?? unknownOrigin))
    const files = await filesOf(positional)
    await using open = await openRegistry(config)
    const { engine, tables, clock, ivoid, vocabularies } = open.registry
    const progress = progressLine(context, 'record')
    const fill = async (next: Transaction) => {
      await prepareGeneration(next, tables)
      const report = await ingestRecords(next, recordsOf(files, origin, open.registry.clock, context), {
        schemas: tables,
        own: ivoid,
        vocabularies,
        rereadSources: files,
        stamp: toDatestamp(clock()),
        onProgress: (records) => progress.update(records),
      })
      progress.end()
      for (const { source, ivoid: identifier, reason } of report.quarantined)
        context.writeError(`set aside: ${source}${identifier === undefined ? '' : ` ${identifier}`}: ${reason}\n`)
      context.write(
        `ingested: ${report.active} active, ${report.inactive} inactive, ${report.deleted} deleted, ${report.quarantined.length} set aside (${clock().toISOString()})\n`,
      )
    }
    await engine.renew(fill, { madeBy: 'ingest' })
    return 0
  },
}

async function* recordsOf(
  files: readonly string[],
  origin: Ivoid,
  clock: () => Date,
  context: CommandContext,
): AsyncGenerator<Incoming> {
  for (const file of files) {
    const source = file === '-' ? 'standard input' : file
    const text = file === '-' ? context.readInput() : createReadStream(file, 'utf8')
    const read = lineFileName.test(file) ? incomingLines : incomingRecords
    yield* read(text, { origin, source, clock })
  }
}

/** Lines of JSON, as "waymark dump" writes them. */
const lineFileName = /\.(ndjson|jsonl)$/i

/** Files as given; folders become the files of records below them, in order of their names. */
async function filesOf(given: readonly string[]): Promise<readonly string[]> {
  const files: string[] = []
  for (const path of given) {
    if (path === '-') files.push(path)
    else if (!existsSync(path)) throw new RegistryError('usage', `There is no file or folder ${path}.`)
    else if ((await stat(path)).isDirectory()) {
      const inside = await readdir(path, { recursive: true, withFileTypes: true })
      const ours = inside.filter((entry) => entry.isFile() && /\.(xml|ndjson|jsonl)$/i.test(entry.name))
      files.push(...ours.map((entry) => join(entry.parentPath, entry.name)).sort())
    } else files.push(path)
  }
  return files
}
