// waymark dump: the records or the tables as files that other programs read.

import { systemClock } from '../core/clock.js'
import { counted } from '../core/counted.js'
import { toDatestamp } from '../core/datestamp.js'
import { RegistryError } from '../core/errors.js'
import { parseIvoid } from '../core/ivoid.js'
import type { Engine } from '../engines/engine.js'
import { openEngine } from '../engines/index.js'
import {
  countChosen,
  type DumpFile,
  type DumpParts,
  lineFile,
  parquetFiles,
  xmlFile,
  xmlFiles,
} from '../registry/dump.js'
import { DumpTarget, type WrittenFile } from '../registry/dump-target.js'
import { readFacts } from '../registry/generation-facts.js'
import { declaredSchemas } from '../tables/declared.js'
import type { Command, CommandArguments } from './command.js'
import { progressLine } from './progress.js'
import { megabytes } from './text-table.js'

interface DumpFormat {
  readonly name: string
  /** Of a target that is one file. */
  readonly fileEndings: readonly string[]
  readonly file?: (parts: DumpParts) => AsyncIterable<DumpFile>
  readonly folder: (parts: DumpParts) => AsyncIterable<DumpFile>
}

const dumpFormats: readonly DumpFormat[] = [
  { name: 'xml', fileEndings: ['.xml'], file: xmlFile, folder: xmlFiles },
  { name: 'ndjson', fileEndings: ['.ndjson', '.jsonl'], file: lineFile, folder: lineFile },
  { name: 'parquet', fileEndings: [], folder: parquetFiles },
]

export const dumpCommand: Command = {
  name: 'dump',
  summary: 'write records or tables to files: XML, NDJSON, Parquet',
  help: `Writes the data in use to a folder, or to one file when the name ends in .xml, .ndjson or .jsonl. What is there appears when all is
whole; a folder that an earlier dump made is replaced.

  waymark dump records/                          OAI-PMH documents, up to 1000 records of one origin in each
  waymark dump records.ndjson                    one line per record: ivoid, datestamp, origin, status, xml
  waymark dump tables/ --format parquet          one file for each table of rr and waymark
  waymark dump stsci.xml --authority archive.stsci.edu
  waymark dump own/ --origin ivo://archive.stsci.edu/stsci-arc

"waymark ingest" takes XML and NDJSON again; XML does not tell the origin, which is then named with --origin.`,
  argumentsSpec: '<target>',
  options: [
    { flags: '--format <name>', description: 'xml, ndjson or parquet (default: by the ending, else xml)' },
    { flags: '--origin <ivoid>', description: 'only records that come from this registry' },
    { flags: '--authority <name>', description: 'only records of this authority' },
    { flags: '--json', description: 'print the summary as JSON' },
  ],
  async run(config, args, context) {
    const { positional, options } = args
    const path = positional[0] ?? ''
    const format = formatOf(path, options.format)
    const isFile = format.fileEndings.some((ending) => path.toLowerCase().endsWith(ending))
    const write = isFile ? (format.file ?? format.folder) : format.folder
    const selection = selectionOf(args)
    const progress = progressLine(context, format.name === 'parquet' ? 'row' : 'record')
    await using engine = await openEngine(config.engine, {
      state: config.state,
      databaseUrl: config.databaseUrl,
      earlierGenerations: config.earlierGenerations,
    })
    const current = (await engine.kept?.list())?.find(({ use }) => use === 'current')
    const work = async (reader: Pick<Engine, 'query'>): Promise<DumpSummary> => {
      const facts = await readFacts(reader)
      let done = 0
      const parts: DumpParts = {
        engine: reader,
        schemas: declaredSchemas(),
        selection,
        baseUrl: facts?.baseUrl ?? config.baseUrl,
        own: facts?.registry,
        now: toDatestamp(systemClock()),
        onProgress: (items) => {
          done += items
          progress.update(done)
        },
      }
      const records = await countChosen(parts)
      const target = await (isFile ? DumpTarget.openFile(path) : DumpTarget.openFolder(path))
      return writeDump(target, write(parts), {
        format: format.name,
        made: parts.now,
        registry: facts?.registry,
        ...selection,
        records,
      })
    }
    try {
      // One generation from the first file to the last, whatever is published meanwhile.
      const isKept = engine.kept !== undefined && current !== undefined
      const summary = await (isKept ? engine.kept.read(current.generation, work) : work(engine))
      progress.end()
      context.write(options.json === true ? `${JSON.stringify(summary)}\n` : summaryText(path, summary))
    } finally {
      progress.end()
    }
    return 0
  },
}

interface DumpSummary {
  readonly format: string
  readonly made: string
  readonly registry: string | undefined
  readonly records: number
  readonly files: readonly (WrittenFile & { readonly count: number; readonly origin?: string })[]
}

async function writeDump(
  target: DumpTarget,
  files: AsyncIterable<DumpFile>,
  facts: Omit<DumpSummary, 'files'>,
): Promise<DumpSummary> {
  try {
    const written: DumpSummary['files'][number][] = []
    for await (const { name, pieces, count, origin } of files) {
      const file = await target.write(name, pieces)
      written.push({ ...file, count: count(), ...(origin === undefined ? {} : { origin }) })
    }
    const summary = { ...facts, files: written }
    await target.finish(summary)
    return summary
  } catch (thrown) {
    await target.discard()
    throw thrown
  }
}

function summaryText(path: string, { records, files }: DumpSummary): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return `${path}: ${counted(records, 'record')} in ${counted(files.length, 'file')}, ${megabytes(bytes)}\n`
}

function formatOf(path: string, wanted: unknown): DumpFormat {
  const byEnding = dumpFormats.find(({ fileEndings }) => fileEndings.some((one) => path.toLowerCase().endsWith(one)))
  const name = typeof wanted === 'string' ? wanted.toLowerCase() : (byEnding?.name ?? 'xml')
  const format = dumpFormats.find((one) => one.name === name)
  if (format !== undefined && (byEnding === undefined || byEnding === format)) return format
  throw new RegistryError(
    'usage',
    format === undefined
      ? `"${name.slice(0, 50)}" is no format of dumps; expected ${dumpFormats.map((one) => one.name).join(', ')}.`
      : `${path} is the name of a file of ${byEnding?.name}; for ${name} name a folder.`,
  )
}

function selectionOf({ options }: CommandArguments): DumpParts['selection'] {
  const { origin, authority } = options
  const name = typeof authority === 'string' ? authority.replace(/^ivo:\/\//i, '').replace(/\/.*$/, '') : undefined
  return {
    ...(typeof origin === 'string' ? { origin: parseIvoid(origin) } : {}),
    ...(name === undefined ? {} : { authority: name }),
  }
}
