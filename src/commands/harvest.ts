// waymark harvest: the records of other registries, fetched from them by OAI-PMH.
import { join } from 'node:path'
import type { Config } from '../config.js'
import { asRegistryError, errorSurfaces, RegistryError } from '../core/errors.js'
import { authorityOf } from '../core/ivoid.js'
import { type HarvestParts, type HarvestReport, harvestRegistry } from '../registry/harvest.js'
import { harvestFetch } from '../registry/harvest-fetch.js'
import { isPublicAddress } from '../tap/addresses.js'
import { type OpenRegistry, openRegistry } from '../wire.js'
import type { Command, CommandContext } from './command.js'
import { progressLine } from './progress.js'
import { version } from './version.js'

const usualRemovalsPercent = '5'

export const harvestCommand: Command = {
  name: 'harvest',
  summary: 'take in records of other registries from their OAI-PMH addresses',
  help: `Fetches the records that each registry publishes itself and puts them beside our own: all of them the first time,
later those that have changed since the day of the last success. A harvest is taken in whole or not at all.

  waymark harvest https://vo.example.org/oai
  waymark harvest --full --json https://vo.example.org/oai https://archive.example.edu/oai.xml

A record is taken from a registry that manages its authority; others are set aside with the reason. A full harvest that
would remove more than --allow-removals percent of a registry's records is held back.`,
  argumentsSpec: '<urls...>',
  options: [
    { flags: '--full', description: 'ask for all records, and remove those that the registry no longer has' },
    {
      flags: '--allow-removals <percent>',
      description: "share of a registry's records that a full harvest may remove",
      defaultValue: usualRemovalsPercent,
    },
    { flags: '--json', description: 'one JSON object per registry and line' },
  ],
  async run(config, { positional, options }, context) {
    const baseUrls = [...new Set(positional.map(checkAddress))]
    const allowRemovalsPercent = readPercent(String(options.allowRemovals ?? usualRemovalsPercent))
    await using open = await openRegistry(config)
    const parts = harvestParts(open, config)
    let exitCode = 0
    for (const baseUrl of baseUrls) {
      const fetched = progressLine(context, `parts of the list of ${baseUrl}`)
      const taken = progressLine(context, 'records')
      try {
        const report = await harvestRegistry(parts, baseUrl, {
          isFull: options.full === true,
          allowRemovalsPercent,
          onPart: (done) => fetched.update(done),
          onRecords: (done) => taken.update(done),
        })
        fetched.end()
        taken.end()
        writeReport(report, options.json === true, context)
      } catch (thrown) {
        fetched.end()
        taken.end()
        const error = asRegistryError(thrown)
        // One that fails does not keep the others from being harvested; the first failure decides the exit code.
        if (error.kind === 'internal') throw thrown
        if (exitCode === 0) exitCode = errorSurfaces[error.kind].exitCode
        writeFailure(error, baseUrl, options.json === true, context)
      }
    }
    return exitCode
  },
}

function harvestParts(open: OpenRegistry, config: Config): HarvestParts {
  const { engine, tables, ivoid, clock } = open.registry
  const { descriptors } = open.resources
  const self = descriptors.find((one) => one.ivoid === ivoid)?.descriptor
  const managed = self?.type === 'vg:Registry' ? (self.managedAuthorities ?? []) : []
  const email = self !== undefined && 'contacts' in self ? self.contacts[0]?.email : undefined
  return {
    engine,
    schemas: tables,
    own: ivoid,
    ownAuthorities: [...managed, ...descriptors.map((one) => authorityOf(one.ivoid))],
    clock,
    client: {
      fetch: harvestFetch(fetch, isPublicAddress),
      userAgent: `Waymark/${version} harvest (${ivoid}${email === undefined ? '' : `; ${email}`})`,
    },
    spool: join(config.state, 'harvests'),
  }
}

function checkAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.hash === '' && !url.searchParams.has('verb'))
    return text
  throw new RegistryError(
    'usage',
    `"${text.slice(0, 200)}" is not the address of a registry; expected its OAI-PMH base URL, http://… or https://… without verb.`,
  )
}

function readPercent(text: string): number {
  const percent = Number(text)
  if (text.trim() !== '' && percent >= 0 && percent <= 100) return percent
  throw new RegistryError('usage', `--allow-removals is "${text}"; expected a number from 0 to 100.`)
}

function writeReport(report: HarvestReport, asJson: boolean, context: CommandContext): void {
  if (asJson) {
    context.write(`${JSON.stringify(report)}\n`)
    return
  }
  for (const { ivoid, reason } of report.rejected)
    context.writeError(`set aside: ${report.baseUrl}${ivoid === undefined ? '' : ` ${ivoid}`}: ${reason}\n`)
  const extent = report.from === undefined ? report.extent : `since ${report.from}`
  context.write(
    `${report.registry} (${extent}): ${report.seen} seen, ${report.new} new, ${report.changed} changed, ${report.deleted} deleted, ${report.rejected.length} rejected, ${report.seconds.toFixed(1)} s, ${report.bytes.toLocaleString('en')} bytes\n`,
  )
}

function writeFailure(error: RegistryError, baseUrl: string, asJson: boolean, context: CommandContext): void {
  context.writeError(`waymark: ${error.message}\n`)
  if (asJson) context.write(`${JSON.stringify({ baseUrl, error: { kind: error.kind, message: error.message } })}\n`)
}
