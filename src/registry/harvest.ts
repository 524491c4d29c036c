// Addresses of registries → their records in the next generation, and a report of each (Registry Interfaces 1.1 §4.2).
//
// First a list is fetched whole, into files; then it is taken in, in one renewal that also notes where the next harvest
// begins, together with the lists of other registries that have arrived. Whatever fails or is killed before the switch
// has changed nothing, and is done again: the files say how far the list had come.
import { asRegistryError, RegistryError } from '../core/errors.js'
import { foldIvoid, sameIvoid } from '../core/ivoid.js'
import type { ClientOptions } from '../oai/client-request.js'
import { managedSet } from '../oai/provider.js'
import { acceptedAuthorities, type HarvestScope } from './harvest-authorities.js'
import { examineList } from './harvest-examine.js'
import { Gathering } from './harvest-gathering.js'
import { keepReports } from './harvest-history.js'
import { type FetchedList, fetchList, type ListLimits, type ListProgress } from './harvest-list.js'
import { askPeer, type Peer } from './harvest-peer.js'
import { type LatestRun, latestRuns, runOf } from './harvest-progress.js'
import { type HarvestFacts, type HarvestReport, harvestReport } from './harvest-report.js'
import { type HarvestSpool, removeStaleSpools, type SpooledRequest, withSpool } from './harvest-spool.js'
import { type Taken, type TakeParts, takeInTogether } from './harvest-take.js'
import { HostSlots } from './host-slots.js'

export interface HarvestParts extends Omit<TakeParts, 'allowRemovalsPercent' | 'onRecords'> {
  readonly client: ClientOptions & ListLimits
  /** Folder for lists that are being fetched. */
  readonly spool: string
}

export interface HarvestOptions {
  /** Ask for everything, even if a harvest has succeeded before. */
  readonly isFull: boolean
  /** Ask for everything when that was done last so many days ago; 0 or nothing for never. */
  readonly fullAfterDays?: number
  /** Take also what a full registry holds of others; where nothing is said, as in the last harvest. */
  readonly scope?: HarvestScope
  /** Share of a registry's records that a full harvest may remove. */
  readonly allowRemovalsPercent: number
  /** Registries asked at the same time: 4. Never more than one request at a time goes to one host. */
  readonly atOnce?: number
  /** Seconds that a list which has arrived waits for others, to be taken in together: 300. */
  readonly gatherSeconds?: number
  readonly onList?: (baseUrl: string, progress: ListProgress) => void
  /** Records taken in by the renewal that is under way. */
  readonly onRecords?: (records: number) => void
  readonly onReport?: (report: HarvestReport) => void
}

/** One registry on its way. */
interface Harvest {
  readonly baseUrl: string
  readonly started: Date
  readonly startedMs: number
  list?: FetchedList
  peer?: Peer
}

/**
 * Harvests registries, several at once; a failure of one is told in its report and stops no other. Reports are kept in
 * the history as they are ready, and given in the order of the addresses. Throws what is our own fault.
 */
export async function harvestRegistries(
  parts: HarvestParts,
  baseUrls: readonly string[],
  options: HarvestOptions,
): Promise<readonly HarvestReport[]> {
  await removeStaleSpools(parts.spool)
  return new HarvestRound(parts, baseUrls, options).run()
}

/**
 * Harvests one registry. Throws HarvestError (`unavailable`) when it fails, `limit` when too much would vanish, `usage`
 * when it is our own; nothing has changed then.
 */
export async function harvestRegistry(
  parts: HarvestParts,
  baseUrl: string,
  options: HarvestOptions,
): Promise<HarvestReport> {
  const round = new HarvestRound(parts, [baseUrl], options)
  const [report] = await round.run()
  if (report === undefined || round.failures.has(baseUrl)) throw round.failures.get(baseUrl)
  return report
}

