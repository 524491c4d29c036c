// `servedBy` → the auxiliary capability and the relationship IsServedBy, made from the record of the service, so that
// an address changes in one place (VODataService 1.2 §2.2.3).
import { foldIvoid } from '../core/ivoid.js'
import { digestOf } from './cache.js'
import type { Auxiliary } from './capabilities/auxiliary.js'
import type { Capability } from './capabilities/index.js'
import type { Finding } from './finding.js'
import type { LoadedDescriptor } from './load.js'
import type { Descriptor } from './resource-types/index.js'

/** Main capability type → protocol of the auxiliary one. */
const protocols: Readonly<Partial<Record<Capability['type'], Auxiliary['standard']>>> = {
  'tr:TableAccess': 'TAP',
  'sia:SimpleImageAccess': 'SIA',
  sia2: 'SIA2',
  'cs:ConeSearch': 'ConeSearch',
  'ssap:SimpleSpectralAccess': 'SSA',
  'slap:SimpleLineAccess': 'SLAP',
}

/** Fills in what follows from `servedBy`. */
export function linkServices(resources: readonly LoadedDescriptor[]): {
  readonly descriptors: readonly LoadedDescriptor[]
  readonly findings: readonly Finding[]
} {
  const byIvoid = new Map(resources.map((one) => [foldIvoid(one.ivoid), one]))
  const findings: Finding[] = []
  const descriptors = resources.map((resource) => {
    const { descriptor } = resource
    const servedBy = 'servedBy' in descriptor ? descriptor.servedBy : undefined
    if (servedBy === undefined) return resource
    const service = byIvoid.get(foldIvoid(servedBy))
    const capabilities = service === undefined ? [] : auxiliariesFor(service.descriptor)
    if (service === undefined || capabilities.length === 0) {
      const what =
        service === undefined ? 'is not described here' : 'has no TAP, SIA, SSA, SLAP or cone search capability'
      findings.push({
        ...resource.locate('/servedBy'),
        rule: 'served-by',
        severity: 'error',
        message: `the service ${servedBy} ${what}`,
        hint: 'correct the IVOID; for a service of others write a capability of type auxiliary and the relationship IsServedBy',
        pointer: '/servedBy',
      })
      return resource
    }
    const linked = withService(descriptor, capabilities, service)
    const locate: LoadedDescriptor['locate'] = (pointer, part) =>
      resource.locate(statedPart(pointer, capabilities.length, descriptor), part)
    return { ...resource, descriptor: linked, digest: digestOf(JSON.stringify(linked)), locate }
  })
  return { descriptors, findings }
}

/** A part of the linked descriptor → the part of the file that it comes from: what was added comes from `servedBy`. */
function statedPart(pointer: string, added: number, { relationships }: Descriptor): string {
  const [, key, index, ...rest] = pointer.split('/')
  if (key === 'capabilities' && index !== undefined)
    return Number(index) < added ? '/servedBy' : ['', key, Number(index) - added, ...rest].join('/')
  if (key === 'relationships' && index !== undefined && Number(index) >= (relationships?.length ?? 0))
    return '/servedBy'
  return pointer
}

function auxiliariesFor(service: Descriptor): readonly Auxiliary[] {
  const stated = 'capabilities' in service ? (service.capabilities ?? []) : []
  const own: readonly Auxiliary[] =
    service.type === 'vs:CatalogService' && service.self === true
      ? [{ type: 'auxiliary', standard: 'TAP', self: true }]
      : []
  return [...own, ...stated.flatMap(auxiliaryFor)]
}

function auxiliaryFor(capability: Capability): readonly Auxiliary[] {
  const standard = protocols[capability.type]
  if (standard === undefined) return []
  if (capability.self === true) return [{ type: 'auxiliary', standard, self: true }]
  const main = capability.interfaces?.find((one) => one.role?.startsWith('std'))
  const accessUrl = capability.accessUrl ?? main?.accessUrl
  const version = capability.interfaceVersion ?? (capability.accessUrl === undefined ? main?.version : undefined)
  if (accessUrl === undefined) return []
  return [{ type: 'auxiliary', standard, accessUrl, ...(version === undefined ? {} : { interfaceVersion: version }) }]
}

function withService(descriptor: Descriptor, auxiliaries: readonly Auxiliary[], service: LoadedDescriptor): Descriptor {
  if (descriptor.type !== 'vs:CatalogResource' && descriptor.type !== 'vs:DataResource') return descriptor
  const relationships = descriptor.relationships ?? []
  const isSaid = relationships.some(
    ({ type, resources }) =>
      type.toLowerCase() === 'isservedby' &&
      resources.some(
        (one) => foldIvoid((typeof one === 'string' ? one : one.ivoid) ?? '') === foldIvoid(service.ivoid),
      ),
  )
  const said = {
    type: 'IsServedBy',
    resources: [{ name: service.descriptor.title, ivoid: service.ivoid }],
  }
  return {
    ...descriptor,
    capabilities: [...auxiliaries, ...(descriptor.capabilities ?? [])],
    relationships: isSaid ? relationships : [...relationships, said],
  }
}
