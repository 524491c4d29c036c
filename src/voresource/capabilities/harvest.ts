// vg:Harvest: the OAI-PMH interface of a publishing registry (Registry Interfaces 1.1 §3.2, §3.4).
import { elementRules, writeElements } from '../element-rules.js'
import { type Infer, integer, object, oneOf } from '../shape.js'
import { type CapabilityType, capabilityGroup, writeCapability } from './capability.js'

const shape = object(
  'OAI-PMH harvesting.',
  { type: oneOf('OAI-PMH harvesting of a registry.', ['vg:Harvest']) },
  {
    ...capabilityGroup.optional,
    maxRecords: integer('Records on one page of a list; 0 for no limit.', { minimum: 0 }),
  },
  { title: 'OAI-PMH harvesting' },
)

export type Harvest = Infer<typeof shape>

const elements = elementRules<Harvest>([{ element: 'maxRecords', property: 'maxRecords', fallback: 0 }])

export const harvest: CapabilityType<Harvest> = {
  type: 'vg:Harvest',
  xsiType: 'vg:Harvest',
  title: 'OAI-PMH harvesting of a registry',
  shape,
  example: `type: vg:Harvest
accessUrl: https://registry.example.edu/oai
maxRecords: 250
`,
  elements,
  build(given, xml, context) {
    const capability =
      given.self === true
        ? { maxRecords: context.self.oaiPageRecords ?? 0, ...given, accessUrl: `${context.self.baseUrl}/oai` }
        : given
    const standard = { type: 'vg:OAIHTTP', role: 'std', version: '1.0', use: 'base' } as const
    const standardId = 'ivo://ivoa.net/std/Registry'
    writeCapability(capability, { xsiType: 'vg:Harvest', standardId, interface: standard }, xml, () =>
      writeElements(elements, capability, xml),
    )
  },
}
