// Tombstones of records that should never have been seen, tests above all → no trace. Everything else keeps its
// tombstone for ever, because deletions are announced as persistent (OAI-PMH 2.0 §2.5.1).
import { RegistryError } from '../core/errors.js'
import { foldIvoid, type Ivoid } from '../core/ivoid.js'
import type { LedgerEntry } from './ledger.js'
import type { PublishParts } from './publish.js'
import { reconcile } from './reconcile.js'

export interface PurgeReport {
  /** What was removed, or would be. */
  readonly purged: readonly LedgerEntry[]
  readonly isDryRun: boolean
}

/**
 * Removes the tombstones of these IVOIDs from ledger and records. A harvester that has seen such a record keeps it:
 * nothing will ever tell it of the deletion. Throws kind `not-found` for an IVOID never published, `usage` for one that
 * is still published: its descriptor has to go first, and that be published.
 */
export function purge(
  parts: Omit<PublishParts, 'clock'>,
  ivoids: readonly string[],
  options: { readonly isDryRun: boolean },
): Promise<PurgeReport> {
  return parts.ledger.exclusively(() => purgeInTurn(parts, ivoids, options))
}

async function purgeInTurn(
  parts: Omit<PublishParts, 'clock'>,
  ivoids: readonly string[],
  options: { readonly isDryRun: boolean },
): Promise<PurgeReport> {
  const known = await reconcile(await parts.ledger.read(), parts.store)
  const keys = [...new Set(ivoids.map(foldIvoid))]
  const purged = keys.map((key) => {
    const entry = known.entries.get(key)
    if (entry === undefined)
      throw new RegistryError('not-found', `${key.slice(0, 200)} was never published here; there is nothing to purge.`)
    if (!entry.deleted) {
      throw new RegistryError(
        'usage',
        `${entry.ivoid} is published. Remove its descriptor and publish; its tombstone can be purged then.`,
      )
    }
    return entry
  })
  if (purged.length > 0 && !options.isDryRun) {
    const entries = new Map([...known.entries].filter(([key]) => !keys.includes(key)))
    // Records first: were the ledger first, a kill in between would bring the tombstones back as unknown records.
    await parts.store.renew(
      async () => ({ records: [], purged: purged.map(({ ivoid }) => ivoid) }),
      async () => {},
      'purge',
    )
    await parts.ledger.write({ entries, ...(known.highest === undefined ? {} : { highest: known.highest }) })
  }
  return { purged, isDryRun: options.isDryRun }
}

/** Tombstones whose IVOID matches a pattern with `*`, as `ivo://example.edu/test/*`. */
export async function findTombstones(parts: Omit<PublishParts, 'clock'>, pattern: string): Promise<readonly Ivoid[]> {
  const { entries } = await reconcile(await parts.ledger.read(), parts.store)
  const pieces = foldIvoid(pattern)
    .split('*')
    .map((piece) => piece.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  const matching = new RegExp(`^${pieces.join('.*')}$`)
  return [...entries].filter(([key, entry]) => entry.deleted && matching.test(key)).map(([, { ivoid }]) => ivoid)
}
