// Reports of harvests → lines for people, or one JSON object a line for programs; and the exit code.
import { counted } from '../core/counted.js'
import { errorSurfaces } from '../core/errors.js'
import type { HarvestColour, HarvestReport } from '../registry/harvest-report.js'
import type { CommandContext } from './command.js'

const paint: Readonly<Record<HarvestColour, string>> = { green: '32', yellow: '33', red: '31' }

/** One line of what happened; what was set aside, what was odd and what failed goes to the error output. */
export function writeReport(report: HarvestReport, asJson: boolean, context: CommandContext): void {
  const { registry, baseUrl, colour, error } = report
  if (error !== undefined) context.writeError(`waymark: ${error.message}\n`)
  if (asJson) {
    context.write(`${JSON.stringify(report)}\n`)
    return
  }
  if (error !== undefined) return
  for (const { ivoid, reason } of report.rejected)
    context.writeError(`set aside: ${baseUrl}${ivoid === undefined ? '' : ` ${ivoid}`}: ${reason}\n`)
  for (const warning of report.warnings) context.writeError(`note: ${registry ?? baseUrl}: ${warning}\n`)
  const mark = context.isTerminal ? `\u001B[${paint[colour]}m●\u001B[0m ` : ''
  context.write(`${mark}${registry ?? baseUrl} ${reportLine(report)}\n`)
}

/** `(full): 8 seen, 6 new, …` */
export function reportLine(report: HarvestReport): string {
  const extent = report.from === undefined ? (report.extent ?? 'not begun') : `since ${report.from}`
  return `(${extent}): ${report.seen} seen, ${report.new} new, ${report.changed} changed, ${report.deleted} deleted, ${report.rejected.length} rejected, ${report.seconds.toFixed(1)} s, ${counted(report.bytes, 'byte')}`
}

/** `12 registries: 10 green, 1 yellow, 1 red; 2,100 new, …`: the sum, when there is more than one. */
export function sumLine(reports: readonly HarvestReport[]): string {
  const sum = (value: (report: HarvestReport) => number): string =>
    reports.reduce((total, report) => total + value(report), 0).toLocaleString('en')
  const colours = (['green', 'yellow', 'red'] as const)
    .map((colour) => [reports.filter((report) => report.colour === colour).length, colour] as const)
    .filter(([count]) => count > 0)
    .map(([count, colour]) => `${count} ${colour}`)
  return `${counted(reports.length, 'registry', 'registries')}: ${colours.join(', ')}; ${sum((one) => one.new)} new, ${sum((one) => one.changed)} changed, ${sum((one) => one.deleted)} deleted, ${sum((one) => one.rejected.length)} rejected`
}

/** The first failure decides; a harvest that was taken in but is red is data that break a rule. */
export function exitCodeOf(reports: readonly HarvestReport[]): number {
  const [first] = reports.filter(({ colour }) => colour === 'red')
  if (first === undefined) return 0
  return errorSurfaces[first.error?.kind ?? 'invalid'].exitCode
}
