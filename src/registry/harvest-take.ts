// Lists that have arrived whole → the next generation, all in one renewal. Each is taken in whole or not at all.

import type { Clock } from '../core/clock.js'
import { counted } from '../core/counted.js'
import { toDatestamp } from '../core/datestamp.js'
import { RegistryError } from '../core/errors.js'
import { foldIvoid, sameIvoid } from '../core/ivoid.js'
import { joinSql, literal, sql } from '../core/sql.js'
import type { Transaction, WritableEngine } from '../engines/engine.js'
import type { Schema } from '../tables/metadata.js'
import type { VocabularySource } from '../voresource/vocabulary-files.js'
import { prepareGeneration } from './generation.js'
import { acceptedAuthorities, type Ownership, refusalOf } from './harvest-authorities.js'
import type { Dealt } from './harvest-gathering.js'
import { type KeptReport, readHarvestHistory, writeHistoryTable } from './harvest-history.js'
import { type HarvestIntake, type IntakeOptions, type IntakeReader, openIntake } from './harvest-intake.js'
import { type FetchedList, incomingOf } from './harvest-list.js'
import { type HarvestRun, type LatestRun, latestRunsOf, runOf, storeRun } from './harvest-progress.js'
import type { HarvestBefore, HarvestReport, RejectedRecord } from './harvest-report.js'
import type { Incoming } from './incoming.js'
import { ingestRecords } from './ingest.js'
import { knownRejections, rejectionKey } from './quarantine.js'

export interface TakeParts extends Ownership {
  readonly engine: WritableEngine
  /** Public schemas. */
  readonly schemas: readonly Schema[]
  /** As for an ingest. */
  readonly vocabularies?: VocabularySource | undefined
  readonly clock: Clock
  /** `harvest-history.ndjson`. */
  readonly history: string
  /** Share of a registry's records that a full harvest may remove. */
  readonly allowRemovalsPercent: number
  readonly onRecords?: (records: number) => void
}

/** What was taken in of a list. Counts are of different records. */
export interface Taken {
  readonly seen: number
  readonly new: number
  readonly changed: number
  readonly deleted: number
  readonly rejected: readonly RejectedRecord[]
  readonly before: HarvestBefore
}

/** A report of a list, once it is known what was taken of it. */
export type ReportOf = (list: FetchedList, taken: Taken) => HarvestReport

/**
 * Takes lists of different registries in; gives the report of each in their order, or what was thrown. One that cannot
 * be taken in does not keep the others out.
 */
export async function takeInTogether(
  parts: TakeParts,
  lists: readonly FetchedList[],
  reportOf: ReportOf,
): Promise<readonly Dealt<HarvestReport>[]> {
  try {
    return await renewWith(parts, lists, reportOf)
  } catch (thrown) {
    // With the engine itself there is no use in trying again; else it is one of the lists, and by halves it is found.
    const isEngine = thrown instanceof RegistryError && thrown.kind === 'unavailable'
    if (lists.length < 2 || isEngine) return lists.map(() => ({ thrown }))
    const middle = lists.length >> 1
    const first = await takeInTogether(parts, lists.slice(0, middle), reportOf)
    return [...first, ...(await takeInTogether(parts, lists.slice(middle), reportOf))]
  }
}

async function renewWith(
  parts: TakeParts,
  lists: readonly FetchedList[],
  reportOf: ReportOf,
): Promise<readonly Dealt<HarvestReport>[]> {
  let dealt = new Map<FetchedList, Dealt<HarvestReport>>()
  const fill = async (next: Transaction): Promise<void> => {
    dealt = new Map()
    await prepareGeneration(next, parts.schemas)
    const intakes = new Map<FetchedList, { readonly intake: HarvestIntake; readonly authorities: readonly string[] }>()
    const { clock, own, schemas, vocabularies } = parts
    const stamp = toDatestamp(clock())
    const known = await knownRejections(next)
    const runs: LatestRun[] = [...(await latestRunsOf(next))]
    const records = async function* (): AsyncGenerator<Incoming, void, undefined> {
      for (const list of lists) {
        const present = runOf(runs, list.peer.ivoid)
        if (present?.number !== list.last?.number) {
          dealt.set(list, { thrown: overtaken(list) })
          continue
        }
        const authorities = acceptedAuthorities(parts, list.peer, runs)
        const intake = await openIntake(intakeOptions(parts, list, next, runs))
        intakes.set(list, { intake, authorities })
        yield* chosen(next, intake, list, clock)
        // What this registry manages is taken from no other that comes later.
        runs.push(claimOf(list, authorities))
      }
    }
    const report = await ingestRecords(next, records(), {
      schemas,
      own,
      vocabularies,
      stamp,
      rereadSources: lists.filter(({ extent }) => extent === 'full').flatMap(({ peer }) => [peer.baseUrl, peer.ivoid]),
      ...(parts.onRecords === undefined ? {} : { onProgress: parts.onRecords }),
    })
    for (const [list, { intake, authorities }] of intakes) {
      const { ivoid } = list.peer
      const set = report.quarantined.filter(({ origin }) => origin !== undefined && sameIvoid(origin, ivoid))
      for (const one of set) if (one.ivoid !== undefined) intake.withdraw(one.ivoid)
      const made = reportOf(
        list,
        takenOf(
          intake,
          known,
          set.map(({ ivoid: name, reason }) => ({ ivoid: name, reason })),
        ),
      )
      dealt.set(list, { result: made })
      await storeRun(next, runOfReport(list, made, authorities, clock))
    }
    const reports = [...dealt.values()].flatMap((one) => ('result' in one ? [kept(one.result)] : []))
    await writeHistoryTable(next, schemas, [...(await readHarvestHistory(parts.history)), ...reports])
    // Who harvests us must not have asked between the datestamps and the moment when they can be seen.
    await next.run(sql`UPDATE x.record SET datestamp = ${toDatestamp(clock())}
      WHERE datestamp = ${stamp} AND source_datestamp IS NOT NULL`)
  }
  const [first] = lists
  const madeBy =
    lists.length === 1 && first !== undefined
      ? first.peer.ivoid
      : `of ${counted(lists.length, 'registry', 'registries')}`
  await parts.engine.renew(fill, { madeBy: `harvest ${madeBy}` })
  return lists.map((list) => dealt.get(list) ?? { thrown: overtaken(list) })
}

