// What is published + what would be → the differences, record by record. Reads only.
import type { Clock } from '../core/clock.js'
import { toDatestamp } from '../core/datestamp.js'
import type { Ivoid } from '../core/ivoid.js'
import { childElements, readXml, textOf } from '../xml/reader.js'
import { type BuiltResource, type Change, planPublication } from './publication.js'
import type { PublishParts } from './publish.js'
import { reconcile } from './reconcile.js'
import { createdOf, withTimes } from './record-times.js'

/** What a publication would do to one record, with both its states as they are and would be served. */
export interface PlannedChange {
  readonly kind: Change['kind']
  readonly ivoid: Ivoid
  readonly title: string
  /** As published; absent for what is new, was deleted, or is missing in the data. */
  readonly before?: string
  /** As it would be published; absent for tombstones. */
  readonly after?: string
}

export interface PlannedPublication {
  readonly changes: readonly PlannedChange[]
  readonly unchanged: number
  /** The tables of moves would change, which are no records. */
  readonly areMovesChanged: boolean
}

/** Compares as `publish` does, and writes nothing. Nothing published yet makes everything new. */
export async function plannedPublication(
  { ledger, store, clock }: Pick<PublishParts, 'ledger' | 'store' | 'clock'>,
  resources: readonly BuiltResource[],
): Promise<PlannedPublication> {
  const known = await reconcile(await ledger.read(), store)
  const { changes, unchanged } = planPublication(resources, known.entries, known.stale)
  const planned: PlannedChange[] = []
  for (const change of changes) {
    const record = await store.get(change.ivoid)
    const before = record === undefined || record.status === 'deleted' ? undefined : record.xml
    const after = 'xml' in change && change.xml !== undefined ? datedLike(change.xml, before, clock) : undefined
    planned.push({
      kind: change.kind,
      ivoid: change.ivoid,
      title: titleOf(after ?? before),
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    })
  }
  return { changes: planned, unchanged, areMovesChanged: !(await isComplete(store)) }
}

/** Times are the ledger's and are given at publication: they are no difference. */
function datedLike(xml: string, before: string | undefined, clock: Clock): string {
  const now = toDatestamp(clock())
  const updated = /\supdated="([^"]*)"/.exec(before ?? '')?.[1] ?? now
  return withTimes(xml, (before === undefined ? undefined : createdOf(before)) ?? now, updated)
}

function titleOf(xml: string | undefined): string {
  const title = xml === undefined ? undefined : childElements(readXml(xml), 'title')[0]
  return title === undefined ? '' : textOf(title).trim()
}

/** Before the first publication there is no generation to ask. */
async function isComplete(store: PublishParts['store']): Promise<boolean> {
  return (await store.held()).size === 0 || store.isComplete()
}
