// Identify, formats, sets and all records of a registry → the rules of Registry Interfaces and VOResource that the
// Registry of Registries applies to them. Named as its rule sheets name them.
import { readTimestamp } from '../core/datestamp.js'
import { authorityOf, foldIvoid } from '../core/ivoid.js'
import { namespaceUri, xsiNamespace } from '../xml/namespaces.js'
import { attributeOf, childElements, firstChild, textOf, type XmlElement } from '../xml/reader.js'
import type { DoctorFinding } from './doctor.js'

export interface RegistryUnderTest {
  readonly oaiUrl: string
  /** Root elements of the answers to three verbs. */
  readonly identify: XmlElement
  readonly formats: XmlElement
  readonly sets: XmlElement
  /** `record` elements of the set ivo_managed in ivo_vor, all parts. */
  readonly records: readonly XmlElement[]
  /** The answers they came in. */
  readonly documents: readonly string[]
}

interface ReadRecord {
  readonly identifier: string
  readonly isDeleted: boolean
  readonly resource: XmlElement | undefined
}

/** One finding per rule; a rule that is broken names the first records that break it. */
export function* recordRules(registry: RegistryUnderTest, now: Date): Generator<DoctorFinding> {
  const records = registry.records.map(readRecord)
  const live = records.filter((record) => !record.isDeleted)
  const self = childElements(registry.identify, 'Identify').flatMap((identify) =>
    childElements(identify, 'description').flatMap((description) => childElements(description)),
  )[0]
  const selfIvoid = self === undefined ? '' : textAt(self, 'identifier')
  const managed = self === undefined ? [] : childElements(self, 'managedAuthority').map((one) => textOf(one).trim())
  const harvest = self === undefined ? undefined : harvestInterface(self)
  const sets = textsOf(registry.sets, 'setSpec')
  const ivoids = new Set(records.map(({ identifier }) => foldIvoid(identifier)))

  yield rule('RI3.1.2a', live.length > 0, 'the set ivo_managed has records')
  yield rule(
    'RI3.1.2c',
    textsOf(registry.formats, 'metadataPrefix').includes('ivo_vor'),
    'the format ivo_vor is offered',
  )
  yield rule('RI3.1.6a', sets.includes('ivo_managed'), 'the set ivo_managed is there')
  yield rule(
    'RI3.1.6b',
    sets.every((set) => set === 'ivo_managed' || !set.startsWith('ivo_')),
    'no other set begins with ivo_',
  )
  yield rule(
    'RI3.1.5a',
    textsOf(registry.identify, 'baseURL')[0] === registry.oaiUrl,
    `Identify says ${registry.oaiUrl}`,
  )
  yield rule('RI3.1.5b', self !== undefined && typeOf(self) === 'Registry', 'Identify describes the registry itself')
  yield rule('RI4.0c', harvest !== undefined, 'its Harvest capability has a vg:OAIHTTP interface with role std')
  yield rule('4.3.2b', /^(1\.0)?$/.test(harvest?.version ?? ''), 'that interface is version 1.0')
  yield rule('RI3.4', harvest?.accessUrl === registry.oaiUrl, `its access URL is ${registry.oaiUrl}`)
  yield rule('RI3.1.4a', selfIvoid !== '' && ivoids.has(foldIvoid(selfIvoid)), 'the own record is among the records')
  const emails = textsOf(registry.identify, 'adminEmail')
  yield rule('adminEmail', emails.length > 0 && emails.every(isPublicMail), 'adminEmail is a public address')

  yield each('RI3.1.2b', live, 'is an ri:Resource', ({ resource }) => isResource(resource))
  yield each(
    'RI3.1.3',
    live,
    'has the identifier of its header',
    ({ resource, identifier }) => resource !== undefined && textAt(resource, 'identifier', false) === identifier,
  )
  yield each(
    'OAI2.5.1',
    records,
    'has no metadata if it is deleted',
    ({ isDeleted, resource }) => !isDeleted || resource === undefined,
  )
  yield each('RI3.1.4b', records, `is of a managed authority (${managed.join(', ')})`, ({ identifier }) =>
    managed.includes(authorityOf(identifier)),
  )
  const authorities = new Set(
    live
      .filter(({ resource }) => resource !== undefined && typeOf(resource) === 'Authority')
      .map(({ identifier }) => authorityOf(identifier)),
  )
  yield each('RI3.1.4c', live, 'has a vg:Authority record for its authority', ({ identifier }) =>
    authorities.has(authorityOf(identifier)),
  )
  yield each(
    'VR3.1b',
    live,
    'states status, created and updated',
    ({ resource }) =>
      resource !== undefined &&
      ['status', 'created', 'updated'].every((name) => attributeOf(resource, name) !== undefined),
    'warning',
  )
  yield each(
    'VRdate',
    live,
    'has its dates in the past',
    ({ resource }) => resource !== undefined && datesOf(resource).every((date) => !isFuture(date, now)),
  )
  yield each(
    'VR3.2.2',
    live,
    'has an interface in each capability',
    ({ resource }) =>
      resource !== undefined &&
      childElements(resource, 'capability').every((one) => childElements(one, 'interface').length > 0),
    'warning',
  )
  yield each(
    'VR3.2.1',
    live,
    'names a publisher that is among the records',
    ({ resource }) => publishersOf(resource).every((ivoid) => ivoids.has(foldIvoid(ivoid))),
    'warning',
  )
}

