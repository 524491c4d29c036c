// `self: true` on a resource → the capabilities by which this program is that resource.
import type { Capability } from './capabilities/index.js'
import { type BuildContext, selfUrls } from './context.js'

/** The part of a descriptor that decides about its capabilities. */
export interface SelfDescribed {
  readonly type: string
  readonly self?: boolean
  readonly full?: boolean
  readonly capabilities?: readonly Capability[]
}

/** All capabilities of a resource: those of this program itself first, then the stated ones. */
export function capabilitiesOf(resource: SelfDescribed, context: BuildContext): readonly Capability[] {
  const stated = resource.capabilities ?? []
  if (resource.self !== true) return stated
  // A stated one with `self: true` says more about the same capability.
  const isStated = (own: Capability) => stated.some((one) => one.type === own.type && one.self === true)
  return [...ownCapabilities(resource, context).filter((own) => !isStated(own)), ...stated]
}

function ownCapabilities(resource: SelfDescribed, context: BuildContext): readonly Capability[] {
  switch (resource.type) {
    case 'vg:Registry': {
      const { oai } = selfUrls(context)
      // Registry Interfaces 1.1 §3.2: a registry carries Harvest and the VOSI capabilities.
      return [
        { type: 'vg:Harvest', self: true },
        { type: 'vosi', accessUrl: oai, endpoints: ['capabilities', 'availability'] },
        // RegTAP 1.2 §7: by this the Registry of Registries finds a searchable registry.
        ...(resource.full === true ? [{ type: 'auxiliary', standard: 'TAP', self: true } as const] : []),
      ]
    }
    case 'vs:CatalogService':
      return [{ type: 'tr:TableAccess', self: true }]
    default:
      return []
  }
}
