// A record of an older generation → the same record as the present schemas have it, and a note of each thing that was
// put in another form. What only bears another namespace is left as it is: types are known by their canonical names.
import { counted } from '../core/counted.js'
import { datatypes } from '../tables/metadata.js'
import type { Profile } from '../voresource/context.js'
import { xsiNamespace } from '../xml/namespaces.js'
import { attributeOf, childElements, textOf, type XmlElement } from '../xml/reader.js'

/** Something that says the same as before in another form. */
export interface Conversion {
  readonly path: string
  readonly value: string
  readonly why: string
}

/** The record in its present form. */
export function modernise(
  record: XmlElement,
  profile: Profile,
): {
  readonly record: XmlElement
  readonly conversions: readonly Conversion[]
} {
  const conversions: Conversion[] = []
  let changed = withOneMethodEach(record, conversions)
  changed = withoutEmpty(changed, conversions)
  changed = withContactNames(changed, conversions)
  changed = withZones(changed, conversions)
  if (profile === 'current') changed = withIdentifiersAtNames(changed, conversions)
  changed = withTableset(changed, conversions)
  changed = withColumnTypes(changed, conversions)
  changed = withStatus(changed, conversions)
  return { record: changed, conversions }
}

/** VOResource 1.1 allows an interface one securityMethod at most; an empty one stands for anybody. */
function withOneMethodEach(record: XmlElement, conversions: Conversion[]): XmlElement {
  return mapChildren(record, 'capability', (capability, at) => [
    mapChildren(capability, 'interface', (one, index) => {
      const methods = childElements(one, 'securityMethod')
      const named = methods.filter((method) => attributeOf(method, 'standardID') !== undefined)
      if (methods.length === named.length && methods.length < 2) return [one]
      const others = one.children.filter((child) => typeof child === 'string' || child.name !== 'securityMethod')
      const anybody = methods.length > named.length ? [{ ...one, children: others }] : []
      const rest = named.map((method) => ({ ...one, children: withMethod(others, method) }))
      conversions.push({
        path: `/capability[${at + 1}]/interface[${index + 1}]/securityMethod`,
        value: methods.map((method) => attributeOf(method, 'standardID') ?? 'anonymous').join(', '),
        why: 'an interface has one way to log in at most (VOResource 1.1): one interface for each, none for anonymous access',
      })
      return [...anybody, ...rest]
    }),
  ])
}

function withMethod(children: XmlElement['children'], method: XmlElement): XmlElement['children'] {
  const addresses = children.findLastIndex(
    (child) => typeof child !== 'string' && ['accessURL', 'mirrorURL'].includes(child.name),
  )
  return [...children.slice(0, addresses + 1), method, ...children.slice(addresses + 1)]
}

/** VODataService 1.0 had tables directly below the resource; since 1.1 they stand in a schema of the tableset. */
function withTableset(record: XmlElement, conversions: Conversion[]): XmlElement {
  const tables = childElements(record, 'table')
  if (tables.length === 0) return record
  const name = elementLike(record, 'name', ['default'])
  const tableset = elementLike(record, 'tableset', [elementLike(record, 'schema', [name, ...tables])])
  conversions.push({
    path: '/table',
    value: `${counted(tables.length, 'table')} outside a tableset`,
    why: 'VODataService 1.0; since 1.1 tables stand in a schema, here one with the name "default"',
  })
  const others = record.children.filter((child) => typeof child === 'string' || child.name !== 'table')
  return { ...record, children: [...others, tableset] }
}

/** The type system of columns became a matter of xsi:type with VODataService 1.1; before, it was VOTable's. */
function withColumnTypes(record: XmlElement, conversions: Conversion[]): XmlElement {
  let count = 0
  const known: ReadonlySet<string> = new Set(datatypes)
  const typed = (column: XmlElement) =>
    mapChildren(column, 'dataType', (one) => {
      if (attributeOf(one, 'type', xsiNamespace) !== undefined || !known.has(textOf(one).trim())) return [one]
      count += 1
      const type = { name: 'type', namespace: xsiNamespace, qualifiedName: 'xsi:type', value: 'vs:VOTableType' }
      return [{ ...one, attributes: [...one.attributes, type] }]
    })
  const changed = mapChildren(record, 'tableset', (tableset) => [
    mapChildren(tableset, 'schema', (schema) => [
      mapChildren(schema, 'table', (table) => [mapChildren(table, 'column', (column) => [typed(column)])]),
    ]),
  ])
  if (count === 0) return record
  conversions.push({
    path: '/tableset/schema/table/column/dataType',
    value: `${count} data types without xsi:type`,
    why: 'they are VOTable types, which since VODataService 1.1 is said by xsi:type="vs:VOTableType"',
  })
  return changed
}

/** Elements that may be left out where they say nothing; title, names and the like stay, for a person to fill in. */
const mayBeLeftOut = new Set(
  `shortName altIdentifier contributor version date email address telephone logo subject source type contentLevel rights
  facility instrument waveband spatial temporal spectral footprint regionOfRegard ucd unit utype flag nrows resultType
  queryType testQueryString managedAuthority`.split(/\s+/),
)