/** How a list is looked through, in the next generation or the present one. */
export function intakeOptions(
  parts: TakeParts,
  list: FetchedList,
  reader: IntakeReader,
  runs: readonly HarvestRun[],
): IntakeOptions {
  return {
    reader,
    peer: list.peer,
    extent: list.extent,
    refusal: refusalOf(parts, list.peer, list.scope, runs),
    allowRemovalsPercent: parts.allowRemovalsPercent,
    clock: parts.clock,
  }
}

/** What becomes of the records of a list. */
export function takenOf(intake: HarvestIntake, known: ReadonlySet<string>, rejected: readonly RejectedRecord[]): Taken {
  return {
    seen: intake.seen,
    new: intake.count('new'),
    changed: intake.count('changed'),
    deleted: intake.count('deleted'),
    rejected,
    before: { held: intake.heldAlive, rejected: rejected.filter((one) => known.has(rejectionKey(one))).length },
  }
}

/** A list fetched before another process took in a later one must not bring back what was then. */
function overtaken(list: FetchedList): RegistryError {
  return new RegistryError(
    'unavailable',
    `${list.peer.ivoid} was harvested by another process meanwhile; nothing has changed by this one. Repeat it if it is still needed.`,
  )
}

/** What is to be taken in; at the end, what was set aside earlier and has come again is forgotten. */
async function* chosen(
  next: Transaction,
  intake: HarvestIntake,
  list: FetchedList,
  clock: Clock,
): AsyncGenerator<Incoming, void, undefined> {
  yield* intake.choose(incomingOf(list, clock))
  if (list.extent === 'full') return
  const sources = sql`source IN (${list.peer.baseUrl}, ${list.peer.ivoid})`
  const names = [...intake.seenIvoids]
  for (let start = 0; start < names.length; start += 1000) {
    const some = joinSql(names.slice(start, start + 1000).map(literal))
    await next.run(sql`DELETE FROM x.quarantine WHERE ${sources} AND lower(ivoid) IN (${some})`)
  }
  // What has no name and was noticed since the beginning of this list has come again, if it is still there.
  await next.run(sql`DELETE FROM x.quarantine WHERE ${sources} AND ivoid IS NULL AND noticed >= ${list.from ?? ''}`)
}

function claimOf(list: FetchedList, authorities: readonly string[]): LatestRun {
  const { peer, extent, scope } = list
  return {
    ...(list.last ?? { number: Number.POSITIVE_INFINITY, responseDate: undefined, finished: '', lastFull: undefined }),
    registry: foldIvoid(peer.ivoid),
    baseUrl: peer.baseUrl,
    extent,
    scope,
    authorities,
    ...{ seen: 0, added: 0, changed: 0, deleted: 0, rejected: 0, bytes: 0, seconds: 0 },
  }
}

function runOfReport(
  list: FetchedList,
  report: HarvestReport,
  authorities: readonly string[],
  clock: Clock,
): Omit<HarvestRun, 'number'> {
  return {
    registry: foldIvoid(list.peer.ivoid),
    baseUrl: list.peer.baseUrl,
    extent: list.extent,
    scope: list.scope,
    responseDate: list.spool.responseDate,
    finished: toDatestamp(clock()),
    authorities,
    seen: report.seen,
    added: report.new,
    changed: report.changed,
    deleted: report.deleted,
    rejected: report.rejected.length,
    bytes: report.bytes,
    seconds: report.seconds,
  }
}

function kept(report: HarvestReport): KeptReport {
  return { ...report, rejected: report.rejected.length }
}