function rule(check: string, holds: boolean, demand: string): DoctorFinding {
  return { check, outcome: holds ? 'passed' : 'failed', message: holds ? demand : `not so: ${demand}` }
}

function each(
  check: string,
  records: readonly ReadRecord[],
  demand: string,
  holds: (record: ReadRecord) => boolean,
  worst: 'failed' | 'warning' = 'failed',
): DoctorFinding {
  const broken = records.filter((record) => !holds(record)).map(({ identifier }) => identifier)
  if (broken.length === 0) return { check, outcome: 'passed', message: `each record ${demand}` }
  const named = broken.slice(0, 3).join(', ')
  const more = broken.length > 3 ? ` and ${broken.length - 3} more` : ''
  return { check, outcome: worst, message: `not every record ${demand}: ${named}${more}` }
}

function readRecord(record: XmlElement): ReadRecord {
  const header = firstChild(record, 'header')
  return {
    identifier: header === undefined ? '' : textAt(header, 'identifier', false),
    isDeleted: header !== undefined && attributeOf(header, 'status') === 'deleted',
    resource: childElements(record, 'metadata').flatMap((metadata) => childElements(metadata))[0],
  }
}

function harvestInterface(self: XmlElement): { readonly accessUrl: string; readonly version: string } | undefined {
  const found = childElements(self, 'capability')
    .filter((capability) => typeOf(capability) === 'Harvest')
    .flatMap((capability) => childElements(capability, 'interface'))
    .find((one) => typeOf(one) === 'OAIHTTP' && attributeOf(one, 'role') === 'std')
  return found === undefined
    ? undefined
    : { accessUrl: textAt(found, 'accessURL'), version: attributeOf(found, 'version') ?? '' }
}

function isResource(resource: XmlElement | undefined): boolean {
  return resource?.name === 'Resource' && resource.namespace === namespaceUri('ri')
}

/** `vg:Registry` → `Registry`. */
function typeOf(element: XmlElement): string {
  return attributeOf(element, 'type', xsiNamespace)?.split(':').at(-1)?.trim() ?? ''
}

function datesOf(resource: XmlElement): readonly string[] {
  const curation = firstChild(resource, 'curation')
  const dates = curation === undefined ? [] : childElements(curation, 'date').map(textOf)
  return [attributeOf(resource, 'created') ?? '', attributeOf(resource, 'updated') ?? '', ...dates]
}

function isFuture(date: string, now: Date): boolean {
  const datestamp = readTimestamp(date)
  return datestamp !== undefined && Date.parse(datestamp) > now.getTime()
}

function publishersOf(resource: XmlElement | undefined): readonly string[] {
  const curation = resource === undefined ? undefined : firstChild(resource, 'curation')
  const parents = [...(curation === undefined ? [] : childElements(curation, 'publisher'))]
  if (resource !== undefined) parents.push(...childElements(resource, 'managingOrg'))
  return parents.map((element) => attributeOf(element, 'ivo-id') ?? '').filter((ivoid) => ivoid !== '')
}

/** As the validator of openarchives.org asks: name@host with a top-level domain, not localhost. */
function isPublicMail(address: string): boolean {
  return /^\S+@(\S+\.)+[a-z]{2,}$/.test(address) && !address.endsWith('.localhost')
}

function textAt(parent: XmlElement, name: string, trimmed = true): string {
  const element = firstChild(parent, name)
  const text = element === undefined ? '' : textOf(element)
  return trimmed ? text.trim() : text
}

/** Texts of all elements of a name, at any depth. */
function textsOf(element: XmlElement, name: string): readonly string[] {
  return childElements(element).flatMap((child) =>
    child.name === name ? [textOf(child).trim()] : textsOf(child, name),
  )
}