/** An element without text says nothing (RegTAP 1.2 §4.2 keeps none of them either). */
function withoutEmpty(record: XmlElement, conversions: Conversion[]): XmlElement {
  // What lies elsewhere goes into an extension, as it stands.
  const isKnown = /^\/(?:(?:curation|content|coverage|capability|tableset|table)(?:\/|$)|[^/]+$)/
  const paths = new Map<string, number>()
  const pruned = (element: XmlElement, path: string): XmlElement => ({
    ...element,
    children: element.children.flatMap((child): readonly (XmlElement | string)[] => {
      if (typeof child === 'string') return [child]
      const step = `${path}/${child.name}`
      if (child.namespace !== '' || !isKnown.test(step)) return [child]
      const isOptional = mayBeLeftOut.has(child.name) || (child.name === 'description' && path !== '/content')
      if (!isOptional || textOf(child).trim() !== '') return [pruned(child, step)]
      paths.set(step, (paths.get(step) ?? 0) + 1)
      return []
    }),
  })
  const result = pruned(record, '')
  for (const [path, count] of paths)
    conversions.push({ path, value: count === 1 ? 'empty' : `${count} of them empty`, why: 'says nothing; left out' })
  return paths.size === 0 ? record : result
}

/** The IVOID of a contact stands at its name; RegTAP reads it in either place. */
function withContactNames(record: XmlElement, conversions: Conversion[]): XmlElement {
  return mapChildren(record, 'curation', (curation) => [
    mapChildren(curation, 'contact', (contact, at) => {
      const ivoid = contact.attributes.find((one) => one.name === 'ivo-id')
      const names = childElements(contact, 'name')
      if (ivoid === undefined || names.some((name) => attributeOf(name, 'ivo-id') !== undefined)) return [contact]
      conversions.push({
        path: `/curation/contact[${at + 1}]/@ivo-id`,
        value: ivoid.value,
        why: 'stands at the name inside (VOResource 1.2 §3.1.2)',
      })
      const attributes = contact.attributes.filter((one) => one !== ivoid)
      return [
        mapChildren({ ...contact, attributes }, 'name', (name) => [
          { ...name, attributes: [...name.attributes, ivoid] },
        ]),
      ]
    }),
  ])
}

/** Times are in UTC, which is said by a Z since VOResource 1.1 (§2.2.2). */
function withZones(record: XmlElement, conversions: Conversion[]): XmlElement {
  return mapChildren(record, 'curation', (curation) => [
    mapChildren(curation, 'date', (date, at) => {
      const time = textOf(date).trim()
      if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/.test(time)) return [date]
      conversions.push({
        path: `/curation/date[${at + 1}]`,
        value: time,
        why: 'in UTC, which is said by a Z (VOResource 1.1 §2.2.2)',
      })
      return [{ ...date, children: [`${time}Z`] }]
    }),
  ])
}

/** VOResource 1.2 §3.1.2: altIdentifier became an attribute of the name. */
function withIdentifiersAtNames(record: XmlElement, conversions: Conversion[]): XmlElement {
  const moved = (person: XmlElement, at: number): readonly XmlElement[] => {
    const [alternate, ...others] = childElements(person, 'altIdentifier')
    const [name] = childElements(person, 'name')
    if (alternate === undefined || name === undefined || others.length > 0) return [person]
    if (attributeOf(name, 'altIdentifier') !== undefined) return [person]
    const value = textOf(alternate).trim()
    conversions.push({
      path: `/curation/${person.name}[${at + 1}]/altIdentifier`,
      value,
      why: 'became an attribute of the name with VOResource 1.2',
    })
    const attribute = { name: 'altIdentifier', namespace: '', qualifiedName: 'altIdentifier', value }
    const rest = { ...person, children: person.children.filter((child) => child !== alternate) }
    return [mapChildren(rest, 'name', (one) => [{ ...one, attributes: [...one.attributes, attribute] }])]
  }
  return mapChildren(record, 'curation', (curation) => [
    mapChildren(mapChildren(curation, 'creator', moved), 'contact', moved),
  ])
}

/** A record cannot be published as deleted; to delete one is to take its descriptor away. */
function withStatus(record: XmlElement, conversions: Conversion[]): XmlElement {
  if (attributeOf(record, 'status')?.trim() !== 'deleted') return record
  conversions.push({
    path: '/@status',
    value: 'deleted',
    why: 'written as inactive; a record is deleted by taking its descriptor away',
  })
  const attributes = record.attributes.map((one) => (one.name === 'status' ? { ...one, value: 'inactive' } : one))
  return { ...record, attributes }
}

/** The element with its children of one name replaced, each by what `change` gives; `index` counts those of the name. */
function mapChildren(
  parent: XmlElement,
  name: string,
  change: (child: XmlElement, index: number) => readonly XmlElement[],
): XmlElement {
  let index = 0
  const children = parent.children.flatMap((child): readonly (XmlElement | string)[] =>
    typeof child === 'string' || child.name !== name ? [child] : change(child, index++),
  )
  return { ...parent, children }
}

function elementLike(like: XmlElement, name: string, children: XmlElement['children']): XmlElement {
  return { ...like, name, prefix: '', namespace: '', attributes: [], children }
}
