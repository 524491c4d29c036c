// waymark quarantine: what was set aside when records were taken in, and why.
import { RegistryError } from '../core/errors.js'
import { listQuarantined, type QuarantineEntry, readQuarantined } from '../registry/quarantine.js'
import { openRegistry } from '../wire.js'
import type { Command, CommandContext } from './command.js'

export const quarantineCommand: Command = {
  name: 'quarantine',
  summary: 'list the records of others that were set aside, with the reason',
  help: `Harvests and ingests set aside what they cannot read and what comes from a registry that does not manage its
authority. A record leaves the quarantine when it comes again and is in order.

  waymark quarantine                       (everything, by source)
  waymark quarantine example.org           (where source, identifier or reason has these words)
  waymark quarantine ivo://example.org/x --xml   (the document, as far as it could be read)`,
  argumentsSpec: '[words...]',
  options: [
    { flags: '--xml', description: 'print the documents' },
    { flags: '--json', description: 'one JSON object per record and line' },
  ],
  async run(config, { positional, options }, context) {
    await using open = await openRegistry(config)
    const { engine } = open.registry
    const words = positional.map((word) => word.toLowerCase())
    const found = (await listQuarantined(engine)).filter((entry) => words.every((word) => textOf(entry).includes(word)))
    if (found.length === 0 && words.length > 0)
      throw new RegistryError('not-found', `Nothing that was set aside has ${positional.join(' and ')}.`)
    for (const entry of found) {
      const documents = options.xml === true ? await readQuarantined(engine, entry) : []
      if (options.json === true) {
        context.write(`${JSON.stringify({ ...entry, ...(options.xml === true ? { xml: documents } : {}) })}\n`)
      } else writeEntry(entry, documents, context)
    }
    if (found.length === 0 && options.json !== true) context.write('Nothing is set aside.\n')
    return 0
  },
}

function textOf({ source, ivoid, reason }: QuarantineEntry): string {
  return `${source} ${ivoid ?? ''} ${reason}`.toLowerCase()
}

function writeEntry(entry: QuarantineEntry, documents: readonly string[], context: CommandContext): void {
  const { ivoid, reason, source, noticed } = entry
  context.write(`${ivoid ?? '(no name could be read)'}\n  ${reason}\n  from ${source}, ${noticed.slice(0, 10)}\n`)
  for (const document of documents) context.write(`${document}\n`)
}
