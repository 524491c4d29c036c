// A fetch that follows redirects by itself, because where a server sends us is not what the operator has named.
import { lookup } from 'node:dns/promises'

const mostRedirects = 5
const redirectStatuses = new Set([301, 302, 303, 307, 308])

/** Makes the error for a redirect that is not followed: the address named, the one that redirects, and why not. */
export type RefuseRedirect = (named: URL, redirecting: URL, reason: string) => Error

/**
 * The named address may be anywhere, a private network included. Redirects are followed to http and https only, never
 * from https to http, and to another host only when all its addresses are public.
 */
export function safeRedirects(
  fetchOnce: typeof fetch,
  isPublicAddress: (address: string) => boolean,
  refusal: RefuseRedirect,
): typeof fetch {
  return async (input, init) => {
    const named = new URL(input instanceof Request ? input.url : input)
    let url = named
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const response = await fetchOnce(url.href, { ...init, redirect: 'manual' })
      const location = response.headers.get('location')
      if (!redirectStatuses.has(response.status) || location === null) return response
      await response.body?.cancel()
      const redirecting = url
      const refuse = (reason: string) =>
        refusal(named, redirecting, `it redirects to ${location.slice(0, 200)}, ${reason}`)
      if (!URL.canParse(location, url.href)) throw refuse('which is no address')
      const target = new URL(location, url)
      if (target.protocol !== 'https:' && target.protocol !== url.protocol)
        throw refuse(`and ${target.protocol} is not followed from ${url.protocol}`)
      if (target.hostname !== named.hostname && !(await isPublicHost(target.hostname, isPublicAddress)))
        throw refuse('which is no public address; name it yourself if it is meant')
      url = target
    }
    throw refusal(named, named, `it redirects more than ${mostRedirects} times`)
  }
}

async function isPublicHost(hostname: string, isPublicAddress: (address: string) => boolean): Promise<boolean> {
  const addresses = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true })
  return addresses.every(({ address }) => isPublicAddress(address))
}
