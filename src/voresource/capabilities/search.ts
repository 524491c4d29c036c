// vg:Search: the search interfaces of old registries (Registry Interfaces 1.0); new ones are RegTAP services.
import { elementRules, writeElements } from '../element-rules.js'
import { type Infer, integer, object, oneOf } from '../shape.js'
import { type CapabilityType, capabilityGroup, writeCapability } from './capability.js'

const shape = object(
  'The SOAP search of an old registry.',
  { type: oneOf('Search of an old registry.', ['vg:Search']) },
  {
    ...capabilityGroup.optional,
    maxRecords: integer('Records of an answer; 0 for no limit.', { minimum: 0 }),
    extensionSearchSupport: oneOf('What can be searched; core when not said.', ['core', 'partial', 'full']),
    optionalProtocol: oneOf('Another query language.', ['XQuery']),
  },
  { title: 'Registry search (old)' },
)

export type Search = Infer<typeof shape>

const elements = elementRules<Search>([
  { element: 'maxRecords', property: 'maxRecords', fallback: 0 },
  { element: 'extensionSearchSupport', property: 'extensionSearchSupport', fallback: 'core' },
  { element: 'optionalProtocol', property: 'optionalProtocol' },
])

export const search: CapabilityType<Search> = {
  type: 'vg:Search',
  xsiType: 'vg:Search',
  title: 'search of an old registry',
  shape,
  example: `type: vg:Search
maxRecords: 100
extensionSearchSupport: core
interfaces:
  - type: vr:WebService
    role: std
    accessUrl: https://registry.example.edu/search
    wsdlUrls: [https://registry.example.edu/search?wsdl]
`,
  elements,
  build(capability, xml) {
    const standard = { type: 'vr:WebService', role: 'std', use: 'full' } as const
    const standardId = 'ivo://ivoa.net/std/Registry'
    writeCapability(capability, { xsiType: 'vg:Search', standardId, interface: standard }, xml, () =>
      writeElements(elements, capability, xml),
    )
  },
}
