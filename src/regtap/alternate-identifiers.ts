// altIdentifier of the record and of the people in it → rr.alt_identifier (RegTAP 1.2 §8.14).
import type { Row } from '../core/sql.js'
import { attributeOf, childElements, textOf, type XmlElement } from '../xml/reader.js'
import { cleanText } from './normalize.js'

/** Rows of ivoid and identifier, each identifier once. */
export function alternateIdentifierRows(resource: XmlElement, ivoid: string): readonly Row[] {
  const found = childElements(resource, 'altIdentifier').map(textOf)
  for (const curation of childElements(resource, 'curation')) {
    for (const role of childElements(curation)) {
      // Elements up to VOResource 1.1, an attribute of the name since 1.2; contacts have them as creators do.
      found.push(...childElements(role, 'altIdentifier').map(textOf))
      for (const named of [role, ...childElements(role, 'name')]) found.push(attributeOf(named, 'altIdentifier') ?? '')
    }
  }
  const identifiers = new Set(found.map(cleanText).filter((identifier) => identifier !== null))
  return Array.from(identifiers, (identifier): Row => [ivoid, identifier])
}
