// The list's element: shape, type and XML of one resource type, side by side; and the blocks that several types share.
import type { XmlWriter } from '../../xml/writer.js'
import { capabilityShape, writeAnyCapability } from '../capabilities/index.js'
import type { BuildContext } from '../context.js'
import { coverageShape, writeCoverage } from '../coverage.js'
import { type ResourceCommon, resourceGroup, rightsShape } from '../descriptor.js'
import { resourceNameShape, writeResourceName } from '../names.js'
import { capabilitiesOf, type SelfDescribed } from '../self.js'
import { group, type InferGroup, list, object, oneOf, type Properties, type Shape } from '../shape.js'

/** One entry of the list of resource types. */
export interface ResourceType<D extends ResourceCommon & { readonly type: string }> {
  /** Value of `type` in a descriptor, and the xsi:type written. */
  readonly type: D['type']
  /** What it is for, in a few words. */
  readonly title: string
  readonly shape: Shape<D>
  /** One complete example, in YAML; documentation shows it and a test builds it. */
  readonly example: string
  /** Writes the elements after the common ones, in schema order. */
  build(descriptor: D, xml: XmlWriter, context: BuildContext): void
}

/** The shape of one resource type: the properties of all resources and its own. */
export function resourceShape<const T extends string, Required extends Properties, Optional extends Properties>(
  type: T,
  description: string,
  required: Required,
  optional: Optional,
) {
  return object(
    description,
    { type: oneOf(description, [type]), ...resourceGroup.required, ...required },
    { ...resourceGroup.optional, ...optional },
    { title: type },
  )
}

/** Properties of vr:Service and what derives from it. */
export const serviceGroup = group(
  {},
  { rights: rightsShape, capabilities: list('What it offers, the most important first.', capabilityShape) },
)

/** Properties of vs:DataResource and what derives from it; facilities and instruments also of vr:Organisation. */
export const observatoryGroup = group(
  {},
  {
    facilities: list('Observatories or projects the data come from.', resourceNameShape),
    instruments: list('Instruments the data come from.', resourceNameShape),
  },
)

export const dataGroup = group({}, { ...serviceGroup.optional, ...observatoryGroup.optional, coverage: coverageShape })

/** Writes `rights` and `capability`, those of this program itself first. */
export function writeService(
  service: InferGroup<typeof serviceGroup> & SelfDescribed,
  xml: XmlWriter,
  context: BuildContext,
): void {
  for (const right of service.rights ?? []) {
    if (typeof right === 'string') xml.token('rights', right)
    else xml.token('rights', right.text, { rightsURI: right.uri })
  }
  for (const capability of capabilitiesOf(service, context)) writeAnyCapability(capability, xml, context)
}

/** Writes `facility` and `instrument`. */
export function writeObservatory(
  one: InferGroup<typeof observatoryGroup>,
  xml: XmlWriter,
  context: BuildContext,
): void {
  const profile = context.profile ?? 'conservative'
  for (const facility of one.facilities ?? []) writeResourceName('facility', facility, xml, profile)
  for (const instrument of one.instruments ?? []) writeResourceName('instrument', instrument, xml, profile)
}

/** Writes everything of vs:DataResource after the common part. */
export function writeData(
  data: InferGroup<typeof dataGroup> & SelfDescribed,
  xml: XmlWriter,
  context: BuildContext,
): void {
  writeService(data, xml, context)
  writeObservatory(data, xml, context)
  writeCoverage(data.coverage, xml)
}
