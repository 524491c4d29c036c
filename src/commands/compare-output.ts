// Differences and anomalies → text for people, JSON lines, or CSV; written as they come.
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import type { Anomaly } from '../registry/anomalies.js'
import type { CompareCounts, Comparison, Difference } from '../registry/compare.js'
import type { CommandArguments, CommandContext } from './command.js'
import { textTable } from './text-table.js'

export type Output = 'text' | 'json' | 'csv'

/** What was compared with, and how much is told. */
export interface ComparedWith {
  readonly url: string
  readonly kind: string
  readonly showAll: boolean
}

export interface AnomalyWriter {
  write(anomaly: Anomaly): void
  end(): void
}

const shownDifferences = 200
const shownAnomalies = 5

/** The output asked for. Throws kind `usage` for two at once. */
export function outputOf({ json, csv }: CommandArguments['options']): Output {
  if (json === true && csv === true) throw new RegistryError('usage', 'Choose one of --json and --csv.')
  return json === true ? 'json' : csv === true ? 'csv' : 'text'
}

export const comparisonWriters: Readonly<
  Record<Output, (comparison: Comparison, about: ComparedWith, context: CommandContext) => Promise<void>>
> = {
  text: async (comparison, { url, kind, showAll }, context) => {
    const total = sumOf([...comparison.counts.values()])
    context.write(`${url} (${kind}): ${countsLine(total)}\n`)
    const differing = [...comparison.counts].filter(([, one]) => one.missingHere + one.missingThere + one.different > 0)
    if (differing.length === 0) return
    context.write(`\n${authorityTable(differing)}`)
    const alike = comparison.counts.size - differing.length
    if (alike > 0) context.write(`${counted(alike, 'other authority is', 'other authorities are')} alike.\n`)
    context.write('\n')
    let left = showAll ? Number.POSITIVE_INFINITY : shownDifferences
    let more = 0
    for await (const difference of comparison.differences()) {
      left -= 1
      if (left >= 0) context.write(differenceLine(difference))
      else more += 1
    }
    if (more > 0) context.write(`and ${more.toLocaleString('en')} more; --all, --json or --csv tell all of them.\n`)
  },
  json: async (comparison, { url, kind }, context) => {
    for await (const difference of comparison.differences()) context.write(`${JSON.stringify(difference)}\n`)
    const authorities = Object.fromEntries(comparison.counts)
    const summary = { url, kind, ...sumOf([...comparison.counts.values()]), authorities }
    context.write(`${JSON.stringify({ summary })}\n`)
  },
  csv: async (comparison, _about, context) => {
    context.write(csvLine(['kind', 'authority', 'ivoid', 'title', 'field', 'here', 'there', 'note']))
    for await (const { kind, authority, ivoid, title, field, here, there, note } of comparison.differences())
      context.write(csvLine([kind, authority, ivoid, title, field, here, there, note]))
  },
}

export const anomalyWriters: Readonly<Record<Output, (context: CommandContext, showAll: boolean) => AnomalyWriter>> = {
  text: (context, showAll) => {
    const counts = { error: 0, warning: 0 }
    let kind: Anomaly | undefined
    let ofKind = 0
    const endKind = () => {
      if (kind === undefined) return
      if (!showAll && ofKind > shownAnomalies)
        context.write(`  and ${(ofKind - shownAnomalies).toLocaleString('en')} more\n`)
    }
    return {
      write: (anomaly) => {
        if (anomaly.name !== kind?.name) {
          endKind()
          kind = anomaly
          ofKind = 0
          context.write(`\n${anomaly.severity} ${anomaly.name}: ${anomaly.title} (${anomaly.rule})\n`)
        }
        counts[anomaly.severity] += 1
        ofKind += 1
        if (showAll || ofKind <= shownAnomalies) context.write(`  ${anomaly.subject}  ${anomaly.detail}\n`)
      },
      end: () => {
        endKind()
        const { error, warning } = counts
        context.write(
          error + warning === 0
            ? 'No anomalies were found.\n'
            : `\n${counted(error, 'error')}, ${counted(warning, 'warning')}\n`,
        )
      },
    }
  },
  json: (context) => ({
    write: (anomaly) => context.write(`${JSON.stringify({ anomaly })}\n`),
    end: () => undefined,
  }),
  csv: (context) => {
    context.write(csvLine(['anomaly', 'severity', 'subject', 'detail', 'rule']))
    return {
      write: ({ name, severity, subject, detail, rule }) =>
        context.write(csvLine([name, severity, subject, detail, rule])),
      end: () => undefined,
    }
  },
}

function sumOf(all: readonly CompareCounts[]): CompareCounts {
  const total = { here: 0, there: 0, missingHere: 0, missingThere: 0, different: 0 }
  for (const one of all)
    for (const key of ['here', 'there', 'missingHere', 'missingThere', 'different'] as const) total[key] += one[key]
  return total
}

function countsLine({ here, there, missingHere, missingThere, different }: CompareCounts): string {
  const number = (count: number) => count.toLocaleString('en')
  const compared = `${counted(here, 'resource')} here, ${number(there)} there`
  if (missingHere + missingThere + different === 0) return `${compared}, all alike`
  return `${compared}; ${number(missingHere)} missing here, ${number(missingThere)} missing there, ${number(different)} different`
}

function authorityTable(counts: readonly (readonly [string, CompareCounts])[]): string {
  const right = (title: string) => ({ title, align: 'right' as const })
  return textTable(
    [{ title: 'authority' }, ...['here', 'there', 'missing here', 'missing there', 'different'].map(right)],
    counts.map(([authority, { here, there, missingHere, missingThere, different }]) => [
      authority,
      ...[here, there, missingHere, missingThere, different].map((count) => count.toLocaleString('en')),
    ]),
  )
}

function differenceLine({ kind, ivoid, title, field, here, there, note }: Difference): string {
  const head = `${kind.padEnd(13)}  ${ivoid}`
  if (field === undefined) return `${head}  ${[title, note && `(${note})`].filter(Boolean).join(' ')}\n`
  return `${head}  ${field}: ${shown(here)} here, ${shown(there)} there\n`
}

function shown(value: string | null | undefined): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  return value.length > 120 ? `"${value.slice(0, 119)}…"` : `"${value}"`
}

/** RFC 4180. */
function csvLine(cells: readonly (string | null | undefined)[]): string {
  const texts = cells.map((cell) => (cell === null || cell === undefined ? '' : cell))
  return `${texts.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`
}
