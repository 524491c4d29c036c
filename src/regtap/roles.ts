// curation → rr.res_role: contacts, publisher, contributors and creators in one table (RegTAP 1.2 §8.2).
import type { Row } from '../core/sql.js'
import { attributeOf, childElements, firstChild, textOf, type XmlElement } from '../xml/reader.js'
import { cleanText, lowerCase } from './normalize.js'

type BaseRole = 'contact' | 'publisher' | 'contributor' | 'creator'

/** Rows in the order of the table's columns: ivoid, name, its ivoid, address, email, telephone, logo, role. */
export function roleRows(resource: XmlElement, ivoid: string): readonly Row[] {
  const rows: Row[] = []
  for (const curation of childElements(resource, 'curation')) {
    for (const publisher of childElements(curation, 'publisher')) rows.push(...row(ivoid, 'publisher', publisher))
    for (const creator of childElements(curation, 'creator'))
      rows.push(...row(ivoid, 'creator', firstChild(creator, 'name'), creator))
    for (const contributor of childElements(curation, 'contributor'))
      rows.push(...row(ivoid, 'contributor', contributor))
    for (const contact of childElements(curation, 'contact'))
      rows.push(...row(ivoid, 'contact', firstChild(contact, 'name'), contact))
  }
  return rows
}

/** One row, or none when the element says nothing. `around` holds the name of contacts and creators. */
function row(ivoid: string, role: BaseRole, name: XmlElement | undefined, around?: XmlElement): readonly Row[] {
  const isContact = role === 'contact'
  const inside = (child: string): string | null => {
    const element = around === undefined ? undefined : firstChild(around, child)
    return element === undefined ? null : cleanText(textOf(element))
  }
  const cells = [
    name === undefined ? null : cleanText(textOf(name)),
    // The attribute of contact and creator themselves is deprecated, but old records have no other.
    lowerCase(cleanText(ivoidAttribute(name) ?? ivoidAttribute(around))),
    // Only contacts have an address; other roles must have NULL (RegTAP 1.2 §8.2).
    isContact ? inside('address') : null,
    isContact ? inside('email') : null,
    isContact ? inside('telephone') : null,
    inside('logo'),
  ]
  return cells.every((cell) => cell === null) ? [] : [[ivoid, ...cells, role]]
}

function ivoidAttribute(element: XmlElement | undefined): string | undefined {
  return element === undefined ? undefined : attributeOf(element, 'ivo-id')
}
