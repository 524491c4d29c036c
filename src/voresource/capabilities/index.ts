// The list of capabilities: one line for each; schema, types, documentation and builders read it.
import type { XmlWriter } from '../../xml/writer.js'
import type { BuildContext } from '../context.js'
import { fittingProfile } from '../interfaces.js'
import type { Infer, Shape } from '../shape.js'
import { auxiliary } from './auxiliary.js'
import type { CapabilityType } from './capability.js'
import { coneSearch } from './cone-search.js'
import { edition } from './edition.js'
import { harvest } from './harvest.js'
import { customCapability, datalink, hips, soda, webBrowser } from './plain.js'
import { search } from './search.js'
import { simpleImageAccess, simpleImageAccess2 } from './simple-image-access.js'
import { simpleLineAccess } from './simple-line-access.js'
import { simpleSpectralAccess } from './simple-spectral-access.js'
import { tableAccess } from './table-access.js'
import { vosi } from './vosi.js'

const all = [
  tableAccess,
  coneSearch,
  simpleImageAccess,
  simpleImageAccess2,
  simpleSpectralAccess,
  simpleLineAccess,
  datalink,
  soda,
  hips,
  auxiliary,
  vosi,
  webBrowser,
  harvest,
  search,
  edition,
  customCapability,
] as const

/** Any capability as a descriptor states it. */
export type Capability = Infer<(typeof all)[number]['shape']>

/** Every capability type, in the order of the documentation. */
export const capabilityTypes: readonly CapabilityType<Capability>[] = all

const byType = new Map<string, CapabilityType<Capability>>(capabilityTypes.map((one) => [one.type, one]))

/** One of them; `type` tells which. */
export const capabilityShape: Shape<Capability> = {
  description: 'What the resource offers to programs or people.',
  type: 'object',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: all.map((one) => one.shape),
}

/** Writes the `capability` elements of one capability. */
export function writeAnyCapability(capability: Capability, xml: XmlWriter, context: BuildContext): void {
  const { interfaces } = capability
  const fitting =
    interfaces === undefined ? capability : { ...capability, interfaces: fittingProfile(interfaces, context.profile) }
  byType.get(capability.type)?.build(fitting, xml, context)
}
