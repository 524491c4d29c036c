// What pyvo and people choose by when a resource has several capabilities (VOResource 1.2 §2.2.8).
import type { Capability } from '../capabilities/index.js'
import { partsOf, type ResourceRule } from './rule.js'

/** Capability type → the service type under which pyvo looks for it. */
const serviceTypes: Readonly<Partial<Record<Capability['type'], string>>> = {
  'tr:TableAccess': 'tap',
  'cs:ConeSearch': 'conesearch',
  'sia:SimpleImageAccess': 'sia',
  sia2: 'sia2',
  'ssap:SimpleSpectralAccess': 'ssa',
  'slap:SimpleLineAccess': 'slap',
}

/**
 * pyvo gives a service when exactly one interface with the role std is left after its choice by standard and by words of
 * the description; auxiliary capabilities count as those of their standard.
 */
export const distinguishable: ResourceRule = (descriptor, report) => {
  const seen = new Map<string, Set<string>>()
  for (const [index, capability] of partsOf(descriptor).capabilities.entries()) {
    if (capability.type === 'vosi' || capability.type === 'web-browser') continue
    const pointer = `/capabilities/${index}`
    const kind = kindOf(capability)
    const descriptions = seen.get(kind) ?? new Set()
    const description = capability.description ?? ''
    if (descriptions.has(description))
      report({
        pointer,
        rule: 'same-capability',
        severity: 'warning',
        message: `two capabilities ${capability.type} cannot be told apart`,
        hint: 'pyvo asks users to choose by description: give each its own',
      })
    seen.set(kind, descriptions.add(description))
    const ways = standardInterfaces(capability)
    if (ways > 1)
      report({
        pointer,
        rule: 'same-capability',
        severity: 'advice',
        message: `the capability ${capability.type} has ${ways} standard interfaces, of which pyvo picks none by itself`,
        hint: 'users have to write lax=True; where only the way to log in differs, there is no better form',
      })
  }
}

/** The same for capabilities among which pyvo chooses. */
function kindOf(capability: Capability): string {
  if (capability.type === 'auxiliary') return capability.standard.toLowerCase()
  const standardId = capability.type === 'vr:Capability' ? (capability.standardId ?? '') : ''
  const [standard = '', fragment = ''] = standardId.toLowerCase().replace('ivo://ivoa.net/std/', '').split('#')
  if (standard === 'sia' && fragment.startsWith('query-')) return 'sia2'
  if (Object.values(serviceTypes).includes(standard)) return standard
  return serviceTypes[capability.type] ?? `${capability.type} ${standardId}`
}

/** How many interfaces with the role std a capability will have. */
function standardInterfaces(capability: Capability): number {
  const ofAddress = capability.accessUrl === undefined ? 0 : (capability.securityMethods?.length ?? 1)
  return ofAddress + (capability.interfaces?.filter((one) => one.role === 'std').length ?? 0)
}
