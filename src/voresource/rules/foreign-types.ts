// Types that have no entry of their own: what must be said with them, and which have been superseded.
import { partsOf, type ResourceRule } from './rule.js'

/** Types of old records → what has taken their place (VODataService 1.2 §3.1.5). */
const superseded: Readonly<Record<string, string>> = {
  'vs:DataCollection': 'write vs:DataResource; its addresses become capabilities',
  'vs:StandardSTC': 'write vstd:Standard',
}

/** vr:Interface is abstract: an interface of that type needs the type it really is (VOResource 1.2 §2.2.8). */
export const foreignTypes: ResourceRule = (descriptor, report) => {
  const type = 'xsiType' in descriptor ? descriptor.xsiType : undefined
  const hint = typeof type === 'string' && Object.hasOwn(superseded, type) ? superseded[type] : undefined
  if (hint !== undefined)
    report({
      rule: 'superseded-type',
      severity: 'warning',
      message: `${String(type)} is not written any more`,
      hint,
      pointer: '/xsiType',
    })
  for (const [at, capability] of partsOf(descriptor).capabilities.entries()) {
    for (const [index, one] of (capability.interfaces ?? []).entries()) {
      if (one.type !== 'vr:Interface' || one.xsiType !== undefined) continue
      report({
        rule: 'interface-type',
        severity: 'error',
        message: 'an interface of the type vr:Interface does not say what it is',
        hint: 'add xsiType, or choose one of the other types',
        pointer: `/capabilities/${at}/interfaces/${index}/type`,
      })
    }
  }
}
