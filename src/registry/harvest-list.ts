// A registry and what was harvested of it before → its list, whole, in the spool (Registry Interfaces 1.1 §4.2).

import type { Clock } from '../core/clock.js'
import { counted } from '../core/counted.js'
import { foldIvoid, type Ivoid } from '../core/ivoid.js'
import { harvestPages } from '../oai/client.js'
import { type ClientOptions, HarvestError, requestUrl } from '../oai/client-request.js'
import { listHeaders } from '../oai/headers.js'
import type { HarvestScope } from './harvest-authorities.js'
import type { Peer } from './harvest-peer.js'
import type { HarvestExtent, LatestRun } from './harvest-progress.js'
import { rescueList } from './harvest-rescue.js'
import type { HarvestSpool, SpooledRequest } from './harvest-spool.js'
import { type Incoming, incomingRecords, toIncoming } from './incoming.js'

/** A list that has arrived whole. */
export interface FetchedList {
  readonly peer: Peer
  readonly extent: HarvestExtent
  readonly scope: HarvestScope
  readonly from: string | undefined
  /** The harvest it continues. */
  readonly last: LatestRun | undefined
  readonly spool: HarvestSpool
}

/** How far a list has come. */
export interface ListProgress {
  readonly registry: Ivoid
  readonly documents: number
  /** Records that came, as far as their headers can be read in passing. */
  readonly records: number
  readonly bytes: number
  /** As the registry announces it. */
  readonly expectedRecords: number | undefined
}

export interface ListLimits {
  /** Of a list in all: 5 thousand million. */
  readonly maxListBytes?: number
}

/** Parts in a row without a new identifier: a list that goes in circles by other tokens each time. */
const mostIdleParts = 20

/** Fetches what is not in the spool yet. Throws HarvestError when the list cannot be had whole; the spool keeps the rest. */
export async function fetchList(
  peer: Peer,
  request: SpooledRequest,
  spool: HarvestSpool,
  client: ClientOptions & ListLimits,
  onProgress: (progress: ListProgress) => void = () => undefined,
): Promise<void> {
  if (spool.isComplete) return
  const names = new Set<string>()
  const asked = {
    baseUrl: peer.baseUrl,
    metadataPrefix: 'ivo_vor',
    ...(request.set === undefined ? {} : { set: request.set }),
    ...(request.from === undefined ? {} : { from: request.from }),
  }
  let expectedRecords: number | undefined
  let idleParts = 0
  const tell = (): void => {
    const { documents, bytes } = spool
    onProgress({ registry: peer.ivoid, documents, records: names.size, bytes, expectedRecords })
  }
  const give = (reason: string): HarvestError =>
    new HarvestError(peer.baseUrl, requestUrl(peer.baseUrl, { verb: 'ListRecords' }), reason)
  try {
    for await (const page of harvestPages(asked, client, spool.token)) {
      if (page.isRestart) {
        await spool.restart()
        names.clear()
        await spool.warn('its token expired, and the list was asked for anew')
      }
      // What changes while the list is being fetched comes with the next harvest.
      await spool.add(page.document, page.token, page.responseDate)
      expectedRecords = page.completeListSize ?? expectedRecords
      const known = names.size
      for (const { identifier } of listHeaders(page.document)) names.add(foldIvoid(identifier))
      idleParts = names.size === known ? idleParts + 1 : 0
      tell()
      if (page.document.includes('\uFFFD')) await spool.warn('parts of its list are not in the encoding that they name')
      if (idleParts === mostIdleParts) throw give(`${mostIdleParts} parts of its list in a row brought nothing new`)
      if (spool.bytes > (client.maxListBytes ?? 5e9))
        throw give(`its list is longer than ${client.maxListBytes ?? 5e9} bytes`)
    }
    if (spool.documents === 0) return
    if (expectedRecords !== undefined && spool.resumedDocuments === 0 && names.size !== expectedRecords)
      await spool.warn(`its list was announced to have ${counted(expectedRecords, 'record')} and has ${names.size}`)
  } catch (thrown) {
    if (!(thrown instanceof HarvestError && thrown.isDamaged)) throw thrown
    await spool.warn(`a part of its list cannot be used and was fetched piece by piece: ${thrown.message}`)
    await rescueList({ request: asked, spool, client, names, stopped: thrown, onPart: tell })
  }
}

/** The records of a list, and what the registry could not hand out. */
export async function* incomingOf(
  { spool, peer }: FetchedList,
  clock: Clock,
): AsyncGenerator<Incoming, void, undefined> {
  const from = { origin: peer.ivoid, source: peer.baseUrl, clock }
  for await (const document of spool.read()) yield* incomingRecords(document, from)
  for (const { identifier, reason } of spool.unobtainable)
    yield toIncoming({ kind: 'unreadable', reason, xml: '', identifier }, from)
}