class HarvestRound {
  readonly failures = new Map<string, unknown>()
  readonly #parts: HarvestParts
  readonly #take: TakeParts
  readonly #baseUrls: readonly string[]
  readonly #options: HarvestOptions
  readonly #slots: HostSlots
  readonly #gathering: Gathering<Harvest, HarvestReport>
  /** IVOIDs of the registries of this round: one may be named by two addresses. */
  readonly #registries = new Set<string>()

  constructor(parts: HarvestParts, baseUrls: readonly string[], options: HarvestOptions) {
    const { allowRemovalsPercent, onRecords, atOnce = 4, gatherSeconds = 300 } = options
    this.#parts = parts
    this.#take = { ...parts, allowRemovalsPercent, ...(onRecords === undefined ? {} : { onRecords }) }
    this.#baseUrls = baseUrls
    this.#options = options
    this.#slots = new HostSlots(atOnce)
    this.#gathering = new Gathering(baseUrls.length, gatherSeconds * 1000, (harvests) => this.#takeIn(harvests))
  }

  async run(): Promise<readonly HarvestReport[]> {
    const settled = await Promise.allSettled(this.#baseUrls.map((baseUrl) => this.#harvest(baseUrl)))
    return settled.map((one) => {
      if (one.status === 'rejected') throw one.reason
      return one.value
    })
  }

  async #harvest(baseUrl: string): Promise<HarvestReport> {
    const harvest: Harvest = { baseUrl, started: this.#parts.clock(), startedMs: performance.now() }
    let isSubmitted = false
    try {
      const peer = await this.#slots.run(baseUrl, () => this.#askPeer(baseUrl))
      harvest.peer = peer
      const last = runOf(await latestRuns(this.#parts.engine), peer.ivoid)
      const request = await this.#requestTo(peer, last)
      return await withSpool(this.#parts.spool, request, harvest.started, async (spool) => {
        harvest.list = this.#listOf(peer, request, spool, last)
        await this.#slots.run(baseUrl, () =>
          fetchList(peer, request, spool, this.#parts.client, (progress) => this.#options.onList?.(baseUrl, progress)),
        )
        try {
          const unchanged = await this.#examine(harvest, harvest.list)
          isSubmitted = unchanged === undefined
          const report = await (unchanged === undefined ? this.#gathering.submit(harvest) : this.#keep(unchanged))
          await spool.remove()
          return report
        } catch (thrown) {
          // While the data cannot be written, the list need not be fetched again.
          if (asRegistryError(thrown).kind !== 'unavailable') await spool.remove()
          throw thrown
        }
      })
    } catch (thrown) {
      const error = asRegistryError(thrown)
      this.failures.set(baseUrl, thrown)
      if (error.kind === 'internal' || this.#parts.client.signal?.aborted) throw thrown
      return await this.#keep(this.#failed(harvest, error))
    } finally {
      if (!isSubmitted) this.#gathering.leave()
    }
  }

  async #askPeer(baseUrl: string): Promise<Peer> {
    const peer = await askPeer(baseUrl, this.#parts.client)
    const refuse = (reason: string): RegistryError =>
      new RegistryError('usage', `${baseUrl} is ${peer.ivoid}, ${reason}; name another one.`)
    if (sameIvoid(peer.ivoid, this.#parts.own)) throw refuse('this registry itself')
    if (this.#registries.has(foldIvoid(peer.ivoid))) throw refuse('which is being harvested at another address')
    this.#registries.add(foldIvoid(peer.ivoid))
    return peer
  }

  async #requestTo(peer: Peer, last: LatestRun | undefined): Promise<SpooledRequest> {
    const runs = await latestRuns(this.#parts.engine)
    const scope = this.#scopeOf(last)
    const from = this.#isFull(last, scope)
      ? undefined
      : beginning(last, peer, acceptedAuthorities(this.#parts, peer, runs))
    return {
      baseUrl: peer.baseUrl,
      registry: foldIvoid(peer.ivoid),
      set: peer.hasManagedSet && scope === 'managed' ? managedSet : undefined,
      from,
      lastRun: last?.number,
    }
  }

  #scopeOf(last: LatestRun | undefined): HarvestScope {
    return this.#options.scope ?? last?.scope ?? 'managed'
  }

  #isFull(last: LatestRun | undefined, scope: HarvestScope): boolean {
    const { isFull, fullAfterDays = 0 } = this.#options
    if (isFull || last === undefined || last.scope !== scope) return true
    const lastFull = Date.parse(last.lastFull ?? '')
    return fullAfterDays > 0 && !(this.#parts.clock().getTime() - lastFull < fullAfterDays * 86_400_000)
  }

  #listOf(peer: Peer, request: SpooledRequest, spool: HarvestSpool, last: LatestRun | undefined): FetchedList {
    const { from } = request
    return { peer, extent: from === undefined ? 'full' : 'incremental', scope: this.#scopeOf(last), from, last, spool }
  }

  /** A report when there is nothing to take in. */
  async #examine(harvest: Harvest, list: FetchedList): Promise<HarvestReport | undefined> {
    const nothing: Taken = { seen: 0, new: 0, changed: 0, deleted: 0, rejected: [], before: { held: 0, rejected: 0 } }
    // noRecordsMatch is a success; where the next one begins need not move for it.
    if (list.extent === 'incremental' && list.spool.documents === 0) return this.#report(harvest, 'unchanged', nothing)
    const examination = await examineList(this.#take, list)
    // A full harvest is noted in any case: the next one is due some time after it.
    if (examination === undefined || !examination.isUnchanged || list.extent === 'full') return undefined
    return this.#report(harvest, 'unchanged', examination.taken)
  }

  async #takeIn(harvests: readonly Harvest[]) {
    const byList = new Map(harvests.flatMap((harvest) => (harvest.list === undefined ? [] : [[harvest.list, harvest]])))
    const dealt = await takeInTogether(this.#take, [...byList.keys()], (list, taken) => {
      const harvest = byList.get(list)
      if (harvest === undefined) throw new TypeError('a list of another round')
      return this.#report(harvest, 'taken', taken)
    })
    const reports = dealt.flatMap((one) => ('result' in one ? [one.result] : []))
    await keepReports(this.#parts.history, reports)
    for (const report of reports) this.#options.onReport?.(report)
    return dealt
  }

  async #keep(report: HarvestReport): Promise<HarvestReport> {
    await keepReports(this.#parts.history, [report])
    this.#options.onReport?.(report)
    return report
  }

  #report(harvest: Harvest, outcome: 'taken' | 'unchanged', { before, ...counts }: Taken): HarvestReport {
    return harvestReport({ ...this.#facts(harvest), ...counts, outcome }, before)
  }

  #failed(harvest: Harvest, { kind, message }: RegistryError): HarvestReport {
    const counts = { seen: 0, new: 0, changed: 0, deleted: 0, rejected: [] }
    const outcome = kind === 'limit' ? 'held' : 'failed'
    return harvestReport({ ...this.#facts(harvest), ...counts, outcome, error: { kind, message } })
  }

  #facts({ baseUrl, started, startedMs, peer, list }: Harvest): Omit<HarvestFacts, 'outcome' | keyof Taken> {
    return {
      baseUrl,
      ...(peer === undefined ? {} : { registry: peer.ivoid, title: peer.title }),
      ...(list === undefined ? {} : { extent: list.extent }),
      ...(list?.from === undefined ? {} : { from: list.from }),
      started,
      seconds: Math.round(performance.now() - startedMs) / 1000,
      bytes: list?.spool.bytes ?? 0,
      warnings: list?.spool.warnings ?? [],
    }
  }
}

/**
 * The day on which the last success began, by the registry's own clock: so much overlap is advised (RI 1.1 §4.2).
 * Undefined when all must be asked for: the first time, at a new address, and after an authority has come or gone.
 */
function beginning(last: LatestRun | undefined, peer: Peer, accepted: readonly string[]): string | undefined {
  if (last === undefined || last.baseUrl !== peer.baseUrl) return undefined
  if (last.authorities.join(' ') !== accepted.join(' ')) return undefined
  return last.responseDate?.slice(0, 10)
}
