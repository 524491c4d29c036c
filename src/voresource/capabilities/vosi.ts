// vosi: the resources by which a service describes itself → one vr:Capability each (VOSI 1.1 §2; DALI 1.1 §2.3).
import { childElements, textOf } from '../../xml/reader.js'
import type { XmlWriter } from '../../xml/writer.js'
import { type Infer, list, object, oneOf } from '../shape.js'
import { type CapabilityCommon, type CapabilityType, capabilityGroup, writeCapability } from './capability.js'

const endpointNames = ['capabilities', 'availability', 'tables', 'examples'] as const

export type Endpoint = (typeof endpointNames)[number]

export const endpointsShape = list(
  'Which of them answer below the access URL: capabilities, availability, tables, examples.',
  oneOf('An endpoint.', endpointNames),
)

const standards: Readonly<Record<Endpoint, { readonly standardId: string; readonly version?: string }>> = {
  capabilities: { standardId: 'ivo://ivoa.net/std/VOSI#capabilities' },
  availability: { standardId: 'ivo://ivoa.net/std/VOSI#availability' },
  tables: { standardId: 'ivo://ivoa.net/std/VOSI#tables-1.1', version: '1.1' },
  examples: { standardId: 'ivo://ivoa.net/std/DALI#examples' },
}

const shape = object(
  'VOSI resources of a service.',
  { type: oneOf('VOSI resources; accessUrl is the address they are below.', ['vosi']), endpoints: endpointsShape },
  capabilityGroup.optional,
  { title: 'VOSI resources' },
)

export type Vosi = Infer<typeof shape>

export const vosi: CapabilityType<Vosi> = {
  type: 'vosi',
  xsiType: 'vr:Capability',
  title: 'capabilities, availability, tables and examples of a service',
  shape,
  example: `type: vosi
accessUrl: https://archive.example.edu/cone
endpoints: [capabilities, availability]
`,
  recognise(standardId) {
    const endpoint = endpointNames.find(
      (name) => standards[name].standardId.toLowerCase() === standardId?.toLowerCase(),
    )
    return endpoint === undefined ? undefined : { endpoints: [endpoint] }
  },
  read(capability) {
    // The last step of the address is the endpoint (DALI 1.1 §2); what is before it is the service's.
    const accessUrl = childElements(capability, 'interface').flatMap((one) => childElements(one, 'accessURL'))[0]
    return accessUrl === undefined
      ? {}
      : {
          accessUrl: textOf(accessUrl)
            .trim()
            .replace(/\/[^/]*$/, ''),
        }
  },
  build(capability, xml, context) {
    const base = capability.self === true ? `${context.self.baseUrl}/tap` : capability.accessUrl
    writeEndpointCapabilities(base, capability.endpoints, xml)
  },
}

/** Writes a capability for each endpoint below a base address. */
export function writeEndpointCapabilities(
  base: string | undefined,
  endpoints: readonly Endpoint[],
  xml: XmlWriter,
): void {
  if (base === undefined) return
  for (const endpoint of endpoints) {
    const { standardId, version } = standards[endpoint]
    const capability: CapabilityCommon = { accessUrl: `${base.replace(/\/+$/, '')}/${endpoint}` }
    // VOSI 1.1 §2.2: each is an interface of its own; examples are read by people (DALI 1.1 §2.3).
    const type = endpoint === 'examples' ? 'vr:WebBrowser' : 'vs:ParamHTTP'
    const standard = { type, role: 'std', use: 'full', ...(version === undefined ? {} : { version }) } as const
    writeCapability(capability, { xsiType: 'vr:Capability', standardId, interface: standard }, xml)
  }
}
