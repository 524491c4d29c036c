// A registry's address → its records in the next generation, and a report (Registry Interfaces 1.1 §4.2).
//
// First the whole list is fetched, into files; then it is taken in, in one renewal that also notes where the next
// harvest begins. Whatever fails or is killed before the switch has changed nothing, and is simply done again.
import type { Clock } from '../core/clock.js'
import { type Datestamp, toDatestamp } from '../core/datestamp.js'
import { RegistryError } from '../core/errors.js'
import { foldIvoid, type Ivoid, sameIvoid } from '../core/ivoid.js'
import { joinSql, literal, sql } from '../core/sql.js'
import type { Transaction, WritableEngine } from '../engines/engine.js'
import { harvestPages } from '../oai/client.js'
import type { ClientOptions } from '../oai/client-request.js'
import { managedSet } from '../oai/provider.js'
import type { Schema } from '../tables/metadata.js'
import { prepareGeneration } from './generation.js'
import { type HarvestIntake, openIntake } from './harvest-intake.js'
import { askPeer, type Peer } from './harvest-peer.js'
import {
  claimsOfOthers,
  type HarvestExtent,
  type HarvestRun,
  latestRuns,
  latestRunsOf,
  runOf,
  storeRun,
} from './harvest-progress.js'
import { HarvestSpool } from './harvest-spool.js'
import { type Incoming, incomingRecords } from './incoming.js'
import { ingestRecords } from './ingest.js'

export interface HarvestParts {
  readonly engine: WritableEngine
  /** Public schemas. */
  readonly schemas: readonly Schema[]
  /** Our own registry. */
  readonly own: Ivoid
  /** Authorities of our own records: nobody else's records of these are taken. */
  readonly ownAuthorities: readonly string[]
  readonly clock: Clock
  readonly client: ClientOptions
  /** Folder for lists that are being fetched. */
  readonly spool: string
}

export interface HarvestOptions {
  /** Ask for everything, even if a harvest has succeeded before. */
  readonly isFull: boolean
  /** Share of a registry's records that a full harvest may remove; 5 where nothing else is said. */
  readonly allowRemovalsPercent: number
  readonly onPart?: (parts: number) => void
  readonly onRecords?: (records: number) => void
}

export interface HarvestReport {
  readonly registry: Ivoid
  readonly baseUrl: string
  readonly extent: HarvestExtent
  /** Where an incremental harvest began. */
  readonly from?: string
  /** Different records that came. */
  readonly seen: number
  readonly new: number
  readonly changed: number
  readonly deleted: number
  readonly rejected: readonly { readonly ivoid: string | undefined; readonly reason: string }[]
  readonly seconds: number
  /** Of the documents as text in UTF-8. */
  readonly bytes: number
}

/** A list that has arrived whole. */
interface FetchedList {
  readonly peer: Peer
  readonly extent: HarvestExtent
  readonly from: string | undefined
  readonly last: HarvestRun | undefined
  readonly responseDate: Datestamp | undefined
  readonly spool: HarvestSpool
}

/** Thrown through a renewal that would change nothing. */
const nothingToDo = Symbol('the generation already holds what came')

/**
 * Harvests one registry: everything the first time, later what has changed since the day of the last success. Throws
 * HarvestError (`unavailable`) when the registry fails, `limit` when too much would vanish, `usage` when it is our own;
 * nothing has changed then.
 */
export async function harvestRegistry(
  parts: HarvestParts,
  baseUrl: string,
  options: HarvestOptions,
): Promise<HarvestReport> {
  const started = performance.now()
  const peer = await askPeer(baseUrl, parts.client)
  if (sameIvoid(peer.ivoid, parts.own))
    throw new RegistryError('usage', `${baseUrl} is ${peer.ivoid}, this registry itself; name another one.`)
  await using spool = await HarvestSpool.open(parts.spool)
  const list = await fetchList(parts, peer, spool, options)
  const seconds = () => (performance.now() - started) / 1000
  const facts = {
    registry: peer.ivoid,
    baseUrl,
    extent: list.extent,
    ...(list.from === undefined ? {} : { from: list.from }),
    bytes: spool.bytes,
  }
  // noRecordsMatch is a success; where the next one begins need not move for it.
  if (list.extent === 'incremental' && spool.documents === 0)
    return { ...facts, seen: 0, new: 0, changed: 0, deleted: 0, rejected: [], seconds: seconds() }
  const counts = await takeIn(parts, list, options, seconds)
  return { ...facts, ...counts, seconds: seconds() }
}

async function fetchList(
  parts: HarvestParts,
  peer: Peer,
  spool: HarvestSpool,
  options: HarvestOptions,
): Promise<FetchedList> {
  const runs = await latestRuns(parts.engine)
  const last = runOf(runs, peer.ivoid)
  const from = options.isFull ? undefined : beginning(last, peer, acceptedAuthorities(parts, peer, runs))
  let responseDate: Datestamp | undefined
  const request = {
    baseUrl: peer.baseUrl,
    metadataPrefix: 'ivo_vor',
    ...(peer.hasManagedSet ? { set: managedSet } : {}),
    ...(from === undefined ? {} : { from }),
  }
  for await (const page of harvestPages(request, parts.client)) {
    // What changes while the list is being fetched comes with the next harvest.
    if (spool.documents === 0) responseDate = page.responseDate
    await spool.add(page.document)
    options.onPart?.(spool.documents)
  }
  return { peer, extent: from === undefined ? 'full' : 'incremental', from, last, responseDate, spool }
}

