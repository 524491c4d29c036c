// What a resource is about → the elements of vr:Content, in schema order (VOResource 1.2 §3.1.3).
import type { XmlWriter } from '../xml/writer.js'
import type { Profile } from './context.js'
import { httpPattern, relatedResourceShape, resourceNameAttributes } from './names.js'
import { either, group, type InferGroup, list, object, text } from './shape.js'

const sourceShape = either(
  'The publication that describes the resource.',
  text('Reference as text.'),
  either(
    'A bibcode or DOI.',
    object(
      'By bibcode.',
      { bibcode: text('Bibcode of 19 characters.', { pattern: '^\\d{4}[A-Za-z0-9.&]{14}[A-Z.]$' }) },
      {},
    ),
    object('By DOI.', { doi: text('DOI without prefix.', { pattern: '^10\\.\\d{4,9}/\\S+$' }) }, {}),
  ),
)

/** Properties that become vr:Content. */
export const contentGroup = group(
  {
    subjects: list(
      'Topics, as terms of the Unified Astronomy Thesaurus (the part after # in http://www.ivoa.net/rdf/uat).',
      text('A term.', { examples: ['virtual-observatories', 'sky-surveys'] }),
      { minItems: 1 },
    ),
    description: text('What the resource is, for people who choose. A blank line starts a new paragraph; no HTML.'),
    referenceUrl: text('Page for people that tells more.', { pattern: httpPattern }),
  },
  {
    source: sourceShape,
    contentTypes: list(
      'Nature of the content (vocabulary http://www.ivoa.net/rdf/voresource/content_type).',
      text('A term.'),
    ),
    contentLevels: list(
      'For whom (vocabulary http://www.ivoa.net/rdf/voresource/content_level).',
      text('A term.', { examples: ['Research', 'Amateur', 'General'] }),
    ),
    documents: list(
      'Further documents, such as an OpenAPI description, for the service list and the table waymark.document. A record has no place for them.',
      object(
        'A document.',
        { url: text('Its address.', { pattern: httpPattern, examples: ['https://archive.example.edu/openapi.json'] }) },
        { title: text('What it is.', { examples: ['OpenAPI description'] }) },
      ),
    ),
    relationships: list(
      'Links to other resources.',
      object(
        'Resources that stand in the same relation.',
        {
          type: text('Relation (vocabulary http://www.ivoa.net/rdf/voresource/relationship_type).', {
            examples: ['IsServedBy', 'IsServiceFor', 'IsPartOf', 'IsDerivedFrom', 'Cites'],
          }),
          resources: list('The other side.', relatedResourceShape, { minItems: 1 }),
        },
        {},
      ),
    ),
  },
)

export type Content = InferGroup<typeof contentGroup>

/** Writes `content`. */
export function writeContent(content: Content, xml: XmlWriter, profile: Profile): void {
  xml.element('content', {}, () => {
    xml.tokens('subject', content.subjects)
    xml.text('description', content.description)
    writeSource(content.source, xml)
    xml.token('referenceURL', content.referenceUrl)
    xml.tokens('type', content.contentTypes)
    xml.tokens('contentLevel', content.contentLevels)
    for (const { type, resources } of content.relationships ?? []) {
      xml.element('relationship', {}, () => {
        xml.token('relationshipType', type)
        for (const resource of resources) {
          // A bare IVOID names the resource well enough; the text of relatedResource is for people.
          const name = typeof resource === 'string' ? { name: resource, ivoid: resource } : resource
          xml.token('relatedResource', name.name, resourceNameAttributes(name, profile))
        }
      })
    }
  })
}

function writeSource(source: Content['source'], xml: XmlWriter): void {
  if (source === undefined) return
  if (typeof source === 'string') xml.token('source', source)
  else if ('bibcode' in source) xml.token('source', source.bibcode, { format: 'bibcode' })
  else xml.token('source', source.doi, { format: 'doi' })
}
