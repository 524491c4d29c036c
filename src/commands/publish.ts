// waymark publish: descriptors → records, ledger and the next generation.
import { errorSurfaces } from '../core/errors.js'
import type { PublishReport } from '../registry/publish.js'
import { hasErrors } from '../voresource/finding.js'
import { openRegistry } from '../wire.js'
import type { Command, CommandContext } from './command.js'
import { countFindings, findingLines } from './findings.js'

export const publishCommand: Command = {
  name: 'publish',
  summary: 'make records of the descriptors, for harvesters and searches',
  help: `New and changed records get the present time as datestamp, unchanged ones keep theirs, vanished ones leave a
tombstone that harvesters see. A server that runs on the same state folder shows the result at once.

  waymark publish
  waymark publish --resources my-resources --state /var/lib/waymark

An authority of which nothing was published here before is looked up first, in the records held and in the list of registries as
"waymark harvest" fetched it last: it belongs to one registry.

Exit code 4, and nothing changed, when a descriptor breaks a rule or an authority is that of another registry.`,
  options: [{ flags: '--take-authorities', description: 'publish new authorities although another registry has them' }],
  async run(config, { options }, context) {
    await using open = await openRegistry(config)
    const { findings } = open.resources
    if (hasErrors(findings)) {
      context.writeError(findingLines(findings, config.resources, ['error']))
      context.writeError(`waymark: nothing is published: ${countFindings(findings)}\n`)
      return errorSurfaces.invalid.exitCode
    }
    writeReport(await open.publish({ takeAuthorities: options.takeAuthorities === true }), context)
    return 0
  },
}

/** What a publication did: a line of counts, then each record that harvesters will see anew. */
export function writeReport(report: PublishReport, context: CommandContext): void {
  const kinds = ['new', 'changed', 'returned', 'deleted', 'restored'] as const
  const counts = kinds.filter((kind) => report[kind].length > 0).map((kind) => `${report[kind].length} ${kind}`)
  context.write(
    `published: ${[...counts, `${report.unchanged} unchanged`].join(', ')} (${report.seconds.toFixed(1)} s)\n`,
  )
  const listed = kinds.flatMap((kind) => report[kind].map((ivoid) => `  ${kind.padEnd(8)} ${ivoid}\n`))
  for (const line of listed.slice(0, 50)) context.write(line)
  if (listed.length > 50) context.write(`  and ${listed.length - 50} more\n`)
  if (report.clockBehindSeconds > 0) {
    context.writeError(
      `waymark: the clock is ${report.clockBehindSeconds} s behind datestamps given out before; new ones follow those. Set the clock.\n`,
    )
  }
}