/**
 * The day on which the last success began, by the registry's own clock: so much overlap is advised (RI 1.1 §4.2).
 * Undefined when all must be asked for: the first time, at a new address, and after an authority has come or gone.
 */
function beginning(last: HarvestRun | undefined, peer: Peer, accepted: readonly string[]): string | undefined {
  if (last === undefined || last.baseUrl !== peer.baseUrl) return undefined
  if (last.authorities.join(' ') !== accepted.join(' ')) return undefined
  return last.responseDate?.slice(0, 10)
}

/** What the registry manages, without our own and without what another registry was harvested for first. */
function acceptedAuthorities(parts: HarvestParts, peer: Peer, runs: readonly HarvestRun[]): readonly string[] {
  const refusal = refusalOf(parts, peer, runs)
  return peer.managedAuthorities.filter((authority) => refusal(authority) === undefined)
}

/** The rule by which it is decided whose records are taken; gives the reason why not. */
function refusalOf(
  parts: HarvestParts,
  peer: Peer,
  runs: readonly HarvestRun[],
): (authority: string) => string | undefined {
  const managed = new Set(peer.managedAuthorities)
  const own = new Set(parts.ownAuthorities.map(foldIvoid))
  const claims = claimsOfOthers(runs, peer.ivoid)
  return (authority) => {
    if (own.has(authority)) return `the authority ${authority} is managed by this registry itself`
    if (!managed.has(authority)) return `${peer.ivoid} does not manage the authority ${authority}`
    const other = claims.get(authority)
    return other === undefined
      ? undefined
      : `the authority ${authority} is claimed by ${peer.ivoid} and by ${other}, which was harvested first`
  }
}

async function takeIn(
  parts: HarvestParts,
  list: FetchedList,
  options: HarvestOptions,
  seconds: () => number,
): Promise<Pick<HarvestReport, 'seen' | 'new' | 'changed' | 'deleted' | 'rejected'>> {
  const { engine, schemas, own, clock } = parts
  const { peer, extent, spool } = list
  let counts: Pick<HarvestReport, 'seen' | 'new' | 'changed' | 'deleted' | 'rejected'> | undefined
  try {
    const fill = async (next: Transaction) => {
      await prepareGeneration(next, schemas)
      const runs = await latestRunsOf(next)
      throwIfOvertaken(list, runOf(runs, peer.ivoid))
      const refusal = refusalOf(parts, peer, runs)
      const intake = await openIntake({
        next,
        peer,
        extent,
        refusal,
        allowRemovalsPercent: options.allowRemovalsPercent,
        clock,
      })
      const report = await ingestRecords(next, chosen(next, intake, list, clock), {
        schemas,
        own,
        rereadSources: extent === 'full' ? [peer.baseUrl, peer.ivoid] : [],
        ...(options.onRecords === undefined ? {} : { onProgress: options.onRecords }),
      })
      for (const { ivoid } of report.quarantined) if (ivoid !== undefined) intake.withdraw(ivoid)
      counts = {
        seen: intake.seen,
        new: intake.count('new'),
        changed: intake.count('changed'),
        deleted: intake.count('deleted'),
        rejected: report.quarantined.map(({ ivoid, reason }) => ({ ivoid, reason })),
      }
      const taken = report.active + report.inactive + report.deleted + report.quarantined.length
      if (taken === 0 && extent === 'incremental' && list.responseDate?.slice(0, 10) === list.from) throw nothingToDo
      await storeRun(next, {
        registry: foldIvoid(peer.ivoid),
        baseUrl: peer.baseUrl,
        extent,
        responseDate: list.responseDate,
        finished: toDatestamp(clock()),
        authorities: acceptedAuthorities(parts, peer, runs),
        seen: counts.seen,
        added: counts.new,
        changed: counts.changed,
        deleted: counts.deleted,
        rejected: counts.rejected.length,
        bytes: spool.bytes,
        seconds: seconds(),
      })
    }
    await engine.renew(fill, { madeBy: `harvest ${peer.ivoid}` })
  } catch (thrown) {
    if (thrown !== nothingToDo) throw thrown
  }
  return counts ?? { seen: 0, new: 0, changed: 0, deleted: 0, rejected: [] }
}

/** A list fetched before another process took in a later one must not bring back what was then. */
function throwIfOvertaken(list: FetchedList, present: HarvestRun | undefined): void {
  if (present?.number === list.last?.number) return
  throw new RegistryError(
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

async function* incomingOf({ spool, peer }: FetchedList, clock: Clock): AsyncGenerator<Incoming, void, undefined> {
  for await (const document of spool.read())
    yield* incomingRecords(document, { origin: peer.ivoid, source: peer.baseUrl, clock })
}
