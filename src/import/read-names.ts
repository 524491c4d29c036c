// Names, people and texts of a record → the values descriptors have for them.
import { attributeOf, childElements, firstChild, textOf, type XmlElement } from '../xml/reader.js'

export type Properties = Readonly<Record<string, unknown>>

/** Text with single blanks. */
export function token(element: XmlElement): string {
  return textOf(element).trim().replace(/\s+/g, ' ')
}

/** The texts of all children of a name; empty ones are left out. */
export function tokens(parent: XmlElement | undefined, name: string): readonly string[] {
  return parent === undefined
    ? []
    : childElements(parent, name)
        .map(token)
        .filter((text) => text !== '')
}

/** The text of the first child of a name. */
export function firstToken(parent: XmlElement | undefined, name: string): string | undefined {
  return tokens(parent, name)[0]
}

/** Text with its paragraphs: a blank line stays one, other line ends become blanks. */
export function paragraphs(element: XmlElement | undefined): string | undefined {
  if (element === undefined) return undefined
  const text = textOf(element)
    .split(/\r?\n[ \t]*\r?\n\s*/)
    .map((paragraph) => paragraph.trim().replace(/\s+/g, ' '))
    .filter((paragraph) => paragraph !== '')
    .join('\n\n')
  return text === '' ? undefined : text
}

/** An xs:boolean; undefined when it is none. */
export function truth(text: string | undefined): boolean | undefined {
  const value = text?.trim()
  return value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : undefined
}

/** Without undefined values and empty lists; undefined when nothing is left. */
export function compact(all: Properties): Properties | undefined {
  const kept = Object.entries(all).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  )
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

/** A vr:ResourceName: its text alone where it has no identifiers. */
export function readName(element: XmlElement | undefined): string | Properties | undefined {
  if (element === undefined) return undefined
  const identifiers = identifiersOf(element, [])
  return identifiers === undefined ? token(element) : { name: token(element), ...identifiers }
}

/** All children of a name as resource names. */
export function readNames(parent: XmlElement | undefined, name: string): readonly (string | Properties)[] {
  if (parent === undefined) return []
  return childElements(parent, name)
    .map(readName)
    .filter((one) => one !== undefined)
}

/** A related resource; one that is named by its IVOID needs no more than that. */
export function readRelated(element: XmlElement): string | Properties {
  const name = token(element)
  const identifiers = identifiersOf(element, [])
  const isBare = identifiers !== undefined && Object.keys(identifiers).length === 1 && identifiers.ivoid === name
  return isBare ? name : { name, ...identifiers }
}

/** creator or contact: a name inside, with whatever `own` adds. Texts directly inside are names in old records. */
export function readPerson(element: XmlElement, own: Properties = {}): string | Properties {
  const name = firstChild(element, 'name')
  const identifiers = identifiersOf(name ?? element, tokens(element, 'altIdentifier'))
  const added = compact({ ...identifiers, ...own })
  const text = token(name ?? element)
  return added === undefined ? text : { name: text, ...added }
}

/** IVOID and other identifiers of a name, each in its place. */
function identifiersOf(element: XmlElement, alternates: readonly string[]): Properties | undefined {
  const attribute = attributeOf(element, 'altIdentifier')
  const found: Record<string, string> = {}
  const others: string[] = []
  for (const uri of [...(attribute === undefined ? [] : [attribute]), ...alternates]) {
    const orcid = /^https:\/\/orcid\.org\/(\d{4}-\d{4}-\d{4}-\d{3}[\dX])$/.exec(uri)?.[1]
    const ror = /^https:\/\/ror\.org\/(0[a-z0-9]{6}\d{2})$/.exec(uri)?.[1]
    if (orcid !== undefined && found.orcid === undefined) found.orcid = orcid
    else if (ror !== undefined && found.ror === undefined) found.ror = ror
    else others.push(uri)
  }
  const altIdentifier = others.length > 1 ? others : others[0]
  return compact({ ivoid: attributeOf(element, 'ivo-id'), ...found, altIdentifier })
}
