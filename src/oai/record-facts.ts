// A VOResource document → the few facts that general formats carry, each a list of trimmed texts.
import { attributeOf, childElements, firstChild, readXml, textOf, type XmlElement } from '../xml/reader.js'

/** What Dublin Core and DataCite are made from; lists may be empty. */
export interface RecordFacts {
  readonly title: string
  readonly identifier: string
  readonly altIdentifiers: readonly string[]
  readonly creators: readonly string[]
  readonly contributors: readonly string[]
  readonly publisher: string
  /** `curation/date`, else the record's last update; date or time as the publisher wrote it. */
  readonly dates: readonly string[]
  readonly version: string
  readonly subjects: readonly string[]
  readonly contentLevels: readonly string[]
  readonly description: string
  readonly source: string
  readonly referenceUrl: string
  readonly types: readonly string[]
  readonly relations: readonly string[]
  readonly rights: readonly { readonly text: string; readonly uri?: string }[]
  readonly wavebands: readonly string[]
}

/** Reads a record; throws XmlError when the document is not well formed. */
export function readRecordFacts(xml: string): RecordFacts {
  const root = readXml(xml)
  const curation = firstChild(root, 'curation')
  const content = firstChild(root, 'content')
  const dates = texts(curation, 'date')
  return {
    title: text(root, 'title'),
    identifier: text(root, 'identifier'),
    // VOResource 1.1 has altIdentifier beside identifier, and again on creators, where it names a person.
    altIdentifiers: texts(root, 'altIdentifier'),
    creators: children(curation, 'creator')
      .map((creator) => text(creator, 'name'))
      .filter(isFilled),
    contributors: texts(curation, 'contributor'),
    publisher: text(curation, 'publisher'),
    dates: dates.length > 0 ? dates : [attributeOf(root, 'updated') ?? ''].filter(isFilled),
    version: text(curation, 'version'),
    subjects: texts(content, 'subject'),
    contentLevels: texts(content, 'contentLevel'),
    description: text(content, 'description'),
    source: text(content, 'source'),
    referenceUrl: text(content, 'referenceURL'),
    types: texts(content, 'type'),
    relations: children(content, 'relationship').flatMap((relationship) =>
      childElements(relationship, 'relatedResource')
        .map((related) => attributeOf(related, 'ivo-id') ?? clean(textOf(related)))
        .filter(isFilled),
    ),
    rights: childElements(root, 'rights').map((rights) => {
      const uri = attributeOf(rights, 'rightsURI')
      return { text: clean(textOf(rights)), ...(uri === undefined ? {} : { uri }) }
    }),
    wavebands: texts(firstChild(root, 'coverage'), 'waveband'),
  }
}

/** The first DOI among the alternative identifiers, without scheme: `10.26093/cds/vizier`; undefined when there is none. */
export function doiOf(facts: RecordFacts): string | undefined {
  for (const identifier of facts.altIdentifiers) {
    const match = /^(?:doi:|https?:\/\/(?:dx\.)?doi\.org\/)(10\.\d+\/\S+)$/i.exec(identifier)
    if (match?.[1] !== undefined) return match[1]
  }
  return undefined
}

function children(parent: XmlElement | undefined, name: string): readonly XmlElement[] {
  return parent === undefined ? [] : childElements(parent, name)
}

function texts(parent: XmlElement | undefined, name: string): readonly string[] {
  return children(parent, name)
    .map((element) => clean(textOf(element)))
    .filter(isFilled)
}

function text(parent: XmlElement | undefined, name: string): string {
  return texts(parent, name)[0] ?? ''
}

function clean(value: string): string {
  return value.replace(/\s+/g, ' ').trim()
}

function isFilled(value: string): boolean {
  return value !== ''
}
