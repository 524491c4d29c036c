// A resource element → the properties of its descriptor: the way back of voresource/build.ts. Which of them a resource
// type has, its shape says.
import type { BuildContext } from '../voresource/context.js'
import { type Descriptor, resourceType } from '../voresource/resource-types/index.js'
import { attributeOf, childElements, firstChild, type XmlElement } from '../xml/reader.js'
import { readCapabilities, readValidationLevels } from './read-capability.js'
import { readCoverage } from './read-coverage.js'
import { readInterface } from './read-interface.js'
import {
  compact,
  firstToken,
  type Properties,
  paragraphs,
  readName,
  readNames,
  readPerson,
  readRelated,
  token,
  tokens,
  truth,
} from './read-names.js'
import { readTableset } from './read-tableset.js'
import { foreignType, xsiTypeName } from './xsi-type.js'

/** The descriptor of a record in its present form; what it has no place for is missing in it. */
export function readRecord(record: XmlElement, context: BuildContext): Descriptor {
  const type = xsiTypeName(record)
  const known = type === undefined ? undefined : resourceType(type)
  const xsiType = known === undefined && type !== undefined ? foreignType(record) : undefined
  const shape = (known ?? resourceType('vr:Resource'))?.shape
  const all = { ...readIdentity(record), ...readContent(record), ...readCuration(record), ...readOwn(record, context) }
  const kept = Object.entries(all).filter(
    ([key, value]) => value !== undefined && shape?.properties?.[key] !== undefined && !isEmptyList(key, value, shape),
  )
  // The shape is not checked here: what does not fit it is for `validate` to say, with its place.
  return {
    type: known?.type ?? 'vr:Resource',
    ...compact({ xsiType }),
    ...Object.fromEntries(kept),
  } as Descriptor
}

/** Mandatory lists stay when they are empty, so that everything can rely on them. */
function isEmptyList(key: string, value: unknown, shape: { readonly required?: readonly string[] }): boolean {
  return Array.isArray(value) && value.length === 0 && shape.required?.includes(key) !== true
}

function readIdentity(record: XmlElement): Properties {
  const status = attributeOf(record, 'status')?.trim()
  return {
    ivoid: firstToken(record, 'identifier'),
    title: firstToken(record, 'title') ?? '',
    shortName: firstToken(record, 'shortName'),
    altIdentifiers: tokens(record, 'altIdentifier'),
    // Active is what no status means.
    status: status === 'active' ? undefined : status,
    validationLevels: readValidationLevels(record),
  }
}

function readContent(record: XmlElement): Properties {
  const content = firstChild(record, 'content')
  const inside = (name: string) => (content === undefined ? [] : childElements(content, name))
  return {
    description: paragraphs(inside('description')[0]) ?? '',
    referenceUrl: firstToken(content, 'referenceURL') ?? '',
    subjects: tokens(content, 'subject'),
    contentTypes: tokens(content, 'type'),
    contentLevels: tokens(content, 'contentLevel'),
    source: readSource(inside('source')[0]),
    relationships: inside('relationship').map((one) => ({
      type: firstToken(one, 'relationshipType') ?? '',
      resources: childElements(one, 'relatedResource').map(readRelated),
    })),
  }
}

function readSource(source: XmlElement | undefined): string | Properties | undefined {
  if (source === undefined || token(source) === '') return undefined
  const format = attributeOf(source, 'format')
  return format === 'bibcode' || format === 'doi' ? { [format]: token(source) } : token(source)
}

function readCuration(record: XmlElement): Properties {
  const curation = firstChild(record, 'curation')
  const inside = (name: string) => (curation === undefined ? [] : childElements(curation, name))
  return {
    publisher: readName(inside('publisher')[0]) ?? '',
    creators: inside('creator').map((one) => readPerson(one, { logo: firstToken(one, 'logo') })),
    contributors: readNames(curation, 'contributor'),
    dates: inside('date').map((one) => ({ date: token(one), role: attributeOf(one, 'role') ?? 'Collected' })),
    version: firstToken(curation, 'version'),
    contacts: inside('contact').map((one) => {
      const person = readPerson(one, {
        email: firstToken(one, 'email'),
        address: firstToken(one, 'address'),
        telephone: firstToken(one, 'telephone'),
      })
      return typeof person === 'string' ? { name: person } : person
    }),
  }
}

/** What resource types add; the shape of the type says which of it is meant. */
function readOwn(record: XmlElement, context: BuildContext): Properties {
  return {
    managingOrg: readName(firstChild(record, 'managingOrg')),
    full: truth(firstToken(record, 'full')),
    managedAuthorities: tokens(record, 'managedAuthority'),
    rights: childElements(record, 'rights').map((one) => {
      const uri = attributeOf(one, 'rightsURI')
      return uri === undefined ? token(one) : { text: token(one), uri }
    }),
    facilities: readNames(record, 'facility'),
    instruments: readNames(record, 'instrument'),
    coverage: readCoverage(firstChild(record, 'coverage')),
    capabilities: readCapabilities(childElements(record, 'capability'), context),
    endorsedVersions: childElements(record, 'endorsedVersion').map((one) => ({
      version: token(one),
      ...compact({ status: attributeOf(one, 'status'), use: attributeOf(one, 'use') }),
    })),
    schemas: childElements(record, 'schema').map((one) => ({
      namespace: attributeOf(one, 'namespace') ?? '',
      location: firstToken(one, 'location') ?? '',
      ...compact({ description: firstToken(one, 'description'), examples: tokens(one, 'example') }),
    })),
    deprecated: firstToken(record, 'deprecated'),
    keys: childElements(record, 'key').map((one) => ({
      name: firstToken(one, 'name') ?? '',
      description: firstToken(one, 'description') ?? '',
    })),
    interfaces: childElements(record, 'interface').map(readInterface),
    tableset: readTableset(firstChild(record, 'tableset')),
  }
}
