// A list with a part that cannot be used → the same records by narrower lists, and one by one, until the bad is alone.
import { foldIvoid } from '../core/ivoid.js'
import { askDocument, type HarvestRequest, harvestPages } from '../oai/client.js'
import { type ClientOptions, HarvestError } from '../oai/client-request.js'
import { listHeaders } from '../oai/headers.js'
import type { HarvestSpool, Unobtainable } from './harvest-spool.js'

export interface Rescue {
  readonly request: HarvestRequest
  readonly spool: HarvestSpool
  readonly client: ClientOptions
  /** Folded identifiers that have come; grows. */
  readonly names: Set<string>
  /** What stopped the list. */
  readonly stopped: HarvestError
  readonly onPart: () => void
}

interface Wanted {
  readonly identifier: string
  /** Day of its datestamp. */
  readonly day: string
}

/** So few are asked for one by one without further ado. */
const fewRecords = 8
/** More records that cannot be had are no accident: the registry is broken. */
const mostUnobtainable = 100

/**
 * Fetches what has not come yet: by days where a list of these days works, else record by record. What the registry
 * cannot hand out is told to the spool. Throws what stopped the list when identifiers cannot be listed either, or too
 * many records cannot be had.
 */
export async function rescueList(rescue: Rescue): Promise<void> {
  // A request that fails now will most likely fail again.
  const client = { ...rescue.client, retries: Math.min(1, rescue.client.retries ?? 1) }
  const { wanted, responseDate } = await listWanted({ ...rescue, client })
  await new ListRescue({ ...rescue, client }, responseDate).run(wanted)
}

class ListRescue {
  readonly #rescue: Rescue
  readonly #responseDate: string | undefined
  readonly #unobtainable: Unobtainable[] = []

  constructor(rescue: Rescue, responseDate: string | undefined) {
    this.#rescue = rescue
    this.#responseDate = responseDate
  }

  async run(wanted: readonly Wanted[]): Promise<void> {
    await this.#fetch(wanted)
    await this.#rescue.spool.complete(this.#unobtainable)
  }

  async #fetch(all: readonly Wanted[]): Promise<void> {
    const wanted = this.#missing(all)
    const days = [...new Set(wanted.map(({ day }) => day))].sort()
    if (wanted.length <= fewRecords || days.length < 2) {
      for (const { identifier } of wanted) await this.#fetchRecord(identifier)
      return
    }
    const middle = days[Math.floor(days.length / 2)] ?? ''
    for (const half of [wanted.filter(({ day }) => day < middle), wanted.filter(({ day }) => day >= middle)]) {
      if (half.length > fewRecords) await this.#tryDays(half)
      await this.#fetch(half)
    }
  }

  /** Asks for the days of these records; whatever of it comes need not be asked for again. */
  async #tryDays(wanted: readonly Wanted[]): Promise<void> {
    const { request, client, spool, names, onPart } = this.#rescue
    const days = wanted.map(({ day }) => day).sort()
    const range = { from: days[0] ?? '', until: days.at(-1) ?? '' }
    try {
      for await (const page of harvestPages({ ...request, ...range }, client)) {
        await spool.add(page.document, undefined, this.#responseDate)
        for (const { identifier } of listHeaders(page.document)) names.add(foldIvoid(identifier))
        onPart()
      }
    } catch (thrown) {
      if (!(thrown instanceof HarvestError)) throw thrown
    }
  }

  async #fetchRecord(identifier: string): Promise<void> {
    const { request, client, spool, names, stopped, onPart } = this.#rescue
    const sent = { verb: 'GetRecord', identifier, metadataPrefix: request.metadataPrefix }
    try {
      const { document, codes } = await askDocument(request.baseUrl, sent, client)
      // It was purged meanwhile.
      if (codes.includes('idDoesNotExist')) return
      if (codes.length > 0) throw new HarvestError(request.baseUrl, identifier, codes.join(', '))
      await spool.add(document, undefined, this.#responseDate)
      names.add(foldIvoid(identifier))
      onPart()
    } catch (thrown) {
      if (!(thrown instanceof HarvestError)) throw thrown
      this.#unobtainable.push({ identifier, reason: thrown.message })
      if (this.#unobtainable.length > mostUnobtainable) throw stopped
    }
  }

  #missing(wanted: readonly Wanted[]): readonly Wanted[] {
    return wanted.filter(({ identifier }) => !this.#rescue.names.has(foldIvoid(identifier)))
  }
}

/** Everything in the list; throws what stopped it when the identifiers cannot be had. */
async function listWanted(
  rescue: Rescue,
): Promise<{ readonly wanted: readonly Wanted[]; readonly responseDate: string | undefined }> {
  const wanted: Wanted[] = []
  let responseDate: string | undefined
  try {
    for await (const page of harvestPages({ ...rescue.request, verb: 'ListIdentifiers' }, rescue.client)) {
      responseDate ??= page.responseDate
      for (const { identifier, datestamp } of listHeaders(page.document))
        wanted.push({ identifier, day: datestamp.slice(0, 10) })
    }
  } catch (thrown) {
    if (thrown instanceof HarvestError) throw rescue.stopped
    throw thrown
  }
  return { wanted, responseDate }
}
