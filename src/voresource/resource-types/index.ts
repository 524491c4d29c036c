// The list of resource types: one line for each; schema, types, documentation and builders read it.
import type { Infer, Shape } from '../shape.js'
import { authority } from './authority.js'
import { catalogResource, catalogService } from './catalog.js'
import { document } from './document.js'
import { organisation } from './organisation.js'
import { registry } from './registry.js'
import { otherResource } from './resource.js'
import type { ResourceType } from './resource-type.js'
import { dataResource, dataService, service } from './service.js'
import { serviceStandard, standard, standardKeyEnumeration } from './standard.js'

const all = [
  organisation,
  authority,
  registry,
  service,
  dataService,
  dataResource,
  catalogService,
  catalogResource,
  standard,
  serviceStandard,
  standardKeyEnumeration,
  document,
  otherResource,
] as const

/** Any resource as a descriptor states it, defaults and includes filled in. */
export type Descriptor = Infer<(typeof all)[number]['shape']>

/** Every resource type, in the order of the documentation. */
export const resourceTypes: readonly ResourceType<Descriptor>[] = all

/** The resource type of that xsi:type, undefined for one that is not in the list. */
export function resourceType(type: string): ResourceType<Descriptor> | undefined {
  return resourceTypes.find((one) => one.type === type)
}

/** One of them; `type` tells which. */
export const descriptorShape: Shape<Descriptor> = {
  description: 'One resource of the Virtual Observatory.',
  type: 'object',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: all.map((one) => one.shape),
}
