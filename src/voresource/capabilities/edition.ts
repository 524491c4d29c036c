// doc:Edition: one language version of a document (DocRegExt 1.0 §3.2).
import { elementRules, writeElements } from '../element-rules.js'
import { type Infer, object, oneOf, text } from '../shape.js'
import { type CapabilityType, capabilityGroup, writeCapability } from './capability.js'

const shape = object(
  'One language version of a document.',
  {
    type: oneOf('A language version of a document.', ['doc:Edition']),
    languageCode: text('Language (RFC 3066), as en or de.', { pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$' }),
  },
  { ...capabilityGroup.optional, localTitle: text('Title in that language.') },
  { title: 'Edition of a document' },
)

export type Edition = Infer<typeof shape>

const elements = elementRules<Edition>([
  { element: 'languageCode', property: 'languageCode' },
  { element: 'locTitle', property: 'localTitle' },
])

export const edition: CapabilityType<Edition> = {
  type: 'doc:Edition',
  xsiType: 'doc:Edition',
  title: 'one language version of a document',
  shape,
  example: `type: doc:Edition
languageCode: es
localTitle: Estrellas brillantes
interfaces:
  - { type: 'doc:StaticFile', role: rendered, accessUrl: 'https://archive.example.edu/tutorial/es.pdf', resultType: application/pdf }
`,
  elements,
  build(capability, xml) {
    const standard = { type: 'vr:WebBrowser', role: 'rendered', use: 'full' } as const
    writeCapability(capability, { xsiType: 'doc:Edition', interface: standard }, xml, () =>
      writeElements(elements, capability, xml),
    )
  },
}
