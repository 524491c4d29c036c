// What a harvest did → a report with a colour by rule.
import { randomUUID } from 'node:crypto'
import { toDatestamp } from '../core/datestamp.js'
import type { RegistryError } from '../core/errors.js'
import { foldIvoid } from '../core/ivoid.js'
import type { HarvestExtent } from './harvest-progress.js'

/** What became of a harvest as a whole. */
export type HarvestOutcome = 'taken' | 'unchanged' | 'held' | 'failed'

export type HarvestColour = 'green' | 'yellow' | 'red'

export interface RejectedRecord {
  readonly ivoid: string | undefined
  readonly reason: string
}

/** One harvest of one registry. Counts are of different records. */
export interface HarvestReport {
  readonly run: string
  /** Left out when the registry could not be asked who it is. */
  readonly registry?: string
  readonly title?: string
  readonly baseUrl: string
  readonly extent?: HarvestExtent
  /** Where an incremental harvest began. */
  readonly from?: string
  readonly started: string
  readonly outcome: HarvestOutcome
  readonly colour: HarvestColour
  readonly seen: number
  readonly new: number
  readonly changed: number
  readonly deleted: number
  readonly rejected: readonly RejectedRecord[]
  readonly seconds: number
  /** Of the documents as text in UTF-8. */
  readonly bytes: number
  /** What was odd, though the harvest could go on. */
  readonly warnings: readonly string[]
  readonly error?: { readonly kind: RegistryError['kind']; readonly message: string }
}

/** Everything but the colour and the name of the run, which are made here. */
export type HarvestFacts = Omit<HarvestReport, 'run' | 'colour' | 'started'> & { readonly started: Date }

/** Share of rejected records, in percent, from which on something is wrong with the registry or with us. */
const redRejectedPercent = 5
/** Share of records deleted at once, in percent, that somebody should look at. */
const yellowDeletedPercent = 5

/** What was known of a registry before. */
export interface HarvestBefore {
  /** Its records that were alive here. */
  readonly held: number
  /** How many of the rejected records were rejected before for the same reason. */
  readonly rejected: number
}

/** Facts → report. */
export function harvestReport(facts: HarvestFacts, before: HarvestBefore = { held: 0, rejected: 0 }): HarvestReport {
  const warnings = [...facts.warnings]
  const isDone = facts.outcome === 'taken' || facts.outcome === 'unchanged'
  if (isDone && facts.extent === 'full' && facts.seen === 0) warnings.push('its list has no records at all')
  if (isDone && before.held > 0 && facts.deleted * 100 > before.held * yellowDeletedPercent)
    warnings.push(`${facts.deleted} of its ${before.held} records were deleted`)
  return {
    run: randomUUID(),
    ...facts,
    started: toDatestamp(facts.started),
    warnings,
    colour: colourOf({ ...facts, warnings }, before),
  }
}

/**
 * Red: nothing was taken in, though it should have been, or a twentieth of the records was rejected that were not
 * rejected before. Yellow: somebody should look at it: records were rejected, or something was odd. Green: all is well.
 */
export function colourOf(
  { outcome, seen, rejected, warnings }: Pick<HarvestReport, 'outcome' | 'seen' | 'rejected' | 'warnings'>,
  before: HarvestBefore,
): HarvestColour {
  if (outcome === 'failed' || outcome === 'held') return 'red'
  const share = ((rejected.length - before.rejected) * 100) / Math.max(1, seen, before.held)
  if (share >= redRejectedPercent) return 'red'
  return rejected.length > 0 || warnings.length > 0 ? 'yellow' : 'green'
}

/** By what the reports of one registry are told from those of another. */
export function subjectOf({ registry, baseUrl }: Pick<HarvestReport, 'registry' | 'baseUrl'>): string {
  return registry === undefined ? baseUrl : foldIvoid(registry)
}
