// The fetch of a harvest: redirects are followed with care, and those that are not are told as failures of the registry.
import { HarvestError } from '../oai/client-request.js'
import { safeRedirects } from './safe-redirects.js'

/** Follows redirects as `safeRedirects` does. Refusals throw HarvestError. */
export function harvestFetch(fetchOnce: typeof fetch, isPublicAddress: (address: string) => boolean): typeof fetch {
  return safeRedirects(
    fetchOnce,
    isPublicAddress,
    (named, redirecting, reason) => new HarvestError(`${named.origin}${named.pathname}`, redirecting.href, reason),
  )
}
