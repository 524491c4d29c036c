// Records and moves → the addresses to examine: each published one, and each former one once.
import { addressKey, parseAddress } from './moves-address.js'
import { publishedAddresses } from './moves-history.js'
import type { MovedAddress } from './moves-lookup.js'
import type { ProbeTarget } from './probe.js'
import { bare, capabilityFacts } from './probe-capabilities.js'

/** Present addresses in the order of the records, then the former addresses of services. */
export function probeTargetsOf(
  records: readonly { readonly ivoid: string; readonly title: string; readonly xml: string }[],
  addresses: readonly MovedAddress[],
): readonly ProbeTarget[] {
  const present = records.flatMap(({ ivoid, title, xml }) => {
    const published = publishedAddresses(ivoid, xml)
    const facts = published.length === 0 ? [] : capabilityFacts(xml)
    return published.map(({ standardId, accessUrl }): ProbeTarget => {
      const own = facts.find(
        (one) => standardId !== null && one.standard === bare(standardId) && one.accessUrls.includes(accessUrl),
      )
      return { ivoid, title, standardId, accessUrl, isFormer: false, registered: own }
    })
  })
  const former = new Map<string, ProbeTarget>()
  for (const { formerUrl, kind, ivoid, note } of addresses) {
    const address = parseAddress(formerUrl)
    if (kind !== 'service' || address === undefined || former.has(addressKey(address))) continue
    former.set(addressKey(address), {
      ivoid,
      title: note ?? 'Former address',
      standardId: null,
      accessUrl: formerUrl,
      isFormer: true,
      registered: undefined,
    })
  }
  return [...present, ...former.values()]
}
