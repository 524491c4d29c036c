// Descriptors' documents + ledger + clock → the next generation and the new ledger.
//
// One publication at a time, across processes. Order of writes, so that a kill at any moment loses nothing:
//   1. the next generation is filled, beside the one that serves;
//   2. the ledger gets the new entries as `pending`, and the datestamp as the highest given out;
//   3. the generation is switched, in one rename;
//   4. the ledger gets the entries for good.
// Killed before 3, nothing was ever visible and the next publication gives new datestamps; killed after it, the next
// one finds the generation in use and keeps its datestamps (reconcile.ts).
//
// A harvester that asks between the datestamp and the switch does not see the record, and asks next time from that
// moment on. So the clock is read last, when the writer's turn has come and every document is ready: what remains
// between is the time of writing the changed records.
import type { Clock } from '../core/clock.js'
import { type Datestamp, toDatestamp } from '../core/datestamp.js'
import { foldIvoid, type Ivoid } from '../core/ivoid.js'
import type { ResourceRecord } from '../core/record.js'
import type { Ledger, LedgerContent, LedgerEntry } from './ledger.js'
import { applyChange, type BuiltResource, type Change, planPublication } from './publication.js'
import { type Reconciled, reconcile } from './reconcile.js'
import type { RecordStore } from './record-store.js'

export interface PublishParts {
  readonly ledger: Ledger
  readonly store: RecordStore
  readonly clock: Clock
  /** IVOID of the registry; origin of everything published. */
  readonly registry: Ivoid
}

/** What a publication did, by IVOID. */
export interface PublishReport {
  readonly new: readonly Ivoid[]
  readonly changed: readonly Ivoid[]
  readonly deleted: readonly Ivoid[]
  readonly returned: readonly Ivoid[]
  /** Given to the generation again, datestamps kept: after a crash, or when the generation was lost. */
  readonly restored: readonly Ivoid[]
  readonly unchanged: number
  /** Datestamp of everything new, changed, deleted and returned; absent when there is none. */
  readonly datestamp?: Datestamp
  /** A new generation came into use. */
  readonly isRenewed: boolean
  /** How far the clock is behind datestamps already given out; 0 when it goes right. */
  readonly clockBehindSeconds: number
  readonly seconds: number
}

/**
 * Publishes the resources: what is not among them any more becomes a tombstone. Without a change nothing is written.
 * Throws kind `invalid` for resources or a ledger that cannot be used, `unavailable` when another publication does not
 * end; nothing has changed then.
 */
export function publish(parts: PublishParts, resources: readonly BuiltResource[]): Promise<PublishReport> {
  return parts.ledger.exclusively(() => publishInTurn(parts, resources))
}

async function publishInTurn(parts: PublishParts, resources: readonly BuiltResource[]): Promise<PublishReport> {
  const started = performance.now()
  const content = await parts.ledger.read()
  const known = await reconcile(content, parts.store)
  const publication = planPublication(resources, known.entries, known.stale)
  const { changes } = publication
  const now = toDatestamp(parts.clock())
  const isRenewed = changes.length > 0 || !(await parts.store.isComplete())
  const stamp = isRenewed ? await write(parts, known, changes) : undefined
  if (stamp === undefined && known.isLedgerOutdated) await parts.ledger.write(ledgerContent(known, []))
  const ivoids = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).map(({ ivoid }) => ivoid)
  return {
    new: ivoids('new'),
    changed: ivoids('changed'),
    deleted: ivoids('deleted'),
    returned: ivoids('returned'),
    restored: ivoids('restored'),
    unchanged: publication.unchanged,
    ...(stamp === undefined || !changes.some(isStamped) ? {} : { datestamp: stamp }),
    isRenewed,
    clockBehindSeconds:
      known.highest !== undefined && known.highest > now ? (Date.parse(known.highest) - Date.parse(now)) / 1000 : 0,
    seconds: (performance.now() - started) / 1000,
  }
}

/** The steps 1 to 4 of the order above; gives the datestamp. */
async function write(parts: PublishParts, known: Reconciled, changes: readonly Change[]): Promise<Datestamp> {
  let stamp = toDatestamp(parts.clock())
  let entries: LedgerEntry[] = []
  const given = () => (changes.some(isStamped) ? stamp : undefined)
  await parts.store.renew(
    async () => {
      stamp = nextDatestamp(parts.clock(), known.highest)
      const records: ResourceRecord[] = []
      entries = []
      for (const change of changes) {
        const { record, entry } = applyChange(change, stamp, parts.registry)
        records.push(record)
        entries.push(entry)
      }
      return { records, purged: [] }
    },
    async () => {
      const { highest } = ledgerContent(known, [], given())
      const pending = keyed(entries)
      await parts.ledger.write({ entries: known.entries, ...(highest === undefined ? {} : { highest }), pending })
    },
  )
  await parts.ledger.write(ledgerContent(known, entries, given()))
  return stamp
}

/** Records that are restored keep their datestamps; all others get the one of the publication. */
function isStamped(change: Change): boolean {
  return change.kind !== 'restored'
}

/**
 * Now, but always later than every datestamp given out before: a clock that stepped back, or two publications in one
 * second, never make a change look older than what a harvester has seen.
 */
export function nextDatestamp(now: Date, highest: Datestamp | undefined): Datestamp {
  const present = toDatestamp(now)
  if (highest === undefined || present > highest) return present
  return toDatestamp(new Date(Date.parse(highest) + 1000))
}

function ledgerContent(known: Reconciled, changed: readonly LedgerEntry[], stamp?: Datestamp): LedgerContent {
  const highest = stamp !== undefined && (known.highest === undefined || stamp > known.highest) ? stamp : known.highest
  return {
    entries: new Map([...known.entries, ...keyed(changed)]),
    ...(highest === undefined ? {} : { highest }),
  }
}

function keyed(entries: readonly LedgerEntry[]): Map<string, LedgerEntry> {
  return new Map(entries.map((entry) => [foldIvoid(entry.ivoid), entry]))
}
