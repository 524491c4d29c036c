// Who was harvested before and what a registry manages → whose records are taken from it, and why others are not.
import { foldIvoid, type Ivoid } from '../core/ivoid.js'
import type { Peer } from './harvest-peer.js'
import { claimsOfOthers, type HarvestRun } from './harvest-progress.js'

export interface Ownership {
  /** Our own registry. */
  readonly own: Ivoid
  /** Authorities of our own records: nobody else's records of these are taken. */
  readonly ownAuthorities: readonly string[]
}

/** Whose records are taken: those of one registry, or all that a full registry holds. */
export type HarvestScope = 'managed' | 'everything'

/** Why records of an authority are not taken. */
export interface Refusal {
  readonly reason: string
  /** Nobody need look at it: the same record comes from a better place. */
  readonly isExpected: boolean
}

/** The rule by which it is decided; gives nothing when records of the authority (in lower case) are taken. */
export function refusalOf(
  { ownAuthorities }: Ownership,
  peer: Peer,
  scope: HarvestScope,
  runs: readonly HarvestRun[],
): (authority: string) => Refusal | undefined {
  const managed = new Set(peer.managedAuthorities)
  const ours = new Set(ownAuthorities.map(foldIvoid))
  const claims = claimsOfOthers(runs, peer.ivoid)
  return (authority) => {
    const isRelayed = scope === 'everything' && !managed.has(authority)
    if (ours.has(authority))
      return { reason: `the authority ${authority} is managed by this registry itself`, isExpected: isRelayed }
    if (!managed.has(authority) && !isRelayed)
      return { reason: `${peer.ivoid} does not manage the authority ${authority}`, isExpected: false }
    const other = claims.get(authority)
    if (other === undefined) return undefined
    return {
      reason: isRelayed
        ? `records of the authority ${authority} are taken from ${other} itself`
        : `the authority ${authority} is claimed by ${peer.ivoid} and by ${other}, which was harvested first`,
      isExpected: isRelayed,
    }
  }
}

/** What the registry manages, without our own and without what another registry was harvested for first. */
export function acceptedAuthorities(ownership: Ownership, peer: Peer, runs: readonly HarvestRun[]): readonly string[] {
  const refusal = refusalOf(ownership, peer, 'managed', runs)
  return peer.managedAuthorities.filter((authority) => refusal(authority) === undefined)
}
