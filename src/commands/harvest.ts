// waymark harvest: the records of other registries, fetched from them by OAI-PMH.
import { RegistryError } from '../core/errors.js'
import type { Directory } from '../registry/harvest-directory.js'
import { openRegistry } from '../wire.js'
import type { Command, CommandContext } from './command.js'
import { HarvestBars } from './harvest-bars.js'
import { exitCodeOf, sumLine, writeReport } from './harvest-lines.js'
import { addressesOf, directoryNotice, harvestRound, listRegistries, usualRemovalsPercent } from './harvest-round.js'

export const harvestCommand: Command = {
  name: 'harvest',
  summary: 'take in records of other registries from their OAI-PMH addresses',
  help: `Fetches the records that each registry publishes itself and puts them beside our own: all of them the first time,
later those that have changed since the day of the last success. A registry is named by its OAI-PMH base URL or its
IVOID. A harvest is taken in whole or not at all; one that was interrupted goes on where it stopped.

  waymark harvest https://vo.example.org/oai ivo://archive.example.edu/registry
  waymark harvest --all                            (every registry of the Registry of Registries)
  waymark harvest --all --quiet || mail -s harvest admin   (cron; or --json for one JSON object per registry)
  waymark harvest --list                           (what --all would ask)
  waymark harvest --relay https://full.example.org/oai     (everything that a full registry holds)

A record is taken from a registry that manages its authority; others are set aside with the reason (waymark quarantine).
A full harvest that would remove more than --allow-removals percent of a registry's records is held back.`,
  argumentsSpec: '[registries...]',
  options: [
    { flags: '--all', description: 'all registries that the Registry of Registries lists' },
    { flags: '--list', description: 'print these registries and harvest nothing' },
    { flags: '--full', description: 'ask for all records, and remove those that the registry no longer has' },
    { flags: '--relay', description: 'take also what the registry, a full one, holds of others; later harvests too' },
    {
      flags: '--allow-removals <percent>',
      description: "share of a registry's records that a full harvest may remove",
      defaultValue: String(usualRemovalsPercent),
    },
    { flags: '--json', description: 'one JSON object per registry and line' },
    { flags: '--quiet', description: 'print what went wrong, and nothing else' },
  ],
  async run(config, { positional, options }, context) {
    const allowRemovalsPercent = readPercent(String(options.allowRemovals ?? usualRemovalsPercent))
    const isForAll = options.all === true || options.list === true
    if (positional.length === 0 && !isForAll)
      throw new RegistryError('usage', 'No registry is named; expected base URLs or IVOIDs, or --all.')
    await using open = await openRegistry(config)
    const named = await addressesOf(open, config, positional)
    const directory = isForAll ? await listRegistries(open, config) : undefined
    if (options.list === true) return writeDirectory(directory, options.json === true, context)
    const notice = directory === undefined ? undefined : directoryNotice(directory)
    if (notice !== undefined) context.writeError(`note: ${notice}\n`)
    const listed = directory?.registries.map(({ baseUrl }) => baseUrl) ?? []
    const baseUrls = [...new Set([...named, ...listed])]
    const isQuiet = options.quiet === true
    const asJson = options.json === true
    using bars = new HarvestBars(context, !isQuiet && !asJson, baseUrls.length)
    const reports = await harvestRound(open, config, baseUrls, {
      isFull: options.full === true,
      ...(options.relay === true ? { scope: 'everything' } : {}),
      allowRemovalsPercent,
      onNotice: (text) => context.writeError(`note: ${text}\n`),
      onList: (baseUrl, progress) => bars.update(baseUrl, progress),
      onRecords: (records) => bars.takenIn(records),
      onReport: (report) =>
        bars.end(report.baseUrl, () => {
          if (!isQuiet || report.colour === 'red') writeReport(report, asJson, context)
        }),
    })
    if (reports.length > 1 && !asJson && !isQuiet) context.write(`${sumLine(reports)}\n`)
    return exitCodeOf(reports)
  },
}

function writeDirectory(directory: Directory | undefined, asJson: boolean, context: CommandContext): number {
  if (directory === undefined) return 0
  if (asJson) context.write(`${JSON.stringify(directory)}\n`)
  else {
    const notice = directoryNotice(directory)
    if (notice !== undefined) context.writeError(`note: ${notice}\n`)
    const width = Math.max(0, ...directory.registries.map(({ ivoid }) => ivoid.length))
    for (const { ivoid, baseUrl } of directory.registries) context.write(`${ivoid.padEnd(width)}  ${baseUrl}\n`)
  }
  return 0
}

function readPercent(text: string): number {
  const percent = Number(text)
  if (text.trim() !== '' && percent >= 0 && percent <= 100) return percent
  throw new RegistryError('usage', `--allow-removals is "${text}"; expected a number from 0 to 100.`)
}
