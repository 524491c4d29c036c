// References between records of this registry (Registry Interfaces 1.1 §2.4, §3.1; S-035, S-016, M-107).
import { authorityOf, foldIvoid } from '../../core/ivoid.js'
import type { LoadedDescriptor } from '../load.js'
import type { Descriptor } from '../resource-types/index.js'
import { quoted, type SetRule } from './rule.js'

/** IVOIDs of our own authorities lead to records that exist. */
export const existingReferences: SetRule = (resources, report) => {
  const known = new Set(resources.map((one) => foldIvoid(one.ivoid)))
  const own = new Set(resources.map((one) => authorityOf(one.ivoid).toLowerCase()))
  for (const resource of resources) {
    for (const { ivoid, pointer } of referencesOf(resource.descriptor)) {
      const isOurs = own.has(authorityOf(ivoid).toLowerCase())
      if (!isOurs || known.has(foldIvoid(ivoid))) continue
      report(resource, {
        pointer,
        rule: 'reference',
        severity: 'warning',
        message: `there is no descriptor for ${quoted(ivoid)}`,
        hint: 'correct the IVOID, or write the descriptor',
      })
    }
  }
}

/** Every authority has a record and is managed by this registry (RI 1.1 §2.4). */
export const managedAuthorities: SetRule = (resources, report) => {
  const registry = resources.find((one) => one.descriptor.type === 'vg:Registry' && one.descriptor.self === true)
  const described = new Set(
    resources.filter((one) => one.descriptor.type === 'vg:Authority').map((one) => authorityOf(one.ivoid)),
  )
  const managed = registry?.descriptor.type === 'vg:Registry' ? registry.descriptor.managedAuthorities : undefined
  const told = new Set<string>()
  for (const resource of resources) {
    const authority = authorityOf(resource.ivoid)
    if (told.has(authority)) continue
    told.add(authority)
    if (!described.has(authority))
      report(resource, {
        pointer: '/ivoid',
        rule: 'authority-record',
        severity: 'warning',
        message: `no vg:Authority record describes ${authority}`,
        hint: `write a descriptor of type vg:Authority with the ivoid ivo://${authority}`,
      })
    if (registry !== undefined && managed !== undefined && !managed.includes(authority))
      report(registry, {
        pointer: '/managedAuthorities',
        rule: 'managed-authority',
        severity: 'error',
        message: `${authority} is missing: ${resource.file} is named under it`,
        hint: 'add it, or leave managedAuthorities out: it is then made of all IVOIDs',
      })
  }
}

/** This program publishes as one registry. */
export const oneOwnRegistry: SetRule = (resources, report) => {
  const own = resources.filter((one) => one.descriptor.type === 'vg:Registry' && one.descriptor.self === true)
  for (const second of own.slice(1))
    report(second, {
      pointer: '/self',
      rule: 'one-registry',
      severity: 'error',
      message: `${own[0]?.file} is this registry already`,
      hint: 'take self: true away from one of them',
    })
}

interface Reference {
  readonly ivoid: string
  readonly pointer: string
}

function referencesOf(descriptor: Descriptor): readonly Reference[] {
  const named = (name: string | { readonly ivoid?: string } | undefined, pointer: string): readonly Reference[] =>
    typeof name === 'object' && name.ivoid !== undefined ? [{ ivoid: name.ivoid, pointer: `${pointer}/ivoid` }] : []
  return [
    ...named(descriptor.publisher, '/publisher'),
    ...('managingOrg' in descriptor ? named(descriptor.managingOrg, '/managingOrg') : []),
    ...(descriptor.relationships ?? []).flatMap(({ resources }, r) =>
      resources.flatMap((resource, i): readonly Reference[] => {
        const pointer = `/relationships/${r}/resources/${i}`
        return typeof resource === 'string' ? [{ ivoid: resource, pointer }] : named(resource, pointer)
      }),
    ),
  ]
}

/** The resource of an IVOID among some. */
export function findResource(resources: readonly LoadedDescriptor[], ivoid: string): LoadedDescriptor | undefined {
  const folded = foldIvoid(ivoid)
  return resources.find((one) => foldIvoid(one.ivoid) === folded)
}
