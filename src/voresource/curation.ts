// Who stands behind a resource → the elements of vr:Curation, in schema order (VOResource 1.2 §3.1.2).
import type { XmlWriter } from '../xml/writer.js'
import type { Profile } from './context.js'
import {
  altIdentifiersOf,
  contactShape,
  creatorShape,
  namedResource,
  resourceNameAttributes,
  resourceNameShape,
  writeResourceName,
} from './names.js'
import { group, type InferGroup, list, object, text } from './shape.js'

/** Properties that become vr:Curation. */
export const curationGroup = group(
  {
    publisher: resourceNameShape,
    contacts: list('Whom to ask; the first one first.', contactShape, { minItems: 1 }),
  },
  {
    creators: list('Who made the resource, in the order of a citation.', creatorShape),
    contributors: list('Who else took part.', resourceNameShape),
    dates: list(
      'Dates in the life of the resource (those of the record are kept by the registry).',
      object(
        'A date with its meaning.',
        {
          date: text('Day as 2024-10-18, or moment as 2024-10-18T17:57:48Z.', {
            pattern: '^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z)?$',
          }),
          role: text('Meaning (vocabulary http://www.ivoa.net/rdf/voresource/date_role).', {
            examples: ['Created', 'Updated', 'Issued', 'Collected', 'Available'],
          }),
        },
        {},
      ),
    ),
    version: text('Version of the resource itself.'),
  },
)

export type Curation = InferGroup<typeof curationGroup>

/** Writes `curation`. */
export function writeCuration(curation: Curation, xml: XmlWriter, profile: Profile): void {
  xml.element('curation', {}, () => {
    writeResourceName('publisher', curation.publisher, xml, profile)
    for (const creator of curation.creators ?? []) {
      const named = namedResource(creator)
      xml.element('creator', {}, () => {
        xml.token('name', named.name, resourceNameAttributes(named, profile))
        xml.token('logo', 'logo' in named ? named.logo : undefined)
        // VOResource 1.1 has no place for them at the name; 1.2 deprecates this one (1.2 §3.1.2).
        if (profile === 'conservative') xml.tokens('altIdentifier', altIdentifiersOf(named))
      })
    }
    for (const contributor of curation.contributors ?? []) writeResourceName('contributor', contributor, xml, profile)
    // The default of `role` changed between 1.1 and 1.2, hence it is always written.
    for (const { date, role } of curation.dates ?? []) xml.token('date', date, { role })
    xml.token('version', curation.version)
    for (const contact of curation.contacts) {
      xml.element('contact', {}, () => {
        xml.token('name', contact.name, resourceNameAttributes(contact, profile))
        xml.token('address', contact.address)
        xml.token('email', contact.email)
        xml.token('telephone', contact.telephone)
        if (profile === 'conservative') xml.tokens('altIdentifier', altIdentifiersOf(contact))
      })
    }
  })
}
